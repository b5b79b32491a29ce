//! The people of the demo, and the consent that one of them gives.

use anyhow::{Context as _, bail};

use crate::{
    model::{
        category::Category,
        id::{ConnectionId, PersonId},
        person::{Person, Role},
    },
    pipeline::{
        Context, LedgerKind, ReferenceKind,
        entry::{CATEGORY_ACCOUNT, PAID_FROM, PAID_FROM_DEFAULT},
        ledger::{Callback, consent_begin, consent_finish},
    },
    post::transport::http_client,
    secret::random_hex,
    store::{
        connection::{MappingRow, connection_fetch, mapping_list, mapping_store, reference_list},
        person::{person_by_email, person_create},
    },
    web::session::password_hash,
};

/// The people of the demo.
pub(in crate::cli) struct Cast {
    pub(in crate::cli) submitter: Person,
    pub(in crate::cli) accountant: Person,
    pub(in crate::cli) approver: Person,
    pub(in crate::cli) password: String,
}

impl Cast {
    /// Adds them, all with one password made for this run.
    pub(in crate::cli) async fn create(context: &Context) -> anyhow::Result<Self> {
        let password = random_hex(6);
        let hash = password_hash(&password).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut added = Vec::new();
        for (email, name, roles) in [
            ("sam@demo.example", "Sam Lee", vec![Role::Submitter]),
            ("ada@demo.example", "Ada Wong", vec![Role::Accountant, Role::Administrator]),
            ("paul@demo.example", "Paul Chan", vec![Role::Approver]),
        ] {
            if person_by_email(&context.db, email).await?.is_some() {
                bail!("this folder holds an earlier demo; choose another with --data, or remove it");
            }
            let (email, name) = (email.to_owned(), name.to_owned());
            let person = Person { id: PersonId::new(), email, name, roles, active: true };
            person_create(&context.db, &person, &hash, context.clock.now_us()).await?;
            added.push(person);
        }
        let [submitter, accountant, approver] = added.try_into().map_err(|_| anyhow::anyhow!("three were added"))?;
        Ok(Self { submitter, accountant, approver, password })
    }

    pub(in crate::cli) fn sign_ins(&self) -> [(&str, &'static str); 3] {
        [
            (&self.accountant.email, "look at what was flagged, correct it, see connections and people"),
            (&self.approver.email, "approve and reject"),
            (&self.submitter.email, "upload"),
        ]
    }
}

/// Gives consent as a person would on the stand-in's page, and maps what the suggestions leave open.
pub(in crate::cli) async fn connect(
    context: &Context,
    cast: &Cast,
    kind: LedgerKind,
    company: &str,
) -> anyhow::Result<ConnectionId> {
    let page = consent_begin(context, kind, cast.accountant.id).await?;
    let http = http_client(std::time::Duration::from_secs(10))?;
    let answer = http.get(format!("{page}&auto=1&company={company}")).send().await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    let location = location.context("the stand-in did not send us back")?;
    let query = location.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    };
    let callback = Callback {
        state: value("state").unwrap_or_default(),
        code: value("code"),
        realm_id: value("realmId"),
        error: value("error"),
    };
    let connected = consent_finish(context, kind, cast.accountant.id, callback).await?;
    let id = *connected.first().context("no company was connected")?;
    map_the_rest(context, id).await?;
    Ok(id)
}

/// What a person would choose on the page of connections.
async fn map_the_rest(context: &Context, id: ConnectionId) -> anyhow::Result<()> {
    let connection = connection_fetch(&context.db, id).await?;
    let references = reference_list(&context.db, id).await?;
    let known = mapping_list(&context.db, id).await?;
    let at_home = |currency: &Option<String>| currency.as_ref().is_none_or(|code| *code == connection.home_currency);
    let first = |kind: ReferenceKind| {
        references
            .iter()
            .find(|row| row.kind == kind.name() && at_home(&row.currency))
            .map(|row| row.external_id.clone())
    };
    let mut wanted = vec![
        (PAID_FROM, PAID_FROM_DEFAULT, first(ReferenceKind::BankAccount)),
        (PAID_FROM, "card", first(ReferenceKind::CardAccount)),
    ];
    for category in Category::ALL {
        wanted.push((CATEGORY_ACCOUNT, category.name(), first(ReferenceKind::ExpenseAccount)));
    }
    for (kind, key, external_id) in wanted {
        let missing = !known.iter().any(|row| row.kind == kind && row.key == key);
        if let (true, Some(external_id)) = (missing, external_id) {
            let (kind, key) = (kind.to_owned(), key.to_owned());
            mapping_store(&context.db, id, &MappingRow { kind, key, external_id }).await?;
        }
    }
    Ok(())
}
