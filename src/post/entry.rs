//! What every ledger can take: one entry, built from an approved document and the mapping of its company.

use jiff::civil;
use rust_decimal::Decimal;

use crate::{
    model::{currency::Currency, id::PostingId, money::Money},
    post::dimension::Dimension,
};

/// What kind of entry it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// Already paid: QuickBooks `Purchase`, Xero `BankTransactions` SPEND.
    Paid {
        /// The account it was paid from, by the ledger's id.
        paid_from: String,
        /// How the ledger is told it was paid.
        payment: PaymentType,
    },
    /// Still to pay: QuickBooks `Bill`, Xero `Invoices` ACCPAY.
    Bill {
        /// When it must be paid.
        due_date: civil::Date,
    },
    /// Money that the supplier gives back, to be set off against bills: QuickBooks `VendorCredit`, Xero `CreditNotes`
    /// ACCPAYCREDIT. Its amounts are above zero.
    Credit,
}

/// QuickBooks' `PaymentType`; it must fit the account's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentType {
    /// From a bank account or petty cash.
    Cash,
    /// From a credit card account.
    CreditCard,
}

/// Which resource of the ledger holds the entry; stored with the posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Paid: `purchase` in QuickBooks, `BankTransactions` in Xero.
    Paid,
    /// To pay: `bill` in QuickBooks, `Invoices` in Xero.
    Bill,
    /// Given back by a supplier: `vendorcredit` in QuickBooks, `CreditNotes` in Xero.
    Credit,
}

impl Resource {
    /// Every resource.
    pub const ALL: [Self; 3] = [Self::Paid, Self::Bill, Self::Credit];

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Bill => "bill",
            Self::Credit => "credit",
        }
    }

    /// The resource with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource| resource.name() == name)
    }
}

/// How an entry says its tax: `LineAmountTypes` of Xero, `GlobalTaxCalculation` of QuickBooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMode {
    /// It bears none: `NoTax`, `NotApplicable`.
    None,
    /// Amounts include it: `Inclusive`, `TaxInclusive`.
    Inclusive,
    /// The ledger adds it: `Exclusive`, `TaxExcluded`.
    Exclusive {
        /// What it adds, known to the cent: a line's amount without this is what is sent.
        tax: Money,
    },
}

/// One line of an entry. Amounts include tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// What it was for.
    pub description: String,
    /// The expense account: QuickBooks' account id, Xero's account code.
    pub account: String,
    /// QuickBooks' tax code id or Xero's `TaxType`; absent where the company has no tax.
    pub tax_code: Option<String>,
    /// What that tax code adds to a net amount, in percent: `20`. QuickBooks must be told the net beside the gross;
    /// Xero works it out.
    pub tax_rate: Option<Decimal>,
    /// The amount, tax included.
    pub amount: Money,
}

/// One entry for a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Ours; every key is derived from it.
    pub posting: PostingId,
    /// What it becomes.
    pub kind: EntryKind,
    /// Who was paid or must be paid, as approved.
    pub supplier: String,
    /// The date on the paper.
    pub issue_date: civil::Date,
    /// The supplier's own number, if it has one.
    pub document_number: Option<String>,
    /// The currency of every amount.
    pub currency: Currency,
    /// The company's own currency; the entry names its currency only where the two differ or the ledger wants it.
    pub home_currency: Currency,
    /// Home currency for one unit of `currency` on its date, as the ledger itself keeps it; QuickBooks must be
    /// told. In Xero, ours, and only where the company is to be told it.
    pub exchange_rate: Option<Decimal>,
    /// How tax is said. With several lines it is never `Exclusive`: each line's tax would be rounded by itself.
    pub tax_mode: TaxMode,
    /// The lines; their sum is `total`.
    pub lines: Vec<EntryLine>,
    /// The approved total.
    pub total: Money,
    /// What each line is charged to beside its account; at most one of each kind, and of each tracking category.
    pub dimensions: Vec<Dimension>,
    /// Where a person finds the document in vouch.
    pub url: Option<String>,
}

impl Entry {
    /// The reference by which the entry is found again in the ledger: 18 characters, derived from the posting alone.
    #[must_use]
    pub fn reference(&self) -> String {
        reference(self.posting)
    }

    /// The supplier's own number where it fits, else our reference: a number cut short would be a wrong number.
    #[must_use]
    pub fn own_number(&self, chars_max: usize) -> String {
        let number = self.document_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let number = number.filter(|number| number.chars().count() <= chars_max);
        number.map_or_else(|| self.reference(), str::to_owned)
    }

    /// Which resource it becomes.
    #[must_use]
    pub const fn resource(&self) -> Resource {
        match self.kind {
            EntryKind::Paid { .. } => Resource::Paid,
            EntryKind::Bill { .. } => Resource::Bill,
            EntryKind::Credit => Resource::Credit,
        }
    }
}

/// `VCH-` and 14 letters and digits of the posting's id: short enough for QuickBooks' 21-character `DocNumber`.
/// Crockford's base 32 of the id's last 70 bits, which in a version 7 UUID are random.
#[must_use]
pub fn reference(posting: PostingId) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = posting.uuid().as_u128();
    let digits = (0..14_u32).rev().map(|i| {
        let index = (bits >> (i * 5)) & 31;
        char::from(ALPHABET[usize::try_from(index).unwrap_or_default()])
    });
    format!("VCH-{}", digits.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_found_by_name() {
        for resource in Resource::ALL {
            assert_eq!(Resource::from_name(resource.name()), Some(resource));
        }
        assert_eq!(Resource::from_name("refund"), None);
    }

    #[test]
    fn references_fit_quickbooks() {
        assert_eq!(reference(PostingId::from_u128(0)), "VCH-00000000000000");
        assert_eq!(reference(PostingId::from_u128(u128::MAX)), "VCH-ZZZZZZZZZZZZZZ");
        assert!(reference(PostingId::new()).len() <= 21);
    }
}
