//! The command line of commands that greet.

use alloc::borrow::Cow;
use alloc::string::String;

/// What is greeted and whether in upper case, from the arguments after the
/// program's name.
///
/// # Errors
/// One line that says what is wrong.
pub fn parse(args: &[String]) -> Result<(&str, bool), Cow<'static, str>> {
    let (name, up) = match args {
        [_, name] => (name, "false"),
        [_, name, up] => (name, up.as_str()),
        _ => return Err("usage: NAME [true|false]".into()),
    };
    match up {
        "true" => Ok((name, true)),
        "false" => Ok((name, false)),
        other => Err(["error: the second argument is true or false, not ", other]
            .concat()
            .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<(String, bool), String> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        match parse(&args) {
            Ok((name, up)) => Ok((name.to_owned(), up)),
            Err(problem) => Err(problem.into_owned()),
        }
    }

    #[test]
    fn greets_as_written_unless_told_otherwise() {
        assert_eq!(parsed(&["x.wasm", "you"]), Ok(("you".to_owned(), false)));
        assert_eq!(parsed(&["x.wasm", "", "false"]), Ok((String::new(), false)));
        assert_eq!(
            parsed(&["x.wasm", "you", "true"]),
            Ok(("you".to_owned(), true))
        );
    }

    #[test]
    fn a_second_argument_is_true_or_false() {
        for other in ["TRUE", "1", "", "yes"] {
            let problem = format!("error: the second argument is true or false, not {other}");
            assert_eq!(parsed(&["x.wasm", "you", other]), Err(problem));
        }
    }

    #[test]
    fn wants_one_or_two_arguments() {
        for args in [&[][..], &["x.wasm"], &["x.wasm", "a", "true", "b"]] {
            let problem = parsed(args).expect_err("too few or too many");
            assert!(problem.starts_with("usage: "), "{problem}");
        }
    }
}
