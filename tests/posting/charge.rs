//! Departments and projects of a house's documents, and what they are in its company.

use vouch::{
    check::Claim,
    model::id::DocumentId,
    pipeline::{
        LedgerKind,
        dimension::{DEPARTMENT, DIMENSION, PROJECT},
    },
    store::{
        candidate::claim_store,
        connection::{MappingRow, mapping_store, reference_list},
    },
};

use crate::house::House;

impl House {
    /// Chooses a mapping, as a person does on the page.
    pub(crate) async fn choose(&self, kind: &str, key: &str, external_id: &str) {
        let row = MappingRow { kind: kind.to_owned(), key: key.to_owned(), external_id: external_id.to_owned() };
        mapping_store(&self.context.db, self.connection, &row).await.expect("the store works");
    }

    /// What the company calls so, of this kind.
    pub(crate) async fn reference(&self, kind: &str, name: &str) -> String {
        let rows = reference_list(&self.context.db, self.connection).await.expect("the store works");
        let row = rows.into_iter().find(|row| row.kind == kind && row.name == name);
        row.unwrap_or_else(|| panic!("the company has no {kind} {name}")).external_id
    }

    /// What the company calls this one.
    pub(crate) async fn reference_name(&self, kind: &str, id: &str) -> String {
        let rows = reference_list(&self.context.db, self.connection).await.expect("the store works");
        let row = rows.into_iter().find(|row| row.kind == kind && row.external_id == id);
        row.unwrap_or_else(|| panic!("the company has no {kind} {id}")).name
    }

    /// Departments and projects are sent: as class and customer, or as the two tracking categories.
    pub(crate) async fn send_dimensions(&self) {
        let (department, project) = match self.goal.ledger {
            LedgerKind::QuickBooks => ("class".to_owned(), "customer".to_owned()),
            LedgerKind::Xero => {
                (self.reference("dimension", "Department").await, self.reference("dimension", "Project").await)
            }
        };
        self.choose(DIMENSION, DEPARTMENT, &department).await;
        self.choose(DIMENSION, PROJECT, &project).await;
    }

    /// The mapping kinds of departments and projects after that, with the kinds of what they can mean.
    pub(crate) const fn dimension_kinds(&self) -> [(&'static str, &'static str); 2] {
        match self.goal.ledger {
            LedgerKind::QuickBooks => [("department_class", "class"), ("project_customer", "customer")],
            LedgerKind::Xero => [("department_tracking", "tracking_option"), ("project_tracking", "tracking_option")],
        }
    }

    /// The department `sales` and the project `T-1` mean something.
    pub(crate) async fn map_dimensions(&self) {
        self.send_dimensions().await;
        let [(department, of_department), (project, of_project)] = self.dimension_kinds();
        self.choose(department, "sales", &self.reference(of_department, "Sales").await).await;
        self.choose(project, "T-1", &self.reference(of_project, "Tower refit").await).await;
    }

    /// Says what a document is for.
    pub(crate) async fn charge(&self, id: DocumentId, department: Option<&str>, project: Option<&str>) {
        let text = |said: Option<&str>| said.map(str::to_owned);
        let claim = Claim { department: text(department), project: text(project), ..Claim::NONE };
        let txn = self.context.db.begin_write().await.expect("the store works");
        claim_store(&txn, id, self.person.id, &claim).await.expect("the store works");
        txn.commit().await.expect("the store works");
    }

    /// What the only entry of a document is charged to.
    pub(crate) async fn charged(&self, id: DocumentId) -> Vec<String> {
        let [entry] = self.entries(id).await.try_into().expect("one entry");
        entry.charged
    }
}
