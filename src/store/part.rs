//! How documents stand to the pictures they came in, and who handed over what they came in.

use sea_orm::Value;

use super::{Row, Run, StoreError, Txn, document::upload_append};
use crate::model::{
    id::DocumentId,
    part::{Division, Part},
};

/// Keeps how a document stands to the file it came in.
///
/// # Errors
/// The database failed.
pub async fn division_store(txn: &Txn, id: DocumentId, division: &Division) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET part_of = $2, part_number = $3, part_count = $4, part_sha256 = $5, \
        part_bytes = $6 WHERE id = $1";
    let part = division.part();
    // One is part 1 of 1 of itself, without a picture of its own.
    let of = match division {
        Division::Whole => None,
        Division::One => Some(id),
        Division::Part(part) => Some(part.of),
    };
    let number = |number: fn(&Part) -> u32| of.map(|_| part.map_or(1, |part| i64::from(number(part))));
    let values: Vec<Value> = vec![
        id.to_string().into(),
        of.map(|of| of.to_string()).into(),
        number(|part| part.number).into(),
        number(|part| part.count).into(),
        part.map(|part| part.sha256.clone()).into(),
        part.map(|part| part.bytes).into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// What a document's row says of it.
pub(super) fn division_of(row: &Row) -> Result<Division, StoreError> {
    let Some(of) = row.text_or_none("part_of")? else { return Ok(Division::Whole) };
    let Some((sha256, bytes)) = row.text_or_none("part_sha256")?.zip(row.number_or_none("part_bytes")?) else {
        return Ok(Division::One);
    };
    let counted = |column: &str| {
        let number = row.number(column)?;
        u32::try_from(number).map_err(|_| StoreError::Damaged { what: "part", value: number.to_string() })
    };
    Ok(Division::Part(Part {
        of: of.parse().map_err(|_| StoreError::Damaged { what: "document id", value: of })?,
        number: counted("part_number")?,
        count: counted("part_count")?,
        sha256,
        bytes,
    }))
}

/// Gives a part what was said and done about the picture it is on: who handed it over, and what it was for. What was
/// said of an amount was said of one paper, and stays with the first part.
///
/// # Errors
/// The database failed.
pub async fn part_follow(txn: &Txn, id: DocumentId, of: DocumentId) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET claimant_id = whole.claimant_id, department = whole.department, \
        project = whole.project, attendees = whole.attendees, note = whole.note, edited_with = whole.edited_with \
        FROM (SELECT claimant_id, department, project, attendees, note, edited_with FROM documents WHERE id = $2) \
        AS whole WHERE documents.id = $1";
    txn.execute(sql, vec![id.to_string().into(), of.to_string().into()]).await?;
    let sql = "SELECT person_id, file_name, at_us FROM uploads WHERE document_id = $1";
    for row in &txn.rows(sql, vec![of.to_string().into()]).await? {
        let person = row.parsed("person_id", "person id", |text| text.parse().ok())?;
        upload_append(txn, id, person, &row.text("file_name")?, row.number("at_us")?).await?;
    }
    Ok(())
}
