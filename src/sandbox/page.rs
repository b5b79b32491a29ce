//! The pages a person sees: what was posted, one entry, a file.

use std::fmt::Write as _;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::Change;
use super::http::{Ask, Reply, Setting};
use super::state::World;
use super::view::{self, SandboxEntry};

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1d2733;background:#f4f6f8}\
main{max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 .5rem}\
ul.entries{list-style:none;padding:0;margin:0}.card{background:#fff;border:1px solid #dde3e9;border-radius:10px;\
padding:.8rem 1rem;margin:.6rem 0}.top{display:flex;justify-content:space-between;gap:1rem;font-weight:600}\
.amount{white-space:nowrap;font-variant-numeric:tabular-nums}.small{color:#566472;font-size:.9rem}\
.gone .top{text-decoration:line-through;color:#8a2f2f}a{color:#0b5cad}dl{display:grid;grid-template-columns:auto 1fr;\
gap:.3rem 1rem}dt{color:#566472}dd{margin:0;overflow-wrap:anywhere}label.choice{display:block;padding:.4rem 0}\
fieldset{border:1px solid #dde3e9;border-radius:10px}button{font:inherit;padding:.5rem 1rem;border:0;\
border-radius:8px;background:#0b5cad;color:#fff;cursor:pointer}button.quiet{background:#e3e9ef;color:#1d2733}\
button.danger{background:#a32b2b}input[type=text]{font:inherit;padding:.45rem;border:1px solid #b9c4cf;\
border-radius:8px;width:9rem}.buttons{display:flex;gap:.6rem;flex-wrap:wrap}img.file{max-width:100%;\
border:1px solid #dde3e9;border-radius:8px}";

/// A whole page around a body that is already HTML.
pub(super) fn layout(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escape(title)
    )
}

/// Text made safe inside HTML and its attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            plain => safe.push(plain),
        }
    }
    safe
}

/// Answers everything outside the two ledgers: the list and the files.
pub(super) fn answer(world: &World, ask: &Ask) -> Reply {
    let segments = ask.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (ask.method.as_str(), segments.as_slice()) {
        ("GET", []) => Reply::html(200, list(world)),
        ("GET", ["attachments", id]) => match world.files.get(*id) {
            Some(file) => Reply::typed(200, &file.media_type, file.bytes.to_vec())
                .with("x-content-type-options", "nosniff")
                .with("content-security-policy", "sandbox"),
            None => Reply::html(404, layout("Not found", "<h1>There is no such file</h1>")),
        },
        _ => Reply::html(404, layout("Not found", "<h1>There is no such page</h1>")),
    }
}

fn list(world: &World) -> String {
    let all = view::entries(world);
    let mut body = String::from(
        "<h1>What was posted</h1><p class=\"small\">The sandbox stands in for QuickBooks Online and Xero. Nothing here is real.</p>",
    );
    let quickbooks = world.quickbooks.iter().map(|(id, company)| ("quickbooks", "QuickBooks", id, &company.name));
    let xero = world.xero.iter().map(|(id, company)| ("xero", "Xero", id, &company.name));
    for (ledger, title, id, name) in quickbooks.chain(xero) {
        let mine: Vec<&SandboxEntry> =
            all.iter().filter(|entry| entry.ledger == ledger && &entry.company == id).collect();
        let _ = write!(body, "<h2>{title}: {}</h2>", escape(name));
        if mine.is_empty() {
            body.push_str("<p class=\"small\">Nothing yet.</p>");
        } else {
            body.push_str("<ul class=\"entries\">");
            mine.iter().for_each(|entry| card(world, entry, &mut body));
            body.push_str("</ul>");
        }
    }
    layout("Sandbox ledgers", &body)
}

fn card(world: &World, entry: &SandboxEntry, body: &mut String) {
    let (class, state) = if entry.live { ("card", "") } else { ("card gone", " · deleted") };
    let _ = write!(
        body,
        "<li class=\"{class}\"><div class=\"top\"><a href=\"{}\">{}</a><span class=\"amount\">{} {}</span></div>\
         <div class=\"small\">{} · {} · {}{state}</div><div class=\"small\">{}</div></li>",
        escape(&link(entry)),
        escape(&entry.supplier),
        escape(&entry.currency),
        entry.total,
        escape(&entry.date),
        kind(entry),
        escape(&entry.accounts.join(", ")),
        files(world, entry),
    );
}

