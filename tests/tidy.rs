//! The house rules that a program can check: who imports whom, where foreign crates stay, sizes, and honest files.
//!
//! Every rule is a function from text to problems (`path:line: what is wrong`). A test runs it over the repository, and
//! a control beside it feeds it something wrong, so that a rule which stopped looking is noticed. Who imports whom stands
//! in `tidy/imports.rs`; how a file is cut into tokens, in `tidy/text.rs`.

#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/text.rs"]
mod text;

use std::{collections::BTreeSet, fs, path::Path};

use text::{Token, code_only, tests_removed, tokens};

const LINES_MAX: usize = 500;

struct Source {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs") && ["src/", "tests/", "benches/"].iter().any(|folder| self.path.starts_with(folder))
    }

    /// Rust of the program itself, not of its tests.
    fn is_program(&self) -> bool {
        self.is_rust() && self.path.starts_with("src/") && !self.path.ends_with("/tests.rs")
    }

    /// The tokens that are compiled into the program: no comments, no strings, no unit tests.
    fn program_tokens(&self) -> Vec<Token> {
        tokens(&tests_removed(&code_only(&self.text)))
    }

    /// `src/post/xero/wire.rs` belongs to `post`, `src/clock.rs` to `clock`.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
    }
}

/// All text files of the repository, except what Cargo builds and git keeps.
fn repository() -> Vec<Source> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<Source>) {
        for entry in fs::read_dir(folder).expect("the repository can be listed").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            if path.is_dir() {
                let skipped = ["target", ".git", "var"].iter().any(|skip| name == *skip) && folder == root;
                if !skipped && !path.is_symlink() {
                    walk(&path, root, found);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let inside = path.strip_prefix(root).expect("a walk stays below its root");
                let path = inside.to_string_lossy().replace('\\', "/");
                found.push(Source { path, text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort_by(|left, right| left.path.cmp(&right.path));
    assert!(found.iter().any(|source| source.path == "src/lib.rs"), "the walk found no src/lib.rs");
    found
}

fn check(rule: impl Fn(&Source) -> Vec<String>) {
    report(&repository().iter().flat_map(rule).collect::<Vec<_>>());
}

fn report(problems: &[String]) {
    assert!(problems.is_empty(), "{} to mend:\n{}", problems.len(), problems.join("\n"));
}

/// Asserts that a rule finds exactly one problem in a wrong text, at the right line, with the right words.
fn control(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str, expected: &str) {
    let problems = rule(&Source::new(path, text));
    assert!(problems.len() == 1 && problems[0].contains(expected), "{path} {text:?} gave {problems:?}");
}

/// Asserts that a rule finds nothing in a right text.
fn silent(rule: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) {
    let problems = rule(&Source::new(path, text));
    assert!(problems.is_empty(), "{path} {text:?} gave {problems:?}");
}

fn rust_file(source: &Source) -> Vec<String> {
    if !source.is_rust() {
        return Vec::new();
    }
    let path = &source.path;
    let mut problems = Vec::new();
    let lines = source.text.lines().count();
    if lines > LINES_MAX {
        problems.push(format!("{path}:{LINES_MAX}: {lines} lines; a file has at most {LINES_MAX}, split it"));
    }
    if !source.text.starts_with("//!") {
        problems.push(format!("{path}:1: begin the file with `//!`: what it is for, and why it is so"));
    }
    for line in text::occurrences(&tokens(&code_only(&source.text)), &["[", "allow", "("]) {
        problems.push(format!("{path}:{line}: write #[expect(lint, reason = \"…\")] instead of `allow`"));
    }
    if source.is_program() {
        for line in text::occurrences(&source.program_tokens(), &[".", "unwrap", "(", ")"]) {
            problems.push(format!("{path}:{line}: no `unwrap`; `expect(\"why this cannot fail\")` or an error"));
        }
    }
    problems
}

#[test]
fn rust_files_are_short_explained_and_without_unwrap() {
    check(rust_file);
}

#[test]
fn the_file_rule_sees() {
    control(rust_file, "src/a.rs", &format!("//! x\n{}", "//\n".repeat(LINES_MAX)), "501 lines");
    control(rust_file, "src/a/mod.rs", "\n//! Too late.\n", "src/a/mod.rs:1: begin the file");
    control(rust_file, "src/a.rs", "//! x\n#[allow(dead_code)]\nfn f() {}", "src/a.rs:2: write #[expect");
    control(rust_file, "tests/a.rs", "//! x\n#![allow(clippy::all)]", "tests/a.rs:2: write #[expect");
    control(rust_file, "src/a.rs", "//! x\nfn f() {\n  g()\n    .unwrap();\n}", "src/a.rs:4: no `unwrap`");
    silent(
        rust_file,
        "src/a.rs",
        "//! x\n// .unwrap()\nfn f() { g().unwrap_or(1) }\n#[cfg(test)]\nmod t { fn h() { g().unwrap(); } }",
    );
    silent(rust_file, "src/a.rs", "//! x\nconst A: &str = r#\"#[allow(x)] .unwrap()\"#; fn allow() {}");
    silent(rust_file, "fixtures/a.rs", "anything");
}

/// Words that must not stand in any file: unfinished work without an issue, folders of somebody's machine.
fn words(source: &Source) -> Vec<String> {
    let own = env!("CARGO_MANIFEST_DIR");
    // Put together here, so that this file does not report itself.
    let unfinished = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let machine = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/"), concat!("/wo", "rk/"), own];
    let data = source.path == "Cargo.lock" || source.path.starts_with("fixtures/");
    let mut problems = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let place = format!("{}:{}", source.path, index + 1);
        let has_issue = line.split('#').skip(1).any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        if let Some(word) = unfinished.iter().find(|word| !data && !has_issue && has_word(line, word)) {
            problems.push(format!("{place}: {word} without the number of its issue, such as {word}(#12)"));
        }
        if let Some(folder) = machine.iter().find(|folder| has_folder(line, folder)) {
            problems.push(format!("{place}: {folder} is a folder of one machine"));
        }
    }
    problems
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|found| found == word)
}

/// Whether the folder begins a path there; `example.org/home/` and `../work/` are not a machine's.
fn has_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line.get(..at).and_then(|start| start.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-}/".contains(letter))
    })
}

