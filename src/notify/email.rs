//! Notices by e-mail, in two halves: everything up to the moment the server is ready for the message can be tried again,
//! whatever goes wrong after it cannot, unless the server itself said no.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, Message as Letter,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::timeout;

use super::{Message, NotifyError};
use crate::{
    config::{NoticesConfig, SmtpConfig, SmtpTls},
    model::{id::NoticeId, notice::Recipient},
};

/// How long a server may take to say good-bye once it has the message.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

/// Sends one e-mail.
///
/// # Errors
/// See [`NotifyError`].
pub(super) async fn send(
    settings: &NoticesConfig,
    id: NoticeId,
    to: &Recipient,
    message: &Message,
    now_us: i64,
) -> Result<(), NotifyError> {
    let smtp = &settings.smtp;
    if smtp.host.is_empty() {
        return Err(NotifyError::refused("e-mail is no longer set up"));
    }
    let from = address(&smtp.from, "the sender's e-mail address")?;
    let recipient = address(&to.email, "the person's e-mail address")?;
    let letter = letter(id, &from, (&recipient, &to.name), message, now_us)?;
    let wait = Duration::from_millis(settings.timeout_ms);
    // Nothing of the message has left yet.
    let late = |_| NotifyError::not_sent("the mail server did not answer in time");
    let mut connection = timeout(wait, ready(smtp, wait, from, recipient)).await.map_err(late)??;
    match timeout(wait, connection.message(&letter)).await {
        Ok(Ok(_)) => {
            // The message is theirs; whether the good-bye arrives changes nothing.
            let _ = timeout(QUIT_TIMEOUT, connection.quit()).await;
            Ok(())
        }
        Ok(Err(error)) if error.status().is_some() => Err(answered(&error)),
        Ok(Err(_)) => Err(NotifyError::unknown("the mail server took the message and then said nothing we understand")),
        Err(_) => Err(NotifyError::unknown("the mail server took the message and did not answer in time")),
    }
}

fn address(text: &str, what: &str) -> Result<Address, NotifyError> {
    let refused = || NotifyError::refused(format!("{what} is not one"));
    let address: Address = text.parse().map_err(|_| refused())?;
    // Addresses in other scripts need an extension of the server's that few have.
    if text.is_ascii() { Ok(address) } else { Err(refused()) }
}

fn letter(
    id: NoticeId,
    from: &Address,
    (to, name): (&Address, &str),
    message: &Message,
    now_us: i64,
) -> Result<Vec<u8>, NotifyError> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now_us).unwrap_or_default());
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let letter = Letter::builder()
        .from(Mailbox::new(Some("vouch".to_owned()), from.clone()))
        .to(Mailbox::new(Some(super::template::one_line(name)), to.clone()))
        .subject(&message.subject)
        .date(now)
        // The same notice has the same id, should a server in between repeat it.
        .message_id(Some(format!("<{id}@{}>", from.domain())))
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN)
        .body(message.text.clone())
        .map_err(|_| NotifyError::refused("the letter could not be written"))?;
    Ok(letter.formatted())
}

/// A connection over which the server waits for the message.
async fn ready(
    smtp: &SmtpConfig,
    wait: Duration,
    from: Address,
    to: Address,
) -> Result<AsyncSmtpConnection, NotifyError> {
    let hello = ClientId::default();
    let tls = || TlsParameters::new_rustls(smtp.host.clone()).map_err(|error| answered(&error));
    let server = (smtp.host.as_str(), smtp.port);
    let at_once = match smtp.tls {
        SmtpTls::Tls => Some(tls()?),
        SmtpTls::StartTls | SmtpTls::None => None,
    };
    let connection = AsyncSmtpConnection::connect_tokio1(server, Some(wait), &hello, at_once, None).await;
    let mut connection = connection.map_err(|error| answered(&error))?;
    if smtp.tls == SmtpTls::StartTls {
        connection.starttls(tls()?, &hello).await.map_err(|error| answered(&error))?;
    }
    if !smtp.user.is_empty() {
        let credentials = Credentials::new(smtp.user.clone(), smtp.password.clone());
        connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(|error| answered(&error))?;
    }
    connection.command(Mail::new(Some(from), Vec::new())).await.map_err(|error| answered(&error))?;
    connection.command(Rcpt::new(to, Vec::new())).await.map_err(|error| answered(&error))?;
    connection.command(Data).await.map_err(|error| answered(&error))?;
    Ok(connection)
}

/// What an error means while the message is certainly not taken. What the server says may hold addresses, so only its
/// number is kept.
fn answered(error: &SmtpError) -> NotifyError {
    let code = error.status().map(|code| code.to_string());
    match code {
        Some(code) if error.is_permanent() => NotifyError::refused(format!("the mail server answered {code}")),
        Some(code) => NotifyError::not_sent(format!("the mail server answered {code}")),
        None if error.is_client() => NotifyError::refused("the mail server cannot do what the settings ask for"),
        None if error.is_tls() => NotifyError::not_sent("no private connection to the mail server could be made"),
        None => NotifyError::not_sent("the mail server could not be reached"),
    }
}
