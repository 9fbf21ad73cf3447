//! Tests as tables: text files in the repository that a test prints anew and compares, so that a change of them is read in review.

use crate::environment;
use std::fs;

/// The checked-in file at `path` (from the repository's root) has exactly this text.
///
/// Where it differs, the new text lies in the build folder, and the failure names the first lines that differ and the command
/// that accepts them.
#[track_caller]
pub fn same_as_file(path: &str, now: &str) {
    let file = environment::repository().join(path);
    let before = fs::read_to_string(&file).unwrap_or_default();
    if before == now {
        return;
    }
    let offered = environment::target().join("tables").join(path);
    fs::create_dir_all(offered.parent().expect("a file lies in a folder"))
        .expect("the build folder can be written to");
    fs::write(&offered, now).expect("the build folder can be written to");
    panic!(
        "{path} is not what the tests print now:\n{}\nRead it, and if it is right: cp {} {path}",
        difference(&before, now),
        offered.display()
    );
}

/// Lines that only one of the two has, the first forty.
fn difference(before: &str, now: &str) -> String {
    let gone = before
        .lines()
        .filter(|line| !now.lines().any(|other| other == *line))
        .map(|line| format!("- {line}"));
    let new = now
        .lines()
        .filter(|line| !before.lines().any(|other| other == *line))
        .map(|line| format!("+ {line}"));
    let lines: Vec<_> = gone.chain(new).take(40).collect();
    if lines.is_empty() { "(the same lines in another order)".to_owned() } else { lines.join("\n") }
}
