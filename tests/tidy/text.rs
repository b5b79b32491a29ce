//! Looks at source text for `tidy.rs`: what is code, which paths it names, which links a page has.
//!
//! No parser: a small scanner that knows comments, strings and braces is enough for questions about names, and it reads
//! a file that does not compile as well.

/// A word or a single sign of Rust code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Counted from one.
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// The same text, with comments and the insides of strings and characters as spaces. Lines stay where they are.
pub(crate) fn code_only(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        let end = match (letter, next) {
            ('/', Some('/')) => line_end(&letters, at),
            ('/', Some('*')) => comment_end(&letters, at),
            ('"', _) => string_end(&letters, at + 1),
            ('r', Some('"' | '#')) if !part_of_word(&letters, at) => raw_string_end(&letters, at).unwrap_or(at),
            ('\'', _) => character_end(&letters, at).unwrap_or(at),
            _ => at,
        };
        if end == at {
            code.push(letter);
            at += 1;
        }
        for hidden in letters.get(at..end).unwrap_or_default() {
            code.push(if *hidden == '\n' { '\n' } else { ' ' });
        }
        at = at.max(end);
    }
    code
}

/// Whether the letter continues a word, so that `r` is not the beginning of a raw string. In `br"…"` it is one.
fn part_of_word(letters: &[char], at: usize) -> bool {
    let before = letters.get(..at).unwrap_or_default();
    let length = before.iter().rev().take_while(|letter| letter.is_alphanumeric() || **letter == '_').count();
    !(length == 0 || length == 1 && matches!(before.last(), Some('b' | 'c')))
}

fn line_end(letters: &[char], from: usize) -> usize {
    (from..letters.len()).find(|&at| letters[at] == '\n').unwrap_or(letters.len())
}

fn comment_end(letters: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0_usize, from);
    while at < letters.len() {
        match (letters[at], letters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) if depth == 1 => return at + 2,
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    letters.len()
}

