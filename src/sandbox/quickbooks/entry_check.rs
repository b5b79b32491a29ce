//! What `QuickBooks` refuses about a purchase, a bill or a vendor credit whose members are all known.

use rust_decimal::Decimal;
use serde_json::Value;

use super::vendors::currency_check;
use super::{Answer, Refusal};
use crate::sandbox::state::{Company, Track};
use crate::sandbox::value::{self, Row};

/// The account types a line may go to.
const EXPENSE_TYPES: [&str; 9] = [
    "Expense",
    "Other Expense",
    "Cost of Goods Sold",
    "Fixed Asset",
    "Other Current Asset",
    "Other Asset",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
];
/// An amount has at most ten digits before the point and five behind it.
const AMOUNT_SCALE_MAX: u32 = 5;
const AMOUNT_LIMIT: i64 = 10_000_000_000;

/// Everything but duplicate numbers and tax.
pub(super) fn all(books: &Company, entity: &str, sent: &Row) -> Answer<()> {
    period(books, value::text(sent, "TxnDate"))?;
    if entity == "Purchase" {
        purchase(books, sent)?
    } else {
        owed(books, sent)?
    }
    currency(books, entity, sent)?;
    if let Some(id) = value::inner_text(sent, "SalesTermRef", "value") {
        return Err(Refusal::reference("SalesTermRef", id));
    }
    charged(books, sent, ("DepartmentRef", "Department"), Track::Departments)?;
    lines(books, sent)
}

/// Refuses what the company does not track, and what it does not have. The API's document is silent on what happens to
/// a class that is switched off, so the stricter reading is taken.
fn charged(books: &Company, row: &Row, (member, entity): (&str, &str), track: Track) -> Answer<()> {
    let Some(id) = value::inner_text(row, member, "value") else { return Ok(()) };
    if !books.tracks.contains(&track) {
        return Err(Refusal::business(&format!("{member} is not allowed: {entity} tracking is off in this company.")));
    }
    books.find_active(entity, id).map(|_| ()).ok_or_else(|| Refusal::reference(entity, id))
}

/// Refuses a date in a closed period.
pub(super) fn period(books: &Company, date: &str) -> Answer<()> {
    // Dates of this form sort as text.
    if date <= books.closed_until.as_str() {
        let words = "The account period has closed and the account books cannot be updated through the QBO Services API. \
                     Please check with the Company Admin.";
        return Err(Refusal::new("6200", words));
    }
    Ok(())
}

/// Refuses a number used before: for bills and vendor credits by the same vendor, for purchases by anyone.
pub(super) fn document_number(books: &Company, entity: &str, sent: &Row) -> Answer<()> {
    let number = value::text(sent, "DocNumber");
    let vendor = value::inner_text(sent, "VendorRef", "value");
    let same = |row: &&Row| {
        value::text(row, "DocNumber") == number
            && value::text(row, "Id") != value::text(sent, "Id")
            && value::inner_text(row, "VendorRef", "value") == vendor
    };
    match books.all(entity).iter().find(same).filter(|_| !number.is_empty()) {
        None => Ok(()),
        Some(row) => Err(Refusal::new(
            "6140",
            format!(
                "Duplicate Document Number Error : You must specify a different number. This number has already been used. \
                 DocNumber={number} is assigned to TxnType={entity} with TxnId={}",
                value::text(row, "Id")
            ),
        )),
    }
}

/// What stands in the supplier's account: a bill, or a credit against bills. A credit has no due date to be wrong.
fn owed(books: &Company, sent: &Row) -> Answer<()> {
    let vendor = value::inner_text(sent, "VendorRef", "value").ok_or_else(|| Refusal::missing("VendorRef"))?;
    books.find_active("Vendor", vendor).ok_or_else(|| Refusal::reference("Vendor", vendor))?;
    if let Some(payable) = value::inner_text(sent, "APAccountRef", "value") {
        let account = books.find_active("Account", payable).ok_or_else(|| Refusal::reference("Accounts", payable))?;
        if value::text(account, "AccountType") != "Accounts Payable" {
            return Err(Refusal::new(
                "6430",
                "Invalid account type : APAccountRef must be an accounts payable account",
            ));
        }
        let of_bill = value::inner_text(sent, "CurrencyRef", "value").unwrap_or(&books.home_currency);
        if value::inner_text(account, "CurrencyRef", "value") != Some(of_bill) {
            return Err(Refusal::business("The currency of the transaction is invalid for the A/P account."));
        }
    }
    let (date, due) = (value::text(sent, "TxnDate"), value::text(sent, "DueDate"));
    if !due.is_empty() && due < date {
        return Err(Refusal::business("The due date is before the transaction date."));
    }
    Ok(())
}

