//! What the checks need from other documents: likely duplicates, spending, suppliers as they were; and what is kept with
//! a document so that later checks find it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;
use sea_orm::Value;

use super::{Row, Run, StoreError, Txn, document::Document};
use crate::{
    check::{Candidate, Claim, DISTANCE_MAX, KnownSupplier, Lookalike, Spending, bank_line_key},
    model::{
        category::Category,
        currency::Currency,
        field::DocumentKind,
        fingerprint::Fingerprint,
        id::{DocumentId, PersonId},
        money::Money,
        rate::RateUsed,
    },
};

/// More of a kind change nothing for a person.
const ROWS_MAX: i64 = 50;
/// So many fingerprints of each kind are compared; a busy firm has a few hundred papers of one day.
const LOOKS_MAX: i64 = 1_000;
/// So many documents that look alike are named, the likest first.
const ALIKE_MAX: usize = 10;
/// A claimant's purchases that are added up, at most; a limit that so many do not reach is none.
const SPENDING_MAX: i64 = 2_000;
/// So many of a supplier's latest documents say what its accounts are.
const SUPPLIER_ROWS: i64 = 20;

/// Earlier ones, and later ones on their way into a ledger, as for twins: of two that are one purchase only one is
/// asked about. The document is `$1`, its upload `$2`.
pub(super) const OTHERS: &str = "id <> $1 AND state NOT IN ('rejected', 'reversed') AND (uploaded_at_us < $2 \
    OR (uploaded_at_us = $2 AND id < $1) OR (kept = 0 AND state IN ('awaiting_approval', 'approved', 'posting_blocked', \
    'posted', 'reversal_asked', 'reversing', 'reversal_blocked')))";
/// Nothing here is put in order by upload or by id: PostgreSQL would rather walk that index from its beginning, through
/// the whole history, than sort the few rows that a better one finds.
const COLUMNS: &str = "id, kind, supplier_key, issue_date, total_minor, currency, document_number";

/// What is kept with a document beside its draft, so that later checks find it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// What kind of paper it is, by name.
    pub kind: Option<DocumentKind>,
    /// A fapiao's code and number.
    pub fapiao: Option<String>,
    /// The supplier's tax id, letters and digits only.
    pub tax_id: Option<String>,
    /// The bank accounts that it names.
    pub bank_accounts: Vec<String>,
    /// What its words look like from afar.
    pub fingerprint: Option<Fingerprint>,
    /// Its total in the firm's own currency, and the rate that made it.
    pub home: Option<(Money, RateUsed)>,
}

/// Keeps a document's marks; who claims it is its submitter, where nobody else was named.
///
/// # Errors
/// The database failed.
pub async fn marks_store(txn: &Txn, id: DocumentId, marks: &Marks) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET kind = $2, fapiao = $3, tax_id = $4, bank_accounts = $5, home_minor = $6, \
        home_currency = $7, rate = $8, rate_source = $9, rate_date = $10, fingerprint = $11, \
        claimant_id = COALESCE(claimant_id, submitter_id) WHERE id = $1";
    let home = marks.home.as_ref();
    let values: Vec<Value> = vec![
        id.to_string().into(),
        marks.kind.map(DocumentKind::name).into(),
        marks.fapiao.clone().into(),
        marks.tax_id.clone().into(),
        marks.bank_accounts.join(" ").into(),
        home.map(|(total, _)| total.minor()).into(),
        home.map(|(total, _)| total.currency().code().to_owned()).into(),
        home.map(|(_, used)| used.rate.to_string()).into(),
        home.map(|(_, used)| used.source.clone()).into(),
        home.map(|(_, used)| used.date.to_string()).into(),
        marks.fingerprint.map(Fingerprint::to_hex).into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// The rate that turned a document's total into the firm's own currency, and that currency.
///
/// # Errors
/// There is no such document, or the database failed or holds a damaged row.
pub async fn rate_fetch(run: &impl Run, id: DocumentId) -> Result<Option<(Currency, Decimal)>, StoreError> {
    let sql = "SELECT home_currency, rate FROM documents WHERE id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    let row = rows.first().ok_or(StoreError::NotFound("document"))?;
    let (Some(_), Some(_)) = (row.text_or_none("home_currency")?, row.text_or_none("rate")?) else { return Ok(None) };
    let home = row.parsed("home_currency", "currency", |text| Currency::parse(text).ok())?;
    Ok(Some((home, row.parsed("rate", "rate", |text| text.parse().ok())?)))
}

/// Keeps which program a document's file says it was worked over with.
///
/// # Errors
/// The database failed.
pub async fn edited_store(txn: &Txn, id: DocumentId, program: Option<&str>) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET edited_with = $2 WHERE id = $1";
    txn.execute(sql, vec![id.to_string().into(), program.into()]).await.map(|_| ())
}

