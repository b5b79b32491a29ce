//! Approved documents with their postings' jobs, as the checks and an approver would have left them.

use jiff::civil::date;
use rust_decimal::Decimal;

use crate::{
    approval::state::{ApprovedBy, State},
    blob::original_name,
    model::{
        category::Category,
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        hash::sha256_hex,
        id::{ConnectionId, DocumentId},
        media::MediaType,
        person::Person,
    },
    pipeline::{Context, Job, transition::enqueue},
    store::{
        Txn,
        document::{NewDocument, document_create, document_fetch, document_update},
    },
};

/// Documents written in one transaction.
const WRITTEN_AT_ONCE: u32 = 200;
/// How many suppliers they come from: most suppliers are known after a while, as in a real firm.
pub(super) const SUPPLIERS: u32 = 40;

/// A document of the run.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    pub(super) id: DocumentId,
    pub(super) kind: DocumentKind,
    pub(super) number: String,
    pub(super) total: Decimal,
    pub(super) sha256: String,
}

/// Whose documents they are, and where they go.
pub(super) struct Stack<'a> {
    pub(super) person: &'a Person,
    pub(super) connections: &'a [ConnectionId],
    /// Bills only; otherwise bills, paid expenses and credit notes in turn.
    pub(super) only_bills: bool,
}

impl Stack<'_> {
    /// Writes so many from this number on, in turn for each company.
    pub(super) async fn approved(&self, context: &Context, first: u32, count: u32) -> anyhow::Result<Vec<Paper>> {
        let mut papers = Vec::new();
        let mut txn = context.db.begin_write().await?;
        let turns = self.connections.iter().cycle();
        for (number, connection) in (first..first.saturating_add(count)).zip(turns) {
            papers.push(self.paper(context, &txn, number, *connection).await?);
            if number.is_multiple_of(WRITTEN_AT_ONCE) {
                txn.commit().await?;
                txn = context.db.begin_write().await?;
            }
        }
        txn.commit().await?;
        Ok(papers)
    }

    async fn paper(
        &self,
        context: &Context,
        txn: &Txn,
        number: u32,
        connection: ConnectionId,
    ) -> anyhow::Result<Paper> {
        let name = format!("LR-{number:06}");
        let bytes = format!("%PDF-1.4 {name}\n").into_bytes();
        let sha256 = sha256_hex(&bytes);
        let id = DocumentId::new();
        let new = NewDocument {
            id,
            sha256: sha256.clone(),
            media_type: MediaType::Pdf,
            file_name: format!("{name}.pdf"),
            bytes: i64::try_from(bytes.len())?,
            submitter: self.person.id,
            category: Category::Meals,
            connection: Some(connection),
            at_us: context.clock.now_us(),
        };
        context.blobs.put(&original_name(&sha256), bytes).await?;
        document_create(txn, &new).await?;
        let mut document = document_fetch(txn, id).await?;
        let kind = if self.only_bills { DocumentKind::Invoice } else { in_turn(number) };
        let total = Decimal::new(i64::from(number) + 10_000, 2);
        document.draft = Some(draft(kind, number, &name, total));
        document.state = State::Approved { by: ApprovedBy::Rule };
        document_update(txn, &document, 0).await?;
        enqueue(txn, Job::Post(id), 1, context.clock.now_us()).await?;
        Ok(Paper { id, kind, number: name, total, sha256 })
    }
}

/// Two companies take turns as well, so a kind changes with every second number.
const fn in_turn(number: u32) -> DocumentKind {
    match (number / 2) % 3 {
        0 => DocumentKind::Invoice,
        1 => DocumentKind::Receipt,
        _ => DocumentKind::CreditNote,
    }
}

fn draft(kind: DocumentKind, number: u32, name: &str, total: Decimal) -> Draft {
    let day = i8::try_from(number % 28).unwrap_or_default() + 1;
    let values = [
        (FieldName::SupplierName, FieldValue::Text(format!("Supplier {:02}", number % SUPPLIERS))),
        (FieldName::DocumentNumber, FieldValue::Text(name.to_owned())),
        (FieldName::IssueDate, FieldValue::Date(date(2026, 10, day))),
        (FieldName::DueDate, FieldValue::Date(date(2026, 12, 18))),
        (FieldName::Currency, FieldValue::Currency(Currency::HKD)),
        (FieldName::Total, FieldValue::Amount(total)),
    ];
    let fields = values.into_iter().map(|(name, value)| (name, Field::by_person(value))).collect();
    Draft { kind, fields, ..Draft::empty(1) }
}
