//! Who imports whom, and where foreign crates stay: the two tables, and the rules that hold them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{Source, check, control, report, silent, text};

/// Each module and what it may name of ours. A row names only rows above it, so imports point down.
/// A new arrow is a change of design: docs/architecture.md has the same table.
const MODULES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("secret", &[]),
    ("sandbox", &[]),
    ("intake", &["model"]),
    ("extract", &["model"]),
    ("check", &["model"]),
    ("approval", &["model"]),
    ("reconcile", &["model"]),
    ("reading", &["model"]),
    ("policy_file", &["model", "approval"]),
    ("blob", &["model"]),
    ("clock", &["model"]),
    ("config", &["model", "secret"]),
    ("telemetry", &["model"]),
    ("read", &["model", "config"]),
    ("post", &["model", "config", "clock", "secret"]),
    ("notify", &["model", "config", "clock", "secret"]),
    ("store", &["model", "approval", "check", "reconcile", "reading", "policy_file", "secret"]),
    ("queue", &["model", "store", "clock"]),
    (
        "pipeline",
        &[
            "model",
            "intake",
            "read",
            "extract",
            "check",
            "approval",
            "post",
            "reconcile",
            "reading",
            "policy_file",
            "store",
            "queue",
            "blob",
            "clock",
            "config",
            "telemetry",
            "notify",
            "secret",
        ],
    ),
    ("web", &["model", "approval", "store", "pipeline", "blob", "clock", "config", "reading", "policy_file", "secret"]),
    (
        "cli",
        &[
            "model",
            "intake",
            "read",
            "extract",
            "check",
            "approval",
            "post",
            "reconcile",
            "reading",
            "policy_file",
            "store",
            "queue",
            "blob",
            "clock",
            "config",
            "telemetry",
            "notify",
            "secret",
            "pipeline",
            "web",
            "sandbox",
        ],
    ),
    ("main", &["cli"]),
    ("server", &["cli"]),
    ("reader", &["model", "read"]),
    ("lib", &[]),
];

/// Foreign crates that stay in one place, and the beginnings of the paths where that is.
const WALLS: &[(&str, &[&str])] = &[
    ("sea_orm", &["src/store"]),
    ("sqlx", &["src/store"]),
    ("lapin", &["src/queue/rabbit.rs"]),
    ("reqwest", &["src/post/", "src/notify", "src/cli"]),
    ("oauth2", &["src/post/"]),
    ("axum", &["src/web/", "src/sandbox/"]),
    ("tower_http", &["src/web/", "src/sandbox/"]),
    ("askama", &["src/web/"]),
    ("fluent_bundle", &["src/web/", "src/notify/"]),
    ("lettre", &["src/notify/email.rs"]),
    // The stand-ins share no code with what they stand opposite to: they sign for themselves.
    ("hmac", &["src/model/hash.rs", "src/sandbox/webhook.rs"]),
    ("object_store", &["src/blob"]),
    ("figment", &["src/config"]),
    ("tracing_subscriber", &["src/telemetry"]),
    ("clap", &["src/cli", "src/main.rs", "src/reader/main.rs"]),
    ("indicatif", &["src/cli"]),
    ("anyhow", &["src/cli", "src/main.rs"]),
    ("tesseract", &["src/reader/tesseract.rs"]),
    ("ort", &["src/read/ppocr/runtime.rs"]),
    ("jsonc_parser", &["src/policy_file/"]),
    ("quick_xml", &["src/read/einvoice/"]),
    ("rxing", &["src/read/qr/decode.rs"]),
    ("heifer", &["src/read/heic.rs"]),
];

fn imports(source: &Source) -> Vec<String> {
    if !source.is_program() {
        return Vec::new();
    }
    let (path, module) = (&source.path, source.module());
    let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{path}:1: module `{module}` has no row in tests/tidy/imports.rs: say what it may use")];
    };
    let tokens = source.program_tokens();
    // The programs are crates of their own and name the library.
    let root = if ["main", "server", "reader"].contains(&module) { "vouch" } else { "crate" };
    let mut problems: Vec<String> = text::names_below(&tokens, root)
        .into_iter()
        .filter(|(_, name)| name != module && !allowed.contains(&name.as_str()))
        .map(|(line, name)| format!("{path}:{line}: `{module}` may not use `{name}`; it may use {allowed:?}"))
        .collect();
    // The file of a top module would reach its siblings through `super`, unseen by the table.
    let is_top = path.ends_with(&format!("src/{module}.rs")) || path.ends_with(&format!("src/{module}/mod.rs"));
    for (line, chain) in text::super_chains(&tokens) {
        if is_top || chain > 1 {
            problems.push(format!("{path}:{line}: write `crate::…` here instead of `super`"));
        }
    }
    problems
}

#[test]
fn modules_only_look_down() {
    check(imports);
}

