# Leaves cargo's registries that are git repositories out of crate_universe's generator, which no crate here comes from:
# git in Rust is half of what is compiled for it. Applied to its Cargo.toml and its sources.
/^crates-index = \{/,/^\] \}/c\
crates-index = { version = "3.2.0", default-features = false }
/Git\((crates_index::GitIndex|index)\)/{
  /CrateIndexLookup::Git/!d
}
/^ {24}SourceKind::Registry => \{/,/^ {24}\}/d