/// How often a document's bytes were handed over, and which program they say they were worked over with.
///
/// # Errors
/// The database failed.
pub async fn file_facts(run: &impl Run, id: DocumentId) -> Result<(i64, Option<String>), StoreError> {
    let sql = "SELECT edited_with, (SELECT COUNT(*) FROM uploads WHERE document_id = $1) AS uploads FROM documents \
        WHERE id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    let row = rows.first().ok_or(StoreError::NotFound("document"))?;
    Ok((row.number("uploads")?, row.text_or_none("edited_with")?))
}

/// Keeps what the person who hands a document in says about it.
///
/// # Errors
/// The database failed.
pub async fn claim_store(txn: &Txn, id: DocumentId, claimant: PersonId, claim: &Claim) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET claimant_id = $2, department = $3, project = $4, attendees = $5, note = $6, \
        claimed_minor = $7, claimed_currency = $8, card_minor = $9, card_currency = $10, \
        bank_line = $11, bank_line_key = $12 WHERE id = $1";
    let code = |money: Option<Money>| money.map(|money| money.currency().code().to_owned());
    let values: Vec<Value> = vec![
        id.to_string().into(),
        claimant.to_string().into(),
        claim.department.clone().into(),
        claim.project.clone().into(),
        claim.attendees.clone().into(),
        claim.note.clone().into(),
        claim.claimed.map(Money::minor).into(),
        code(claim.claimed).into(),
        claim.card_line.map(Money::minor).into(),
        code(claim.card_line).into(),
        claim.bank_line.clone().into(),
        claim.bank_line.as_deref().and_then(bank_line_key).into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// What was said about a document, and who claims it: its submitter, where nobody else was named.
///
/// # Errors
/// There is no such document, the database failed, or it holds a damaged row.
pub async fn claim_fetch(run: &impl Run, id: DocumentId) -> Result<(PersonId, Claim), StoreError> {
    let sql = "SELECT people.id AS claimant, people.email, documents.department, project, attendees, note, claimed_minor, \
        claimed_currency, card_minor, card_currency, bank_line FROM documents \
        JOIN people ON people.id = COALESCE(documents.claimant_id, documents.submitter_id) WHERE documents.id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    let row = rows.first().ok_or(StoreError::NotFound("document"))?;
    let claim = Claim {
        department: row.text_or_none("department")?,
        project: row.text_or_none("project")?,
        attendees: row.text_or_none("attendees")?,
        note: row.text_or_none("note")?,
        claimant: Some(row.text("email")?.to_lowercase()),
        claimed: money_or_none(row, "claimed_minor", "claimed_currency")?,
        card_line: money_or_none(row, "card_minor", "card_currency")?,
        bank_line: row.text_or_none("bank_line")?,
    };
    Ok((row.parsed("claimant", "person id", |text| text.parse().ok())?, claim))
}

/// Other documents of this supplier with this number, and others with this total near this day.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn candidate_list(
    run: &impl Run,
    document: &Document,
    number: Option<(&str, &str)>,
    total: Option<(Money, Date, Date)>,
) -> Result<Vec<Candidate>, StoreError> {
    let mut values: Vec<Value> = vec![document.id.to_string().into(), document.uploaded_at_us.into()];
    let mut parts = Vec::new();
    if let Some((supplier, number)) = number {
        let at = values.len();
        parts.push(format!("supplier_key = ${} AND document_number = ${}", at + 1, at + 2));
        values.extend([supplier.into(), number.into()]);
    }
    if let Some((total, from, to)) = total {
        let at = values.len();
        parts.push(format!(
            "total_minor = ${} AND currency = ${} AND issue_date >= ${} AND issue_date <= ${}",
            at + 1,
            at + 2,
            at + 3,
            at + 4
        ));
        values.extend([
            total.minor().into(),
            total.currency().code().into(),
            from.to_string().into(),
            to.to_string().into(),
        ]);
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    // Each part has its own index; together they are one way to the database and back.
    let part = |part: &String| {
        format!(
            "SELECT * FROM (SELECT {COLUMNS} FROM documents WHERE {part} AND {OTHERS} \
            ORDER BY issue_date DESC, id LIMIT {ROWS_MAX}) AS part"
        )
    };
    let sql = parts.iter().map(part).collect::<Vec<_>>().join(" UNION ALL ");
    let rows = run.rows(&sql, values).await?;
    let mut seen = BTreeSet::new();
    let all = rows.iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|candidate| seen.insert(candidate.id)).collect())
}

