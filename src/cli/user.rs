//! `vouch user`: the people who can sign in.

use std::{io::IsTerminal, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{open, say};
use crate::{
    config::Config,
    model::{
        id::PersonId,
        person::{Person, Role},
    },
    secret::random_hex,
    store::{
        StoreError,
        person::{person_create, person_list, person_password},
    },
    web::{pages::people::PASSWORD_CHARACTERS_MIN, session::password_hash},
};

/// What can be done with people.
#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a person
    Add(AddArguments),
    /// Set a new password for somebody; it is made and printed unless it comes on standard input
    Password {
        /// Their e-mail address
        #[arg(long)]
        email: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// List everybody
    List,
}

/// What `vouch user add` takes.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// The e-mail address to sign in with
    #[arg(long)]
    email: String,
    /// The name that others see; the address when not given
    #[arg(long)]
    name: Option<String>,
    /// What the person may do: submitter, approver, accountant, administrator; may be given several times
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = parse_role)]
    roles: Vec<Role>,
    /// Read the password from standard input; without this one is made and printed
    #[arg(long)]
    password_stdin: bool,
}

fn parse_role(text: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::name).join(", ");
    Role::from_name(text).ok_or_else(|| format!("a role is one of {names}"))
}

/// Does it.
///
/// # Errors
/// The database cannot be used, the address is taken, or the password is too short.
pub(super) async fn run(command: UserCommand, config: Config) -> anyhow::Result<ExitCode> {
    let context = open(config).await?;
    match command {
        UserCommand::Add(arguments) => {
            let (password, made) = password(arguments.password_stdin)?;
            if !arguments.email.contains('@') {
                bail!("“{}” is not an e-mail address", arguments.email);
            }
            let email = arguments.email.trim().to_lowercase();
            let name = arguments.name.unwrap_or_else(|| email.clone());
            let person =
                Person { id: PersonId::new(), email: email.clone(), name, roles: arguments.roles, active: true };
            let hash = password_hash(&password).map_err(|error| anyhow::anyhow!("{error}"))?;
            match person_create(&context.db, &person, &hash, context.clock.now_us()).await {
                Err(StoreError::Conflict(_)) => bail!("{email} is there already"),
                other => other?,
            }
            say(&format!("{email} can sign in at {}.", context.config.address()));
            if made {
                say(&format!("The password made for them: {password}"));
            }
        }
        UserCommand::Password { email, password_stdin } => {
            let (password, made) = password(password_stdin)?;
            let hash = password_hash(&password).map_err(|error| anyhow::anyhow!("{error}"))?;
            person_password(&context.db, &email.trim().to_lowercase(), &hash).await?;
            say(&format!("{email} has a new password; whoever was signed in as them no longer is."));
            if made {
                say(&format!("The password made for them: {password}"));
            }
        }
        UserCommand::List => {
            for person in person_list(&context.db).await? {
                let roles = person.roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
                let note = if person.active { "" } else { " (may not sign in)" };
                say(&format!("{:40} {:30} {roles}{note}", person.email, person.name));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The password, and whether it was made here.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if !from_stdin {
        return Ok((random_hex(12), true));
    }
    if std::io::stdin().is_terminal() {
        say("Type the password and press Enter:");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("no password came on standard input")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        bail!("a password needs at least {PASSWORD_CHARACTERS_MIN} characters");
    }
    Ok((password, false))
}
