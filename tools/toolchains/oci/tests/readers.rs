//! The table of readers in docs/images.md, by what these do.

mod common;

use common::{Dir, file, output, skopeo};

/// The forms, in the order of the table.
const FORMS: [&str; 3] = ["LAYER", "FILESYSTEM", "ARTIFACT"];

/// The marks of a reader in the table: whether it reads each of the forms.
fn marks(reader: &str) -> [bool; 3] {
    let page = std::fs::read_to_string(file("PAGE")).expect("the page");
    let start = format!("| {reader} |");
    let row = page.lines().find(|line| line.starts_with(&start));
    let row = row.unwrap_or_else(|| panic!("no row {start}"));
    let cells: Vec<&str> = row[start.len()..].split('|').map(str::trim).collect();
    [cells[0], cells[1], cells[2]].map(|cell| match cell.chars().next() {
        Some('✓') => true,
        Some('–') => false,
        _ => panic!("neither ✓ nor –: {row}"),
    })
}

/// Whether a reader reads them, given a folder of its own and an image's layout.
fn reads(reader: &str, read: impl Fn(&Dir, &str) -> bool) {
    let read = FORMS.map(|form| read(&Dir::new(), &file(form)));
    assert_eq!(read, marks(reader), "{reader}: {FORMS:?}");
}

fn copies(from: &str, to: &str) -> bool {
    let copy = ["--insecure-policy", "copy", "--quiet", from, to];
    output(&file("SKOPEO"), &copy).status.success()
}

/// umoci finds images by tags.
fn tagged(dir: &Dir, layout: &str) -> String {
    let image = dir.path("image:latest");
    let from = format!("oci:{layout}");
    skopeo(&[
        "copy",
        "--quiet",
        "--preserve-digests",
        &from,
        &format!("oci:{image}"),
    ]);
    image
}

#[test]
fn skopeo_copies() {
    reads(
        "`skopeo copy` to a registry, a layout or a folder",
        |dir, layout| {
            let from = format!("oci:{layout}");
            copies(&from, &format!("oci:{}", dir.path("oci")))
                && copies(&from, &format!("dir:{}", dir.path("dir")))
        },
    );
    reads("`skopeo copy` to `docker-archive:`", |dir, layout| {
        let to = format!("docker-archive:{}", dir.path("image.tar"));
        copies(&format!("oci:{layout}"), &to)
    });
}

#[test]
fn umoci_shows() {
    reads("`umoci stat`", |dir, layout| {
        let image = tagged(dir, layout);
        let stat = ["stat", "--json", "--image", &image];
        output(&file("UMOCI"), &stat).status.success()
    });
}

#[test]
fn umoci_unpacks() {
    reads("`umoci raw unpack`", |dir, layout| {
        let (image, root) = (tagged(dir, layout), dir.path("root"));
        let unpack = ["raw", "unpack", "--rootless", "--image", &image, &root];
        let output = output(&file("UMOCI"), &unpack);
        // As the page says, while umoci does not look how many there are.
        let said = String::from_utf8_lossy(&output.stderr);
        let panics = layout == file("LAYER");
        assert_eq!(
            said.contains("panic: runtime error: index out of range"),
            panics,
            "{said}"
        );
        output.status.success()
    });
}
