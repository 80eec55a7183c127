//! The only ways from a request to the application: each is an extractor behind a declared access.
//!
//! [`Guarded`] reads. What changes something comes through [`Submitted`] (a form), [`Uploaded`] (files) or
//! [`Called`] (the API), which also make sure that it was sent from one of our own pages, or with a token.

mod body;
mod visit;

use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::base::ErrorKind;
use crate::web::access::Access;
use crate::web::{Problem, origin};

pub use body::{File, Files};
pub use visit::Visit;

/// The application behind an access, for what only reads.
pub struct Guarded<A> {
    visit: Visit,
    access: PhantomData<A>,
}

/// The application behind an access, with a form of ours.
pub struct Submitted<A, F> {
    /// What was filled in.
    pub form: F,
    visit: Visit,
    access: PhantomData<A>,
}

/// The application behind an access, with files that were uploaded on a page of ours.
pub struct Uploaded<A> {
    /// The fields and files.
    pub files: Files,
    visit: Visit,
    access: PhantomData<A>,
}

/// The application behind an access, for a program that changes something.
pub struct Called<A> {
    visit: Visit,
    access: PhantomData<A>,
}

impl<A> Deref for Guarded<A> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<A, F> Deref for Submitted<A, F> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<A> Deref for Uploaded<A> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<A> Deref for Called<A> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<A: Access> FromRequest for Guarded<A> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(
            async move { Ok(Self { visit: Visit::admit(request, A::NEED).await?, access: PhantomData }) },
        )
    }
}

impl<A: Access, F: DeserializeOwned + 'static> FromRequest for Submitted<A, F> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let visit = Visit::admit(request.clone(), A::NEED).await?;
            origin::check(&request, visit.config())?;
            let text = body::form_text(&request, payload).await?;
            body::check_token(&visit, body::field(&text, "csrf"))?;
            let form = serde_html_form::from_str(&text)
                .map_err(|e| Problem::new(ErrorKind::Invalid, format!("the form cannot be read: {e}")))?;
            Ok(Self { form, visit, access: PhantomData })
        })
    }
}

impl<A: Access> FromRequest for Uploaded<A> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let visit = Visit::admit(request.clone(), A::NEED).await?;
            origin::check(&request, visit.config())?;
            let files = body::files(&request, payload, &visit).await?;
            Ok(Self { files, visit, access: PhantomData })
        })
    }
}

impl<A: Access> FromRequest for Called<A> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visit = Visit::admit(request.clone(), A::NEED).await?;
            if visit.has_session() {
                // a page's script, not a program: the same proof that it is ours as a form's
                origin::check(&request, visit.config())?;
                let token = request.headers().get("x-csrf-token").and_then(|v| v.to_str().ok());
                body::check_token(&visit, token.map(str::to_owned))?;
            }
            Ok(Self { visit, access: PhantomData })
        })
    }
}

/// Arguments of a handler that begin with a guard of that access; `Reads` and `Changes` keep the methods apart.
pub trait GuardedBy<A, M> {}

/// Marks guards of what only reads.
pub struct Reads;

/// Marks guards of what changes something.
pub struct Changes;

macro_rules! guarded_by {
    ($($more:ident)*) => {
        impl<A, $($more),*> GuardedBy<A, Reads> for (Guarded<A>, $($more,)*) {}
        impl<A, F, $($more),*> GuardedBy<A, Changes> for (Submitted<A, F>, $($more,)*) {}
        impl<A, $($more),*> GuardedBy<A, Changes> for (Called<A>, $($more,)*) {}
        impl<A, $($more),*> GuardedBy<A, Changes> for (Uploaded<A>, $($more,)*) {}
    };
}

guarded_by!();
guarded_by!(B);
guarded_by!(B C);
guarded_by!(B C D);
