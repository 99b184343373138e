//! The results of all hosts as tables.
//!
//! They follow from the suite and from the hosts' files: the test of each host fails if the
//! host does anything otherwise.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::host::Host;
use crate::needs::NEVER;
use crate::suite::{Directive, Entry, Suite};

/// How many directives passed, failed, and did not apply.
#[derive(Default, Clone)]
struct Count {
    passed: usize,
    failed: usize,
    not_applicable: usize,
}

/// The tables in Markdown.
pub fn tables(suite: &Suite, hosts: &[Host]) -> String {
    let mut page = String::new();
    let area = |directive: &Directive<'_>| {
        let area = directive.at.split('/').next().unwrap_or_default();
        format!("`{area}`")
    };
    counts(&mut page, "area", suite, hosts, area);
    page.push('\n');
    counts(&mut page, "what the test says", suite, hosts, |directive| {
        directive.kind.to_owned()
    });
    for host in hosts {
        let _ = write!(page, "\n### {}\n\n", host.host);
        let mut reasons: BTreeMap<(String, &str), usize> = BTreeMap::new();
        let mut causes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for entry in &suite.0 {
            for directive in entry.directives() {
                if let Some(reason) = host.lacking(&directive) {
                    let need = needed(host, &directive);
                    *reasons.entry((need, reason)).or_default() += 1;
                } else if let Some(cause) = host.failures.get(directive.at) {
                    causes.entry(cause).or_default().push(directive.at);
                }
            }
        }
        if !reasons.is_empty() {
            page.push_str(
                "| not applicable: it needs | directives | since |\n| --- | ---: | --- |\n",
            );
        }
        for ((need, reason), count) in reasons {
            let _ = writeln!(page, "| {need} | {count} | {reason} |");
        }
        for (tests, other) in &host.words {
            let _ = write!(page, "\nIts words for \"{tests}\" are \"{other}\".\n");
        }
        if !causes.is_empty() {
            page.push_str("\n| it fails, since | directives |\n| --- | --- |\n");
        }
        for (cause, directives) in causes {
            let directives: Vec<String> = directives.iter().map(|at| format!("`{at}`")).collect();
            let _ = writeln!(page, "| {cause} | {} |", directives.join(", "));
        }
    }
    page
}

/// What decides that a directive does not apply.
fn needed(host: &Host, directive: &Directive<'_>) -> String {
    let mut needs = directive.needs.iter();
    let is_lacking = |need: &&String| {
        host.lacks.contains_key(*need) || NEVER.iter().any(|(name, _)| name == *need)
    };
    needs.find(is_lacking).cloned().unwrap_or_default()
}

fn counts(
    page: &mut String,
    title: &str,
    suite: &Suite,
    hosts: &[Host],
    row_of: impl Fn(&Directive<'_>) -> String,
) {
    let mut rows: BTreeMap<String, Vec<Count>> = BTreeMap::new();
    let mut all = vec![Count::default(); hosts.len()];
    for entry in &suite.0 {
        for directive in entry.directives() {
            let row = rows.entry(row_of(&directive));
            let row = row.or_insert_with(|| vec![Count::default(); hosts.len()]);
            for ((host, count), all) in hosts.iter().zip(row).zip(&mut all) {
                for count in [count, all] {
                    *of(count, host, entry, &directive) += 1;
                }
            }
        }
    }
    rows.insert("~".to_owned(), all);
    let names: Vec<String> = hosts
        .iter()
        .map(|host| format!("`{}`", host.host))
        .collect();
    let _ = writeln!(page, "| {title} | {} |", names.join(" | "));
    let _ = writeln!(page, "| --- |{}", " ---: |".repeat(hosts.len()));
    for (name, counts) in rows {
        let name = if name == "~" { "all" } else { &name };
        let cells = counts.iter().map(|count| {
            let Count {
                passed,
                failed,
                not_applicable,
            } = count;
            format!("{passed} / {failed} / {not_applicable}")
        });
        let _ = writeln!(
            page,
            "| {name} | {} |",
            cells.collect::<Vec<_>>().join(" | ")
        );
    }
}

fn of<'a>(
    count: &'a mut Count,
    host: &Host,
    entry: &Entry,
    directive: &Directive<'_>,
) -> &'a mut usize {
    if host.lacking(directive).is_some() {
        &mut count.not_applicable
    } else if host.failure(entry, directive.at).is_some() {
        &mut count.failed
    } else {
        &mut count.passed
    }
}