/// What was read of a document whose lookalikes are sought.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// What its words look like from afar.
    pub fingerprint: Fingerprint,
    /// Its total.
    pub total: Option<Money>,
    /// The date on it.
    pub issue_date: Option<Date>,
    /// Its number, without spaces.
    pub document_number: Option<&'a str>,
    /// Whose money it was.
    pub claimant: PersonId,
}

/// Other documents whose words look like this one's: among those with its total, those with its date and no other
/// number, those of which one of the two was not read, and, where this one lacks one, the claimant's latest. Two papers
/// that differ in both are two (the rule D2), so no others are looked at.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn lookalike_list(
    run: &impl Run,
    document: &Document,
    look: &Look<'_>,
) -> Result<Vec<Lookalike>, StoreError> {
    let mut values: Vec<Value> = vec![document.id.to_string().into(), document.uploaded_at_us.into()];
    let mut parts = vec!["total_minor IS NULL".to_owned(), "issue_date IS NULL".to_owned()];
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(total) = look.total {
        let (minor, code) = (bind(total.minor().into()), bind(total.currency().code().into()));
        parts.push(format!("total_minor = {minor} AND currency = {code}"));
    }
    if let Some(date) = look.issue_date {
        let day = bind(date.to_string().into());
        let number = look.document_number.map(|number| bind(number.into()));
        let number = number.map(|number| format!(" AND (document_number IS NULL OR document_number = {number})"));
        parts.push(format!("issue_date = {day}{}", number.unwrap_or_default()));
    }
    if look.total.is_none() || look.issue_date.is_none() {
        parts.push(format!("claimant_id = {}", bind(look.claimant.to_string().into())));
    }
    let part = |part: &String| {
        format!(
            "SELECT * FROM (SELECT id, fingerprint FROM documents WHERE {part} AND fingerprint IS NOT NULL AND {OTHERS} \
            ORDER BY issue_date DESC, id LIMIT {LOOKS_MAX}) AS part"
        )
    };
    let sql = parts.iter().map(part).collect::<Vec<_>>().join(" UNION ");
    let mut alike = Vec::new();
    for row in run.rows(&sql, values).await? {
        let other = row.parsed("fingerprint", "fingerprint", Fingerprint::from_hex)?;
        let distance = look.fingerprint.distance(other);
        if distance <= DISTANCE_MAX {
            alike.push((distance, row.text("id")?));
        }
    }
    alike.sort();
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = $1");
    let mut found = Vec::new();
    for (distance, id) in alike.into_iter().take(ALIKE_MAX) {
        let rows = run.rows(&sql, vec![id.into()]).await?;
        let document = rows.first().ok_or(StoreError::NotFound("document"))?;
        found.push(Lookalike { document: candidate(document)?, distance });
    }
    Ok(found)
}

/// Other documents of the same fapiao.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn fapiao_list(run: &impl Run, document: &Document, fapiao: &str) -> Result<Vec<DocumentId>, StoreError> {
    same_list(run, document, "fapiao", fapiao).await
}

async fn same_list(
    run: &impl Run,
    document: &Document,
    column: &str,
    value: &str,
) -> Result<Vec<DocumentId>, StoreError> {
    let sql =
        format!("SELECT id FROM documents WHERE {column} = $3 AND {OTHERS} ORDER BY issue_date, id LIMIT {ROWS_MAX}");
    let values = vec![document.id.to_string().into(), document.uploaded_at_us.into(), value.into()];
    let id = |row: &Row| row.parsed("id", "document id", |text| text.parse().ok());
    run.rows(&sql, values).await?.iter().map(id).collect()
}

