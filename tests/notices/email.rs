//! Notices by e-mail: once, whatever the mail server does.

use base64::{Engine, engine::general_purpose::STANDARD};
use vouch::{
    config::{Config, SmtpTls},
    pipeline::notices::try_out,
    store::{
        job::job_revive_all,
        notice::{NoticeState, notice_begin},
    },
};

use crate::{
    firm::{ADA, BO, CY, Firm},
    smtp::{MailServer, Turn},
};

fn by_mail(port: u16) -> impl FnOnce(&mut Config) {
    move |config| {
        config.notices.timeout_ms = 2_000;
        config.notices.smtp.host = "127.0.0.1".to_owned();
        config.notices.smtp.port = port;
        config.notices.smtp.from = "vouch@example.org".to_owned();
        config.notices.smtp.tls = SmtpTls::None;
    }
}

/// The headers of a letter and its text, out of base64 or quoted-printable.
fn opened(letter: &str) -> (String, String) {
    let (headers, body) = letter.split_once("\r\n\r\n").expect("headers and a body");
    let bytes = if headers.contains("Content-Transfer-Encoding: base64") {
        STANDARD.decode(body.replace("\r\n", "")).expect("base64")
    } else {
        assert!(headers.contains("Content-Transfer-Encoding: quoted-printable"), "{headers}");
        printable(&body.replace("=\r\n", ""))
    };
    (headers.to_owned(), String::from_utf8(bytes).expect("UTF-8"))
}

fn printable(text: &str) -> Vec<u8> {
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two hexadecimal digits"));
        bytes.extend(rest.as_bytes());
    }
    bytes
}

#[tokio::test]
async fn each_person_gets_one_letter_in_their_language() {
    let server = MailServer::start(&[]).await;
    let firm = Firm::new(by_mail(server.port)).await;
    assert_eq!(firm.tell("task:7:1:asked", &[ADA, BO, CY]).await, 2, "Cy left");
    assert_eq!(firm.tell("task:7:1:asked", &[ADA, BO]).await, 0, "they know");
    firm.work_to_the_end().await;
    let letters = server.letters();
    assert_eq!(letters.len(), 2);
    let (headers, text) = opened(letters.iter().find(|letter| letter.contains("ada@")).expect("one is Ada's"));
    assert!(headers.contains("From: vouch <vouch@example.org>") || headers.contains("From: \"vouch\" <vouch@"));
    assert!(headers.contains("Auto-Submitted: auto-generated"), "{headers}");
    assert!(headers.contains("Date: Sun, 22 Nov 2026 02:00:00 +0000"), "{headers}");
    let row = firm.rows().await.into_iter().find(|row| row.notice.to.person == Some(ADA)).expect("Ada's row");
    assert!(headers.contains(&format!("Message-ID: <{}@example.org>", row.id)), "{headers}");
    assert!(text.starts_with("It is your turn") && text.contains("https://vouch.example.org/documents/"), "{text}");
    let (_, text) = opened(letters.iter().find(|letter| letter.contains("bo@")).expect("one is Bo's"));
    assert!(text.contains("供應商：金華冰廳"), "{text}");
    assert_eq!(firm.states().await, [NoticeState::Sent, NoticeState::Sent]);
    // Told already, also when the job is long gone.
    assert_eq!(firm.tell("task:7:1:asked", &[ADA]).await, 0);
    assert_eq!(firm.tell("task:7:2:asked", &[ADA]).await, 1);
}

#[tokio::test]
async fn what_the_server_does_decides() {
    use NoticeState::{Failed, Sent, Unknown};
    for (turns, letters, end) in [
        // It says no for now, before or after it has the letter: again, until it is taken.
        (&[Turn::AtRecipient("451 later"), Turn::AtRecipient("421 closing")][..], 1, Sent),
        (&[Turn::AfterLetter("452 full")][..], 2, Sent),
        // It says no for good.
        (&[Turn::AtRecipient("550 nobody here")][..], 0, Failed),
        (&[Turn::AfterLetter("554 spam")][..], 1, Failed),
        // Nobody can say.
        (&[Turn::HangUp][..], 1, Unknown),
        (&[Turn::Silent][..], 1, Unknown),
        (&[Turn::AfterLetter("garbage")][..], 1, Unknown),
    ] {
        let server = MailServer::start(turns).await;
        let firm = Firm::new(by_mail(server.port)).await;
        firm.tell("task:7:1:asked", &[ADA]).await;
        firm.work_to_the_end().await;
        assert_eq!((server.letters().len(), firm.states().await), (letters, vec![end]), "{turns:?}");
        let dead = firm.jobs().await.into_iter().filter(|job| job.dead).count();
        assert_eq!(dead, usize::from(end == Failed), "{turns:?}");
        if end == Failed {
            assert!(!firm.rows().await[0].reason.contains("nobody here"), "the server's words may hold names");
            // Somebody mended it.
            let now_us = firm.context.clock.now_us();
            job_revive_all(&firm.context.db, now_us).await.expect("a sound database");
            firm.work_to_the_end().await;
            assert_eq!((server.letters().len(), firm.states().await), (letters + 1, vec![Sent]), "{turns:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_is_tried_again() {
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("it is bound").port()
    };
    let firm = Firm::new(by_mail(port)).await;
    firm.tell("task:7:1:asked", &[ADA]).await;
    assert_eq!(firm.work().await, 1);
    assert_eq!(firm.states().await, [NoticeState::Waiting]);
    let job = firm.jobs().await.remove(0);
    assert_eq!((job.dead, job.attempts), (false, 1));
    firm.work_to_the_end().await;
    // Given up in the end, and seen.
    assert_eq!(firm.states().await, [NoticeState::Failed]);
    assert!(firm.jobs().await[0].dead);
}

#[tokio::test]
async fn whoever_was_cut_off_in_the_middle_is_not_repeated() {
    let server = MailServer::start(&[]).await;
    let firm = Firm::new(by_mail(server.port)).await;
    firm.tell("task:7:1:asked", &[ADA]).await;
    let id = firm.rows().await[0].id;
    // What another process did before it was killed.
    assert!(notice_begin(&firm.context.db, id, 1).await.expect("a sound database"));
    assert!(!notice_begin(&firm.context.db, id, 1).await.expect("a sound database"), "only one may send");
    firm.work_to_the_end().await;
    assert_eq!((server.letters().len(), firm.states().await), (0, vec![NoticeState::Unknown]));
}

#[tokio::test]
async fn a_test_says_what_came_of_it() {
    let server = MailServer::start(&[Turn::Take, Turn::AtRecipient("550 no")]).await;
    let firm = Firm::new(by_mail(server.port)).await;
    let outcomes = try_out(&firm.context, "new@example.org").await;
    assert!(matches!(outcomes[..], [(_, Ok(()))]), "{outcomes:?}");
    let outcomes = try_out(&firm.context, "new@example.org").await;
    assert!(matches!(outcomes[..], [(_, Err(_))]), "{outcomes:?}");
    let outcomes = try_out(&firm.context, "not an address").await;
    assert!(matches!(outcomes[..], [(_, Err(_))]), "{outcomes:?}");
    assert_eq!(server.letters().len(), 1);
    let silent = Firm::new(|_| {}).await;
    assert!(try_out(&silent.context, "new@example.org").await.is_empty());
    assert_eq!(silent.tell("task:7:1:asked", &[ADA]).await, 0, "no channel, no rows");
}
