//! The only places where markup is made outside templates: drawings, the style sheet of self-contained files, and
//! the elements that load a page's assets.
//!
//! Templates escape everything. What must not be escaped is therefore never text that travels through the data: a
//! [`Chart`] travels as figures and labels and is drawn here, every label escaped by [`SvgWriter`]; the style sheet
//! comes from the program, plus running titles in which every character that is not a letter, digit or space is a
//! CSS escape. No value of a view model can reach the page as markup.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason, html_escape,
};

use crate::base::Digest;
use crate::report::assets;
use crate::report::chart::Chart;
use crate::report::view::QrView;

/// A drawing that is safe to put into a page: made by [`Chart::draw`] and by nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeSvg(String);

impl SafeSvg {
    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes SVG elements. Names are literals of the program; every value and text is escaped.
#[derive(Debug, Default)]
pub(crate) struct SvgWriter(String);

impl SvgWriter {
    pub(crate) fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.start(tag, attributes);
        self.0.push('>');
    }

    pub(crate) fn close(&mut self, tag: &'static str) {
        self.push(format_args!("</{tag}>"));
    }

    pub(crate) fn empty(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.start(tag, attributes);
        self.0.push_str("/>");
    }

    pub(crate) fn leaf(&mut self, tag: &'static str, attributes: &[(&'static str, &str)], text: &str) {
        self.open(tag, attributes);
        self.0.push_str(&html_escape(text));
        self.close(tag);
    }

    pub(crate) fn finish(self) -> SafeSvg {
        SafeSvg(self.0)
    }

    fn start(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) {
        self.push(format_args!("<{tag}"));
        for (name, value) in attributes {
            self.push(format_args!(" {name}=\"{}\"", html_escape(value)));
        }
    }

    fn push(&mut self, piece: std::fmt::Arguments<'_>) {
        // writing to a String cannot fail
        self.0.write_fmt(piece).unwrap_or_default();
    }
}

/// Registers `chart`, `qr`, `stylesheet`, `css_path`, `page_assets`, `module` and `query`.
pub(crate) fn register(handlebars: &mut Handlebars<'static>) {
    handlebars.register_helper("chart", Box::new(chart));
    handlebars.register_helper("qr", Box::new(qr));
    handlebars.register_helper("stylesheet", Box::new(stylesheet));
    handlebars.register_helper("css_path", Box::new(css_path));
    handlebars.register_helper("page_assets", Box::new(page_assets));
    handlebars.register_helper("module", Box::new(module));
    handlebars.register_helper("query", Box::new(query));
}

/// `{{chart figures}}`: draws a chart from its figures; refuses anything that is no [`Chart`].
fn chart(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("chart", 0))?.value();
    let chart: Chart = serde::Deserialize::deserialize(value)
        .map_err(|e| RenderErrorReason::Other(format!("`chart` was given no chart: {e}")))?;
    out.write(chart.draw().as_str())?;
    Ok(())
}

/// `{{qr picture}}`: draws a QR code; refuses anything that is no [`QrView`] of moves and lines.
fn qr(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("qr", 0))?.value();
    let picture: QrView = serde::Deserialize::deserialize(value)
        .map_err(|e| RenderErrorReason::Other(format!("`qr` was given no QR code: {e}")))?;
    let size = picture.size.to_string();
    let view_box = format!("0 0 {size} {size}");
    let mut svg = SvgWriter::default();
    let attributes = [
        ("class", "qr"),
        ("viewBox", &*view_box),
        ("role", "img"),
        ("aria-label", "QR code of the secret below"),
    ];
    svg.open("svg", &attributes);
    svg.empty("path", &[("d", &picture.path)]);
    svg.close("svg");
    out.write(svg.finish().as_str())?;
    Ok(())
}

/// `{{stylesheet left right}}`: policy and styles of a self-contained file, with the running titles of its print.
fn stylesheet(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let title = |index: usize| helper.param(index).and_then(|p| p.value().as_str()).unwrap_or_default();
    out.write(&styled_head(title(0), title(1)))?;
    Ok(())
}

