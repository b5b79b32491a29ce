//! Telling people: e-mail, a signed webhook, and the robots of DingTalk, Feishu and Slack.
//!
//! Design note. All channels say the same words, rendered from one set of templates (`locales/*.ftl`, `message-…`). One
//! call is one attempt, and its answer is one of four: it went out, it was refused for good, it certainly did not go out
//! and may be tried again, or nobody can say. The last one is never tried again: a second message about the same thing
//! teaches people to ignore both (decision 0006).

mod email;
mod hook;
mod sign;
mod template;

use std::time::Duration;

use crate::{
    config::{Config, HookConfig, NoticesConfig},
    model::{
        id::NoticeId,
        notice::{Channel, Notice},
    },
};

use template::Templates;

/// Why a notice did not go out, or why nobody knows.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The other side refused it, or it could not be made: the settings or the address must be mended.
    #[error("it was refused: {what}")]
    Refused {
        /// What was said, without names and addresses.
        what: String,
    },
    /// It certainly did not go out.
    #[error("it did not go out: {what}")]
    NotSent {
        /// What went wrong.
        what: String,
        /// How long the other side asked us to wait.
        after: Option<Duration>,
    },
    /// It may have gone out.
    #[error("it may have gone out, or not: {what}")]
    Unknown {
        /// What went wrong.
        what: String,
    },
}

/// When a notice may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Later, with growing waits.
    Backoff,
    /// Not before this.
    After(Duration),
    /// Not before somebody mends something.
    Mended,
    /// Never: it may have arrived.
    Never,
}

impl NotifyError {
    /// When it may be tried again.
    #[must_use]
    pub const fn retry(&self) -> Again {
        match self {
            Self::Refused { .. } => Again::Mended,
            Self::NotSent { after: Some(wait), .. } => Again::After(*wait),
            Self::NotSent { after: None, .. } => Again::Backoff,
            Self::Unknown { .. } => Again::Never,
        }
    }

    fn refused(what: impl Into<String>) -> Self {
        Self::Refused { what: what.into() }
    }

    fn not_sent(what: impl Into<String>) -> Self {
        Self::NotSent { what: what.into(), after: None }
    }

    fn unknown(what: impl Into<String>) -> Self {
        Self::Unknown { what: what.into() }
    }
}

/// The HTTP client for notices cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client for notices could not be made")]
pub struct NotifierError(#[source] reqwest::Error);

/// A notice in somebody's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One line.
    pub subject: String,
    /// Several lines; the last one is the link, where there is one.
    pub text: String,
    /// Where to act on it; empty where there is no document.
    pub link: String,
}

/// Sends notices over the channels that are set up.
#[derive(Debug)]
pub struct Notifier {
    settings: NoticesConfig,
    address: String,
    http: reqwest::Client,
    templates: Templates,
}

impl Notifier {
    /// A notifier with these settings.
    ///
    /// # Errors
    /// The TLS set-up of this machine cannot be used.
    pub fn new(config: &Config) -> Result<Self, NotifierError> {
        let settings = config.notices.clone();
        Ok(Self {
            address: config.address(),
            http: hook::http_client(Duration::from_millis(settings.timeout_ms)).map_err(NotifierError)?,
            templates: Templates::new(),
            settings,
        })
    }

    /// The channels that are set up.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + '_ {
        Channel::ALL.into_iter().filter(|channel| match self.hook(*channel) {
            Some(hook) => !hook.url.is_empty(),
            None => !self.settings.smtp.host.is_empty(),
        })
    }

    /// The notice in its reader's language.
    #[must_use]
    pub fn render(&self, notice: &Notice) -> Message {
        let language = notice.to.language.unwrap_or_else(|| self.settings.language());
        self.templates.render(notice, language, &self.address)
    }

    /// Sends a notice once.
    ///
    /// # Errors
    /// See [`NotifyError`].
    pub async fn send(&self, channel: Channel, id: NoticeId, notice: &Notice, now_us: i64) -> Result<(), NotifyError> {
        let message = self.render(notice);
        let Some(hook) = self.hook(channel) else {
            return email::send(&self.settings, id, &notice.to, &message, now_us).await;
        };
        if hook.url.is_empty() {
            return Err(NotifyError::refused(format!("{} is no longer set up", channel.name())));
        }
        let language = notice.to.language.unwrap_or_else(|| self.settings.language());
        let spoken = self.templates.for_a_group(notice, &message, language);
        let request = hook::Request { channel, hook, id, notice, message: &message, spoken: &spoken, now_us };
        request.send(&self.http).await
    }

    const fn hook(&self, channel: Channel) -> Option<&HookConfig> {
        match channel {
            Channel::Email => None,
            Channel::Webhook => Some(&self.settings.webhook),
            Channel::DingTalk => Some(&self.settings.dingtalk),
            Channel::Feishu => Some(&self.settings.feishu),
            Channel::Slack => Some(&self.settings.slack),
        }
    }
}
