//! Proof keys (PKCE, RFC 7636): a code that was asked for with a challenge is changed for its key's holder only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::http::Ask;

/// A verifier has so many characters (RFC 7636, 4.1).
const VERIFIER_CHARS: std::ops::RangeInclusive<usize> = 43..=128;

/// The challenge of an authorisation request: empty where there is none, `Err` where it is not one we take.
pub(super) fn challenge(ask: &Ask) -> Result<String, ()> {
    match (ask.query("code_challenge"), ask.query("code_challenge_method")) {
        (None, None) => Ok(String::new()),
        (Some(challenge), Some("S256")) if !challenge.is_empty() => Ok(challenge.to_owned()),
        _ => Err(()),
    }
}

/// Whether the verifier of a token request fits the challenge of its code. A verifier without a challenge fits nothing.
pub(super) fn fits(challenge: &str, verifier: &str) -> bool {
    if challenge.is_empty() {
        return verifier.is_empty();
    }
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-._~".contains(letter);
    VERIFIER_CHARS.contains(&verifier.len())
        && verifier.chars().all(allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard() {
        let (challenge, verifier) =
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert!(fits(challenge, verifier));
        assert!(fits("", ""));
        for (challenge, verifier) in [(challenge, ""), ("", verifier), (challenge, &verifier[1..]), ("x", verifier)] {
            assert!(!fits(challenge, verifier), "{challenge} {verifier}");
        }
    }
}
