//! How a reader process is started, and one that is started before the settings were read.
//!
//! A command that reads one text spends a tenth of its time on its own arguments and settings; a reader can start
//! meanwhile. It is run under the usual limit on memory, and where the settings say otherwise it is not used.

use std::{
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use super::process::PoolOptions;

/// The most memory a reader may ask for where nobody set it, in mebibytes, as in `config.default.toml`.
const MEMORY_MIB_USUAL: u64 = 2048;

/// The command that starts a reader.
pub(super) fn reader(program: &Path, memory_mib_max: u64) -> Command {
    let mut command = Command::new(program);
    command.arg("reader").arg("--memory-mib-max").arg(memory_mib_max.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// A reader of texts that was started early. It ends when this is dropped.
#[derive(Debug)]
pub struct Early {
    program: PathBuf,
    child: Child,
}

impl Early {
    /// Starts one; nothing where it cannot be started. Whoever needs one then says why.
    #[must_use]
    pub fn start(program: PathBuf) -> Option<Self> {
        let child = reader(&program, MEMORY_MIB_USUAL).spawn().ok()?;
        Some(Self { program, child })
    }

    /// Whether it is the reader that these options ask for.
    pub(super) fn fits(&self, options: &PoolOptions) -> bool {
        self.program == options.text_program && options.memory_mib_max == MEMORY_MIB_USUAL
    }

    /// The streams to and from it, once.
    pub(super) fn streams(&mut self) -> Option<(ChildStdin, ChildStdout)> {
        self.child.stdin.take().zip(self.child.stdout.take())
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        // It may have ended by itself; nobody waits for it.
        let _ = self.child.kill();
        let _ = self.child.try_wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    /// Otherwise every command would start a reader in vain.
    #[test]
    fn the_usual_limit_is_that_of_the_settings() {
        let config = Config::load(None).expect("the settings that come with it are sound");
        assert_eq!(config.reader_memory_mib_max, MEMORY_MIB_USUAL);
    }

    #[test]
    fn a_reader_under_another_limit_is_not_used() {
        let config = Config::load(None).expect("the settings that come with it are sound");
        let early = Early::start(PathBuf::from("/bin/true")).expect("it can be started");
        let options = |program: &str, memory_mib_max| PoolOptions {
            memory_mib_max,
            ..PoolOptions::of(&config, PathBuf::from(program), 1)
        };
        assert!(early.fits(&options("/bin/true", MEMORY_MIB_USUAL)));
        assert!(!early.fits(&options("/bin/true", 64)) && !early.fits(&options("/bin/false", MEMORY_MIB_USUAL)));
    }
}
