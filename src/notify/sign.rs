//! Signatures: HMAC-SHA256 in the three ways that receivers ask for.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::model::hash::{hex, hmac_sha256};

/// The header of the signed webhook: over the time in seconds, a point, and the body, so that an old request cannot be
/// played again later.
pub(super) fn webhook(secret: &str, seconds: i64, body: &str) -> String {
    let signature = hmac_sha256(secret.as_bytes(), format!("{seconds}.{body}").as_bytes());
    format!("t={seconds},v1={}", hex(&signature))
}

/// DingTalk: the secret is the key, the time in milliseconds and the secret are signed.
pub(super) fn dingtalk(secret: &str, milliseconds: i64) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), format!("{milliseconds}\n{secret}").as_bytes()))
}

/// Feishu: the time in seconds and the secret are the key, and nothing is signed.
pub(super) fn feishu(secret: &str, seconds: i64) -> String {
    STANDARD.encode(hmac_sha256(format!("{seconds}\n{secret}").as_bytes(), b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Python's `hmac` gave these, not this code.
    #[test]
    fn vectors_of_another_program() {
        assert_eq!(
            webhook("whsec_1", 1_795_312_800, "{\"kind\":\"asked\"}"),
            "t=1795312800,v1=50da9acccdfbceb34b3e9855bbbfb5591ca64477a5daebd9a848192c127a1517"
        );
        assert_eq!(dingtalk("SEC0123456789", 1_795_312_800_000), "3hboOZN1zK+nlX7c1y7TxSCNRgDS0CvMnrQmbSF6YnY=");
        assert_eq!(feishu("feishu-secret", 1_795_312_800), "RQwxn/HFfLirU/ckEoPGj77Oir2JAWPRvP+dGGu9joo=");
        assert_eq!(dingtalk("鑰匙", 1), "YKwNDojCQbVhqh+QiVDEKB+A+sy8TGyQbZQ+ivLYlKI=");
    }
}
