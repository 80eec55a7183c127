//! The words and marks of a rule file.

use std::str::FromStr;

use serde_json::Value;

use super::rule_text::Fault;
use super::rules::Span;

/// One piece of a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word.
    Word(String),
    /// A quoted text, unescaped as in JSON.
    Text(String),
    /// One of the marks.
    Mark(char),
}

const MARKS: &str = "{}()[];:,=!?";

/// The pieces of a rule file, read from front to back.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    next: Option<Token>,
    /// What followed `next` when it was read.
    after: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut tokens = Self { rest: text, next: None, after: text };
        tokens.advance();
        tokens
    }

    /// Whether nothing is left.
    pub(super) const fn at_end(&self) -> bool {
        self.next.is_none()
    }

    pub(super) const fn peek(&self) -> Option<&Token> {
        self.next.as_ref()
    }

    fn advance(&mut self) -> Option<Token> {
        let (next, rest) = split(self.after);
        self.rest = self.after;
        self.after = rest;
        std::mem::replace(&mut self.next, next)
    }

    /// Takes that mark if it comes next.
    pub(super) fn take(&mut self, mark: char) -> bool {
        let found = self.next == Some(Token::Mark(mark));
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, mark: char) -> Result<(), Fault> {
        if self.take(mark) { Ok(()) } else { Err(self.fault(&format!("`{mark}`"))) }
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), Fault> {
        if self.word()? == word { Ok(()) } else { Err(self.fault(word)) }
    }

    /// The next word.
    pub(super) fn word(&mut self) -> Result<String, Fault> {
        match self.advance() {
            Some(Token::Word(word)) => Ok(word),
            _ => Err(self.fault("a word")),
        }
    }

    /// The next word or quoted text.
    pub(super) fn name(&mut self) -> Result<String, Fault> {
        match self.advance() {
            Some(Token::Word(name) | Token::Text(name)) => Ok(name),
            _ => Err(self.fault("a name")),
        }
    }

    /// The next value: a bare word is a number, true, false or null if it reads like one, else a text.
    pub(super) fn value(&mut self) -> Result<Value, Fault> {
        match self.advance() {
            Some(Token::Text(text)) => Ok(Value::String(text)),
            Some(Token::Word(word)) => Ok(serde_json::from_str(&word).unwrap_or(Value::String(word))),
            _ => Err(self.fault("a value")),
        }
    }

    /// `(1..9)`; either end may be absent.
    pub(super) fn span<T: FromStr>(&mut self) -> Result<Span<T>, Fault> {
        self.expect('(')?;
        let word = self.word()?;
        self.expect(')')?;
        let (least, most) = word.split_once("..").ok_or_else(|| self.fault("LEAST..MOST"))?;
        let end = |text: &str| match text {
            "" => Ok(None),
            _ => text.parse().map(Some).map_err(|_| self.fault("a number")),
        };
        Ok(Span { least: end(least)?, most: end(most)? })
    }

    /// Whether a member comes next: `name:`, `name!:` or `+name`, perhaps with versions before it.
    pub(super) fn names_member(&self) -> bool {
        let mut rest = self.after;
        let mut token = self.next.clone();
        if token == Some(Token::Mark('[')) {
            let Some((_, after)) = rest.split_once(']') else { return false };
            (token, rest) = split(after);
        }
        match token {
            Some(Token::Word(word)) if word.starts_with('+') => true,
            Some(Token::Word(_) | Token::Text(_)) => matches!(split(rest).0, Some(Token::Mark(':' | '!'))),
            Some(Token::Mark(_)) | None => false,
        }
    }

    fn fault(&self, wanted: &str) -> Fault {
        let near: String = self.rest.chars().take(40).collect();
        format!("{wanted} wanted before `{near}`")
    }
}

/// The first piece, and what follows it.
fn split(text: &str) -> (Option<Token>, &str) {
    let mut text = text.trim_start();
    while text.starts_with('#') {
        text = text.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    let Some(first) = text.chars().next() else { return (None, "") };
    if MARKS.contains(first) {
        return (Some(Token::Mark(first)), text.get(first.len_utf8()..).unwrap_or_default());
    }
    if first == '"' {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let value = values.next().and_then(Result::ok);
        return (value.map(Token::Text), text.get(values.byte_offset()..).unwrap_or_default());
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '"' || MARKS.contains(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (Some(Token::Word(word.to_owned())), rest)
}
