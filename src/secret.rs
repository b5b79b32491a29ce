//! Secrets at rest: sealed with XChaCha20-Poly1305, bound to what they belong to.
//!
//! Design note. A vault seals with one key and opens with any of its keys, so that a key can be changed while secrets
//! sealed with the old one are about. Where the key is a file, its first line is the key and the lines below are older
//! ones; every process reads the file again before it seals and when something does not open, so a change of key
//! reaches those that are running.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key, KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::RngCore;

/// A secret could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key is not 64 hexadecimal digits.
    #[error("the key must be 64 hexadecimal digits")]
    Key,
    /// The key file cannot be read or written.
    #[error("the key file cannot be used")]
    KeyFile(#[source] std::io::Error),
    /// The sealed text was made with another key, or was changed.
    #[error("a stored secret cannot be opened with this key")]
    Sealed,
    /// The key stands in the settings, which only a person changes.
    #[error("the key stands in the settings: put the new one into `key`, the old one into `key_previous`")]
    NotOurs,
}

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Marks the way of sealing, for the day there is another.
const VERSION: &str = "1:";

/// Seals with one key and opens with that and older ones. Cloning shares them.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<RwLock<Vec<XChaCha20Poly1305>>>,
    /// The file the keys come from; absent when the settings hold them.
    file: Option<PathBuf>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with this key and, for opening only, the previous one; or, where both are empty, with those in the
    /// file, which is made when missing.
    ///
    /// # Errors
    /// A key is not one, or the file cannot be used.
    pub fn open(key: &str, previous: &str, file: &Path) -> Result<Self, SecretError> {
        if !key.is_empty() {
            let keys = [key, previous].into_iter().filter(|text| !text.is_empty()).map(cipher);
            let keys = keys.collect::<Result<Vec<_>, _>>()?;
            return Ok(Self { keys: Arc::new(RwLock::new(keys)), file: None });
        }
        if !file.exists() {
            // Another process may be faster: then its file stays.
            write_private(file, &random_hex(KEY_BYTES)).map_err(SecretError::KeyFile)?;
        }
        let keys = Arc::new(RwLock::new(file_keys(file)?));
        Ok(Self { keys, file: Some(file.to_owned()) })
    }

    /// Seals a secret that belongs to `owner`; opened under another owner it does not open.
    ///
    /// # Errors
    /// The key file cannot be read; otherwise never in practice: the secret is too long for the cipher.
    pub fn seal(&self, secret: &str, owner: &str) -> Result<String, SecretError> {
        self.read_again()?;
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = self.ciphers().first().map(|cipher| cipher.encrypt(XNonce::from_slice(&nonce), payload));
        let sealed = sealed.and_then(Result::ok).ok_or(SecretError::Sealed)?;
        let whole: Vec<u8> = nonce.into_iter().chain(sealed).collect();
        Ok(format!("{VERSION}{}", STANDARD.encode(whole)))
    }

    /// Opens what `seal` sealed, with any of the keys.
    ///
    /// # Errors
    /// It was sealed with a key that is not known here or for another owner, or was changed.
    pub fn open_sealed(&self, sealed: &str, owner: &str) -> Result<String, SecretError> {
        let open = || self.ciphers().iter().find_map(|cipher| opened(cipher, sealed, owner));
        if let Some(secret) = open() {
            return Ok(secret);
        }
        self.read_again()?;
        open().ok_or(SecretError::Sealed)
    }

    /// Whether this was sealed with the key that seals now, and for this owner.
    #[must_use]
    pub fn is_current(&self, sealed: &str, owner: &str) -> bool {
        self.ciphers().first().is_some_and(|cipher| opened(cipher, sealed, owner).is_some())
    }

    /// Makes a new key in the key file; the ones before stay below it, for opening.
    ///
    /// # Errors
    /// The keys stand in the settings (`NotOurs`), or the file cannot be used.
    pub fn key_renew(&self) -> Result<(), SecretError> {
        self.file_change(|older| std::iter::once(random_hex(KEY_BYTES)).chain(older).collect())
    }

    /// Takes the older keys out of the key file. Whatever is still sealed with one is lost: seal it anew first.
    ///
    /// # Errors
    /// The keys stand in the settings (`NotOurs`), or the file cannot be used.
    pub fn key_drop_older(&self) -> Result<(), SecretError> {
        self.file_change(|keys| keys.into_iter().take(1).collect())
    }

    fn file_change(&self, change: impl FnOnce(Vec<String>) -> Vec<String>) -> Result<(), SecretError> {
        let file = self.file.as_ref().ok_or(SecretError::NotOurs)?;
        let text = std::fs::read_to_string(file).map_err(SecretError::KeyFile)?;
        let keys = change(text.split_whitespace().map(str::to_owned).collect());
        // Whole or not at all: a half-written key file would lock everybody out.
        let fresh = file.with_extension("new");
        let removed = std::fs::remove_file(&fresh);
        if let Err(error) = removed.or_else(missing_is_fine) {
            return Err(SecretError::KeyFile(error));
        }
        write_private(&fresh, &keys.join("\n")).map_err(SecretError::KeyFile)?;
        std::fs::rename(&fresh, file).map_err(SecretError::KeyFile)?;
        self.read_again()
    }

    /// Takes over what the key file says now.
    fn read_again(&self) -> Result<(), SecretError> {
        if let Some(file) = &self.file {
            let keys = file_keys(file)?;
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        Ok(())
    }

    fn ciphers(&self) -> Vec<XChaCha20Poly1305> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn missing_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn file_keys(file: &Path) -> Result<Vec<XChaCha20Poly1305>, SecretError> {
    let text = std::fs::read_to_string(file).map_err(SecretError::KeyFile)?;
    let keys = text.split_whitespace().map(cipher).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() { Err(SecretError::Key) } else { Ok(keys) }
}

fn cipher(text: &str) -> Result<XChaCha20Poly1305, SecretError> {
    let digits: Option<Vec<u32>> = text.trim().chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 2 * KEY_BYTES).ok_or(SecretError::Key)?;
    let byte = |pair: &[u32]| pair.iter().fold(0_u8, |byte, digit| (byte << 4) | u8::try_from(*digit).unwrap_or(0));
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    Ok(XChaCha20Poly1305::new(Key::from_slice(&bytes)))
}

