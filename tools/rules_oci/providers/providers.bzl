"""What the rules tell each other."""

OciImageInfo = provider(
    doc = "An image, or an index of images.",
    fields = {
        "digest": "File: the digest of its manifest, `sha256:…` and a line feed.",
        "layout": "File: a folder in OCI's image layout, of this image or index alone.",
    },
)