/// Other documents that name the same line of the bank's statement.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn bank_line_list(run: &impl Run, document: &Document, line: &str) -> Result<Vec<DocumentId>, StoreError> {
    same_list(run, document, "bank_line_key", line).await
}

/// What a claimant spent on other documents within these days, both among them, in the firm's own currency. Those whose
/// amount in it is not known are left out, and credit notes: they spend nothing.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn spending_list(
    run: &impl Run,
    id: DocumentId,
    claimant: PersonId,
    [from, to]: [Date; 2],
    home: Currency,
) -> Result<Vec<Spending>, StoreError> {
    let sql = format!(
        "SELECT id, supplier_key, issue_date, category, department, project, \
        CASE WHEN currency = $5 THEN total_minor ELSE home_minor END AS minor FROM documents \
        WHERE claimant_id = $2 AND issue_date >= $3 AND issue_date <= $4 AND id <> $1 \
        AND state NOT IN ('rejected', 'reversed') \
        AND total_minor IS NOT NULL AND (currency = $5 OR home_currency = $5) \
        AND COALESCE(kind, '') <> 'credit_note' \
        ORDER BY issue_date, id LIMIT {SPENDING_MAX}"
    );
    let values = vec![
        id.to_string().into(),
        claimant.to_string().into(),
        from.to_string().into(),
        to.to_string().into(),
        home.code().into(),
    ];
    let spending = |row: &Row| {
        Ok(Spending {
            id: row.parsed("id", "document id", |text| text.parse().ok())?,
            supplier_key: row.text_or_none("supplier_key")?,
            date: row.parsed("issue_date", "date", |text| text.parse().ok())?,
            category: row.parsed("category", "category", Category::from_name)?,
            department: row.text_or_none("department")?,
            project: row.text_or_none("project")?,
            total: Money::from_minor(row.number("minor")?, home),
        })
    };
    run.rows(&sql, values).await?.iter().map(spending).collect()
}

/// A supplier as its latest approved documents name it; nothing where there are none.
///
/// # Errors
/// The database failed.
pub async fn supplier_known(
    run: &impl Run,
    id: DocumentId,
    supplier_key: &str,
) -> Result<Option<KnownSupplier>, StoreError> {
    let sql = format!(
        "SELECT DISTINCT tax_id, bank_accounts FROM (SELECT tax_id, bank_accounts FROM documents \
        WHERE supplier_key = $2 AND id <> $1 AND state IN ('approved', 'posting_blocked', 'posted', 'reversal_asked', \
        'reversing', 'reversal_blocked') \
        ORDER BY issue_date DESC, id LIMIT {SUPPLIER_ROWS}) AS latest"
    );
    let rows = run.rows(&sql, vec![id.to_string().into(), supplier_key.into()]).await?;
    let mut known = KnownSupplier::default();
    for row in &rows {
        known.tax_ids.extend(row.text_or_none("tax_id")?);
        let accounts = row.text_or_none("bank_accounts")?.unwrap_or_default();
        known.bank_accounts.extend(accounts.split_whitespace().map(str::to_owned));
    }
    Ok((!rows.is_empty()).then_some(known))
}

fn candidate(row: &Row) -> Result<Candidate, StoreError> {
    let kind = row.text_or_none("kind")?.and_then(|name| DocumentKind::from_name(&name));
    Ok(Candidate {
        id: row.parsed("id", "document id", |text| text.parse().ok())?,
        kind: kind.unwrap_or(DocumentKind::Unknown),
        supplier_key: row.text_or_none("supplier_key")?,
        issue_date: row.text_or_none("issue_date")?.and_then(|text| text.parse().ok()),
        total: money_or_none(row, "total_minor", "currency")?,
        document_number: row.text_or_none("document_number")?,
    })
}

fn money_or_none(row: &Row, minor: &str, currency: &str) -> Result<Option<Money>, StoreError> {
    let Some((minor, code)) = row.number_or_none(minor)?.zip(row.text_or_none(currency)?) else { return Ok(None) };
    let currency = Currency::parse(&code).map_err(|_| StoreError::Damaged { what: "currency", value: code })?;
    Ok(Some(Money::from_minor(minor, currency)))
}