/// `{{css_path}}`: where the service serves the style sheet.
fn css_path(
    _: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(&assets::css_path())?;
    Ok(())
}

/// `{{page_assets}}`: the elements that load a page's style, sign and scripts.
fn page_assets(
    _: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    out.write(&assets::head_elements())?;
    Ok(())
}

/// `{{module "name.js"}}`: the element that loads a script only this page needs.
fn module(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let name = helper.param(0).and_then(|p| p.value().as_str()).unwrap_or_default();
    let element = assets::page_module(name)
        .ok_or_else(|| RenderErrorReason::Other(format!("`{name}` is no module of a single page")))?;
    out.write(&element)?;
    Ok(())
}

/// `{{query pairs}}`: pairs of key and value as a query string, encoded and escaped.
fn query(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("query", 0))?.value();
    let pairs: Vec<(String, String)> = serde::Deserialize::deserialize(value)
        .map_err(|e| RenderErrorReason::Other(format!("`query` was given no pairs: {e}")))?;
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    out.write(&html_escape(&encoded))?;
    Ok(())
}

/// The policy must come before what it rules, so both are written here, and the digest is of exactly these bytes.
fn styled_head(left: &str, right: &str) -> String {
    let css = format!("{}{}", assets::css(), running_titles(left, right));
    let digest = STANDARD.encode(Digest::of(css.as_bytes()).as_bytes());
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; \
         img-src data:; base-uri 'none'; form-action 'none'\">\n<style>{css}</style>"
    )
}

fn running_titles(left: &str, right: &str) -> String {
    format!(
        "\n@page{{@bottom-left{{content:\"{}\"}}@top-right{{content:\"{}\"}}}}\n",
        css_string(right),
        css_string(left)
    )
}

/// The inside of a CSS string: all but letters, digits and spaces as escapes, so nothing can end string or element.
fn css_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control()).take(200) {
        if c.is_ascii_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            // the space ends the escape and is part of it
            write!(out, "\\{:06x} ", u32::from(c)).unwrap_or_default();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_title_cannot_leave_its_string() {
        assert_eq!(
            css_string("a\"}</style>é\n"),
            "a\\000022 \\00007d \\00003c \\00002f style\\00003e \\0000e9 "
        );
    }

    #[test]
    fn the_policy_names_the_digest_of_the_styles_it_precedes() {
        let head = styled_head("Report", "0123");

        let css = head.split_once("<style>").unwrap().1.strip_suffix("</style>").unwrap();
        assert!(head.contains(&STANDARD.encode(Digest::of(css.as_bytes()).as_bytes())));
        assert!(!css.contains('<'), "a style sheet without `<` cannot end its element");
    }

    #[test]
    fn what_is_drawn_is_escaped() {
        let mut svg = SvgWriter::default();
        svg.leaf("text", &[("class", "\"><script>")], "<script>&");

        assert_eq!(
            svg.finish().as_str(),
            "<text class=\"&quot;&gt;&lt;script&gt;\">&lt;script&gt;&amp;</text>"
        );
    }

    #[test]
    fn a_query_is_encoded_and_escaped() {
        let mut handlebars = Handlebars::new();
        register(&mut handlebars);
        let pairs = serde_json::json!({"keep": [["status", "not met"], ["q", "a&b=\"<c>"]]});

        let written = handlebars.render_template("?{{query keep}}", &pairs).unwrap();

        assert_eq!(written, "?status&#x3D;not+met&amp;q&#x3D;a%26b%3D%22%3Cc%3E");
    }

    #[test]
    fn the_chart_helper_refuses_markup() {
        let mut handlebars = Handlebars::new();
        register(&mut handlebars);

        let drawn =
            handlebars.render_template("{{chart x}}", &serde_json::json!({"x": "<svg onload=alert(1)>"}));

        assert!(drawn.is_err());
    }
}
