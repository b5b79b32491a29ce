//! The sample companies: two in each ledger, with accounts, tax and a few suppliers.

use serde_json::{Value, json};

use super::state::{Company, Organisation, Track, World};
use super::value::{self, Row};

/// Both ledgers on their first day. Ids are fixed, so that demonstrations and tests can name them.
pub(super) fn world() -> World {
    let mut world = World { quickbooks_last_id: 1000, ..World::default() };
    world.quickbooks.insert("9130357766900001".to_owned(), harbour());
    world.quickbooks.insert("9130357766900002".to_owned(), thames());
    world.xero.insert("a1d0c0de-0000-4000-8000-000000000001".to_owned(), pearl_river());
    world.xero.insert("a1d0c0de-0000-4000-8000-000000000002".to_owned(), merlion());
    world
}

/// Everything in the sample companies was last changed at this time: 1 January 2026.
const SEEDED_MS: i64 = 1_767_225_600_000;
const CLOSED_UNTIL: &str = "2024-12-31";

/// The expense accounts of `QuickBooks` companies: id, name, account type, subtype.
const EXPENSES: [(&str, &str, &str, &str); 14] = [
    ("60", "Meals and entertainment", "Expense", "EntertainmentMeals"),
    ("61", "Travel", "Expense", "Travel"),
    ("62", "Taxi and transport", "Expense", "Auto"),
    ("63", "Office supplies", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("64", "Software and subscriptions", "Expense", "DuesSubscriptions"),
    ("65", "Utilities", "Expense", "Utilities"),
    ("66", "Rent", "Expense", "RentOrLeaseOfBuildings"),
    ("67", "Freight and courier", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("68", "Professional fees", "Expense", "LegalProfessionalFees"),
    ("69", "Repairs and maintenance", "Expense", "RepairMaintenance"),
    ("70", "Telephone and internet", "Expense", "Utilities"),
    ("71", "Insurance", "Expense", "Insurance"),
    ("72", "Advertising", "Expense", "AdvertisingPromotional"),
    ("73", "Purchases", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
];

fn harbour() -> Company {
    let mut company = Company {
        name: "Harbour Trading Ltd".to_owned(),
        country: "HK".to_owned(),
        home_currency: "HKD".to_owned(),
        multi_currency: true,
        closed_until: CLOSED_UNTIL.to_owned(),
        tracks: [Track::ClassPerLine, Track::Departments, Track::Customers].into(),
        ..Company::default()
    };
    let paid_from = [
        ("35", "HSBC current account", "Bank", "Checking", "HKD"),
        ("36", "HSBC US dollar account", "Bank", "Checking", "USD"),
        ("37", "Petty cash", "Bank", "CashOnHand", "HKD"),
        ("42", "Company Visa", "Credit Card", "CreditCard", "HKD"),
    ];
    for (id, name, of_type, subtype, currency) in paid_from {
        account(&mut company, id, name, of_type, subtype, currency);
    }
    for (place, currency) in ["HKD", "USD", "EUR", "CNY", "GBP", "JPY", "MYR", "SGD"].into_iter().enumerate() {
        let name = if place == 0 {
            "Accounts Payable (A/P)".to_owned()
        } else {
            format!("Accounts Payable (A/P) - {currency}")
        };
        account(&mut company, &(50 + place).to_string(), &name, "Accounts Payable", "AccountsPayable", currency);
        if place > 0 {
            let id = (80 + place).to_string();
            put(&mut company, "CompanyCurrency", &id, json!({"Code": currency, "Name": currency, "Active": true}));
        }
    }
    expenses(&mut company);
    vendor(&mut company, "201", "Blue Cafe Ltd", "HKD", true);
    vendor(&mut company, "202", "Pacific Cloud Hosting", "USD", true);
    vendor(&mut company, "203", "Old Wharf Stationery", "HKD", false);
    put(&mut company, "Customer", "301", json!({"DisplayName": "Kowloon Retail Co", "Active": true}));
    put(&mut company, "Customer", "302", json!({"DisplayName": "Tower refit", "Active": true}));
    put(&mut company, "Employee", "401", json!({"DisplayName": "Chan Mei Ling", "Active": true}));
    for (id, name, active) in [("501", "Sales", true), ("502", "Operations", true), ("503", "Retired", false)] {
        put(&mut company, "Class", id, json!({"Name": name, "FullyQualifiedName": name, "Active": active}));
    }
    // The same ids as the classes have: a reference is good for its own kind alone.
    for (id, name) in [("501", "Kowloon"), ("502", "Central")] {
        put(&mut company, "Department", id, json!({"Name": name, "FullyQualifiedName": name, "Active": true}));
    }
    company
}

fn thames() -> Company {
    let mut company = Company {
        name: "Thames Supplies Ltd".to_owned(),
        country: "GB".to_owned(),
        home_currency: "GBP".to_owned(),
        sales_tax: true,
        duplicate_check: true,
        closed_until: CLOSED_UNTIL.to_owned(),
        tracks: [Track::ClassPerTransaction].into(),
        ..Company::default()
    };
    account(&mut company, "35", "Barclays current account", "Bank", "Checking", "GBP");
    account(&mut company, "37", "Petty cash", "Bank", "CashOnHand", "GBP");
    account(&mut company, "42", "Company Mastercard", "Credit Card", "CreditCard", "GBP");
    account(&mut company, "50", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "GBP");
    expenses(&mut company);
    vendor(&mut company, "201", "Northern Paper Ltd", "GBP", true);
    vendor(&mut company, "202", "O'Neil & Sons", "GBP", true);
    put(&mut company, "Class", "501", json!({"Name": "Sales", "FullyQualifiedName": "Sales", "Active": true}));
    for (code, rate, name, percent) in [("4", "14", "20.0% S", 20), ("5", "15", "5.0% R", 5), ("6", "16", "0.0% Z", 0)]
    {
        let detail =
            json!([{"TaxRateRef": {"value": rate, "name": name}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}]);
        put(
            &mut company,
            "TaxCode",
            code,
            json!({"Name": name, "Active": true, "Hidden": false, "Taxable": true,
                "PurchaseTaxRateList": {"TaxRateDetail": detail}, "SalesTaxRateList": {"TaxRateDetail": []}}),
        );
        put(&mut company, "TaxRate", rate, json!({"Name": name, "Active": true, "RateValue": percent}));
    }
    // A code for sales only: choosing it on a purchase is the mistake a mapping must not make.
    put(
        &mut company,
        "TaxCode",
        "9",
        json!({"Name": "20.0% Sales only", "Active": true, "Hidden": false, "Taxable": true,
            "PurchaseTaxRateList": {"TaxRateDetail": []}, "SalesTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "14"}}]}}),
    );
    company
}

fn expenses(company: &mut Company) {
    let currency = company.home_currency.clone();
    for (id, name, of_type, subtype) in EXPENSES {
        account(company, id, name, of_type, subtype, &currency);
    }
    account(company, "90", "Sales", "Income", "SalesOfProductIncome", &currency);
    account(company, "91", "Entertainment (old)", "Expense", "EntertainmentMeals", &currency);
    if let Some(row) = company.rows.get_mut("Account").and_then(|all| all.last_mut()) {
        row.insert("Active".to_owned(), json!(false));
    }
}

fn account(company: &mut Company, id: &str, name: &str, of_type: &str, subtype: &str, currency: &str) {
    let classification = match of_type {
        "Bank" => "Asset",
        "Credit Card" | "Accounts Payable" => "Liability",
        "Income" => "Revenue",
        _ => "Expense",
    };
    put(
        company,
        "Account",
        id,
        json!({"Name": name, "FullyQualifiedName": name, "SubAccount": false, "Active": true, "AccountType": of_type,
            "AccountSubType": subtype, "Classification": classification, "CurrencyRef": {"value": currency}}),
    );
}

fn vendor(company: &mut Company, id: &str, name: &str, currency: &str, active: bool) {
    let facts = json!({"DisplayName": name, "PrintOnCheckName": name, "Active": active, "Balance": 0,
        "CurrencyRef": {"value": currency}});
    put(company, "Vendor", id, facts);
}

fn put(company: &mut Company, entity: &str, id: &str, facts: Value) {
    let time = value::iso(SEEDED_MS);
    let mut row = value::row(facts);
    row.insert("Id".to_owned(), json!(id));
    row.insert("SyncToken".to_owned(), json!("0"));
    row.insert("domain".to_owned(), json!("QBO"));
    row.insert("sparse".to_owned(), json!(false));
    row.insert("MetaData".to_owned(), json!({"CreateTime": time, "LastUpdatedTime": time}));
    company.put(entity, row);
}

/// The expense accounts of Xero organisations: code, name, type.
const XERO_EXPENSES: [(&str, &str, &str); 14] = [
    ("310", "Cost of goods sold", "DIRECTCOSTS"),
    ("400", "Advertising", "EXPENSE"),
    ("412", "Professional fees", "EXPENSE"),
    ("420", "Meals and entertainment", "EXPENSE"),
    ("425", "Freight and courier", "EXPENSE"),
    ("433", "Insurance", "EXPENSE"),
    ("445", "Utilities", "EXPENSE"),
    ("453", "Office supplies", "EXPENSE"),
    ("463", "Software and subscriptions", "EXPENSE"),
    ("469", "Rent", "EXPENSE"),
    ("473", "Repairs and maintenance", "EXPENSE"),
    ("489", "Telephone and internet", "EXPENSE"),
    ("493", "Travel", "EXPENSE"),
    ("494", "Taxi and transport", "EXPENSE"),
];

fn pearl_river() -> Organisation {
    let mut organisation = Organisation {
        name: "Pearl River Design Ltd".to_owned(),
        country: "HK".to_owned(),
        base_currency: "HKD".to_owned(),
        short_code: "!pRdHk".to_owned(),
        pays_tax: false,
        period_lock: CLOSED_UNTIL.to_owned(),
        ..Organisation::default()
    };
    currencies(&mut organisation, &["HKD", "USD", "EUR", "CNY", "GBP", "JPY"]);
    tax_rate(&mut organisation, "NONE", "Tax Exempt", "0", true);
    bank(&mut organisation, 1, "Hang Seng current account", "BANK", "HKD");
    bank(&mut organisation, 2, "Company Visa", "CREDITCARD", "HKD");
    bank(&mut organisation, 3, "Hang Seng US dollar account", "BANK", "USD");
    bank(&mut organisation, 4, "Petty cash", "BANK", "HKD");
    xero_expenses(&mut organisation, "NONE");
    contact(&mut organisation, 1, "Star Ferry Stationers", "ACTIVE");
    contact(&mut organisation, 2, "Lantau Print Works", "ARCHIVED");
    let departments = [("Sales", "ACTIVE"), ("Operations", "ACTIVE"), ("Retired", "ARCHIVED")];
    tracking(&mut organisation, 1, ("Department", "ACTIVE"), &departments);
    tracking(
        &mut organisation,
        2,
        ("Project", "ACTIVE"),
        &[("Kowloon Retail Co", "ACTIVE"), ("Tower refit", "ACTIVE")],
    );
    tracking(&mut organisation, 3, ("Region", "ARCHIVED"), &[("North", "ACTIVE")]);
    organisation
}

fn merlion() -> Organisation {
    let mut organisation = Organisation {
        name: "Merlion Foods Pte Ltd".to_owned(),
        country: "SG".to_owned(),
        base_currency: "SGD".to_owned(),
        short_code: "!mFdSg".to_owned(),
        pays_tax: true,
        period_lock: CLOSED_UNTIL.to_owned(),
        ..Organisation::default()
    };
    currencies(&mut organisation, &["SGD"]);
    tax_rate(&mut organisation, "INPUT", "Standard-Rated Purchases", "9", true);
    tax_rate(&mut organisation, "ZERORATEDINPUT", "Zero-Rated Purchases", "0", true);
    tax_rate(&mut organisation, "NONE", "No Tax", "0", true);
    tax_rate(&mut organisation, "OUTPUT", "Standard-Rated Supplies", "9", false);
    bank(&mut organisation, 1, "DBS current account", "BANK", "SGD");
    bank(&mut organisation, 2, "DBS corporate card", "CREDITCARD", "SGD");
    xero_expenses(&mut organisation, "INPUT");
    contact(&mut organisation, 1, "Tiong Bahru Wholesale", "ACTIVE");
    organisation
}

fn currencies(organisation: &mut Organisation, codes: &[&str]) {
    for code in codes {
        organisation.put("Currencies", "Code", value::row(json!({"Code": code, "Description": code})));
    }
}

fn tax_rate(organisation: &mut Organisation, tax_type: &str, name: &str, percent: &str, on_purchases: bool) {
    let rate: Value = serde_json::from_str(percent).unwrap_or_default();
    let row = json!({"TaxType": tax_type, "Name": name, "Status": "ACTIVE", "ReportTaxType": tax_type,
        "CanApplyToAssets": on_purchases, "CanApplyToEquity": on_purchases, "CanApplyToExpenses": on_purchases,
        "CanApplyToLiabilities": on_purchases, "CanApplyToRevenue": !on_purchases || tax_type == "NONE",
        "DisplayTaxRate": rate, "EffectiveRate": rate,
        "TaxComponents": [{"Name": name, "Rate": rate, "IsCompound": false, "IsNonRecoverable": false}]});
    organisation.put("TaxRates", "TaxType", value::row(row));
}

/// A seeded id: the organisation's own digits make it unique among organisations.
fn seeded_id(organisation: &Organisation, kind: u32, place: u32) -> String {
    let of = if organisation.country == "HK" { 1 } else { 2 };
    format!("5eed{kind:04}-000{of}-4000-8000-{place:012}")
}

fn bank(organisation: &mut Organisation, place: u32, name: &str, bank_type: &str, currency: &str) {
    let id = seeded_id(organisation, 1, place);
    let row = json!({"AccountID": id, "Name": name, "Type": "BANK", "Class": "ASSET", "Status": "ACTIVE",
        "TaxType": "NONE", "BankAccountType": bank_type, "CurrencyCode": currency, "BankAccountNumber": "",
        "EnablePaymentsToAccount": false, "ShowInExpenseClaims": false, "SystemAccount": "",
        "UpdatedDateUTC": value::xero_instant(SEEDED_MS)});
    organisation.put("Accounts", "AccountID", value::row(row));
}

fn xero_expenses(organisation: &mut Organisation, tax_type: &str) {
    let plain = XERO_EXPENSES.iter().map(|(code, name, of_type)| (*code, *name, *of_type, "ACTIVE", ""));
    let special = [
        ("299", "Entertainment (old)", "EXPENSE", "ARCHIVED", ""),
        ("200", "Sales", "REVENUE", "ACTIVE", ""),
        ("800", "Accounts Payable", "CURRLIAB", "ACTIVE", "CREDITORS"),
        ("860", "Rounding", "EXPENSE", "ACTIVE", "ROUNDING"),
    ];
    for (place, (code, name, of_type, status, system)) in (1_u32..).zip(plain.chain(special)) {
        let class = match of_type {
            "REVENUE" => "REVENUE",
            "CURRLIAB" => "LIABILITY",
            _ => "EXPENSE",
        };
        let id = seeded_id(organisation, 2, place);
        let row = json!({"AccountID": id, "Code": code, "Name": name, "Type": of_type, "Class": class,
            "Status": status, "TaxType": tax_type, "EnablePaymentsToAccount": false, "ShowInExpenseClaims": true,
            "SystemAccount": system, "UpdatedDateUTC": value::xero_instant(SEEDED_MS)});
        organisation.put("Accounts", "AccountID", value::row(row));
    }
}

fn tracking(organisation: &mut Organisation, place: u32, (name, status): (&str, &str), options: &[(&str, &str)]) {
    let option = |(at, (name, status)): (u32, &(&str, &str))| json!({"TrackingOptionID": seeded_id(organisation, 5, place * 100 + at), "Name": name, "Status": status});
    let options: Vec<Value> = (1_u32..).zip(options).map(option).collect();
    let id = seeded_id(organisation, 4, place);
    let row = json!({"TrackingCategoryID": id, "Name": name, "Status": status, "Options": options});
    organisation.put("TrackingCategories", "TrackingCategoryID", value::row(row));
}

fn contact(organisation: &mut Organisation, place: u32, name: &str, status: &str) {
    let row: Row =
        value::row(json!({"ContactID": seeded_id(organisation, 3, place), "ContactStatus": status, "Name": name,
        "IsSupplier": true, "IsCustomer": false, "HasAttachments": false, "HasValidationErrors": false,
        "UpdatedDateUTC": value::xero_instant(SEEDED_MS)}));
    organisation.put("Contacts", "ContactID", row);
}