#[test]
fn no_unfinished_work_without_an_issue_and_no_machine_paths() {
    check(words);
}

#[test]
fn the_word_rule_sees() {
    let (todo, home) = (concat!("TO", "DO"), concat!("/ho", "me/"));
    control(words, "src/a.rs", &format!("//! x\n// {todo}: later"), "src/a.rs:2: ");
    control(words, "script/test", &format!("cd {home}me/vouch"), "script/test:1: ");
    control(words, "docs/a.md", &format!("in `{}/src`", env!("CARGO_MANIFEST_DIR")), "docs/a.md:1: ");
    silent(words, "src/a.rs", &format!("// {todo}(#12): later\n// {todo}S\n// example.org{home}x"));
}

/// Every folder of samples says where its files come from.
fn fixture_readmes(paths: &BTreeSet<String>) -> Vec<String> {
    let folders: BTreeSet<&str> =
        paths.iter().filter_map(|path| path.strip_prefix("fixtures/")?.split_once('/')).map(|(name, _)| name).collect();
    let missing = folders
        .into_iter()
        .map(|name| format!("fixtures/{name}"))
        .filter(|folder| !paths.contains(&format!("{folder}/README.md")));
    missing.map(|folder| format!("{folder}: has no README.md that names the origin and licence of its files")).collect()
}

/// Links of a Markdown file to files of ours that are not there. `exists` is asked with paths from the root.
fn links(source: &Source, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    for (line, target) in text::markdown_links(&source.text) {
        let file = target.split(['#', ' ']).next().unwrap_or_default();
        if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
            continue;
        }
        let mut parts: Vec<&str> = source.path.split('/').collect();
        parts.pop();
        for part in file.split('/') {
            match part {
                "." | "" => {}
                ".." => drop(parts.pop()),
                name => parts.push(name),
            }
        }
        if !exists(&parts.join("/")) {
            problems.push(format!("{}:{line}: the link to {target} leads nowhere", source.path));
        }
    }
    problems
}

