//! What the documents lead to is there.

#![allow(clippy::unwrap_used, reason = "helpers of tests may")]

use std::path::Path;

use regex::Regex;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_file_the_readme_leads_to_is_there() {
    let links = Regex::new(r"\]\(([^)]+)\)").unwrap();
    let readme = read("README.md");
    let mut files = 0;
    for link in links.captures_iter(&readme).map(|found| found[1].to_owned()) {
        if !link.starts_with("https://") {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(&link).exists(), "{link}");
            files += 1;
        }
    }
    assert!(files > 40, "{files}");
}

#[test]
fn every_yes_of_the_table_leads_to_what_shows_it() {
    let readme = read("README.md");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("|---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 45, "{}", rows.len());
    for row in &rows[1..] {
        assert_eq!(row.len(), 6, "{row:?}");
        let own = row[5];
        assert!(own.starts_with("[yes](") || own.starts_with("no") || own.starts_with("123"), "{row:?}");
    }
}

#[test]
fn the_readme_begins_with_the_quick_start_of_the_crate() {
    let code = |text: &str, prefix: &str| -> Vec<String> {
        text.lines()
            .skip_while(|line| {
                !line.trim_start_matches(prefix).starts_with("```rust") && *line != "//! ```no_run"
            })
            .skip(1)
            .take_while(|line| !line.trim_start_matches(prefix).starts_with("```"))
            .map(|line| line.strip_prefix(prefix).unwrap_or(line).trim_end().to_owned())
            .map(|line| if line == "//!" { String::new() } else { line })
            .collect()
    };
    assert_eq!(code(&read("README.md"), ""), code(&read("src/lib.rs"), "//! "));
}
