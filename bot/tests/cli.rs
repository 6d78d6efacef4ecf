//! The binary itself. That this test is here also has `cargo test --workspace` build it for the tests from outside.

use std::process::Command;

#[test]
fn the_binary_tells_its_version_and_refuses_what_it_does_not_know() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_kurator")).args(args).output().unwrap();
    let version = run(&["--version"]);
    assert!(version.status.success());
    assert_eq!(
        String::from_utf8(version.stdout).unwrap(),
        concat!("kurator ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let unknown = run(&["fly"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty() && !unknown.stderr.is_empty());
}
