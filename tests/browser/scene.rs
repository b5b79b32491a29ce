//! The house with its ledgers, workers and people, and one browser that is handed from person to person.

use std::path::Path;

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use vouch::{
    config::{Config, LedgerConfig},
    pipeline, queue,
    sandbox::{Options, Sandbox, SandboxEntry},
};

use crate::{DESK, House, PHONE, driver::Driver, house::PASSWORD, roles, unexpected};

/// Everything that is running.
pub(crate) struct Scene {
    pub(crate) driver: Driver,
    house: House,
    sandbox: Sandbox,
    stop: watch::Sender<bool>,
    ledgers: JoinHandle<std::io::Result<()>>,
    workers: JoinHandle<()>,
}

fn ledger(root: &str, [authorize, token, revoke, connections, api]: [&str; 5]) -> LedgerConfig {
    let options = Options::default();
    let connections_url = if connections.is_empty() { String::new() } else { format!("{root}{connections}") };
    LedgerConfig {
        client_id: options.client_id,
        client_secret: options.client_secret,
        authorize_url: format!("{root}{authorize}"),
        token_url: format!("{root}{token}"),
        revoke_url: format!("{root}{revoke}"),
        connections_url,
        api_url: format!("{root}{api}"),
        entry_page: format!("{root}{api}/app/{{resource}}/{{id}}"),
    }
}

fn point_at(config: &mut Config, root: &str) {
    let (token, revoke) = ("/quickbooks/oauth2/v1/tokens/bearer", "/quickbooks/v2/oauth2/tokens/revoke");
    config.quickbooks = ledger(root, ["/quickbooks/connect/oauth2", token, revoke, "", "/quickbooks"]);
    let (authorize, token) = ("/xero/identity/connect/authorize", "/xero/connect/token");
    config.xero = ledger(root, [authorize, token, "/xero/connect/revocation", "/xero/connections", "/xero"]);
}

