"""What is said of each test that starts daemons."""

# They make namespaces, which Bazel's sandbox does not let them, and mounts, which takes root: `./bazel` leaves these
# tests out for an ordinary user. They use the loopback.
DAEMONS = [
    "no-sandbox",
    "requires-network",
    "requires-root",
]
