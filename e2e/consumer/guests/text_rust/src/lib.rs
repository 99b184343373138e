//! A plugin: exports `acme:text/slug`, imports nothing.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

use alloc::string::String;

use bindings::exports::acme::text::slug::Guest;
use guest_rt as _;

mod bindings {
    #![allow(missing_docs)]
    wit_bindgen::generate!({ path: "../../wit/text", world: "slugger" });
}

struct Plugin;

impl Guest for Plugin {
    fn slug(title: String) -> String {
        let mut slug = String::new();
        for word in title.split(|c: char| !c.is_ascii_alphanumeric()) {
            if !word.is_empty() && !slug.is_empty() {
                slug.push('-');
            }
            slug.extend(word.chars().map(|c| c.to_ascii_lowercase()));
        }
        slug
    }
}

bindings::export!(Plugin with_types_in bindings);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined() {
        assert_eq!(Plugin::slug("Hello, World!".into()), "hello-world");
        assert_eq!(Plugin::slug("--Route 66 ".into()), "route-66");
    }

    #[test]
    fn no_words_are_nothing() {
        assert_eq!(Plugin::slug(String::new()), "");
        assert_eq!(Plugin::slug("ß!".into()), "");
    }
}
