//! Joins view models and templates. Strict: a field that a template names and a view lacks is an error, not a blank.

use std::sync::Arc;

use handlebars::Handlebars;
use serde::Serialize;

use crate::base::Digest;
use crate::report::assets::Templates;
use crate::report::content::Contents;
use crate::report::view::{ControlPage, ErrorPage, Frame, FrameworkReport, Overview, PackReadme, PageView};
use crate::report::{html, icons};

/// A page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template in the program is malformed.
    #[error("read the page template `{name}`")]
    Template {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: Box<handlebars::TemplateError>,
    },
    /// Template and view do not fit together.
    #[error("render the page `{name}`")]
    Page {
        /// Its name.
        name: &'static str,
        /// Why.
        #[source]
        source: Box<handlebars::RenderError>,
    },
    /// A template in the program is no UTF-8.
    #[error("page template `{name}` is no UTF-8 text")]
    Encoding {
        /// Its name.
        name: String,
    },
    /// A test's definition cannot be written as YAML.
    #[error("write the definition of test `{test}` as YAML: {reason}")]
    Definition {
        /// The test.
        test: String,
        /// Why.
        reason: String,
    },
}

/// Every page, ready to be rendered; make one and keep it.
#[derive(Debug)]
pub struct Pages {
    handlebars: Handlebars<'static>,
    contents: Contents,
}

impl Pages {
    /// Reads all templates.
    ///
    /// # Errors
    /// When one is malformed.
    pub fn new() -> Result<Self, RenderError> {
        let mut handlebars = Handlebars::new();
        handlebars.set_strict_mode(true);
        html::register(&mut handlebars);
        for file in Templates::iter() {
            let Some(name) = file.strip_suffix(".hbs") else { continue };
            let Some(content) = Templates::get(&file) else { continue };
            let text = std::str::from_utf8(&content.data)
                .map_err(|_| RenderError::Encoding { name: name.to_owned() })?;
            register(&mut handlebars, name, text)?;
            if text.starts_with(IN_FRAME) {
                // the same page without its frame
                let content = text.replace("layouts/app", "layouts/content");
                register(&mut handlebars, &content_name(name), &content)?;
            }
        }
        Ok(Self { handlebars, contents: Contents::default() })
    }

    /// A page of the service in its frame.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn show<V: PageView>(&self, frame: &Frame, view: &V) -> Result<String, RenderError> {
        let frame = Frame { tab: view.tab(), crumbs: view.crumbs(), ..frame.clone() };
        if !V::SHARED {
            return self.render(V::TEMPLATE, &Framed { frame, view }).map(icons::placed);
        }
        let content = self.content(view)?;
        let framed = self.render("framed", &Framed { frame, view: &Nothing {} })?;
        Ok(icons::placed(framed.replacen(CONTENT, &content, 1)))
    }

    /// What the page says apart from its frame.
    fn content<V: PageView>(&self, view: &V) -> Result<Arc<str>, RenderError> {
        let page = |source: handlebars::RenderError| RenderError::Page {
            name: V::TEMPLATE,
            source: Box::new(source),
        };
        let json = serde_json::to_vec(view)
            .map_err(|error| page(handlebars::RenderErrorReason::SerdeError(error).into()))?;
        let make = || self.handlebars.render(&content_name(V::TEMPLATE), view).map_err(page);
        self.contents.of((V::TEMPLATE, Digest::of(&json)), make)
    }

    /// The self-contained report of one framework.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn framework_report(&self, report: &FrameworkReport) -> Result<String, RenderError> {
        self.render("framework-report", report)
    }

    /// A pack's front page.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn pack_readme(&self, readme: &PackReadme) -> Result<String, RenderError> {
        self.render("pack-readme", readme)
    }

    /// One requirement's page in a pack.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn control_page(&self, page: &ControlPage) -> Result<String, RenderError> {
        self.render("control-page", page)
    }

    /// The service's overview.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn overview(&self, overview: &Overview) -> Result<String, RenderError> {
        self.show(&Frame::default(), overview)
    }

    /// The service's page for an error.
    ///
    /// # Errors
    /// When template and view do not fit together.
    pub fn error(&self, page: &ErrorPage) -> Result<String, RenderError> {
        self.render("error", page)
    }

    fn render<V: Serialize>(&self, name: &'static str, view: &V) -> Result<String, RenderError> {
        self.handlebars
            .render(name, view)
            .map_err(|source| RenderError::Page { name, source: Box::new(source) })
    }
}

/// How the template of a page in the frame begins.
const IN_FRAME: &str = "{{#> layouts/app";

/// Where the frame wants its content.
const CONTENT: &str = "<!-- content -->";

fn content_name(template: &str) -> String {
    format!("{template} without frame")
}

fn register(handlebars: &mut Handlebars<'static>, name: &str, text: &str) -> Result<(), RenderError> {
    handlebars
        .register_template_string(name, text)
        .map_err(|source| RenderError::Template { name: name.to_owned(), source: Box::new(source) })
}

/// A view without fields.
#[derive(Serialize)]
struct Nothing {}

/// A view's fields beside the frame.
#[derive(Serialize)]
struct Framed<'a, V: Serialize> {
    frame: Frame,
    #[serde(flatten)]
    view: &'a V,
}

#[cfg(test)]
impl Pages {
    /// A template's text in its frame, for tests of what templates share.
    pub(crate) fn show_text<V: Serialize>(&self, frame: &Frame, text: &str, view: &V) -> String {
        let page = self.handlebars.render_template(text, &Framed { frame: frame.clone(), view });
        icons::placed(page.unwrap())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_the_view_lacks_is_an_error_and_not_a_blank() {
        let pages = Pages::new().unwrap();

        assert!(matches!(
            pages.render("error", &serde_json::json!({"title": "x"})),
            Err(RenderError::Page { .. })
        ));
    }
}
