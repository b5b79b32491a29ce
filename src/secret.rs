//! Secrets at rest: sealed with XChaCha20-Poly1305, bound to what they belong to.

use std::path::Path;

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
}

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// Marks the way of sealing, for the day there is another.
const VERSION: &str = "1:";

/// Seals and opens secrets with one key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with this key, or, where it is empty, with the one in the file, which is made when missing.
    ///
    /// # Errors
    /// The key is not one, or the file cannot be used.
    pub fn open(key: &str, file: &Path) -> Result<Self, SecretError> {
        if !key.is_empty() {
            return Self::from_hex(key);
        }
        match std::fs::read_to_string(file) {
            Ok(text) => Self::from_hex(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = random_hex(KEY_BYTES);
                write_private(file, &text).map_err(SecretError::KeyFile)?;
                // Another process may have been faster: the file decides.
                let text = std::fs::read_to_string(file).map_err(SecretError::KeyFile)?;
                Self::from_hex(&text)
            }
            Err(error) => Err(SecretError::KeyFile(error)),
        }
    }

    fn from_hex(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len() == 2 * KEY_BYTES).ok_or(SecretError::Key)?;
        let byte = |pair: &[u32]| pair.iter().fold(0_u8, |byte, digit| (byte << 4) | u8::try_from(*digit).unwrap_or(0));
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        Ok(Self { cipher: XChaCha20Poly1305::new(Key::from_slice(&bytes)) })
    }

    /// Seals a secret that belongs to `owner`; opened under another owner it does not open.
    ///
    /// # Errors
    /// Never in practice: the secret is too long for the cipher.
    pub fn seal(&self, secret: &str, owner: &str) -> Result<String, SecretError> {
        let mut nonce = [0; NONCE_BYTES];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| SecretError::Sealed)?;
        let whole: Vec<u8> = nonce.into_iter().chain(sealed).collect();
        Ok(format!("{VERSION}{}", STANDARD.encode(whole)))
    }

    /// Opens what `seal` sealed.
    ///
    /// # Errors
    /// It was sealed with another key or for another owner, or was changed.
    pub fn open_sealed(&self, sealed: &str, owner: &str) -> Result<String, SecretError> {
        let encoded = sealed.strip_prefix(VERSION).ok_or(SecretError::Sealed)?;
        let whole = STANDARD.decode(encoded).map_err(|_| SecretError::Sealed)?;
        let (nonce, message) = whole.split_at_checked(NONCE_BYTES).ok_or(SecretError::Sealed)?;
        let payload = Payload { msg: message, aad: owner.as_bytes() };
        let secret = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SecretError::Sealed)?;
        String::from_utf8(secret).map_err(|_| SecretError::Sealed)
    }
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

    fn vault(digit: &str) -> Vault {
        Vault::open(&digit.repeat(64), Path::new("unused")).expect("64 hexadecimal digits")
    }

    #[test]
    fn sealed_secrets_open_for_their_owner_only() {
        let sealed = vault("a").seal("token", "xero:1").expect("a short text");
        assert!(!sealed.contains("token"));
        assert_eq!(vault("a").open_sealed(&sealed, "xero:1").ok().as_deref(), Some("token"));
        assert!(vault("a").open_sealed(&sealed, "xero:2").is_err());
        assert!(vault("b").open_sealed(&sealed, "xero:1").is_err());
        assert!(vault("a").open_sealed("1:AAAA", "xero:1").is_err());
        assert!(Vault::open("abc", Path::new("unused")).is_err());
    }
}
