//! Each rule's own table: right, wrong, and the edge between. A case changes a sound receipt and what is known around
//! it; the rules expected are all that speak.

mod firm;
mod history;
mod printed;

use jiff::civil::date;
use rust_decimal::Decimal;

use super::{TODAY, line, put, sound};
use crate::{
    check::{
        Candidate, Claim, DISTANCE_MAX, Known, KnownSupplier, Ledger, LedgerEntry, Lookalike, Spending, Subject, Twin,
        bank_accounts, fapiao_key, findings, paper::testing::page_of,
    },
    model::{
        calendar::Calendar,
        category::Category,
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, FieldName},
        finding::{Finding, Severity},
        id::DocumentId,
        money::Money,
        page::{Page, Source},
        policy::{
            Policy, RuleSetting, TaxRate,
            condition::Condition,
            limit::{Limit, LimitScope, Per, Required, Requirement},
        },
        rate::{MissingRate, RateUsed},
    },
};

struct Case {
    draft: Draft,
    category: Category,
    twins: Vec<Twin>,
    kept: bool,
    pages: Vec<Page>,
    claim: Claim,
    known: Known,
    policy: Policy,
}

impl Case {
    fn sound() -> Self {
        Self {
            draft: sound(),
            category: Category::Office,
            twins: Vec::new(),
            kept: false,
            pages: Vec::new(),
            claim: Claim::NONE,
            known: Known::NOTHING,
            policy: Policy::starting(),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let subject = Subject {
            twins: &self.twins,
            kept: self.kept,
            pages: &self.pages,
            claim: &self.claim,
            known: &self.known,
            ..Subject::new(&self.draft, self.category, TODAY)
        };
        findings(&subject, &self.policy)
    }

    fn put(&mut self, name: FieldName, text: &str) {
        put(&mut self.draft, name, text);
    }

    /// Another currency, with a total and a tax and nothing else, on a page of these rows.
    fn taxed(&mut self, currency: &str, total: &str, tax: &str, rows: &[&str]) {
        for name in [FieldName::Subtotal, FieldName::ServiceCharge] {
            self.draft.fields.remove(&name);
        }
        self.put(FieldName::Currency, currency);
        self.put(FieldName::Total, total);
        self.put(FieldName::Tax, tax);
        self.pages = vec![page_of(1, rows)];
        let rate =
            |percent, from: Option<jiff::civil::Date>, until| TaxRate { percent: Decimal::from(percent), from, until };
        let singapore =
            vec![rate(8, Some(date(2023, 1, 1)), Some(date(2023, 12, 31))), rate(9, Some(date(2024, 1, 1)), None)];
        self.policy.tax_rates.insert("SG".to_owned(), singapore);
    }
}

type Change = fn(&mut Case);
type Table<'t> = &'t [(&'t str, Change, &'t [&'t str])];

fn check(table: Table<'_>) {
    for (what, change, expected) in table {
        let mut case = Case::sound();
        change(&mut case);
        let found = case.findings();
        let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(rules, *expected, "{what}: {found:?}");
    }
}

fn hkd(whole: i64) -> Money {
    Money::from_minor(whole * 100, Currency::HKD)
}

fn id(bits: u128) -> DocumentId {
    DocumentId::from_u128(bits)
}

/// A document like the sound receipt.
fn candidate(change: impl FnOnce(&mut Candidate)) -> Candidate {
    let mut candidate = Candidate {
        id: id(7),
        kind: DocumentKind::Receipt,
        supplier_key: Some("bluecaféltd".to_owned()),
        issue_date: Some(date(2026, 11, 20)),
        total: Some(hkd(110)),
        document_number: None,
    };
    change(&mut candidate);
    candidate
}
