//! Notices as HTTP requests: the signed webhook and the robots, each in the form its receiver expects.
//!
//! Sources of the forms: DingTalk "custom robot" (timestamp and sign in the query, `errcode` in the answer), Feishu
//! "custom bot" (timestamp and sign in the body, `code` in the answer), Slack "incoming webhooks" (`ok` as text).

use std::time::Duration;

use reqwest::{StatusCode, Url, header::RETRY_AFTER};
use serde_json::{Value, json};

use super::{Message, NotifyError, sign};
use crate::{
    config::HookConfig,
    model::{
        id::NoticeId,
        notice::{Channel, Notice},
    },
};

/// The header with the time and the signature of a webhook.
const SIGNATURE: &str = "X-Vouch-Signature";
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer of a robot that is read, in bytes; theirs have about a hundred.
const ANSWER_BYTES_MAX: usize = 64_000;
/// A wait that is asked for is never taken longer than this.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);
/// How long a robot that says "too many" is left alone; DingTalk closes a group's robot for ten minutes.
const ROBOT_PAUSE: Duration = Duration::from_secs(600);

/// A client that never repeats a request and never follows a redirection: both would send a notice twice or elsewhere.
pub(super) fn http_client(timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .user_agent(concat!("vouch/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
}

/// One request to be made.
pub(super) struct Request<'a> {
    pub(super) channel: Channel,
    pub(super) hook: &'a HookConfig,
    pub(super) id: NoticeId,
    pub(super) notice: &'a Notice,
    pub(super) message: &'a Message,
    /// The message for a group, where it must say whom it is for.
    pub(super) spoken: &'a str,
    pub(super) now_us: i64,
}

impl Request<'_> {
    /// Sends it once.
    ///
    /// # Errors
    /// See [`NotifyError`].
    pub(super) async fn send(&self, http: &reqwest::Client) -> Result<(), NotifyError> {
        let mut url = Url::parse(&self.hook.url).map_err(|_| NotifyError::refused("the address is not one"))?;
        let (seconds, milliseconds) = (self.now_us.div_euclid(1_000_000), self.now_us.div_euclid(1_000));
        if self.channel == Channel::DingTalk && !self.hook.secret.is_empty() {
            let signature = sign::dingtalk(&self.hook.secret, milliseconds);
            url.query_pairs_mut().append_pair("timestamp", &milliseconds.to_string()).append_pair("sign", &signature);
        }
        let body = self.body(seconds).to_string();
        let mut request = http.post(url).header("Content-Type", "application/json; charset=utf-8");
        if self.channel == Channel::Webhook {
            request = request.header(SIGNATURE, sign::webhook(&self.hook.secret, seconds, &body));
        }
        let mut response = request.body(body).send().await.map_err(failed)?;
        let status = response.status();
        let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        judged(status, wait.map(Duration::from_secs))?;
        if matches!(self.channel, Channel::Webhook | Channel::Slack | Channel::Email) {
            return Ok(());
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(NotifyError::unknown("the robot's answer is too long to read"));
            }
            answer.extend_from_slice(&chunk);
        }
        said(self.channel, &answer)
    }

    fn body(&self, seconds: i64) -> Value {
        match self.channel {
            Channel::DingTalk => json!({ "msgtype": "text", "text": { "content": self.spoken } }),
            Channel::Feishu => {
                // Feishu reads tags in a text, and a supplier's name must not call everybody.
                let text = self.spoken.replace('<', "＜");
                let mut body = json!({ "msg_type": "text", "content": { "text": text } });
                if let (false, Some(body)) = (self.hook.secret.is_empty(), body.as_object_mut()) {
                    body.insert("timestamp".to_owned(), seconds.to_string().into());
                    body.insert("sign".to_owned(), sign::feishu(&self.hook.secret, seconds).into());
                }
                body
            }
            Channel::Slack => {
                let text = self.spoken.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                json!({ "text": text })
            }
            Channel::Webhook | Channel::Email => {
                let (to, facts) = (&self.notice.to, &self.notice.facts);
                json!({
                    "id": self.id.to_string(),
                    "key": self.notice.key,
                    "kind": self.notice.kind.name(),
                    "at": seconds,
                    "to": { "email": to.email, "name": to.name },
                    "document": facts.document.map(|id| id.to_string()),
                    "link": self.message.link,
                    "supplier": facts.supplier,
                    "amount": facts.amount,
                    "actor": facts.actor,
                    "reason": facts.reason,
                    "due": facts.due,
                    "subject": self.message.subject,
                    "text": self.message.text,
                })
            }
        }
    }
}

