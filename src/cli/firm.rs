//! `vouch firm`: who works where, reports to whom, leads what, and stands in for whom, brought in from a file.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Subcommand;

use super::{open, say};
use crate::{
    config::Config,
    model::{
        id::PersonId,
        organisation::{Delegation, Department, Organisation},
        person::Role,
    },
    policy_file::organisation_from_json,
    store::{
        organisation::{
            Place, delegation_append, delegation_list, department_store, organisation_fetch, place_store, project_store,
        },
        setting::policy_fetch,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum FirmCommand {
    /// Bring in managers, departments, projects, the firm's own roles and who stands in; people must be there already
    Import {
        /// The firm, JSON with comments, as `vouch policy check --organisation` takes it
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// The file is not what it should be, somebody in it cannot sign in here, or the database failed.
pub(super) async fn run(command: FirmCommand, config: Config) -> anyhow::Result<ExitCode> {
    let FirmCommand::Import { file } = command;
    let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let context = open(config).await?;
    let home = policy_fetch(&context.db).await?.home_currency;
    let firm = match organisation_from_json(&text, home) {
        Ok((firm, _)) => firm,
        Err(problems) => {
            for one in problems {
                say(&one.in_file(&file));
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let here = organisation_fetch(&context.db).await?;
    let strangers: Vec<&str> = firm
        .members
        .values()
        .filter(|member| here.by_email(&member.email).is_none())
        .map(|member| member.email.as_str())
        .collect();
    if !strangers.is_empty() {
        bail!("add these people first, with `vouch user add`: {}", strangers.join(", "));
    }
    let txn = context.db.begin_write().await?;
    let id = |of_file: &PersonId| known(&firm, &here, *of_file);
    for member in firm.members.values() {
        let Some(person) = id(&member.id) else { continue };
        let roles = member.roles.iter().filter(|role| Role::from_name(role).is_none()).cloned().collect();
        let manager = member.manager.as_ref().and_then(id);
        let successor = member.successor.as_ref().and_then(id);
        let place = Place { roles, department: member.department.clone(), manager, successor };
        place_store(&txn, person, &place).await?;
    }
    for (name, department) in &firm.departments {
        let head = department.head.as_ref().and_then(id);
        department_store(&txn, name, &Department { head, parent: department.parent.clone() }).await?;
    }
    for (code, owner) in &firm.projects {
        project_store(&txn, code, owner.as_ref().and_then(id)).await?;
    }
    let standing: Vec<Delegation> =
        delegation_list(&txn).await?.into_iter().map(|(_, delegation)| delegation).collect();
    for delegation in &firm.delegations {
        if let Some((from, to)) = id(&delegation.from).zip(id(&delegation.to)) {
            let new = Delegation { from, to, ..delegation.clone() };
            if !standing.contains(&new) {
                delegation_append(&txn, &new).await?;
            }
        }
    }
    txn.commit().await?;
    let (people, departments, projects) = (firm.members.len(), firm.departments.len(), firm.projects.len());
    say(&format!("{people} people, {departments} departments and {projects} projects are as the file says."));
    Ok(ExitCode::SUCCESS)
}

/// The id here of somebody in the file.
fn known(firm: &Organisation, here: &Organisation, of_file: PersonId) -> Option<PersonId> {
    let email = &firm.members.get(&of_file)?.email;
    here.by_email(email).map(|member| member.id)
}
