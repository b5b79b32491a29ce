//! Tracking categories: what there is, and what a line may name.

use serde_json::{Value, json};

use super::{Answer, envelope, organisation as organisation_of};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::state::{Organisation, World};
use crate::sandbox::value::{self, Row};

/// A line names at most so many.
const LINE_MAX: usize = 2;
const LIST: &str = "TrackingCategories";

/// `GET TrackingCategories`: what is archived only comes when it is asked for.
pub(super) fn list(world: &World, tenant: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    let archived = ask.query("includeArchived").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let shown = |row: &Row| archived || is_active(row);
    let rows = organisation_of(world, tenant)?.all(LIST).iter().filter(|row| shown(row)).map(|row| {
        let mut row = row.clone();
        let options = value::rows(&row, "Options").into_iter().filter(|option| shown(option));
        let options = options.map(|option| Value::Object(option.clone())).collect();
        row.insert("Options".to_owned(), Value::Array(options));
        Value::Object(row)
    });
    Ok(Reply::json(200, &Value::Object(envelope(LIST, rows.collect(), now_ms))))
}

fn is_active(row: &Row) -> bool {
    value::text(row, "Status") == "ACTIVE"
}

/// The tracking of a line as the ledger keeps it. The real one may drop what it does not know with a warning
/// (accounting-apis.md, X7.4); here it is refused.
pub(super) fn of_line(organisation: &Organisation, line: &Row) -> Result<Vec<Value>, String> {
    let sent = value::rows(line, "Tracking");
    if sent.len() > LINE_MAX {
        return Err("A line item can have at most 2 tracking categories".to_owned());
    }
    let mut kept: Vec<Value> = Vec::new();
    for row in sent {
        let category = named(organisation.all(LIST).iter(), row, ("TrackingCategoryID", "Name"));
        let category = category.ok_or("The tracking category is not known or not active")?;
        let options = value::rows(category, "Options");
        let option = named(options.into_iter(), row, ("TrackingOptionID", "Option"));
        let option = option.ok_or("The tracking option is not known or not active in its category")?;
        let id = value::text(category, "TrackingCategoryID");
        if kept.iter().any(|before| before.get("TrackingCategoryID").and_then(Value::as_str) == Some(id)) {
            return Err("A tracking category can be used once on a line item".to_owned());
        }
        kept.push(json!({"Name": value::text(category, "Name"), "Option": value::text(option, "Name"),
            "TrackingCategoryID": id, "TrackingOptionID": value::text(option, "TrackingOptionID")}));
    }
    Ok(kept)
}

/// The active one of these that is named by id or, without one, by name.
fn named<'a>(mut all: impl Iterator<Item = &'a Row>, sent: &Row, (id, name): (&str, &str)) -> Option<&'a Row> {
    let (member, wanted) = match value::text(sent, id) {
        "" => ("Name", value::text(sent, name)),
        wanted => (id, wanted),
    };
    let same = |row: &&Row| is_active(row) && value::text(row, member).eq_ignore_ascii_case(wanted);
    if wanted.is_empty() { None } else { all.find(same) }
}
