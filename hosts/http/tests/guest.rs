//! A guest in this host, by the cases that all hosts are tested with.

mod common;

use common::Host;
use host_testing::{cases, file};

#[test]
fn greets_as_every_host() {
    let host = Host::start(&file("COMPONENT", None), &["--quiet"]);
    cases::served_at(&host.addr);
}
