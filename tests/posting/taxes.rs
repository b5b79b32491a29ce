//! Tax as the paper says it, in companies that have tax: included, added, or none, and always the approved total.

use rust_decimal::Decimal;
use vouch::{
    check::supplier_key,
    model::{
        category::Category,
        currency::Currency,
        field::{DocumentKind, Field, FieldName, FieldValue},
        id::DocumentId,
        policy::Policy,
    },
    pipeline::{
        LedgerKind, ReferenceKind,
        entry::{CATEGORY_ACCOUNT, CATEGORY_TAX, PAID_FROM, PAID_FROM_DEFAULT, SUPPLIER_TAX},
        surroundings::surroundings,
        sync::run_sync,
    },
    sandbox::Charge,
    store::{
        Run as _,
        connection::{connection_list, reference_list},
        document::document_update,
        drift::drift_list_of,
    },
};

use crate::house::{Goal, House};

/// A company with tax, its currency, and the tax code and rate its documents bear.
const fn taxed(ledger: LedgerKind) -> (&'static str, &'static str, &'static str) {
    match ledger {
        LedgerKind::QuickBooks => ("9130357766900002", "GBP", "4"),
        LedgerKind::Xero => ("a1d0c0de-0000-4000-8000-000000000002", "SGD", "INPUT"),
    }
}

/// A house whose documents go to that company.
async fn house(goal: Goal) -> House {
    let mut house = House::new(goal).await;
    let (company, _, code) = taxed(goal.ledger);
    house.consent_to(company).await;
    let connections = connection_list(&house.context.db).await.expect("the store works");
    house.connection = connections.into_iter().find(|row| row.company_id == company).expect("it is connected").id;
    let references = reference_list(&house.context.db, house.connection).await.expect("the store works");
    let first = |kind: ReferenceKind| {
        let row = references.iter().find(|row| row.kind == kind.name()).expect("the sample company has one");
        row.external_id.clone()
    };
    house.choose(PAID_FROM, PAID_FROM_DEFAULT, &first(ReferenceKind::BankAccount)).await;
    house.choose(CATEGORY_ACCOUNT, Category::Meals.name(), &first(ReferenceKind::ExpenseAccount)).await;
    house.choose(CATEGORY_TAX, Category::Meals.name(), code).await;
    house.sandbox.record();
    house
}

/// An approved document with these amounts: subtotal, tax, total.
async fn paper(house: &mut House, amounts: [Option<&str>; 3]) -> DocumentId {
    let id = house.approved().await;
    let mut document = house.document(id).await;
    let currency = Currency::parse(taxed(house.goal.ledger).1).expect("a code in use");
    let draft = document.draft.as_mut().expect("it has a draft");
    draft.fields.insert(FieldName::Currency, Field::by_person(FieldValue::Currency(currency)));
    for (name, amount) in [FieldName::Subtotal, FieldName::Tax, FieldName::Total].into_iter().zip(amounts) {
        let amount = amount.map(|text| text.parse::<Decimal>().expect("a decimal"));
        if let Some(amount) = amount {
            draft.fields.insert(name, Field::by_person(FieldValue::Amount(amount)));
        }
    }
    let txn = house.context.db.begin_write().await.expect("the store works");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the store works");
    id
}

