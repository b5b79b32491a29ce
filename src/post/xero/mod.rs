//! Xero: `BankTransactions` SPEND for what was paid, `Invoices` ACCPAY for what is still to pay, `CreditNotes`
//! ACCPAYCREDIT for what comes back, attachments by name.

mod changes;
pub mod client;
pub mod convert;
mod dimension;
pub(crate) mod fault;
mod reversal;
mod wire;

#[cfg(test)]
mod tests;