impl Scene {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let root = format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let house = House::open(|config| point_at(config, &root)).await;
        for (name, roles) in roles() {
            house.add(name, roles).await;
        }
        let (stop, stopped) = watch::channel(false);
        let sandbox = Sandbox::new(Options::testing()).expect("no file is read");
        let mut ended = stopped.clone();
        let ledgers = tokio::spawn(sandbox.clone().serve(listener, async move {
            let _ = ended.wait_for(|stopped| *stopped).await;
        }));
        let context = house.context.clone();
        let handler = move |job| {
            let context = context.clone();
            async move { pipeline::run(&context, job).await }
        };
        let context = &house.context;
        let (db, clock, wake) = (context.db.clone(), context.clock.clone(), context.wake.clone());
        let workers = tokio::spawn(queue::work(db, clock, wake, context.queue_options(), stopped, handler));
        Self { driver: Driver::start().await, house, sandbox, stop, ledgers, workers }
    }

    pub(crate) async fn close(self) {
        self.driver.stop().await;
        self.stop.send(true).expect("somebody listens");
        self.workers.await.expect("workers do not panic");
        self.ledgers.await.expect("the ledgers do not panic").expect("the ledgers were served to the end");
        self.house.close().await;
    }

    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.house.address)
    }

    pub(crate) fn entries(&self) -> Vec<SandboxEntry> {
        self.sandbox.entries()
    }

    /// Nothing may have been refused or broken since the last time.
    pub(crate) async fn no_complaints(&self, after: &str) {
        let complaints = self.driver.complaints(&self.house.address).await;
        let refused = ["the server responded with a status of 415"].into();
        let left = unexpected(complaints, &refused);
        assert!(left.is_empty(), "after {after}, Chromium complains: {left:#?}");
    }

    /// Signs out whoever was there, and this person in.
    pub(crate) async fn sign_in(&self, name: &str) {
        let driver = &self.driver;
        driver.client.delete_all_cookies().await.expect("cookies can be deleted");
        driver.go(&self.address("/documents")).await;
        driver.fill("input[name=email]", &format!("{name}@house.example")).await;
        driver.fill("input[name=password]", PASSWORD).await;
        driver.click("main form button.primary").await;
        driver.find("details.account").await;
    }

    /// Adam lets vouch into both ledgers on their consent pages, assigns accounts, and wants to see every meal.
    pub(crate) async fn people_connect_and_set_the_policy(&self) {
        let driver = &self.driver;
        driver.size(DESK.0, DESK.1).await;
        driver.go(&self.address("/sign-in")).await;
        driver.shot("sign-in-desk").await;
        driver.size(PHONE.0, PHONE.1).await;
        driver.shot("sign-in-phone").await;
        driver.size(DESK.0, DESK.1).await;
        self.sign_in("adam").await;
        driver.go(&self.address("/connections")).await;
        driver.shot("connections-empty-desk").await;
        for ledger in ["quickbooks", "xero"] {
            driver.click(&format!("form[action='/connections/{ledger}/connect'] button")).await;
            driver.click("button[name=auto]").await;
            driver.find(".notice.good").await;
        }
        // Where several accounts would do, a person chooses; the first one in Hong Kong dollars is good enough here.
        let choose = "document.querySelectorAll('.mapping-table select[name^=account], .mapping-table select[name^=paid]') \
            .forEach((select) => { const fits = (option) => option.value && !option.text.includes('USD'); \
            if (!select.value) select.value = [...select.options].find(fits).value; })";
        for number in 1..=2 {
            driver.ask(choose).await;
            let save = format!("section.connection:nth-of-type({number}) .mapping");
            driver.ask(&format!("document.querySelector('{save}').open = true")).await;
            driver.click(&format!("{save} button.primary")).await;
            driver.find(".notice.good").await;
        }
        driver.go(&self.address("/policy")).await;
        driver.fill("input[name='limit.meals']", "50").await;
        driver.click("main form button.primary").await;
        driver.find(".notice.good").await;
        self.no_complaints("connecting").await;
    }

    /// Uploads a file as a person does, waits until it is read, and answers its page's path.
    pub(crate) async fn upload(&self, file: &str, ledger: &str, category: &str) -> String {
        let driver = &self.driver;
        let title = if ledger == "xero" { "Xero" } else { "QuickBooks" };
        let choose = format!(
            "const form = document.querySelector('#upload'); form.elements.category.value = '{category}'; \
             const list = form.elements.destination; \
             list.value = [...list.options].find((option) => option.text.startsWith('{title}')).value"
        );
        driver.ask(&choose).await;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(file);
        let input = driver.find("#files").await;
        input.send_keys(&path.display().to_string()).await.expect("a file can be chosen");
        let link = driver.find("#progress li:last-child .outcome.good a").await;
        let path = link.attr("href").await.expect("a link can be read").expect("a link leads somewhere");
        let id = path.trim_start_matches("/documents/").to_owned();
        driver.find(&format!("[data-document='{id}'][data-settled=true]")).await;
        path
    }

    /// Every box has a size, lies inside the picture it belongs to, and the total has one.
    pub(crate) async fn boxes_lie_on_the_picture(&self) {
        let script = "return [...document.querySelectorAll('rect[data-field]')].map((rect) => { \
            const box = rect.getBoundingClientRect(); \
            const page = rect.closest('figure').querySelector('img').getBoundingClientRect(); \
            return { field: rect.dataset.field, inside: box.width > 2 && box.height > 2 && page.width > 100 \
                && box.left >= page.left - 1 && box.right <= page.right + 1 \
                && box.top >= page.top - 1 && box.bottom <= page.bottom + 1 }; })";
        // The picture has its size from the page; whether its bytes are there is asked too.
        let loaded =
            "return [...document.querySelectorAll('.sheet-page img')].every((image) => image.naturalWidth > 0)";
        self.driver.client.wait().for_element(fantoccini::Locator::Css(".sheet-page img")).await.expect("a picture");
        assert_eq!(self.driver.ask(loaded).await, true, "the picture is shown");
        let boxes = self.driver.ask(script).await;
        let boxes = boxes.as_array().cloned().unwrap_or_default();
        assert!(boxes.iter().any(|area| area["field"] == "total"), "the total has no box: {boxes:?}");
        assert!(boxes.iter().all(|area| area["inside"] == true), "a box is not on its picture: {boxes:?}");
    }

    /// Goes through the three languages by the menu, keeps pictures, and ends in English.
    pub(crate) async fn languages_of_the_page(&self, name: &str) {
        let driver = &self.driver;
        for code in ["zh-Hant", "zh-Hans", "en"] {
            driver.click("details.account summary").await;
            driver.click(&format!(".account button[name=language][value='{code}']")).await;
            driver.find(&format!("html[lang^='{code}']")).await;
            driver.shot(&format!("{name}-{code}-desk")).await;
            self.fits(DESK.0, &format!("{name} in {code}")).await;
            if code != "en" {
                driver.size(PHONE.0, PHONE.1).await;
                driver.shot(&format!("{name}-{code}-phone")).await;
                self.fits(PHONE.0, &format!("{name} in {code}")).await;
                driver.size(DESK.0, DESK.1).await;
            }
        }
    }

    /// Nothing is wider than the page.
    async fn fits(&self, width: u32, place: &str) {
        let wide = self.driver.ask("return document.documentElement.scrollWidth").await;
        let widest = "const wide = [...document.querySelectorAll('main *, header *')].filter((element) => \
            element.getBoundingClientRect().right > innerWidth + 1); \
            return wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))";
        let culprits = self.driver.ask(widest).await;
        assert!(wide.as_u64().is_some_and(|wide| wide <= u64::from(width)), "{place} is {wide} wide: {culprits}");
    }

    /// Every page of Adam's on a desk and a phone; a bad file among the uploads, and more documents for the list.
    pub(crate) async fn look_at_every_page(&self, cafe: &str) {
        let driver = &self.driver;
        driver.size(DESK.0, DESK.1).await;
        self.sign_in("adam").await;
        let copy = self.upload("samples/cafe2.jpg", "quickbooks", "meals").await;
        let invoice = self.upload("samples/office-invoice.pdf", "xero", "office").await;
        driver.go(&self.address(&copy)).await;
        let first = driver.find(".duplicate figcaption a").await.attr("href").await.expect("it is there");
        assert_eq!(first.as_deref(), Some(cafe), "the copy's page shows the first photograph beside it");
        let rule = driver.find(".duplicate .rule").await.text().await.expect("it is there");
        assert_eq!(rule, "D2", "its words look like those of the first");
        driver.go(&self.address("/documents")).await;
        let bad = self.upload("bad/encrypted.pdf", "xero", "office").await;
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bad/not_an_image.jpg");
        driver.find("#files").await.send_keys(&file.display().to_string()).await.expect("a file can be chosen");
        let refusal = driver.text("#progress .outcome.bad").await;
        assert!(refusal.contains("This is not a JPEG, PNG, TIFF, WebP or PDF file."), "{refusal}");
        driver.shot("uploads-desk").await;
        driver.size(PHONE.0, PHONE.1).await;
        driver.shot("uploads-phone").await;
        let places = [
            ("documents", "/documents"),
            ("filtered", "/documents?scope=all&state=posted&supplier=crane"),
            ("nothing", "/documents?supplier=nobody"),
            ("connections", "/connections"),
            ("people", "/people"),
            ("policy", "/policy"),
            ("history", "/history"),
            ("problem", "/documents/none"),
            ("document-posted", cafe),
            ("document-duplicate", &copy),
            ("document-invoice", &invoice),
            ("document-unreadable", &bad),
        ];
        for (size, device) in [(DESK, "desk"), (PHONE, "phone")] {
            driver.size(size.0, size.1).await;
            for (name, path) in places {
                driver.go(&self.address(path)).await;
                driver.shot(&format!("{name}-{device}")).await;
                self.fits(size.0, &format!("{path} on a {device}")).await;
            }
        }
        driver.size(DESK.0, DESK.1).await;
        driver.dark().await;
        for (name, path) in [("documents-dark", "/documents"), ("document-dark", copy.as_str())] {
            driver.go(&self.address(path)).await;
            driver.shot(name).await;
        }
        let complaints = self.driver.complaints(&self.house.address).await;
        let refused = ["status of 415", "status of 404 (Not Found)"].into();
        let left = unexpected(complaints, &refused);
        assert!(left.is_empty(), "Chromium complains: {left:#?}");
    }
}
