//! Intuit's error codes: what each means for us, and how a bookkeeper is told.

use crate::post::error::Means;

/// Makes the enum, its numbers, its meanings and its sentences from one table, so that none can be left out.
macro_rules! codes {
    ($($number:literal $variant:ident $means:ident $sentence:literal;)*) => {
        /// A code of Intuit's table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($variant),* }

        impl Code {
            /// Every code.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code with this number.
            pub(crate) const fn from_number(number: u32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// Its number.
            #[cfg(test)]
            pub(crate) const fn number(self) -> u32 {
                match self { $(Self::$variant => $number),* }
            }

            /// What is to be done about it.
            pub(crate) const fn means(self) -> Means {
                match self { $(Self::$variant => Means::$means),* }
            }

            /// What a bookkeeper is told; empty where QuickBooks' own words say it, or nobody is told.
            pub(crate) const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),* }
            }
        }
    };
}

codes! {
    100 Authentication Refresh "";
    110 AuthenticationField Refresh "";
    120 Authorization Reauthorise "the person who connected it may no longer use it";
    130 WrongCluster Wait "";
    140 CompanyLocked Wait "";
    150 Maintenance Wait "";
    500 Unsupported Bug "";
    600 RequestIdUsed AlreadyDone "";
    610 NotFound FixData "something it names was deleted or made inactive there; sync, then choose another";
    620 CannotLink FixData "it cannot be linked to that entry";
    630 DuplicateObject AlreadyDone "";
    1040 BatchTooLarge Bug "";
    2010 UnknownProperty Bug "";
    2020 Missing FixData "something it needs is missing";
    2030 InvalidId FixData "something it names is not known there; sync, then choose another";
    2040 InvalidText FixData "a text holds characters that it does not take";
    2050 TextLength FixData "a text is too long or too short for it";
    2060 DateFormat Bug "";
    2070 DateTimeFormat Bug "";
    2080 NumberFormat Bug "";
    2090 NumberInvalid Bug "";
    2100 NumberRange Bug "";
    2110 NumberPlaces Bug "";
    2130 RequestIdFormat Bug "";
    2170 Enumeration Bug "";
    2220 Currency FixData "it does not know the currency; switch it on there, or correct it here";
    2250 LinesMissing FixData "it has no lines";
    2280 TaxAmountMissing FixData "its tax amount is missing; choose a tax code for the category";
    2290 NegativeAmount FixData "a line is below zero; post it as a credit";
    2500 ReferenceInvalid FixData "an account, supplier or tax code was removed or made inactive there; sync, then choose another";
    3001 Throttled Wait "";
    3100 ApplicationAuthorization Reauthorise "our permission was withdrawn";
    3200 TokenInvalid Refresh "";
    3202 TokenEmpty Refresh "";
    4000 QueryParse Bug "";
    4001 QueryInvalid Bug "";
    4002 QueryFailed Bug "";
    5010 Stale Look "";
    5020 PermissionDenied InLedger "the plan, or the role of the person who connected it, does not allow this";
    5030 FeatureNotSupported InLedger "the company's plan does not have this, as bills and supplier credits in Simple Start";
    6000 Business FixData "";
    6020 LengthMissing Bug "";
    6030 UploadTooLarge FixData "the image is too large";
    6040 UploadMetadata Bug "";
    6041 FileType FixData "it does not take files of this kind";
    6050 UploadEntity Bug "";
    6070 AmountMismatch Bug "";
    6100 TaxWrong FixData "the tax code cannot be used here; choose another for the category";
    6140 NumberTaken AlreadyDone "";
    6160 TaxCustom FixData "its tax is set by hand there; choose another tax code for the category";
    6170 TaxNotApplicable FixData "the company has no tax on this; take the tax code away from the category";
    6190 CompanyStatus InLedger "the company's subscription has ended";
    6200 PeriodClosed InLedger "the books are closed for its date; open the period there, or correct the date";
    6210 PeriodClosedPassword InLedger "the books are closed for its date, with a password; open the period there, or correct the date";
    6230 TaxCustomRate FixData "its tax is set by hand there; choose another tax code for the category";
    6240 NameTaken AlreadyDone "";
    6310 BillableCustomer FixData "what is billable needs a customer";
    6320 BillableInvalid FixData "it cannot be billable";
    6430 AccountType FixData "the account is not of the right kind; choose another";
    6440 AccountDetail FixData "the account lacks a detail type; complete it there";
    6470 TaxRateMissing FixData "the tax code has no rate; choose another for the category";
    6480 Matched InLedger "it is matched with the bank there";
    6540 Deposited InLedger "it is part of a deposit there";
    10000 Internal Look "";
    10100 ResultTooLarge Bug "";
    10200 CompanyReset InLedger "the company's data was reset there; sync before anything is posted";
}
