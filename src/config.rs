//! Settings: defaults compiled in (`config.default.toml`, which documents them), then a file, then `VOUCH_*`.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use jiff::tz::TimeZone;
use serde::Deserialize;

mod notices;

pub use notices::{HookConfig, NoticesConfig, SmtpConfig, SmtpTls};

/// The settings are wrong; the message names the key and where it came from.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key is missing, unknown or of the wrong type.
    #[error("the settings are wrong: {0}")]
    Wrong(#[from] Box<figment::Error>),
    /// A value is of the right type but makes no sense.
    #[error("the setting {key} is wrong: {message}")]
    Value {
        /// Which key.
        key: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

/// Everything that can be set. See `config.default.toml` for the meaning and the unit of each key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in config.default.toml, in one place")]
pub struct Config {
    pub data_dir: PathBuf,
    pub database_url: String,
    pub listen: String,
    pub public_url: String,
    pub time_zone: String,
    pub upload_bytes_max: u64,
    pub pages_max: u32,
    pub pixels_max: u64,
    pub readers_dir: PathBuf,
    pub reader_processes: usize,
    pub reader_timeout_ms: u64,
    pub reader_memory_mib_max: u64,
    pub worker_slots: usize,
    pub job_lease_ms: u64,
    pub job_attempts_max: i64,
    pub job_retry_ms: u64,
    pub queue_poll_ms: u64,
    pub ledger_timeout_ms: u64,
    pub quickbooks_calls_minute_max: u32,
    pub xero_calls_minute_max: u32,
    pub sync_interval_minutes: u64,
    pub session_hours: u64,
    pub key: String,
    pub key_previous: String,
    pub quickbooks_webhook_key: String,
    pub xero_webhook_key: String,
    pub quickbooks: LedgerConfig,
    pub xero: LedgerConfig,
    pub notices: NoticesConfig,
}

/// How one of the ledgers is reached.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each key is documented in config.default.toml, in one place")]
pub struct LedgerConfig {
    pub client_id: String,
    pub client_secret: String,
    pub authorize_url: String,
    pub token_url: String,
    pub revoke_url: String,
    #[serde(default)]
    pub connections_url: String,
    pub api_url: String,
    pub entry_page: String,
}

impl std::fmt::Debug for LedgerConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The client's secret stays out of logs.
        f.debug_struct("LedgerConfig").field("api_url", &self.api_url).finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// A key is missing, unknown, of the wrong type, or makes no sense.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Toml::string(include_str!("config.default.toml")));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        // The scripts, the tests and the command line have variables of their own with our prefix.
        let others = ["test_", "build_", "config"];
        let ours = Env::prefixed("VOUCH_")
            .filter(move |key| !others.iter().any(|other| key.as_str().to_ascii_lowercase().starts_with(other)));
        let config: Self = figment.merge(ours.split("__")).extract().map_err(Box::new)?;
        config.zone()?;
        config.notices.check()?;
        if config.pages_max == 0 || config.reader_processes == 0 || config.worker_slots == 0 {
            let message = "it must be at least 1".to_owned();
            return Err(ConfigError::Value { key: "pages_max, reader_processes or worker_slots", message });
        }
        Ok(config)
    }

    /// The firm's time zone.
    ///
    /// # Errors
    /// No such time zone is known.
    pub fn zone(&self) -> Result<TimeZone, ConfigError> {
        // jiff lists every zone there is before it opens one, which each start would wait for.
        if let Some(zone) = zone_of_system(&self.time_zone) {
            return Ok(zone);
        }
        TimeZone::get(&self.time_zone)
            .map_err(|error| ConfigError::Value { key: "time_zone", message: error.to_string() })
    }

    /// The database's address: as set, or SQLite in the data folder.
    #[must_use]
    pub fn database(&self) -> String {
        if self.database_url.is_empty() {
            return format!("sqlite:{}", self.data_dir.join("vouch.db").display());
        }
        self.database_url.clone()
    }

    /// The folder with the neural reader's files: as set, or the one that `script/setup` fills.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "these two variables are the system's, not settings of vouch")]
    pub fn readers_folder(&self) -> PathBuf {
        if !self.readers_dir.as_os_str().is_empty() {
            return self.readers_dir.clone();
        }
        let shared = std::env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
        shared.or_else(home).unwrap_or_default().join("vouch/readers")
    }

    /// How people reach the pages, without a slash at the end.
    #[must_use]
    pub fn address(&self) -> String {
        if self.public_url.is_empty() {
            return format!("http://{}", self.listen);
        }
        self.public_url.trim_end_matches('/').to_owned()
    }
}

/// Where Linux keeps the time zones.
const ZONES_DIR: &str = "/usr/share/zoneinfo";

/// The zone of exactly this name among the system's; nothing where that is not so plain, or no name of a zone.
fn zone_of_system(name: &str) -> Option<TimeZone> {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_uppercase())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'))
    };
    if !name.split('/').all(plain) {
        return None;
    }
    let rules = std::fs::read(Path::new(ZONES_DIR).join(name)).ok()?;
    TimeZone::tzif(name, &rules).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_the_system_and_nothing_else() {
        let zone = |name: &str| {
            let mut config = Config::load(None).expect("the defaults are compiled in");
            config.time_zone = name.to_owned();
            config.zone()
        };
        let noon = "2026-07-01T12:00:00Z".parse::<jiff::Timestamp>().expect("an instant");
        for (name, there) in [("Asia/Hong_Kong", "20:00"), ("America/New_York", "08:00"), ("UTC", "12:00")] {
            let zone = zone(name).expect("every system has it");
            assert_eq!(zone.iana_name(), Some(name));
            assert_eq!(zone.to_datetime(noon).strftime("%H:%M").to_string(), there, "{name}");
        }
        for name in ["", "Mars/Olympus", "../zoneinfo/UTC", "/etc/localtime", "Asia/", "Asia", "zone.tab"] {
            assert!(matches!(zone(name), Err(ConfigError::Value { key: "time_zone", .. })), "{name}");
        }
    }

    #[test]
    fn defaults_are_whole() {
        let config = Config::load(None).expect("the defaults are compiled in");
        assert_eq!(config.upload_bytes_max, 32 * 1024 * 1024);
        assert_eq!(config.database(), "sqlite:var/vouch.db");
        assert_eq!(config.address(), "http://127.0.0.1:8380");
    }

    #[test]
    fn secrets_stay_out_of_debug() {
        let mut config = Config::load(None).expect("the defaults are compiled in");
        config.xero.client_secret = "hush".to_owned();
        config.notices.smtp.password = "hush".to_owned();
        config.notices.webhook.secret = "hush".to_owned();
        config.notices.dingtalk.url = "https://oapi.dingtalk.com/robot/send?access_token=hush".to_owned();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