/// What an HTTP status means for a message.
fn judged(status: StatusCode, wait: Option<Duration>) -> Result<(), NotifyError> {
    let what = format!("the answer was {}", status.as_u16());
    let after = wait.map(|wait| wait.min(RETRY_AFTER_MAX));
    match status.as_u16() {
        200..=299 => Ok(()),
        408 | 425 | 429 | 500 | 503 => Err(NotifyError::NotSent { what, after }),
        // A go-between lost the answer of whoever is behind it.
        502 | 504.. => Err(NotifyError::Unknown { what }),
        _ => Err(NotifyError::Refused { what }),
    }
}

/// What a robot says in the body of an answer whose status is always 200.
fn said(channel: Channel, answer: &[u8]) -> Result<(), NotifyError> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let number = |key: &str| answer.get(key).and_then(Value::as_i64);
    let code = if channel == Channel::DingTalk {
        number("errcode")
    } else {
        // Older robots of Feishu say it in the second way.
        number("code").or_else(|| number("StatusCode"))
    };
    let busy = match channel {
        // The system is busy, and too many messages in a minute.
        Channel::DingTalk => [-1, 130_101],
        Channel::Feishu | Channel::Webhook | Channel::Slack | Channel::Email => [9_499, 11_232],
    };
    match code {
        Some(0) => Ok(()),
        Some(code) if busy.contains(&code) => {
            Err(NotifyError::NotSent { what: format!("the robot answered {code}"), after: Some(ROBOT_PAUSE) })
        }
        Some(code) => Err(NotifyError::refused(format!("the robot answered {code}"))),
        None => Err(NotifyError::unknown("the robot answered nothing we understand")),
    }
}

/// Addresses of robots are secrets, so nothing of the error but its kind is kept.
fn failed(error: reqwest::Error) -> NotifyError {
    if error.is_builder() {
        return NotifyError::refused("the request could not be built");
    }
    if error.is_connect() {
        return NotifyError::not_sent("nobody answers at the address");
    }
    NotifyError::unknown(if error.is_timeout() { "no answer in time" } else { "the connection broke" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let name = |status: u16| {
            let status = StatusCode::from_u16(status).expect("a status");
            match judged(status, Some(Duration::from_secs(99_999))) {
                Ok(()) => "sent",
                Err(NotifyError::Refused { .. }) => "refused",
                Err(NotifyError::NotSent { after, .. }) => {
                    assert_eq!(after, Some(RETRY_AFTER_MAX));
                    "again"
                }
                Err(NotifyError::Unknown { .. }) => "unknown",
            }
        };
        for (status, expected) in [
            (200, "sent"),
            (204, "sent"),
            (302, "refused"),
            (400, "refused"),
            (403, "refused"),
            (404, "refused"),
            (408, "again"),
            (410, "refused"),
            (429, "again"),
            (500, "again"),
            (501, "refused"),
            (502, "unknown"),
            (503, "again"),
            (504, "unknown"),
            (522, "unknown"),
        ] {
            assert_eq!(name(status), expected, "{status}");
        }
    }

    #[test]
    fn answers_of_robots() {
        let name = |channel, answer: &str| match said(channel, answer.as_bytes()) {
            Ok(()) => "sent",
            Err(NotifyError::Refused { .. }) => "refused",
            Err(NotifyError::NotSent { .. }) => "again",
            Err(NotifyError::Unknown { .. }) => "unknown",
        };
        for (channel, answer, expected) in [
            (Channel::DingTalk, r#"{"errcode":0,"errmsg":"ok"}"#, "sent"),
            (Channel::DingTalk, r#"{"errcode":310000,"errmsg":"sign not match"}"#, "refused"),
            (Channel::DingTalk, r#"{"errcode":130101,"errmsg":"send too fast"}"#, "again"),
            (Channel::DingTalk, r#"{"code":0}"#, "unknown"),
            (Channel::DingTalk, "<html>", "unknown"),
            (Channel::Feishu, r#"{"code":0,"msg":"success","data":{}}"#, "sent"),
            (Channel::Feishu, r#"{"StatusCode":0,"StatusMessage":"success"}"#, "sent"),
            (Channel::Feishu, r#"{"code":19021,"msg":"sign match fail"}"#, "refused"),
            (Channel::Feishu, r#"{"code":11232,"msg":"frequency limited"}"#, "again"),
            (Channel::Feishu, "", "unknown"),
            (Channel::Feishu, r#"{"code":"0"}"#, "unknown"),
        ] {
            assert_eq!(name(channel, answer), expected, "{answer}");
        }
    }
}
