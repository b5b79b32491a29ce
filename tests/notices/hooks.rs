//! Notices as requests: signed so that the receiver can check it, and once.

use sha2::{Digest, Sha256};
use vouch::{config::Config, store::notice::NoticeState};

use crate::{
    firm::{ADA, BO, Firm, START_US},
    http::{Answer, Listener},
};

/// HMAC-SHA256 as RFC 2104 writes it, not as the program does it.
fn hmac_hex(key: &[u8], data: &[u8]) -> String {
    assert!(key.len() <= 64);
    let padded = |byte: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ byte).collect() };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(data).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_check_itself_is_right() {
    // RFC 4231, test case 2.
    let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(hmac_hex(b"Jefe", b"what do ya want for nothing?"), expected);
}

fn webhook(url: &str) -> impl FnOnce(&mut Config) {
    let url = url.to_owned();
    move |config| {
        config.notices.webhook.url = url;
        config.notices.webhook.secret = "whsec_1".to_owned();
    }
}

#[tokio::test]
async fn the_webhook_is_signed_and_says_everything() {
    let listener = Listener::start(&[(204, "")]).await;
    let firm = Firm::new(webhook(&listener.url)).await;
    assert_eq!(firm.tell("task:7:1:asked", &[BO]).await, 1);
    assert_eq!(firm.tell("task:7:1:asked", &[BO]).await, 0);
    firm.work_to_the_end().await;
    let [seen] = &listener.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line, "POST /hook?token=abc HTTP/1.1");
    let seconds = START_US / 1_000_000;
    let signature = hmac_hex(b"whsec_1", format!("{seconds}.{}", seen.body).as_bytes());
    assert_eq!(seen.header("x-vouch-signature"), Some(format!("t={seconds},v1={signature}").as_str()));
    let (json, row) = (seen.json(), firm.rows().await.remove(0));
    assert_eq!(json["id"], row.id.to_string());
    assert_eq!((&json["kind"], &json["key"]), (&"asked".into(), &"task:7:1:asked".into()));
    assert_eq!((&json["supplier"], &json["amount"]), (&"金華冰廳 & <Co>".into(), &"HKD 1280.50".into()));
    assert_eq!(json["to"]["email"], "bo@example.org");
    assert!(json["subject"].as_str().is_some_and(|subject| subject.starts_with("請審批")), "{json}");
    assert_eq!(row.state, NoticeState::Sent);
}

#[tokio::test]
async fn an_answer_decides_whether_it_is_said_again() {
    use NoticeState::{Failed, Sent, Unknown};
    let cases: [(&[Answer], usize, NoticeState); 9] = [
        (&[(500, ""), (503, ""), (200, "")], 3, Sent),
        (&[(429, ""), (200, "")], 2, Sent),
        (&[(400, "")], 1, Failed),
        (&[(404, "")], 1, Failed),
        (&[(302, "")], 1, Failed),
        (&[(502, "")], 1, Unknown),
        (&[(504, "")], 1, Unknown),
        (&[(0, "")], 1, Unknown),
        // A day of saying no; it is given up, and people see it.
        (&[(500, "")], 12, Failed),
    ];
    for (answers, requests, end) in cases {
        let listener = Listener::start(answers).await;
        let firm = Firm::new(webhook(&listener.url)).await;
        firm.tell("task:7:1:asked", &[ADA]).await;
        firm.work_to_the_end().await;
        let seen = listener.seen();
        assert_eq!((seen.len(), firm.states().await), (requests, vec![end]), "{answers:?}");
        // Whoever receives it can tell a repeat.
        let first = seen[0].json()["id"].clone();
        assert!(seen.iter().all(|seen| seen.json()["id"] == first));
        let dead = firm.jobs().await.into_iter().filter(|job| job.dead).count();
        assert_eq!(dead, usize::from(end == Failed), "{answers:?}");
    }
}

#[tokio::test]
async fn dingtalk_is_signed_in_the_query() {
    let listener = Listener::start(&[(200, r#"{"errcode":130101}"#), (200, r#"{"errcode":0,"errmsg":"ok"}"#)]).await;
    let url = listener.url.clone();
    let firm = Firm::new(move |config| {
        config.notices.dingtalk.url = url;
        config.notices.dingtalk.secret = "SEC0123456789".to_owned();
    })
    .await;
    firm.tell("task:7:1:asked", &[ADA]).await;
    firm.work_to_the_end().await;
    let seen = listener.seen();
    assert_eq!(seen.len(), 2, "too fast, then taken");
    // Python's hmac, base64 and urllib.parse.quote_plus gave this.
    let expected =
        "POST /hook?token=abc&timestamp=1795312800000&sign=3hboOZN1zK%2BnlX7c1y7TxSCNRgDS0CvMnrQmbSF6YnY%3D HTTP/1.1";
    assert_eq!(seen[0].line, expected);
    assert!(!seen[1].line.contains("timestamp=1795312800000"), "a later request is signed anew");
    let json = seen[0].json();
    assert_eq!(json["msgtype"], "text");
    let text = json["text"]["content"].as_str().expect("text");
    assert!(text.starts_with("Please decide: 金華冰廳 & <Co> · HKD 1280.50\nFor Ada\n"), "{text}");
}

#[tokio::test]
async fn feishu_is_signed_in_the_body() {
    let listener = Listener::start(&[(200, r#"{"code":0,"msg":"success"}"#)]).await;
    let url = listener.url.clone();
    let firm = Firm::new(move |config| {
        config.notices.feishu.url = url;
        config.notices.feishu.secret = "feishu-secret".to_owned();
    })
    .await;
    firm.tell("task:7:1:asked", &[ADA]).await;
    firm.work_to_the_end().await;
    let [seen] = &listener.seen()[..] else { panic!("one request") };
    let json = seen.json();
    assert_eq!(json["timestamp"], "1795312800");
    // Python's hmac and base64 gave this.
    assert_eq!(json["sign"], "RQwxn/HFfLirU/ckEoPGj77Oir2JAWPRvP+dGGu9joo=");
    assert_eq!(json["msg_type"], "text");
    let text = json["content"]["text"].as_str().expect("text");
    assert!(text.contains("金華冰廳 & ＜Co>"), "no tags: {text}");
}

#[tokio::test]
async fn slack_and_a_wrong_robot() {
    let slack = Listener::start(&[(200, "ok")]).await;
    let robot = Listener::start(&[(200, r#"{"errcode":310000,"errmsg":"keywords not in content"}"#)]).await;
    let urls = (slack.url.clone(), robot.url.clone());
    let firm = Firm::new(move |config| (config.notices.slack.url, config.notices.dingtalk.url) = urls).await;
    assert_eq!(firm.tell("task:7:1:asked", &[ADA]).await, 2, "one for each channel");
    firm.work_to_the_end().await;
    let [seen] = &slack.seen()[..] else { panic!("one request") };
    let text = seen.json()["text"].as_str().expect("text").to_owned();
    assert!(text.contains("金華冰廳 &amp; &lt;Co&gt;"), "no mentions: {text}");
    let [seen] = &robot.seen()[..] else { panic!("one request") };
    assert_eq!(seen.line, "POST /hook?token=abc HTTP/1.1", "no secret, no signature");
    let mut states = firm.rows().await.into_iter().map(|row| (row.channel.name(), row.state)).collect::<Vec<_>>();
    states.sort_by_key(|(name, _)| *name);
    assert_eq!(states, [("dingtalk", NoticeState::Failed), ("slack", NoticeState::Sent)]);
}
