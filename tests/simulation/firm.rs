//! A firm for the simulation: vouch on SQLite with a clock that stands still, both stand-ins, three people, two companies.

use std::path::PathBuf;

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use vouch::{
    clock::Clock,
    config::{Config, LedgerConfig},
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
    sandbox::{Options, Sandbox, SandboxEntry},
    store::{
        connection::{MappingRow, mapping_list, mapping_store, reference_list},
        person::person_create,
    },
};

/// 2026-11-22 12:00 in Hong Kong.
const NOON_US: i64 = 1_795_320_000_000_000;
const QUICKBOOKS_COMPANY: &str = "9130357766900001";
const XERO_COMPANY: &str = "a1d0c0de-0000-4000-8000-000000000001";

/// Everything that a simulation moves.
pub(crate) struct Firm {
    pub(crate) context: Context,
    pub(crate) sandbox: Sandbox,
    /// A submitter, an accountant and an approver; the last does everything.
    pub(crate) people: [Person; 4],
    pub(crate) companies: [ConnectionId; 2],
    /// What the stand-ins hold before anything was posted.
    pub(crate) before: Vec<SandboxEntry>,
    stop: watch::Sender<bool>,
    served: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

impl Firm {
    /// Sets the firm up.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        rustls::crypto::ring::default_provider().install_default().ok();
        let folder = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let root = format!("http://{}", listener.local_addr()?);
        let sandbox = Sandbox::new(Options::testing())?;
        let (stop, mut stopped) = watch::channel(false);
        let served = tokio::spawn(sandbox.clone().serve(listener, async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        }));
        let mut config = Config::load(None)?;
        config.data_dir = folder.path().to_owned();
        config.database_url = String::new();
        config.key = "07".repeat(32);
        config.reader_processes = 1;
        (config.quickbooks, config.xero) = (quickbooks(&root), xero(&root));
        let program = PathBuf::from(env!("CARGO_BIN_EXE_vouch"));
        let context = Context::open(config, Clock::fixed(NOON_US), program).await?;
        let people = people(&context).await?;
        let mut companies = Vec::new();
        for (kind, company) in [(LedgerKind::QuickBooks, QUICKBOOKS_COMPANY), (LedgerKind::Xero, XERO_COMPANY)] {
            companies.push(connect(&context, &people[1], kind, company).await?);
        }
        let companies = companies.try_into().map_err(|_| anyhow::anyhow!("two were connected"))?;
        let before = sandbox.entries();
        Ok(Self { context, sandbox, people, companies, before, stop, served, _folder: folder })
    }

    /// Moves the clocks of vouch and of both ledgers.
    pub(crate) fn advance(&self, seconds: i64) {
        self.context.clock.advance_us(seconds * 1_000_000);
        self.sandbox.clock_advance(seconds);
    }

    /// What was posted since the beginning and still counts.
    pub(crate) fn posted(&self) -> Vec<SandboxEntry> {
        let old = |entry: &SandboxEntry| self.before.iter().any(|before| before.external_id == entry.external_id);
        self.sandbox.entries().into_iter().filter(|entry| entry.live && !old(entry)).collect()
    }

    /// Stops the stand-ins.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.stop.send(true)?;
        drop(self.context);
        Ok(self.served.await??)
    }
}

async fn people(context: &Context) -> anyhow::Result<[Person; 4]> {
    let roles = [vec![Role::Submitter], vec![Role::Accountant], vec![Role::Approver], Role::ALL.to_vec()];
    let mut people = Vec::new();
    for (number, roles) in (1..).zip(roles) {
        let person = Person {
            id: PersonId::from_u128(number),
            email: format!("person{number}@example.test"),
            name: format!("Person {number}"),
            roles,
            active: true,
        };
        person_create(&context.db, &person, "nobody signs in here", context.clock.now_us()).await?;
        people.push(person);
    }
    people.try_into().map_err(|_| anyhow::anyhow!("four were added"))
}

/// Gives consent as a person would on the stand-in's page, and gives every word a meaning.
async fn connect(
    context: &Context,
    accountant: &Person,
    kind: LedgerKind,
    company: &str,
) -> anyhow::Result<ConnectionId> {
    let page = consent_begin(context, kind, accountant.id).await?;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = http.get(format!("{page}&auto=1&company={company}")).send().await?;
    let location = answer.headers().get("location").context("the stand-in sends us back")?.to_str()?.to_owned();
    let query = location.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    };
    let state = value("state").unwrap_or_default();
    let callback = Callback { state, code: value("code"), realm_id: value("realmId"), error: value("error") };
    let connected = consent_finish(context, kind, accountant.id, callback).await?;
    let id = *connected.first().context("a company was connected")?;
    let references = reference_list(&context.db, id).await?;
    let known = mapping_list(&context.db, id).await?;
    let first = |kind: ReferenceKind| {
        let at_home = |code: &Option<String>| code.as_ref().is_none_or(|code| code == "HKD");
        let found = references.iter().find(|row| row.kind == kind.name() && at_home(&row.currency));
        found.map(|row| row.external_id.clone()).context("a company has such an account")
    };
    let mut words = vec![(PAID_FROM, PAID_FROM_DEFAULT, first(ReferenceKind::BankAccount)?)];
    for category in Category::ALL {
        words.push((CATEGORY_ACCOUNT, category.name(), first(ReferenceKind::ExpenseAccount)?));
    }
    for (kind, key, external_id) in words {
        if !known.iter().any(|row| row.kind == kind && row.key == key) {
            let (kind, key) = (kind.to_owned(), key.to_owned());
            mapping_store(&context.db, id, &MappingRow { kind, key, external_id }).await?;
        }
    }
    Ok(id)
}

fn ledger(root: &str, authorize: &str, token: &str, revoke: &str, connections: &str, api: &str) -> LedgerConfig {
    let options = Options::default();
    let at = |path: &str| if path.is_empty() { String::new() } else { format!("{root}{path}") };
    LedgerConfig {
        client_id: options.client_id,
        client_secret: options.client_secret,
        authorize_url: at(authorize),
        token_url: at(token),
        revoke_url: at(revoke),
        connections_url: at(connections),
        api_url: at(api),
        entry_page: format!("{root}{api}/app/{{resource}}/{{id}}"),
    }
}

fn quickbooks(root: &str) -> LedgerConfig {
    let (token, revoke) = ("/quickbooks/oauth2/v1/tokens/bearer", "/quickbooks/v2/oauth2/tokens/revoke");
    ledger(root, "/quickbooks/connect/oauth2", token, revoke, "", "/quickbooks")
}

fn xero(root: &str) -> LedgerConfig {
    let (token, revoke) = ("/xero/connect/token", "/xero/connect/revocation");
    ledger(root, "/xero/identity/connect/authorize", token, revoke, "/xero/connections", "/xero")
}