/// Keys and sections of the default settings that the code never names.
fn config_keys(defaults: &str, code: &str) -> Vec<String> {
    let known: BTreeSet<String> = tokens(&code_only(code)).into_iter().map(|token| token.text).collect();
    let keys = defaults.lines().enumerate().flat_map(|(index, line)| {
        let line = line.split('#').next().unwrap_or_default().trim();
        let name = line
            .strip_prefix('[')
            .map_or_else(|| line.split_once('=').map_or("", |(key, _)| key), |rest| rest.trim_end_matches(']'));
        name.split('.').map(|part| (index + 1, part.trim().to_owned())).collect::<Vec<_>>()
    });
    keys.filter(|(_, key)| !key.is_empty() && !known.contains(key))
        .map(|(line, key)| format!("src/config.default.toml:{line}: src/config.rs knows no `{key}`"))
        .collect()
}

fn schema_json(source: &Source) -> Vec<String> {
    if !(source.path.starts_with("schemas/") && source.path.ends_with(".json")) {
        return Vec::new();
    }
    let error = serde_json::from_str::<serde_json::Value>(&source.text).err();
    error.map(|error| format!("{}:{}: {error}", source.path, error.line())).into_iter().collect()
}

#[test]
fn files_that_belong_together_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = repository();
    let paths = sources.iter().map(|source| source.path.clone()).collect();
    let mut problems = fixture_readmes(&paths);
    for source in sources.iter().filter(|source| source.path.ends_with(".md")) {
        problems.extend(links(source, |path| root.join(path).exists()));
    }
    problems.extend(sources.iter().flat_map(schema_json));
    let is_config = |source: &&Source| source.is_program() && source.module() == "config";
    let config: String = sources.iter().filter(is_config).map(|source| source.text.as_str()).collect();
    match sources.iter().find(|source| source.path == "src/config.default.toml") {
        Some(defaults) => problems.extend(config_keys(&defaults.text, &config)),
        None if config.is_empty() => {}
        None => problems.push("src/config.default.toml: is missing, and src/config.rs is there".to_owned()),
    }
    report(&problems);
}

#[test]
fn the_belonging_rules_see() {
    let paths = BTreeSet::from(
        ["fixtures/bad/empty.jpg", "fixtures/samples/README.md", "fixtures/README.md"].map(str::to_owned),
    );
    assert_eq!(fixture_readmes(&paths).len(), 1);
    assert!(fixture_readmes(&paths).iter().all(|problem| problem.starts_with("fixtures/bad: ")));

    let there = |path: &str| path == "docs/a.md" || path == "README.md";
    control(|source| links(source, there), "README.md", "x\n[a](docs/b.md)", "README.md:2: the link to docs/b.md");
    control(|source| links(source, there), "docs/a.md", "[a](README.md)", "leads nowhere");
    silent(|source| links(source, there), "docs/a.md", "[a](../README.md#x) [b](https://example.org/) [c](#here)");
    silent(|source| links(source, there), "README.md", "```\n[a](b)\n```\n<!-- ![p](docs/p.png) -->\n[d](docs/a.md)");

    let code = "pub struct Config { pub server: Server } pub struct Server { pub port: u16 }";
    assert_eq!(config_keys("[server]\nport = 8080 # 'a = b'\n", code), Vec::<String>::new());
    let problems = config_keys("[server]\nport = 1\n\n[mail]\nserver.hots = 2\n", code);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[1].contains(":5: src/config.rs knows no `hots`"), "{problems:?}");

    control(schema_json, "schemas/a.json", "{\n  \"a\": 1,\n}", "schemas/a.json:3: ");
    silent(schema_json, "schemas/a.json", "{\"a\": [1, 2.50]}");
}
