//! What an authorisation server answers, read right: tokens whole, refusals as refusals, ends of consents.

use super::*;

fn app() -> App {
    App {
        ledger: LedgerKind::Xero,
        client_id: "id".to_owned(),
        client_secret: Secret::new("hush"),
        authorize_url: "http://localhost:1/authorize?prompt=login".to_owned(),
        token_url: "http://localhost:1/token".to_owned(),
        revoke_url: "http://localhost:1/revoke".to_owned(),
        connections_url: None,
        redirect_url: "http://localhost:2/callback".to_owned(),
        scopes: vec!["offline_access".to_owned(), "accounting.invoices".to_owned()],
    }
}

#[test]
fn consent_asks_for_what_is_needed() {
    let url = app().consent_url("s t", None).expect("the addresses are addresses");
    assert_eq!(
        url,
        "http://localhost:1/authorize?prompt=login&response_type=code&client_id=id&state=s+t\
         &redirect_uri=http%3A%2F%2Flocalhost%3A2%2Fcallback&scope=offline_access+accounting.invoices"
    );
    let wrong = App { token_url: "nowhere".to_owned(), ..app() };
    assert!(matches!(wrong.consent_url("s", None), Err(OauthError::Malformed(_))));
}

#[test]
fn secrets_are_not_printed() {
    assert!(!format!("{:?}", app()).contains("hush"));
}

#[test]
fn tokens_are_read_whole() {
    let payload = URL_SAFE_NO_PAD.encode(r#"{"xero_userid":"u-1","authentication_event_id":"e-1","scope":["a"]}"#);
    let body = format!(
        r#"{{"token_type":"Bearer","access_token":"h.{payload}.s","expires_in":1800,"refresh_token":"RT1",
           "x_refresh_token_expires_in":8640000,"x_refresh_token_hard_expires_in":157680000,"scope":"a b"}}"#
    );
    let answer: TokenAnswer = serde_json::from_str(&body).expect("the answer is well formed");
    let tokens = app().tokens(&answer, None).expect("the answer is whole");
    assert_eq!(tokens.refresh, Secret::new("RT1"));
    assert_eq!(tokens.expires_in, Duration::from_secs(1800));
    assert_eq!(tokens.refresh_expires_in, Some(Duration::from_secs(8_640_000)));
    assert_eq!((tokens.subject.as_deref(), tokens.event.as_deref()), (Some("u-1"), Some("e-1")));
}

#[test]
fn the_end_of_a_consent_is_the_first_of_its_ends() {
    let end = |ledger, more: &str| {
        let body = format!(r#"{{"token_type":"bearer","access_token":"a","expires_in":1,"refresh_token":"r"{more}}}"#);
        let answer: TokenAnswer = serde_json::from_str(&body).expect("the answer is well formed");
        let tokens = App { ledger, ..app() }.tokens(&answer, None).expect("the answer is whole");
        tokens.refresh_expires_in.map(|lasts| lasts.as_secs())
    };
    let (rolling, hard) = (r#","x_refresh_token_expires_in":8726400"#, r#","x_refresh_token_hard_expires_in":86400"#);
    for (ledger, more, expected) in [
        (LedgerKind::QuickBooks, "", None),
        (LedgerKind::QuickBooks, rolling, Some(8_726_400)),
        (LedgerKind::QuickBooks, &format!("{rolling}{hard}"), Some(86_400)),
        (LedgerKind::Xero, "", Some(60 * 86_400)),
    ] {
        assert_eq!(end(ledger, more), expected, "{ledger:?} {more}");
    }
}

#[test]
fn a_proof_key_goes_along_as_its_hash() {
    // The example of RFC 7636, appendix B.
    let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let url = app().consent_url("s", Some(&verifier)).expect("the addresses are addresses");
    assert!(url.contains("&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"));
    assert!(!url.contains(verifier.expose()), "the key itself stays here");
}

#[test]
fn opaque_tokens_have_no_subject() {
    for token in ["", "opaque", "a.b.c", "a.!!.c", "..", "a.e30.c"] {
        assert_eq!(claims(&AccessToken::new(token.to_owned())).xero_userid, None, "{token}");
    }
}

#[test]
fn an_error_body_is_never_tokens() {
    // node-quickbooks issue 171: an `invalid_grant` body was taken for success with both tokens undefined.
    for body in [
        r#"{"error":"invalid_grant"}"#,
        r#"{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}"#,
        r#"{"token_type":"bearer","error":"invalid_grant"}"#,
    ] {
        let parsed: Result<TokenAnswer, _> = serde_json::from_str(body);
        assert!(parsed.is_err(), "{body}");
        assert!(matches!(error_code(body.as_bytes()).map(|code| by_error_code(&code)), Some(OauthError::InvalidGrant)));
    }
    let empty = r#"{"token_type":"bearer","access_token":"","refresh_token":"r","expires_in":1}"#;
    let answer: TokenAnswer = serde_json::from_str(empty).expect("the answer is well formed");
    assert!(matches!(app().tokens(&answer, None), Err(OauthError::Malformed(_))));
}

#[test]
fn a_renewal_without_a_new_refresh_token_keeps_the_old() {
    let body = r#"{"token_type":"bearer","access_token":"a","expires_in":3600}"#;
    let answer: TokenAnswer = serde_json::from_str(body).expect("the answer is well formed");
    let kept = app().tokens(&answer, Some(&Secret::new("old"))).map(|tokens| tokens.refresh).ok();
    assert_eq!(kept, Some(Secret::new("old")));
    assert!(matches!(app().tokens(&answer, None), Err(OauthError::Malformed(_))));
}

#[test]
fn statuses_that_say_nothing_about_the_token() {
    let none = http::HeaderMap::new();
    assert!(matches!(by_status(503, &none), OauthError::Ambiguous(_)));
    assert!(matches!(by_status(429, &none), OauthError::RateLimited(wait) if wait == RATE_LIMIT_WAIT));
    assert!(matches!(by_status(404, &none), OauthError::Malformed(_)));
}

#[test]
fn only_organisations_are_tenants() {
    let body = br#"[{"id":"c1","authEventId":"e","tenantId":"t1","tenantType":"ORGANISATION","tenantName":"Demo",
        "createdDateUtc":"2026-11-01T18:46:19.5165400"},
        {"id":"c2","tenantId":"t2","tenantType":"PRACTICE","tenantName":"Firm"}]"#;
    let expected = Tenant {
        connection_id: "c1".to_owned(),
        tenant_id: "t1".to_owned(),
        event: Some("e".to_owned()),
        name: "Demo".to_owned(),
    };
    assert_eq!(tenants(body).ok(), Some(vec![expected]));
    assert!(matches!(tenants(b"<html>"), Err(OauthError::Ambiguous(_))));
}
