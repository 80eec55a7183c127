//! Finds the top-level modules a file imports, from code without comments and strings.

use std::iter::Peekable;
use std::vec::IntoIter;

/// The modules at the root of the crate that this code names by a path, sorted, each once.
pub fn imports(code: &str, module: &[String]) -> Vec<String> {
    let mut scan = Scan { tokens: tokens(code).into_iter().peekable(), found: Vec::new() };
    let mut inline: Vec<(String, i32)> = Vec::new();
    let mut depth = 0_i32;
    let mut before = Token::Other(' ');
    while let Some(token) = scan.tokens.next() {
        let here =
            || module.iter().cloned().chain(inline.iter().map(|(name, _)| name.clone())).collect::<Vec<_>>();
        match &token {
            Token::Other('{') => depth += 1,
            Token::Other('}') => {
                depth -= 1;
                inline.retain(|(_, opened)| *opened <= depth);
            }
            Token::Word(word) if word == "crate" => scan.rest(Vec::new()),
            Token::Word(word) if word == "super" => scan.rest(parent(here())),
            Token::Word(name) if before == Token::Word("mod".to_owned()) => {
                if scan.tokens.peek() == Some(&Token::Other('{')) {
                    inline.push((name.clone(), depth + 1));
                }
            }
            Token::Word(_) | Token::Path | Token::Other(_) => {}
        }
        before = token;
    }
    assert_eq!(depth, 0, "the braces of {} do not pair: a literal was read wrongly", module.join("::"));
    scan.found.sort();
    scan.found.dedup();
    scan.found
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Path,
    Other(char),
}

struct Scan {
    tokens: Peekable<IntoIter<Token>>,
    found: Vec<String>,
}

impl Scan {
    /// After `crate` or `super`: what follows `::`, seen from that module.
    fn rest(&mut self, module: Vec<String>) {
        if self.tokens.next_if_eq(&Token::Path).is_some() {
            self.tree(module);
        }
    }

    fn tree(&mut self, module: Vec<String>) {
        match self.tokens.peek().cloned() {
            Some(Token::Word(word)) => {
                self.tokens.next();
                match word.as_str() {
                    "super" => self.rest(parent(module)),
                    "self" => self.rest(module),
                    _ => {
                        if module.is_empty() {
                            self.found.push(word.clone());
                        }
                        self.rest(module.into_iter().chain([word]).collect());
                    }
                }
            }
            Some(Token::Other('{')) => {
                self.tokens.next();
                self.group(&module);
            }
            Some(Token::Path | Token::Other(_)) | None => {}
        }
    }

    fn group(&mut self, module: &[String]) {
        loop {
            self.tree(module.to_vec());
            loop {
                match self.tokens.next() {
                    Some(Token::Other(',')) => break,
                    Some(Token::Other('}')) | None => return,
                    Some(Token::Word(_) | Token::Path | Token::Other(_)) => {}
                }
            }
            if self.tokens.next_if_eq(&Token::Other('}')).is_some() {
                return;
            }
        }
    }
}

fn parent(mut module: Vec<String>) -> Vec<String> {
    module.pop();
    module
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = code.chars().peekable();
    while let Some(c) = letters.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = String::from(c);
            while let Some(next) = letters.next_if(|n| n.is_alphanumeric() || *n == '_') {
                word.push(next);
            }
            tokens.push(Token::Word(word));
        } else if c == ':' && letters.next_if_eq(&':').is_some() {
            tokens.push(Token::Path);
        } else if !c.is_whitespace() {
            tokens.push(Token::Other(c));
        }
    }
    tokens
}
