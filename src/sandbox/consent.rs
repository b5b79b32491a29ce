//! The pages on which a person lets vouch into a company.

use super::http::{Ask, Reply, Setting, percent_encode};
use super::oauth::{OAuth, Product};
use super::page::{escape, layout};

/// The scopes an app made after 2 March 2026 may ask Xero for, each also with `.read` behind it.
const XERO_SCOPES: [&str; 7] = [
    "accounting.invoices",
    "accounting.banktransactions",
    "accounting.payments",
    "accounting.contacts",
    "accounting.attachments",
    "accounting.settings",
    "accounting.manualjournals",
];
const XERO_PLAIN_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
const QUICKBOOKS_SCOPES: [&str; 4] = ["com.intuit.quickbooks.accounting", "openid", "profile", "email"];

/// Answers the authorisation address: a page with the companies to choose from, or, with `auto=1&company=ID`, the
/// redirect at once. `companies` are ids and names.
pub(super) fn answer(
    oauth: &mut OAuth,
    product: Product,
    companies: &[(String, String)],
    ask: &Ask,
    setting: Setting<'_>,
) -> Reply {
    let field = |name: &str| ask.query(name).unwrap_or_default();
    let redirect_uri = field("redirect_uri");
    if field("client_id") != setting.options.client_id {
        return refusal("This app is not known here: the client id is wrong.");
    }
    if !(redirect_uri.starts_with("https://") || redirect_uri.starts_with("http://")) {
        return refusal("The redirect address is missing.");
    }
    let back = |pairs: &str| {
        let join = if redirect_uri.contains('?') { '&' } else { '?' };
        Reply::redirect(format!("{redirect_uri}{join}{pairs}&state={}", percent_encode(field("state"))))
    };
    if field("response_type") != "code" {
        return back("error=unsupported_response_type");
    }
    if !scope_known(product, field("scope")) {
        return back("error=invalid_scope");
    }
    if ask.query("deny").is_some() {
        return back("error=access_denied");
    }
    let Some((company, _)) = companies.iter().find(|(id, _)| id == field("company")) else {
        return Reply::html(200, page(product, companies, ask));
    };
    if ask.query("auto").is_none() {
        return Reply::html(200, page(product, companies, ask));
    }
    let Ok(challenge) = super::pkce::challenge(ask) else { return back("error=invalid_request") };
    let code = oauth.code_issue(product, company, redirect_uri, field("scope"), setting.now_ms);
    oauth.code_challenge_set(&code, challenge);
    match product {
        Product::QuickBooks => back(&format!("code={code}&realmId={company}")),
        Product::Xero => back(&format!("code={code}&scope={}", percent_encode(field("scope")))),
    }
}

fn scope_known(product: Product, scope: &str) -> bool {
    let mut scopes = scope.split(' ').filter(|one| !one.is_empty());
    match product {
        Product::QuickBooks => {
            scope.split(' ').any(|one| one == QUICKBOOKS_SCOPES[0])
                && scopes.all(|one| QUICKBOOKS_SCOPES.contains(&one))
        }
        Product::Xero => {
            let known = |one: &str| {
                let stem = one.strip_suffix(".read").unwrap_or(one);
                XERO_PLAIN_SCOPES.contains(&one) || XERO_SCOPES.contains(&stem)
            };
            scopes.next().is_some_and(known) && scopes.all(known)
        }
    }
}

fn refusal(sentence: &str) -> Reply {
    Reply::html(400, layout("Not possible", &format!("<h1>Not possible</h1><p>{}</p>", escape(sentence))))
}

fn page(product: Product, companies: &[(String, String)], ask: &Ask) -> String {
    let (title, path) = match product {
        Product::QuickBooks => ("QuickBooks", "/quickbooks/connect/oauth2"),
        Product::Xero => ("Xero", "/xero/identity/connect/authorize"),
    };
    let kept: String = ask
        .query
        .iter()
        .filter(|(name, _)| !["auto", "company", "deny"].contains(&name.as_str()))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value)))
        .collect();
    let choices: String = companies
        .iter()
        .enumerate()
        .map(|(place, (id, name))| {
            let checked = if place == 0 { " checked" } else { "" };
            let (id, name) = (escape(id), escape(name));
            format!(
                "<label class=\"choice\"><input type=\"radio\" name=\"company\" value=\"{id}\"{checked}> {name}</label>"
            )
        })
        .collect();
    let body = format!(
        "<h1>Connect vouch to {title}</h1>\
         <p>This is the sandbox's stand-in for {title}. No real books are touched.</p>\
         <form method=\"get\" action=\"{path}\">{kept}<fieldset><legend>Company</legend>{choices}</fieldset>\
         <p class=\"buttons\"><button name=\"auto\" value=\"1\">Connect</button>\
         <button class=\"quiet\" name=\"deny\" value=\"1\">Cancel</button></p></form>"
    );
    layout(&format!("Connect to {title}"), &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xero_takes_granular_scopes_only() {
        assert!(scope_known(Product::Xero, "offline_access accounting.invoices accounting.settings.read"));
        assert!(!scope_known(Product::Xero, "offline_access accounting.transactions"));
        assert!(!scope_known(Product::Xero, ""));
        assert!(scope_known(Product::QuickBooks, "com.intuit.quickbooks.accounting"));
        assert!(!scope_known(Product::QuickBooks, "openid"));
    }
}