#[test]
fn the_import_rule_sees() {
    control(
        imports,
        "src/model/id.rs",
        "//! x\n\nuse crate::store::Db;\n",
        "src/model/id.rs:3: `model` may not use `store`",
    );
    control(imports, "src/check/tax.rs", "use crate::{model::{id, money}, clock::Clock};", "use `clock`");
    control(imports, "src/check/tax.rs", "fn f() { let x = crate::queue::claim(); }", "use `queue`");
    control(
        imports,
        "src/web/mod.rs",
        "use crate::{\n    model::id::DocumentId,\n    post,\n};",
        ":3: `web` may not use `post`",
    );
    control(imports, "src/sandbox/xero.rs", "use crate::model::money::Money;", "use `model`");
    control(imports, "src/main.rs", "use vouch::store::Db;", "`main` may not use `store`");
    control(imports, "src/reader/main.rs", "use vouch::store::Db;", "`reader` may not use `store`");
    control(imports, "src/check/mod.rs", "use super::store;", "instead of `super`");
    control(imports, "src/post/xero/wire.rs", "use super::super::oauth;", "instead of `super`");
    control(imports, "src/novelty.rs", "//! New.", "`novelty` has no row");
    silent(imports, "src/check/tax.rs", "use crate::{check::rule, model::{money::Money, store}};\nuse super::rule;\n");
    silent(imports, "src/check/tax.rs", "// use crate::store;\nconst X: &str = \"crate::store\"; pub(crate) fn f() {}");
    silent(imports, "src/check/tax.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use crate::store; use super::*; }");
    silent(imports, "tests/store.rs", "use vouch::store::Db;");
}

#[test]
fn the_table_points_down_and_the_docs_say_the_same() {
    let mut problems = Vec::new();
    let mut above = BTreeSet::new();
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md"))
        .expect("docs/architecture.md is there");
    let rows: BTreeMap<&str, BTreeSet<&str>> = docs.lines().filter_map(table_row).collect();
    for (module, allowed) in MODULES {
        for name in allowed.iter().filter(|name| !above.contains(*name)) {
            problems.push(format!("tests/tidy/imports.rs: `{module}` names `{name}`, which does not stand above it"));
        }
        above.insert(module);
        let said = rows.get(module).cloned();
        if *module != "lib" && said != Some(allowed.iter().copied().collect()) {
            problems.push(format!("docs/architecture.md: the row of `{module}` says {said:?}, the code {allowed:?}"));
        }
    }
    report(&problems);
}

/// `| `post` | `model`, `config` | … |` is post with model and config.
fn table_row(line: &str) -> Option<(&str, BTreeSet<&str>)> {
    let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
    let module = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
    Some((module, cells.next()?.split('`').skip(1).step_by(2).collect()))
}

#[test]
fn the_table_reader_reads() {
    let row = table_row("| `post` | `model`, `clock` | the web |").expect("a row");
    assert_eq!(row, ("post", BTreeSet::from(["clock", "model"])));
    assert_eq!(table_row("| `model` | nothing of ours | |"), Some(("model", BTreeSet::new())));
    assert_eq!(table_row("| --- | --- | --- |"), None);
}

fn walls(source: &Source) -> Vec<String> {
    if !source.is_program() {
        return Vec::new();
    }
    let tokens = source.program_tokens();
    let mut problems = Vec::new();
    for (name, homes) in WALLS.iter().filter(|(_, homes)| !homes.iter().any(|home| source.path.starts_with(home))) {
        for line in text::foreign_uses(&tokens, name) {
            problems.push(format!("{}:{line}: the crate `{name}` stays in {homes:?}", source.path));
        }
    }
    problems
}

#[test]
fn foreign_crates_stay_behind_their_walls() {
    check(walls);
}

#[test]
fn the_wall_rule_sees() {
    control(
        walls,
        "src/web/mod.rs",
        "//! x\nuse sea_orm::DatabaseConnection;",
        "src/web/mod.rs:2: the crate `sea_orm`",
    );
    control(walls, "src/check/mod.rs", "fn f(client: &reqwest::Client) {}", "`reqwest` stays in");
    control(walls, "src/queue/mod.rs", "use lapin;", "`lapin`");
    control(walls, "src/read/mod.rs", "pub mod tesseract;\nfn f() { ::tesseract::Tesseract::new(); }", ":2: the crate");
    control(walls, "src/pipeline.rs", "#[derive(clap::Parser)] struct A;", "`clap`");
    control(walls, "src/pipeline.rs", "use ::lapin::Connection;", "`lapin`");
    control(walls, "src/pipeline.rs", "use {std::fs, lapin::Connection};", "`lapin`");
    control(walls, "src/pipeline.rs", "use std::fs;\nfn f(x: sqlx::Row) {}", ":2: the crate `sqlx`");
    silent(walls, "src/read/process.rs", "use super::{ReadError, tesseract::Engines};");
    silent(walls, "src/cli/read.rs", "use crate::read::{tesseract::{self, Engines}};\nfn f() { tesseract::read(); }");
    silent(walls, "src/store/mod.rs", "use sea_orm::{ConnectionTrait, DbErr};");
    silent(walls, "src/read/mod.rs", "pub mod tesseract;\nfn f() { tesseract::read(); }");
    silent(walls, "src/cli/read.rs", "use crate::read::{tesseract, qr};\nfn f() { tesseract::read(); }");
    silent(walls, "src/read/mod.rs", "fn f() { crate::read::tesseract::read(); let axum = 1; }");
    silent(walls, "src/check/mod.rs", "#[cfg(test)]\nmod tests { use anyhow::Result; }");
}