#[tokio::test]
async fn tax_is_said_as_the_paper_says_it() {
    for goal in Goal::ALL {
        let mut house = house(goal).await;
        let words = match goal.ledger {
            LedgerKind::QuickBooks => ["\"TaxInclusive\"", "\"TaxExcluded\"", "\"NotApplicable\""],
            LedgerKind::Xero => ["\"Inclusive\"", "\"Exclusive\"", "\"NoTax\""],
        };
        // 20 % in QuickBooks' company, 9 % in Xero's.
        let papers = match goal.ledger {
            LedgerKind::QuickBooks => {
                [("20.42", "4.08", "24.50"), ("20.42", "4.09", "24.51"), ("10.00", "1.00", "11.00")]
            }
            LedgerKind::Xero => [("22.49", "2.02", "24.51"), ("22.49", "2.03", "24.52"), ("10.00", "1.00", "11.00")],
        };
        let [(net, tax, total), (off_net, off_tax, off_total), (other_net, other_tax, other_total)] = papers;
        let cases = [
            ([None, None, Some(total)], 0, "nothing is said"),
            ([Some(total), Some(tax), Some(total)], 0, "the subtotal holds it"),
            ([Some(net), Some(tax), Some(total)], 1, "it is added"),
            ([Some(off_net), Some(off_tax), Some(off_total)], 0, "the ledger would add a cent less"),
            ([Some(other_net), Some(other_tax), Some(other_total)], 0, "another rate"),
            ([Some(total), Some("0.00"), Some(total)], 2, "there is none"),
        ];
        for (amounts, word, why) in cases {
            let id = paper(&mut house, amounts).await;
            house.settle().await;
            house.assert_posted_once(id, why).await;
            let number = house.posting(id).await.reference;
            let exchanges = house.sandbox.exchanges();
            let sent: Vec<_> =
                exchanges.iter().filter(|one| one.method != "GET" && one.body.contains(&number)).collect();
            let [one] = sent.as_slice() else { panic!("{why}: sent once, not {}", sent.len()) };
            assert!(one.body.contains(words[word]), "{why}: {}", one.body);
        }
    }
}

/// A rate that is not known proves nothing: the amount goes out including tax, where the ledger can work it out.
#[tokio::test]
async fn without_a_rate_tax_is_included() {
    let mut house = house(Goal { ledger: LedgerKind::Xero, kind: DocumentKind::Invoice }).await;
    let sql = "UPDATE ledger_references SET code = external_id WHERE kind = 'tax_code'";
    house.context.db.execute(sql, Vec::new()).await.expect("the store works");
    let id = paper(&mut house, [Some("22.49"), Some("2.02"), Some("24.51")]).await;
    house.settle().await;
    house.assert_posted_once(id, "as an older version stored it").await;
    assert!(house.sandbox.exchanges().iter().any(|one| one.body.contains("\"Inclusive\"")));
}

/// The printed tax is held against the rate of the code that the entry will bear: the supplier's own while the company
/// has it, known rate or not.
#[tokio::test]
async fn the_rate_is_that_of_the_code_that_will_be_posted() {
    let mut house = house(Goal { ledger: LedgerKind::Xero, kind: DocumentKind::Invoice }).await;
    let id = paper(&mut house, [Some("22.49"), Some("2.02"), Some("24.51")]).await;
    let document = house.document(id).await;
    let draft = document.draft.clone().expect("it has a draft");
    let key = supplier_key(draft.text(FieldName::SupplierName).expect("it has a supplier"));
    let sql = "UPDATE ledger_references SET code = NULL WHERE kind = 'tax_code' AND external_id = 'ZERORATEDINPUT'";
    house.context.db.execute(sql, Vec::new()).await.expect("the store works");
    for (own, percent, why) in [
        ("", Some(9), "the category's"),
        ("ZERORATEDINPUT", None, "the company has it and says no rate"),
        ("GONE", Some(9), "the company has it no longer, so the category's is posted"),
    ] {
        house.choose(SUPPLIER_TAX, &key, own).await;
        let around = surroundings(&house.context.db, &document, &draft, &Policy::starting()).await;
        let ledger = around.expect("the store works").known.ledger;
        assert_eq!(ledger.tax_percent, percent.map(Decimal::from), "{why}");
    }
}

/// The same total under another tax code is not what was approved.
#[tokio::test]
async fn another_tax_code_in_the_ledger_is_seen() {
    for (goal, other) in [(Goal::QUICKBOOKS_BILL, "5"), (Goal::XERO_CREDIT, "ZERORATEDINPUT")] {
        let mut house = house(goal).await;
        let id = paper(&mut house, [None, None, Some("120.00")]).await;
        house.settle().await;
        house.assert_posted_once(id, "with tax").await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        assert_eq!(drift_list_of(&house.context.db, id).await.expect("the store works"), []);
        assert!(house.sandbox.entry_recharge(&external_id, Charge::Tax, other));
        house.advance(60);
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let found = drift_list_of(&house.context.db, id).await.expect("the store works");
        let (_, _, code) = taxed(goal.ledger);
        let names = (house.reference_name("tax_code", code).await, house.reference_name("tax_code", other).await);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind.as_str(), &found[0].approved, &found[0].found), ("tax", &names.0, &names.1));
    }
}
