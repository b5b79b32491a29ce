//! Five hundred entries, a fault on one call in five, workers killed all the time: `vouch longrun` as a firm would see it.

use std::process::{Command, Stdio};

/// Prints what it counted; the whole of it is in docs/operations.md.
#[test]
fn five_hundred_entries_are_whole() {
    let run = Command::new(env!("CARGO_BIN_EXE_vouch"))
        .args(["longrun", "--entries", "500", "--fault-every", "5", "--kill-workers", "--seed", "7"])
        .stdin(Stdio::null())
        .output()
        .expect("the program was built");
    let (table, errors) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && table.contains("doubled          0\n"), "{table}\n{errors}");
    let number = |name: &str| {
        let line = table.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {table}"));
        line.split_whitespace().find_map(|word| word.parse::<u32>().ok()).unwrap_or_else(|| panic!("{line}"))
    };
    assert!(number("vendor credits") > 60 && number("credit notes") > 60, "a third of them are credits: {table}");
    // A run in which nothing went wrong shows nothing.
    assert!(number("faults") > 200 && number("workers killed") > 5, "{table}");
}
