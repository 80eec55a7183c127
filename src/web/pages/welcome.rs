//! One-time links.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use secrecy::SecretString;
use serde::Deserialize;

use crate::app::Error;
use crate::app::identity::password::MIN_CHARACTERS;
use crate::app::identity::{Chosen, LinkPurpose, Person, Role, Welcome};
use crate::base::ErrorKind;
use crate::report::view::{Field, SamplePerson, WelcomePage};
use crate::web::Problem;
use crate::web::access::Public;
use crate::web::guard::{Guarded, Submitted, Visit};
use crate::web::pages::entry::{let_in, whose};
use crate::web::pages::mistakes::place;
use crate::web::routes::{Route, route};

/// Routes of one-time links.
pub const ROUTES: &[Route] =
    &[route!(GET "/welcome/{token}" Public, look), route!(POST "/welcome/{token}" Public, accept)];

/// What is chosen on a link's page.
#[derive(Debug, Deserialize)]
pub struct WelcomeForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    person: String,
}

/// Shows for whom a link is. Uses nothing up.
pub async fn look(app: Guarded<Public>, token: web::Path<String>) -> Result<HttpResponse, Problem> {
    let welcome = app.welcome(&token).await?;
    app.page(&page(&welcome, &token)).await
}

/// Uses a link.
pub async fn accept(
    app: Submitted<Public, WelcomeForm>,
    token: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (client, replaced) = whose(&app);
    let form = &app.form;
    if !form.person.is_empty() {
        let missing = |_| Problem::new(ErrorKind::NotFound, "there is no such person in the sample");
        let person = form.person.parse().map_err(missing)?;
        let signed_in = app.welcome_sample(&token, person, (&client, replaced)).await?;
        return Ok(let_in(&app, &signed_in, "/"));
    }
    let (name, email, password) = (form.name.clone(), form.email.clone(), form.password.clone());
    match app.welcome_accept(&token, Chosen { name, email, password }, (&client, replaced)).await {
        Ok(signed_in) => Ok(let_in(&app, &signed_in, "/")),
        Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict) => {
            wrong(&app, &token, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The page again, with what was typed but the password, and what is wrong with it.
async fn wrong(
    app: &Submitted<Public, WelcomeForm>,
    token: &str,
    error: &Error,
) -> Result<HttpResponse, Problem> {
    let welcome = app.welcome(token).await?;
    let mut page = page(&welcome, token);
    for field in &mut page.fields {
        match field.name {
            "name" => field.value.clone_from(&app.form.name),
            "email" => field.value.clone_from(&app.form.email),
            _ => {}
        }
    }
    page.errors = place(error, &mut page.fields);
    let visit: &Visit = app;
    visit.page_with(&page, StatusCode::UNPROCESSABLE_ENTITY).await
}

fn page(welcome: &Welcome, token: &str) -> WelcomePage {
    let (heading, lede, verb) = words(welcome);
    WelcomePage {
        heading: heading.to_owned(),
        lede,
        path: format!("/welcome/{token}"),
        fields: fields(welcome),
        verb: verb.to_owned(),
        people: welcome.people.iter().map(sample_person).collect(),
        errors: Vec::new(),
        until: welcome.expires_at.to_display(),
    }
}

fn words(welcome: &Welcome) -> (&'static str, String, &'static str) {
    let name = welcome.person.as_ref().map_or("you", |p| p.name.as_str());
    let email = welcome.person.as_ref().map_or("", |p| p.email.as_str());
    match welcome.purpose {
        LinkPurpose::Administrator if welcome.person.is_none() => (
            "Create the administrator",
            "You will run this installation: sources, people, tokens and keys.".to_owned(),
            "Create administrator",
        ),
        LinkPurpose::Administrator => (
            "Set up the administrator",
            format!("For {email}. A second factor that was set up is removed, and set up anew."),
            "Set password",
        ),
        LinkPurpose::Invite => {
            let role = welcome.person.as_ref().map_or("", |p| p.role.label());
            ("Set your password", format!("{name}, you were invited as: {role} ({email})."), "Set password")
        }
        LinkPurpose::Reset => (
            "Set a new password",
            format!("For {name}, {email}. Your other sessions end."),
            "Set new password",
        ),
        LinkPurpose::Sample => (
            "Look around",
            "This is sample data. Choose who you want to be; you can come back and be somebody else."
                .to_owned(),
            "",
        ),
    }
}

fn fields(welcome: &Welcome) -> Vec<Field> {
    if welcome.purpose == LinkPurpose::Sample {
        return Vec::new();
    }
    let mut fields = vec![Field {
        value: welcome.person.as_ref().map_or_else(String::new, |p| p.name.clone()),
        autocomplete: Some("name"),
        maxlength: Some(120),
        ..Field::required("name", "Your name")
    }];
    let email = welcome.person.as_ref().map_or_else(String::new, |p| p.email.clone());
    fields.push(Field {
        kind: "email",
        value: email,
        hint: welcome.person.is_some().then(|| "The address you sign in with.".to_owned()),
        autocomplete: Some("username"),
        ..Field::required("email", "E-mail")
    });
    if welcome.person.is_some() {
        // known already; nothing to type, and a password manager finds it on the next page
        fields.pop();
    }
    fields.push(new_password("password", "Password"));
    fields
}

/// The field for a password that is chosen, with the policy told.
pub fn new_password(name: &'static str, label: &'static str) -> Field {
    Field {
        kind: "password",
        hint: Some(format!(
            "At least {MIN_CHARACTERS} characters; a few words in a row are easy to keep in mind. Not your name, not a common password."
        )),
        autocomplete: Some("new-password"),
        ..Field::required(name, label)
    }
}

fn sample_person(person: &Person) -> SamplePerson {
    SamplePerson {
        id: person.id.to_string(),
        name: person.name.clone(),
        role: person.role.slug().to_owned(),
        role_label: person.role.label().to_owned(),
        about: match person.role {
            Role::Officer => "answers for the evidence; what got worse, and what to do about it.",
            Role::Administrator => "sources, people, tokens and the audit trail.",
            Role::Contributor => "brings evidence and repairs findings.",
            Role::Auditor => "sees one engagement and nothing else.",
            Role::Reviewer => "decides access reviews.",
            Role::VendorContact => "answers questionnaires.",
        },
    }
}
