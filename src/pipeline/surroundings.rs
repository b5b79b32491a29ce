//! What the firm knows around a document when it is checked: other documents, the claimant's spending, the supplier as
//! it was, the rate of the day, the company it goes to.

use jiff::{ToSpan, civil::Date};

use super::{
    entry::{CATEGORY_TAX, SUPPLIER_TAX},
    tax,
};
use crate::{
    check::{self, Claim, Identity, Known, Ledger, LedgerEntry, supplier_key},
    model::{
        calendar::Calendar,
        draft::Draft,
        field::{DocumentKind, FieldName},
        fingerprint::Fingerprint,
        id::PersonId,
        money::Money,
        page::Page,
        policy::Policy,
        rate::{MissingRate, RateUsed, Rates, home_amount},
    },
    post::ReferenceKind,
    read::wire,
    reconcile::bypass::signed,
    store::{
        Run, StoreError,
        candidate::{
            Look, Marks, bank_line_list, candidate_list, claim_fetch, fapiao_list, file_facts, lookalike_list,
            spending_list, supplier_known,
        },
        connection::{connection_fetch, mapping_list, reference_fetch},
        document::{Document, page_list},
        ledger_entry::{LedgerEntryRow, Wanted, ledger_entries_matching},
        rate::rate_table,
    },
};

/// An invoice's receipt may come so many days after it, or before.
const PAIR_DAYS: i64 = 60;

/// Everything around a document.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The words of its pages.
    pub pages: Vec<Page>,
    /// Whose money it was.
    pub claimant: PersonId,
    /// What was said about it.
    pub claim: Claim,
    /// What the firm knows.
    pub known: Known,
    /// What is kept with it, for the checks of others.
    pub marks: Marks,
}

/// Looks around a document.
///
/// # Errors
/// The database failed.
pub async fn surroundings(
    run: &impl Run,
    document: &Document,
    draft: &Draft,
    policy: &Policy,
) -> Result<Surroundings, StoreError> {
    let rows = page_list(run, document.id).await?;
    // A page that an older version of vouch wrote in another form has no words to look at.
    let pages: Vec<Page> = rows
        .iter()
        .filter_map(|row| serde_json::from_str::<wire::PageRow>(&row.page_json).ok())
        .map(Page::from)
        .collect();
    let (claimant, claim) = claim_fetch(run, document.id).await?;
    let home = home(run, draft, policy).await?;
    let marks = marks_of(draft, &pages, home.as_ref().and_then(|home| home.clone().ok()));
    let (uploads, edited_with) = file_facts(run, document.id).await?;
    let mut known = Known {
        uploads: u32::try_from(uploads).unwrap_or(u32::MAX),
        edited_with,
        ledger: ledger(run, document, draft).await?,
        calendar: Some(Calendar::hong_kong()),
        home,
        ..Known::NOTHING
    };
    known.ledger_entries = in_ledger(run, document, draft).await?;
    if let Some(line) = claim.bank_line.as_deref().and_then(check::bank_line_key) {
        known.bank_matched = bank_line_list(run, document, &line).await?;
    }
    others(run, document, draft, claimant, policy, &marks, &mut known).await?;
    Ok(Surroundings { pages, claimant, claim, known, marks })
}

fn marks_of(draft: &Draft, pages: &[Page], home: Option<(Money, RateUsed)>) -> Marks {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    Marks {
        kind: Some(draft.kind),
        fapiao: check::fapiao_key(draft, pages),
        tax_id: draft.text(FieldName::SupplierTaxId).filter(|_| draft.accepted(FieldName::SupplierTaxId)).map(plain),
        bank_accounts: check::bank_accounts(pages),
        fingerprint: Fingerprint::of_words(pages.iter().flat_map(|page| &page.words).map(|word| word.text.as_str())),
        home,
    }
}

/// The total in the firm's own currency; nothing while there is no total or no date.
async fn home(
    run: &impl Run,
    draft: &Draft,
    policy: &Policy,
) -> Result<Option<Result<(Money, RateUsed), MissingRate>>, StoreError> {
    let Some((total, date)) = draft.entry_total().zip(draft.date(FieldName::IssueDate)) else {
        return Ok(None);
    };
    let (rules, home) = (&policy.rates, policy.home_currency);
    let table = if total.currency() == home {
        None
    } else {
        rate_table(run, &rules.source, [total.currency(), home], date, rules.age_days_max).await?
    };
    let table = table.unwrap_or_else(|| Rates::new(rules.source.clone(), home, []));
    Ok(Some(home_amount(total, date, home, &table, rules)))
}

