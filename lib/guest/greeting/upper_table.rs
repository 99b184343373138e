//! Writes `upper_table.h`: Rust's upper-case mappings as C tables, or, with the
//! argument `go`, those of them that Go lacks as a table of Go, so that the
//! greeters in these languages have the same ones as those in Rust.

use std::fmt::Write;

/// Code points `first`, `first + stride`, … (`count` of them), each mapped to
/// itself plus `delta`.
struct Range {
    first: u32,
    count: u32,
    stride: u32,
    delta: i64,
}

impl Range {
    fn takes(&self, point: u32, delta: i64) -> bool {
        let gap = point - (self.first + (self.count - 1) * self.stride);
        delta == self.delta && gap <= 2 && (self.count == 1 || gap == self.stride)
    }
}

fn main() {
    let mut ranges: Vec<Range> = Vec::new();
    let mut specials = Vec::new();
    for c in '\0'..=char::MAX {
        let upper: Vec<char> = c.to_uppercase().collect();
        if upper == [c] {
            continue;
        }
        let point = u32::from(c);
        let [mapped] = upper[..] else {
            specials.push((point, upper));
            continue;
        };
        let delta = i64::from(u32::from(mapped)) - i64::from(point);
        match ranges.last_mut() {
            Some(last) if last.takes(point, delta) => {
                last.stride = point - (last.first + (last.count - 1) * last.stride);
                last.count += 1;
            }
            _ => ranges.push(Range {
                first: point,
                count: 1,
                stride: 1,
                delta,
            }),
        }
    }
    let table = match std::env::args().nth(1).as_deref() {
        Some("go") => go(&specials),
        _ => header(&ranges, &specials),
    };
    print!("{table}");
}

/// What Go's own tables, of one character for each, do not have.
fn go(specials: &[(u32, Vec<char>)]) -> String {
    let mut text = String::from("package upper\n\nvar specials = map[rune][]rune{\n");
    for (point, upper) in specials {
        let to: Vec<String> = upper.iter().map(|&c| u32::from(c).to_string()).collect();
        let _ = writeln!(text, "\t{point}: {{{}}},", to.join(", "));
    }
    text.push_str("}\n");
    text
}

fn header(ranges: &[Range], specials: &[(u32, Vec<char>)]) -> String {
    let mut text = String::from(
        "// Code points that map to one other.\n\
         static const struct {\n  unsigned first : 18, count : 12, stride : 2;\n  int delta;\n} upper_ranges[] = {\n",
    );
    for r in ranges {
        let (first, count, stride, delta) = (r.first, r.count, r.stride, r.delta);
        let _ = writeln!(text, "  {{{first}, {count}, {stride}, {delta}}},");
    }
    text.push_str(
        "};\n\n// Code points that map to two or three.\n\
         static const struct {\n  unsigned short from, to[3];\n} upper_specials[] = {\n",
    );
    for (point, upper) in specials {
        let to: Vec<String> = upper.iter().map(|&c| u32::from(c).to_string()).collect();
        let _ = writeln!(text, "  {{{point}, {{{}}}}},", to.join(", "));
    }
    text.push_str("};\n");
    text
}