fn purchase(books: &Company, sent: &Row) -> Answer<()> {
    let payment = value::text(sent, "PaymentType");
    if payment.is_empty() {
        return Err(Refusal::missing("PaymentType"));
    }
    let paying = value::inner_text(sent, "AccountRef", "value").ok_or_else(|| Refusal::missing("AccountRef"))?;
    let account = books.find_active("Account", paying).ok_or_else(|| Refusal::reference("Accounts", paying))?;
    let wanted = if payment == "CreditCard" { "Credit Card" } else { "Bank" };
    if value::text(account, "AccountType") != wanted {
        let words = format!("Invalid account type : PaymentType {payment} needs an account of type {wanted}");
        return Err(Refusal::new("6430", words));
    }
    if sent.get("Credit").and_then(Value::as_bool) == Some(true) && payment != "CreditCard" {
        return Err(Refusal::business("Credit is possible with credit cards only."));
    }
    if let Some(entity) = value::inner(sent, "EntityRef") {
        let id = value::text(entity, "value");
        let of_type = match value::text(entity, "type") {
            "" => "Vendor",
            known @ ("Vendor" | "Customer" | "Employee") => known,
            other => return Err(Refusal::new("2170", format!("{other} is not a value of EntityRef.type"))),
        };
        books.find_active(of_type, id).ok_or_else(|| Refusal::reference(of_type, id))?;
    }
    Ok(())
}

/// The entry's currency against the company's, the supplier's and the paying account's.
fn currency(books: &Company, entity: &str, sent: &Row) -> Answer<()> {
    let stated = value::inner_text(sent, "CurrencyRef", "value");
    if books.multi_currency && stated.is_none() {
        return Err(Refusal::missing("CurrencyRef"));
    }
    let currency = stated.unwrap_or(&books.home_currency);
    currency_check(books, currency)?;
    if !books.multi_currency {
        return Ok(());
    }
    if sent.get("ExchangeRate").and_then(value::decimal).is_some_and(|rate| rate <= Decimal::ZERO) {
        return Err(Refusal::business("The exchange rate must be greater than zero."));
    }
    let supplier = if entity == "Purchase" { "EntityRef" } else { "VendorRef" };
    let vendor = value::inner_text(sent, supplier, "value").and_then(|id| books.find("Vendor", id));
    let of_vendor = vendor.and_then(|row| value::inner_text(row, "CurrencyRef", "value"));
    let not_vendor = value::inner_text(sent, supplier, "type").is_some_and(|of_type| of_type != "Vendor");
    if !not_vendor && of_vendor.is_some_and(|of_vendor| of_vendor != currency) {
        return Err(Refusal::business("The currency of the transaction is invalid for customer / vendor / account."));
    }
    let account = value::inner_text(sent, "AccountRef", "value").and_then(|id| books.find("Account", id));
    let of_account = account.and_then(|row| value::inner_text(row, "CurrencyRef", "value"));
    if of_account.is_some_and(|of_account| of_account != books.home_currency && of_account != currency) {
        return Err(Refusal::business("The currency of the transaction is invalid for customer / vendor / account."));
    }
    Ok(())
}

fn lines(books: &Company, sent: &Row) -> Answer<()> {
    let all = value::rows(sent, "Line");
    if all.is_empty() {
        return Err(Refusal::missing("Line"));
    }
    all.into_iter().try_for_each(|line| one_line(books, line))
}

fn one_line(books: &Company, line: &Row) -> Answer<()> {
    if !value::has(line, "DetailType") {
        return Err(Refusal::missing("Line.DetailType"));
    }
    let amount = line.get("Amount").and_then(value::decimal).ok_or_else(|| Refusal::missing("Line.Amount"))?;
    if amount < Decimal::ZERO {
        return Err(Refusal::new("2290", "Negative amounts aren't supported on transaction lines"));
    }
    if amount.normalize().scale() > AMOUNT_SCALE_MAX || amount >= Decimal::from(AMOUNT_LIMIT) {
        return Err(Refusal::new("2090", "Amount has more than ten digits, or more than five decimal places"));
    }
    if value::text(line, "DetailType") != "AccountBasedExpenseLineDetail" {
        return Err(Refusal::business("This company has no items; use account lines."));
    }
    let member = "Line.AccountBasedExpenseLineDetail.AccountRef";
    let detail = value::inner(line, "AccountBasedExpenseLineDetail").ok_or_else(|| Refusal::missing(member))?;
    let id = value::inner_text(detail, "AccountRef", "value").ok_or_else(|| Refusal::missing(member))?;
    let account = books.find_active("Account", id).ok_or_else(|| Refusal::reference("Accounts", id))?;
    if !EXPENSE_TYPES.contains(&value::text(account, "AccountType")) {
        return Err(Refusal::new("6430", "Invalid account type : a line needs an expense account"));
    }
    charged(books, detail, ("ClassRef", "Class"), Track::ClassPerLine)?;
    charged(books, detail, ("CustomerRef", "Customer"), Track::Customers)?;
    let billed = !["", "NotBillable"].contains(&value::text(detail, "BillableStatus"));
    if billed && !value::has(detail, "CustomerRef") {
        return Err(Refusal::new("6310", "When you make an expense billable, you must select a customer"));
    }
    Ok(())
}