fn opened(cipher: &XChaCha20Poly1305, sealed: &str, owner: &str) -> Option<String> {
    let whole = STANDARD.decode(sealed.strip_prefix(VERSION)?).ok()?;
    let (nonce, message) = whole.split_at_checked(NONCE_BYTES)?;
    let payload = Payload { msg: message, aad: owner.as_bytes() };
    let secret = cipher.decrypt(XNonce::from_slice(nonce), payload).ok()?;
    String::from_utf8(secret).ok()
}

/// So many random bytes as hexadecimal digits: session tokens, states, keys.
#[must_use]
pub fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    rand::rng().fill_bytes(&mut buffer);
    buffer.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file that only its owner may read, unless it is there already.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut file) => file.write_all(text.as_bytes()).and_then(|()| file.sync_all()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(digit: &str, previous: &str) -> Vault {
        Vault::open(&digit.repeat(64), &previous.repeat(64), Path::new("unused")).expect("64 hexadecimal digits")
    }

    #[test]
    fn sealed_secrets_open_for_their_owner_only() {
        let sealed = vault("a", "").seal("token", "xero:1").expect("a short text");
        assert!(!sealed.contains("token"));
        assert_eq!(vault("a", "").open_sealed(&sealed, "xero:1").ok().as_deref(), Some("token"));
        assert!(vault("a", "").open_sealed(&sealed, "xero:2").is_err());
        assert!(vault("b", "").open_sealed(&sealed, "xero:1").is_err());
        assert!(vault("a", "").open_sealed("1:AAAA", "xero:1").is_err());
        assert!(Vault::open("abc", "", Path::new("unused")).is_err());
        assert!(Vault::open(&"a".repeat(64), "abc", Path::new("unused")).is_err());
    }

    #[test]
    fn the_previous_key_of_the_settings_opens_and_does_not_seal() {
        let old = vault("a", "").seal("token", "xero:1").expect("a short text");
        let both = vault("b", "a");
        assert_eq!(both.open_sealed(&old, "xero:1").ok().as_deref(), Some("token"));
        assert!(!both.is_current(&old, "xero:1"));
        let new = both.seal("token", "xero:1").expect("a short text");
        assert!(both.is_current(&new, "xero:1") && !both.is_current(&new, "xero:2"));
        assert_eq!(vault("b", "").open_sealed(&new, "xero:1").ok().as_deref(), Some("token"));
        assert!(matches!(both.key_renew(), Err(SecretError::NotOurs)));
    }

    #[test]
    fn a_new_key_in_the_file_reaches_whoever_is_running() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("key");
        let open = || Vault::open("", "", &file).expect("the file can be made and read");
        let (running, changing) = (open(), open());
        let old = running.seal("token", "xero:1").expect("a short text");
        changing.key_renew().expect("the file can be written");
        assert!(changing.open_sealed(&old, "xero:1").is_ok(), "the old key still opens");
        let new = changing.seal("token", "xero:1").expect("a short text");
        assert!(running.open_sealed(&new, "xero:1").is_ok(), "the file was read again");
        let newer = running.seal("token", "xero:1").expect("a short text");
        assert!(changing.is_current(&newer, "xero:1"), "it seals with the new key");
        changing.key_drop_older().expect("the file can be written");
        assert!(open().open_sealed(&old, "xero:1").is_err(), "what was not sealed anew is lost");
        assert!(open().open_sealed(&newer, "xero:1").is_ok());
        std::fs::write(&file, "nonsense").expect("the file can be written");
        assert!(matches!(running.seal("token", "xero:1"), Err(SecretError::Key)));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("key");
        let vault = Vault::open("", "", &file).expect("the file can be made");
        let mode = || std::fs::metadata(&file).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(), 0o600);
        vault.key_renew().expect("the file can be written");
        assert_eq!(mode(), 0o600);
    }
}
