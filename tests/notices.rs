//! Notices: each channel against a listener that remembers, and every way in which a message can go wrong.

#[path = "notices/email.rs"]
mod email;
#[path = "notices/firm.rs"]
mod firm;
#[path = "notices/hooks.rs"]
mod hooks;
#[path = "notices/http.rs"]
mod http;
#[path = "notices/smtp.rs"]
mod smtp;
#[path = "notices/story.rs"]
mod story;
