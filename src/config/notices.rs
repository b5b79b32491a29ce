//! The settings of notices: the mail server, the webhook and the robots. Addresses of robots are secrets themselves, so
//! none of them is printed.

use serde::Deserialize;

use super::ConfigError;
use crate::model::language::Language;

/// How people are told what waits for them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in config.default.toml, in one place")]
pub struct NoticesConfig {
    pub language: String,
    pub timeout_ms: u64,
    pub smtp: SmtpConfig,
    pub webhook: HookConfig,
    pub dingtalk: HookConfig,
    pub feishu: HookConfig,
    pub slack: HookConfig,
}

/// A mail server.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in config.default.toml, in one place")]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: String,
    pub from: String,
    pub tls: SmtpTls,
}

/// How the conversation with a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// It begins in the open and must change to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

/// An address that takes requests, with the secret that signs them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in config.default.toml, in one place")]
pub struct HookConfig {
    pub url: String,
    pub secret: String,
}

impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for HookConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HookConfig").field("set", &!self.url.is_empty()).finish_non_exhaustive()
    }
}

impl NoticesConfig {
    /// The language of people who chose none.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::from_code(&self.language).unwrap_or_default()
    }

    /// Whether the settings make sense together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, message: &str| Err(ConfigError::Value { key, message: message.to_owned() });
        if Language::from_code(&self.language).is_none() {
            return wrong("notices.language", "it must be en, zh-Hant or zh-Hans");
        }
        if self.timeout_ms == 0 {
            return wrong("notices.timeout_ms", "it must be at least 1");
        }
        let smtp = &self.smtp;
        if !smtp.host.is_empty() && !smtp.from.contains('@') {
            return wrong("notices.smtp.from", "notices need an e-mail address that they come from");
        }
        if smtp.tls == SmtpTls::None && !smtp.password.is_empty() {
            return wrong("notices.smtp.tls", "a password is not sent in the open; use starttls or tls");
        }
        if !self.webhook.url.is_empty() && self.webhook.secret.is_empty() {
            return wrong("notices.webhook.secret", "without a secret the receiver cannot tell who is calling");
        }
        let hooks = [
            ("notices.webhook.url", &self.webhook),
            ("notices.dingtalk.url", &self.dingtalk),
            ("notices.feishu.url", &self.feishu),
            ("notices.slack.url", &self.slack),
        ];
        match hooks.into_iter().find(|(_, hook)| !hook.url.is_empty() && !is_private(&hook.url)) {
            Some((key, _)) => wrong(key, "it must begin with https://, except on this machine"),
            None => Ok(()),
        }
    }
}

/// Whether nobody on the way can read what is sent there.
fn is_private(url: &str) -> bool {
    let here = ["http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]:", "http://localhost:", "http://localhost/"];
    url.starts_with("https://") || here.iter().any(|start| url.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    #[test]
    fn what_makes_no_sense_is_named() {
        type Change = fn(&mut super::NoticesConfig);
        let cases: [(Change, &str); 6] = [
            (|notices| notices.language = "fr".to_owned(), "notices.language"),
            (|notices| notices.timeout_ms = 0, "notices.timeout_ms"),
            (|notices| notices.smtp.host = "mail.example.org".to_owned(), "notices.smtp.from"),
            (
                |notices| {
                    notices.smtp.tls = super::SmtpTls::None;
                    notices.smtp.password = "hush".to_owned();
                },
                "notices.smtp.tls",
            ),
            (|notices| notices.webhook.url = "https://example.org/".to_owned(), "notices.webhook.secret"),
            (|notices| notices.slack.url = "http://hooks.slack.com/services/x".to_owned(), "notices.slack.url"),
        ];
        for (change, key) in cases {
            let mut config = Config::load(None).expect("the defaults are compiled in");
            assert!(config.notices.check().is_ok());
            change(&mut config.notices);
            let error = config.notices.check().expect_err("it makes no sense").to_string();
            assert!(error.contains(key) && !error.contains("hush"), "{error}");
        }
    }
}
