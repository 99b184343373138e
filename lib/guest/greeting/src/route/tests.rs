use super::*;

fn ok(body: &str) -> Reply {
    Reply {
        status: OK,
        body: body.into(),
    }
}

#[test]
fn greets_the_path() {
    assert_eq!(reply("/x"), ok("Hello, x"));
    assert_eq!(reply("/x?up=true"), ok("HELLO, X"));
    assert_eq!(reply("/x?up=false"), ok("Hello, x"));
}

#[test]
fn greets_the_world_without_a_name() {
    assert_eq!(reply("/"), ok("Hello, World"));
    assert_eq!(reply("/?up=true"), ok("HELLO, WORLD"));
    assert_eq!(reply(""), ok("Hello, World"));
}

#[test]
fn decodes_the_name() {
    assert_eq!(reply("/Zo%C3%AB%20%2f%3F+"), ok("Hello, Zoë /?+"));
}

#[test]
fn further_slashes_belong_to_the_name() {
    assert_eq!(reply("/a/b/"), ok("Hello, a/b/"));
    assert_eq!(reply("//"), ok("Hello, /"));
}

#[test]
fn finds_up_among_other_parameters() {
    assert_eq!(reply("/x?a=1&up=true&b"), ok("HELLO, X"));
    assert_eq!(reply("/x?upper=true"), ok("Hello, x"));
    assert_eq!(reply("/x?%75p=%74rue"), ok("HELLO, X"));
    assert_eq!(reply("/x?up=true&up=false"), ok("HELLO, X"));
}

#[test]
fn names_a_bad_value_of_up() {
    for value in ["", "1", "TRUE", "%zz", "a%0Ab", "true=", "tru%C3%AB"] {
        let Reply { status, body } = reply(&["/x?up=", value].concat());
        assert_eq!(
            (status, body),
            (BAD_REQUEST, ["up is true or false, not ", value].concat())
        );
    }
    assert_eq!(reply("/x?up").status, BAD_REQUEST);
}

#[test]
fn rejects_bad_percent_encoding() {
    for name in ["%", "%4", "a%4", "%4g", "%%41", "%é"] {
        assert_eq!(reply(&["/", name].concat()).status, BAD_REQUEST, "{name}");
    }
}

#[test]
fn rejects_names_that_are_not_utf8() {
    for name in ["%ff", "%C3", "%ED%A0%80"] {
        assert_eq!(reply(&["/", name].concat()).status, BAD_REQUEST, "{name}");
    }
}

#[test]
fn measures_the_decoded_name() {
    assert_eq!(reply(&["/", &"x".repeat(MAX_NAME)].concat()).status, OK);
    assert_eq!(reply(&["/", &"%41".repeat(MAX_NAME)].concat()).status, OK);
    assert_eq!(
        reply(&["/", &"x".repeat(MAX_NAME + 1)].concat()).status,
        URI_TOO_LONG
    );
    assert_eq!(
        reply(&["/", &"%41".repeat(MAX_NAME + 1)].concat()).status,
        URI_TOO_LONG
    );
}

#[test]
fn a_greeting_may_grow_beyond_the_name() {
    let target = ["/", &"ΐ".repeat(MAX_NAME / 2), "?up=true"].concat();
    assert_eq!(reply(&target).body.len(), "HELLO, ".len() + 3 * MAX_NAME);
}

#[test]
fn other_methods_are_told_which_are_allowed() {
    let Reply { status, body } = Reply::method_not_allowed();
    assert_eq!(
        (status, body.as_str()),
        (METHOD_NOT_ALLOWED, "use one of: GET, HEAD")
    );
}
