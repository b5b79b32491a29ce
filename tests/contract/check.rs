//! The contracts, read once, and one exchange held against all of them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use vouch::sandbox::Exchange;

use crate::{
    openapi::OpenApi,
    quickbooks::{problems, token_problems},
    xsd::Schema,
};

const FOLDER_VARIABLE: &str = "VOUCH_TEST_CONTRACTS";
const XSDS: [&str; 6] = ["Finance", "IEntity", "IntuitBaseTypes", "IntuitNamesTypes", "IntuitRestServiceDef", "Report"];

/// Both ledgers' contracts.
pub(crate) struct Contracts {
    pub(crate) quickbooks: Schema,
    pub(crate) accounting: OpenApi,
    identity: OpenApi,
}

/// The contracts, or `None` with a word about it where they are not there.
pub(crate) fn contracts() -> Option<&'static Contracts> {
    static READ: OnceLock<Option<Contracts>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/contracts");
        let folder = folder_named(FOLDER_VARIABLE).unwrap_or(own);
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a contract is a text file");
        folder.is_dir().then(|| Contracts {
            quickbooks: Schema::read(&XSDS.map(|name| text(&format!("quickbooks/{name}.xsd")))),
            accounting: OpenApi::read(&text("xero/xero_accounting.yaml"), "/xero/api.xro/2.0"),
            identity: OpenApi::read(&text("xero/xero-identity.yaml"), "/xero"),
        })
    });
    if read.is_none() {
        say("skipped: the ledgers' contracts are not here; name their folder in VOUCH_TEST_CONTRACTS");
    }
    read.as_ref()
}

/// The folder that a variable of the test run names.
#[expect(clippy::disallowed_methods, reason = "a test run's own variables are no settings of vouch")]
pub(crate) fn folder_named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// A line for whoever reads the test's output.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub(crate) fn say(words: &str) {
    eprintln!("{words}");
}

impl Contracts {
    /// What is wrong with an exchange; `None` when no contract is about it, such as a page for people.
    pub(crate) fn problems(&self, exchange: &Exchange) -> Option<Vec<String>> {
        let ledgers = [
            problems(&self.quickbooks, exchange),
            token_problems(exchange),
            self.accounting.problems(exchange),
            exchange.path.starts_with("/xero/connections").then(|| self.identity.problems(exchange)).flatten(),
        ];
        ledgers.into_iter().flatten().next()
    }

    /// Fails with every different problem of these exchanges; answers how many were checked, by method and place.
    pub(crate) fn assert_kept(&self, exchanges: &[Exchange]) -> BTreeMap<String, usize> {
        let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
        let mut checked = BTreeMap::new();
        for exchange in exchanges {
            let Some(problems) = self.problems(exchange) else { continue };
            let call = call(exchange);
            for problem in problems {
                *wrong.entry(format!("{call}: {}", without_places(&problem))).or_default() += 1;
            }
            *checked.entry(call).or_default() += 1;
        }
        let told: Vec<String> = wrong.iter().map(|(problem, times)| format!("{times} x {problem}")).collect();
        assert!(wrong.is_empty(), "the contracts are broken:\n{}", told.join("\n"));
        checked
    }
}

/// The same problem in another row of a list is the same problem.
fn without_places(problem: &str) -> String {
    let (place, words) = problem.split_once(": ").unwrap_or(("", problem));
    let place: String = place.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    format!("{place}: {words}")
}

/// `POST purchase`, `PUT Invoices`, `POST Invoices Attachments`: the place without ids and names.
pub(crate) fn call(exchange: &Exchange) -> String {
    let after = ["/quickbooks/v3/company/", "/xero/api.xro/2.0/"];
    let rest = after.iter().find_map(|base| exchange.path.strip_prefix(base)).unwrap_or(&exchange.path);
    let words = rest.split('/').filter(|step| step.chars().all(|letter| letter.is_ascii_alphabetic()));
    format!("{} {}", exchange.method, words.collect::<Vec<_>>().join(" "))
}
