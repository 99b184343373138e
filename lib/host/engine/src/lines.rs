//! What a guest prints, as lines for somebody's log.

/// The longest line, in bytes; a longer one is split.
const MAX_LINE: usize = 4096;

/// One of a guest's outputs, with the line that is not finished. Control characters are
/// escaped: a guest must not steer the terminal that shows a log, nor forge its lines.
#[derive(Default)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// Takes what the guest wrote, and calls `told` with each line, without its end.
    ///
    /// # Errors
    /// Those of `told`.
    pub fn push<E>(
        &mut self,
        bytes: &[u8],
        mut told: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        for &byte in bytes {
            if byte != b'\n' {
                self.0.push(byte);
            }
            if byte == b'\n' || self.0.len() == MAX_LINE {
                told(&self.take())?;
            }
        }
        Ok(())
    }

    /// Nothing follows: what is there of a line is one.
    ///
    /// # Errors
    /// Those of `told`.
    pub fn finish<E>(&mut self, told: impl FnOnce(&str) -> Result<(), E>) -> Result<(), E> {
        if self.0.is_empty() {
            return Ok(());
        }
        told(&self.take())
    }

    fn take(&mut self) -> String {
        let bytes = std::mem::take(&mut self.0);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        let mut line = String::with_capacity(bytes.len());
        for character in String::from_utf8_lossy(bytes).chars() {
            if character.is_control() && character != '\t' {
                line.extend(character.escape_default());
            } else {
                line.push(character);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn lines_have_an_end_and_no_control_characters() {
        let mut told = Vec::new();
        let mut lines = Lines::default();
        let long = [b'x'; MAX_LINE + 1];
        for bytes in [b"a\tb\r\nc".as_slice(), b"d\n\n\x1b[2J\xff\n", &long] {
            let Ok(()) = lines.push(bytes, |line| {
                told.push(line.to_owned());
                Ok::<_, Infallible>(())
            });
        }
        for _ in 0..2 {
            let Ok(()) = lines.finish(|line| {
                told.push(line.to_owned());
                Ok::<_, Infallible>(())
            });
        }
        let long = "x".repeat(MAX_LINE);
        let expected = ["a\tb", "cd", "", "\\u{1b}[2J\u{fffd}", &long, "x"];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_told_may_fail() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b"a\nb", |_| Err("full")), Err("full"));
        assert_eq!(lines.finish(|_| Err("full")), Ok(()));
    }
}
