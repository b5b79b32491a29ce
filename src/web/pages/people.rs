//! The people who can sign in.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use super::{Fields, fields, invalid, said};
use crate::{
    model::{
        id::PersonId,
        person::{Person, Role},
    },
    store::{
        StoreError,
        person::{person_create, person_list, person_update},
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, password_hash, redirect_with_notice},
        view::NoticeKind,
        view_settings::{PeoplePage, PersonRow},
    },
};

/// The fewest characters of a password. Source: NIST SP 800-63B-4, 3.1.1.2, for a password that stands alone is 15;
/// twelve with the limit on attempts is this product's choice.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;

/// The page of people.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    match show_page(&app, &signed).await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

async fn show_page(app: &App, signed: &Signed) -> Result<PeoplePage, WebError> {
    signed.need(&[Role::Administrator])?;
    let chrome = signed.chrome();
    let people = person_list(&app.context.db).await?;
    let row = |person: Person| PersonRow {
        id: person.id.to_string(),
        roles: chrome.role_choices(&person.roles),
        own: person.id == signed.person.id,
        name: person.name,
        email: person.email,
        active: person.active,
    };
    let people = people.into_iter().map(row).collect();
    Ok(PeoplePage {
        people,
        roles: chrome.role_choices(&[Role::Submitter]),
        password_min: PASSWORD_CHARACTERS_MIN,
        chrome,
    })
}

type Pairs = Form<Vec<(String, String)>>;

fn checked(signed: &Signed, form: &Fields) -> Result<(), WebError> {
    signed.check(form.get("csrf").map(String::as_str))?;
    signed.need(&[Role::Administrator])
}

fn roles_in(form: &Fields) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| form.contains_key(&format!("role_{}", role.name()))).collect()
}

/// Adds a person.
pub async fn add(State(app): State<App>, signed: Signed, Form(form): Pairs) -> Response {
    let form = fields(form);
    let added = async {
        checked(&signed, &form)?;
        let (person, password) = new_person(&form)?;
        let hash = tokio::task::spawn_blocking(move || password_hash(&password)).await;
        let hash = hash.ok().and_then(Result::ok).ok_or_else(|| invalid("the password cannot be used"))?;
        match person_create(&app.context.db, &person, &hash, app.context.clock.now_us()).await {
            Err(StoreError::Conflict(_)) => Err(invalid("somebody has this e-mail address already")),
            other => Ok(other?),
        }
    };
    match added.await {
        Ok(()) => redirect_with_notice(&app, "/people", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

fn new_person(form: &Fields) -> Result<(Person, String), WebError> {
    let email = said(form, "email").filter(|email| email.contains('@')).ok_or_else(|| invalid("an e-mail address"))?;
    let name = said(form, "name").ok_or_else(|| invalid("a name"))?;
    let password = form.get("password").cloned().unwrap_or_default();
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(invalid(&format!("a password of at least {PASSWORD_CHARACTERS_MIN} characters")));
    }
    let roles = roles_in(form);
    let (id, email, name) = (PersonId::new(), email.to_lowercase(), name.to_owned());
    Ok((Person { id, email, name, roles, active: true }, password))
}

/// Changes a person's roles.
pub async fn roles(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    let roles = roles_in(&form);
    let own = id == signed.person.id.to_string();
    if own && !roles.contains(&Role::Administrator) {
        return signed.problem(invalid("nobody takes the administrator's role from themselves"));
    }
    change(&app, &signed, &id, &form, |person| (roles.clone(), person.active)).await
}

/// Lets a person sign in no longer.
pub async fn disable(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    if id == signed.person.id.to_string() {
        return signed.problem(invalid("nobody locks themselves out"));
    }
    change(&app, &signed, &id, &fields(form), |person| (person.roles.clone(), false)).await
}

/// Lets a person sign in again.
pub async fn enable(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    change(&app, &signed, &id, &fields(form), |person| (person.roles.clone(), true)).await
}

async fn change(
    app: &App,
    signed: &Signed,
    id: &str,
    form: &Fields,
    new: impl Fn(&Person) -> (Vec<Role>, bool),
) -> Response {
    let changed = async {
        checked(signed, form)?;
        let people = person_list(&app.context.db).await?;
        let person = people.iter().find(|person| person.id.to_string() == id).ok_or(WebError::not_found())?;
        let (roles, active) = new(person);
        Ok::<_, WebError>(person_update(&app.context.db, person.id, &roles, active).await?)
    };
    match changed.await {
        Ok(()) => redirect_with_notice(app, "/people", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}