fn string_end(letters: &[char], from: usize) -> usize {
    let mut at = from;
    while at < letters.len() {
        match letters[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    letters.len()
}

/// The end of `r"…"` or `r#"…"#`; none for a raw name such as `r#type`.
fn raw_string_end(letters: &[char], from: usize) -> Option<usize> {
    let hashes = letters.get(from + 1..)?.iter().take_while(|letter| **letter == '#').count();
    let inside = from + 2 + hashes;
    if letters.get(inside - 1) != Some(&'"') {
        return None;
    }
    let closes = |at: usize| {
        letters[at] == '"' && letters.get(at + 1..=at + hashes).is_some_and(|tail| tail.iter().all(|sign| *sign == '#'))
    };
    Some((inside..letters.len()).find(|&at| closes(at)).map_or(letters.len(), |at| at + 1 + hashes))
}

/// The end of `'x'` or `'\n'`; none for a lifetime.
fn character_end(letters: &[char], from: usize) -> Option<usize> {
    match (letters.get(from + 1)?, letters.get(from + 2)?) {
        ('\\', _) => (from + 3..letters.len().min(from + 14)).find(|&at| letters[at] == '\'').map(|at| at + 1),
        (_, '\'') => Some(from + 3),
        _ => None,
    }
}

/// Code without the items under `#[cfg(test)]`, as spaces again.
pub(crate) fn tests_removed(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        kept.push_str(before);
        let (item, tail) = after.split_at(item_end(after));
        kept.extend(item.chars().filter(|letter| *letter == '\n'));
        rest = tail;
    }
    kept.push_str(rest);
    kept
}

/// Where the item ends: at its closing brace, or at a semicolon outside of all brackets.
fn item_end(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in code.char_indices() {
        match letter {
            '{' | '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Words and signs. Spaces are left out.
pub(crate) fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut in_word = false;
    for (index, line) in code.lines().enumerate() {
        for letter in line.chars() {
            let is_word = letter.is_alphanumeric() || letter == '_';
            match found.last_mut() {
                Some(token) if is_word && in_word => token.text.push(letter),
                _ if letter.is_whitespace() => {}
                _ => found.push(Token { line: index + 1, text: letter.to_string() }),
            }
            in_word = is_word;
        }
        in_word = false;
    }
    found
}

fn sign(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

fn is_word(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

fn colons(tokens: &[Token], at: usize) -> bool {
    sign(tokens, at) == ":" && sign(tokens, at + 1) == ":"
}

/// Whether the word at this place begins a path: nothing stands before it, or `::` alone does.
fn begins_path(tokens: &[Token], at: usize) -> bool {
    if at >= 1 && sign(tokens, at - 1) == "." {
        return false;
    }
    if at < 2 || !colons(tokens, at - 2) {
        return true;
    }
    at < 3 || !(is_word(sign(tokens, at - 3)) || sign(tokens, at - 3) == ">") || sign(tokens, at - 3) == "use"
}

/// The lines where these signs follow each other.
pub(crate) fn occurrences(tokens: &[Token], wanted: &[&str]) -> Vec<usize> {
    let fits = |window: &[Token]| window.iter().zip(wanted).all(|(token, text)| token.text == *text);
    tokens.windows(wanted.len()).filter(|window| fits(window)).map(|window| window[0].line).collect()
}

/// The names that stand directly below `root`, in paths and in grouped imports, with their lines.
pub(crate) fn names_below(tokens: &[Token], root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if sign(tokens, at) != root || !colons(tokens, at + 1) || !begins_path(tokens, at) {
            continue;
        }
        let first = at + 3;
        if sign(tokens, first) != "{" {
            found.extend(tokens.get(first).map(|token| (token.line, token.text.clone())));
            continue;
        }
        let mut depth = 0_usize;
        for place in first..tokens.len() {
            match sign(tokens, place) {
                "{" => depth += 1,
                "}" => depth -= 1,
                text if depth == 1 && matches!(sign(tokens, place - 1), "{" | ",") => {
                    found.push((tokens[place].line, text.to_owned()));
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// Where paths begin with `super`, and how many of them follow each other.
pub(crate) fn super_chains(tokens: &[Token]) -> Vec<(usize, usize)> {
    let begins = |at: &usize| sign(tokens, *at) == "super" && colons(tokens, at + 1) && begins_path(tokens, *at);
    let length = |at: usize| (0..).take_while(|step| sign(tokens, at + 3 * step) == "super").count();
    (0..tokens.len()).filter(begins).map(|at| (tokens[at].line, length(at))).collect()
}

/// The lines that name the foreign crate. Where the file has a module of ours by that name, only `::name` is the crate.
pub(crate) fn foreign_uses(tokens: &[Token], name: &str) -> Vec<usize> {
    let shadowed = !occurrences(tokens, &["mod", name]).is_empty() || imported_from_us(tokens, name);
    let mut found = Vec::new();
    // The place of the `use` we are in. Inside of `use ours::{name::Thing}` the name is ours.
    let mut import: Option<usize> = None;
    for at in 0..tokens.len() {
        match sign(tokens, at) {
            "use" if sign(tokens, at + 1) != "<" => import = Some(at),
            ";" => import = None,
            _ => {}
        }
        let leading = at >= 2 && colons(tokens, at - 2);
        let begins = match import {
            Some(place) if sign(tokens, place + 1) != "{" => at == place + 1 || (at == place + 3 && leading),
            Some(_) | None => begins_path(tokens, at) && (import.is_some() || colons(tokens, at + 1)),
        };
        if sign(tokens, at) == name && begins && (leading || !shadowed) {
            found.extend(tokens.get(at).map(|token| token.line));
        }
    }
    found
}

/// Whether a `use crate::…`, `self::…` or `super::…` brings the name into the file.
fn imported_from_us(tokens: &[Token], name: &str) -> bool {
    let mut ours = false;
    for at in 0..tokens.len() {
        match sign(tokens, at) {
            "use" => ours = matches!(sign(tokens, at + 1), "crate" | "self" | "super"),
            ";" => ours = false,
            text if ours && text == name => {
                let itself = colons(tokens, at + 1) && sign(tokens, at + 3) == "{" && sign(tokens, at + 4) == "self";
                if itself || matches!(sign(tokens, at + 1), "," | ";" | "}") {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// The targets of `[text](target)`, with their lines; not those in code blocks and in comments.
pub(crate) fn markdown_links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let (mut in_code, mut in_comment) = (false, false);
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        in_comment |= line.contains("<!--");
        if !in_code && !in_comment {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            found.extend(targets.map(|target| (index + 1, target.to_owned())));
        }
        in_comment &= !line.contains("-->");
    }
    found
}

#[test]
fn the_scanner_knows_code_from_text() {
    let visible = |text: &str| tokens(&code_only(text)).into_iter().map(|token| token.text).collect::<Vec<_>>();
    assert_eq!(visible("a /* b /* c */ d */ e // f\ng"), ["a", "e", "g"]);
    assert_eq!(visible("a \"b \\\" c\" d br#\"e \" f\"# g"), ["a", "d", "b", "g"]);
    assert_eq!(visible("'a' + '\\'' + 'x <'b>"), ["+", "+", "'", "x", "<", "'", "b", ">"]);
    assert_eq!(visible("r#type r\"x\" hear\"y\""), ["r", "#", "type", "hear"]);
    assert_eq!(tokens(&code_only("/* \n\n */ a")).first().map(|token| token.line), Some(3));
    let code = "a\n#[cfg(test)]\nmod t {\n fn f() { x } }\nb\n#[cfg(test)]\nfn g(_: [u8; 2]) { x }\nc";
    let kept = tokens(&tests_removed(code)).into_iter().map(|token| (token.line, token.text)).collect::<Vec<_>>();
    assert_eq!(kept, [(1, "a".to_owned()), (5, "b".to_owned()), (8, "c".to_owned())]);
}