async fn ledger(run: &impl Run, document: &Document, draft: &Draft) -> Result<Ledger, StoreError> {
    let Some(id) = document.connection else { return Ok(Ledger::UNKNOWN) };
    let connection = connection_fetch(run, id).await?;
    let mappings = mapping_list(run, id).await?;
    let meant = |kind: &str, key: &str| {
        mappings.iter().find(|row| row.kind == kind && row.key == key).map(|row| row.external_id.as_str())
    };
    let of_category = meant(CATEGORY_TAX, document.category.name());
    // As posting chooses it: the supplier's own, while the company has it, before the category's.
    let own = draft.text(FieldName::SupplierName).and_then(|name| meant(SUPPLIER_TAX, &supplier_key(name)));
    let bears_tax = draft.amount(FieldName::Tax).is_some();
    let mut tax_percent = None;
    for code in [own, of_category].into_iter().flatten().filter(|_| bears_tax) {
        // One that the company has is posted, even if its rate is not known.
        if let Some(found) = reference_fetch(run, id, ReferenceKind::TaxCode.name(), code).await? {
            tax_percent = found.code.as_deref().and_then(tax::rate).map(|(percent, _)| percent);
            break;
        }
    }
    Ok(Ledger {
        name: Some(connection.name),
        closed_until: connection.closed_until.and_then(|day| day.parse().ok()),
        has_tax_code: Some(of_category.is_some()),
        tax_percent,
    })
}

/// Entries of the company's books that may be this purchase, typed in there by somebody. What vouch itself posted is not
/// among them: those are other documents, and looked at as such.
async fn in_ledger(run: &impl Run, document: &Document, draft: &Draft) -> Result<Vec<LedgerEntry>, StoreError> {
    let Some((supplier, total)) = draft.text(FieldName::SupplierName).zip(draft.money(FieldName::Total)) else {
        return Ok(Vec::new());
    };
    let wanted = Wanted {
        connection: document.connection,
        supplier: supplier.to_owned(),
        number: draft.text(FieldName::DocumentNumber).map(str::to_owned),
        total: signed(total.to_decimal(), draft.kind == DocumentKind::CreditNote),
        currency: total.currency().code().to_owned(),
        issue_date: draft.date(FieldName::IssueDate),
        own_reference: None,
    };
    let rows = ledger_entries_matching(run, &wanted).await?;
    let entry = |row: LedgerEntryRow| LedgerEntry {
        external_id: row.external_id,
        supplier_key: row.supplier_name.as_deref().map(supplier_key).unwrap_or_default(),
        date: row.issue_date.and_then(|day| day.parse().ok()),
        total,
        document_number: row.number.map(|number| number.split_whitespace().collect()),
    };
    Ok(rows.into_iter().filter(|row| row.reference.is_none()).map(entry).collect())
}

/// Other documents: likely duplicates, the claimant's spending, the supplier's earlier papers.
async fn others(
    run: &impl Run,
    document: &Document,
    draft: &Draft,
    claimant: PersonId,
    policy: &Policy,
    marks: &Marks,
    known: &mut Known,
) -> Result<(), StoreError> {
    let supplier = draft.text(FieldName::SupplierName).map(supplier_key);
    let number = draft.text(FieldName::DocumentNumber);
    let number: Option<String> = number.map(|number| number.split_whitespace().collect());
    let date = draft.date(FieldName::IssueDate);
    let around = |date: Date, days: i64| {
        [date.checked_sub(days.days()).unwrap_or(date), date.checked_add(days.days()).unwrap_or(date)]
    };
    let total = Identity::of(draft).map(|identity| {
        let [from, to] = around(identity.issue_date, PAIR_DAYS.max(i64::from(policy.duplicate_days)));
        (identity.total, from, to)
    });
    known.candidates = candidate_list(run, document, supplier.as_deref().zip(number.as_deref()), total).await?;
    if let Some(fingerprint) = marks.fingerprint {
        let total = draft.money(FieldName::Total);
        let look = Look { fingerprint, total, issue_date: date, document_number: number.as_deref(), claimant };
        known.lookalikes = lookalike_list(run, document, &look).await?;
    }
    if let Some(fapiao) = &marks.fapiao {
        known.same_fapiao = fapiao_list(run, document, fapiao).await?;
    }
    if let Some(supplier) = &supplier {
        known.supplier = supplier_known(run, document.id, supplier).await?;
    }
    if let Some(date) = date {
        let [first, last] = around(date, i64::from(policy.split_days));
        let span = [first.min(date.first_of_month()), last.max(date.last_of_month())];
        known.spent = spending_list(run, document.id, claimant, span, policy.home_currency).await?;
    }
    Ok(())
}