fn kind(entry: &SandboxEntry) -> &'static str {
    match entry.resource {
        "bill" | "invoices" => "bill to pay",
        "vendorcredit" | "creditnotes" => "credit from a supplier",
        _ => "paid",
    }
}

fn link(entry: &SandboxEntry) -> String {
    format!("/{}/app/{}/{}", entry.ledger, entry.resource, entry.external_id)
}

fn files(world: &World, entry: &SandboxEntry) -> String {
    let all = view::files(world, entry.ledger, &entry.company, &entry.external_id);
    if all.is_empty() {
        return "no file attached".to_owned();
    }
    let links = all.into_iter().map(|(id, file)| {
        format!("<a href=\"/attachments/{}\">{}</a> ({} bytes)", escape(id), escape(&file.file_name), file.bytes.len())
    });
    links.collect::<Vec<_>>().join(", ")
}

/// Answers a link into a ledger: the page of one entry, and its two buttons.
pub(super) fn entry_answer(world: &mut World, ask: &Ask, rest: &[&str], setting: Setting<'_>) -> Reply {
    let Some(id) = rest.get(1) else { return entry_missing() };
    let named = |entry: &SandboxEntry| entry.external_id.eq_ignore_ascii_case(id);
    let Some(entry) = view::entries(world).into_iter().find(named) else { return entry_missing() };
    if ask.method == "GET" {
        return Reply::html(200, entry_page(world, &entry));
    }
    // A page from elsewhere in the same browser must not press the buttons.
    let origin = ask.header("origin");
    if !origin.is_empty() && origin != format!("http://{}", ask.header("host")) {
        return Reply::text(403, "This form belongs to another page.");
    }
    let change = match rest.get(2).copied() {
        Some("delete") => Change::Delete,
        Some("total") => {
            let form = ask.form();
            let sent = form.iter().find(|(name, _)| name == "total").map(|(_, text)| text.trim());
            match sent.and_then(|text| Decimal::from_str(text).ok()).filter(|total| total.scale() <= 2) {
                Some(total) => Change::TotalTo(total),
                None => return Reply::html(400, layout("Not an amount", "<h1>That is not an amount</h1>")),
            }
        }
        Some(_) | None => return entry_missing(),
    };
    view::entry_change(world, &entry.external_id, change, setting.now_ms);
    Reply::redirect(link(&entry))
}

fn entry_missing() -> Reply {
    Reply::html(404, layout("Not found", "<h1>There is no such entry</h1>"))
}

fn entry_page(world: &World, entry: &SandboxEntry) -> String {
    let state = if entry.live { kind(entry) } else { "deleted" };
    let facts = [
        ("Company", entry.company_name.as_str()),
        ("Date", &entry.date),
        ("State", state),
        ("Number", &entry.reference),
        ("Note", &entry.note),
        ("Accounts", &entry.accounts.join(", ")),
        ("Id", &entry.external_id),
    ]
    .map(|(name, fact)| format!("<dt>{name}</dt><dd>{}</dd>", escape(fact)))
    .concat();
    let pictures: String = view::files(world, entry.ledger, &entry.company, &entry.external_id)
        .into_iter()
        .filter(|(_, file)| file.media_type.starts_with("image/"))
        .map(|(id, file)| {
            format!(
                "<p><img class=\"file\" src=\"/attachments/{}\" alt=\"{}\"></p>",
                escape(id),
                escape(&file.file_name)
            )
        })
        .collect();
    let link = escape(&link(entry));
    let buttons = if entry.live {
        format!(
            "<h2>Change it behind vouch's back</h2><div class=\"buttons\"><form method=\"post\" action=\"{link}/total\">\
             <label>New total <input type=\"text\" inputmode=\"decimal\" name=\"total\" value=\"{}\"></label> \
             <button>Change the total</button></form><form method=\"post\" action=\"{link}/delete\">\
             <button class=\"danger\">Delete it</button></form></div>",
            entry.total
        )
    } else {
        String::new()
    };
    let body = format!(
        "<p><a href=\"/\">All entries</a></p><h1>{}</h1><p class=\"top amount\">{} {}</p><div class=\"card\"><dl>{facts}</dl>\
         <p class=\"small\">{}</p></div>{pictures}{buttons}",
        escape(&entry.supplier),
        escape(&entry.currency),
        entry.total,
        files(world, entry),
    );
    layout("Entry", &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_names_is_harmless() {
        assert_eq!(escape("<b a='1'>\"&"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;");
    }
}
