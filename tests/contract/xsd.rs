//! Intuit's XSDs as a small table, and JSON held against it.
//!
//! The schemas describe XML. In JSON an attribute is a member like an element, an element that may come more than once
//! is an array, and an element with text and attributes (`ReferenceType`) is an object with a `value`. Element names,
//! nesting and simple types are checked; what must be there is checked for attributes only, because a deleted record
//! and a sparse one leave elements out.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::{Reader, XmlVersion, events::Event};
use serde_json::Value;

/// Inheritance is never this deep; a circle would be.
const DEPTH_MAX: usize = 16;
/// The element that stands for every record.
const ANY_RECORD: &str = "IntuitObject";

/// One element of a schema file.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

impl Node {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// A member of an object.
#[derive(Debug, Clone)]
struct Member {
    of_type: String,
    many: bool,
    required: bool,
}

#[derive(Debug, Clone, Default)]
struct Complex {
    base: Option<String>,
    members: BTreeMap<String, Member>,
    /// The type of the text between the tags.
    text: Option<String>,
    /// Whether anything may stand here.
    open: bool,
}

#[derive(Debug, Clone, Default)]
struct Simple {
    base: String,
    words: BTreeSet<String>,
    length_max: Option<usize>,
}

/// All types of the schema files.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    complex: BTreeMap<String, Complex>,
    simple: BTreeMap<String, Simple>,
    groups: BTreeMap<String, BTreeMap<String, Member>>,
    /// The names of records (`Bill`, `Vendor` …) and their types.
    records: BTreeMap<String, String>,
}

impl Schema {
    /// Reads schema files into one table.
    pub(crate) fn read(files: &[String]) -> Self {
        let roots: Vec<Node> = files.iter().map(|text| tree(text)).collect();
        let mut schema = Self::default();
        for group in roots.iter().flat_map(|root| &root.children).filter(|node| node.name == "group") {
            let mut complex = Complex::default();
            schema.content_add(group, &mut complex);
            schema.groups.insert(group.attribute("name").unwrap_or_default().to_owned(), complex.members);
        }
        for node in roots.iter().flat_map(|root| &root.children) {
            let name = node.attribute("name").unwrap_or_default().to_owned();
            match node.name.as_str() {
                "complexType" => schema.complex_add(&name, node),
                "simpleType" => schema.simple_add(&name, node),
                "element" if node.attribute("substitutionGroup") == Some(ANY_RECORD) => {
                    let of_type = node.attribute("type").unwrap_or(&name).to_owned();
                    schema.records.insert(name, of_type);
                }
                _ => {}
            }
        }
        schema
    }

    /// The record that an address names in lower case: `vendorcredit` is `VendorCredit`.
    pub(crate) fn record(&self, lower: &str) -> Option<&str> {
        self.records.keys().find(|name| name.eq_ignore_ascii_case(lower)).map(String::as_str)
    }

    /// What does not fit in a value that should be of a type, each with its place.
    pub(crate) fn misfits(&self, of_type: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(of_type, value, of_type, &mut found);
        found
    }

    fn complex_add(&mut self, name: &str, node: &Node) {
        let mut complex = Complex::default();
        self.content_add(node, &mut complex);
        self.complex.insert(name.to_owned(), complex);
    }

    fn simple_add(&mut self, name: &str, node: &Node) {
        let mut simple = Simple::default();
        for restriction in node.children.iter().filter(|child| child.name == "restriction") {
            restriction.attribute("base").unwrap_or("xs:string").clone_into(&mut simple.base);
            for facet in &restriction.children {
                let value = facet.attribute("value").unwrap_or_default();
                match facet.name.as_str() {
                    "enumeration" => _ = simple.words.insert(value.to_owned()),
                    "maxLength" => simple.length_max = value.parse().ok(),
                    _ => {}
                }
            }
        }
        self.simple.insert(name.to_owned(), simple);
    }

    fn content_add(&mut self, node: &Node, complex: &mut Complex) {
        for child in &node.children {
            match child.name.as_str() {
                "sequence" | "choice" | "all" | "complexContent" => self.content_add(child, complex),
                "extension" | "restriction" if node.name == "simpleContent" => {
                    complex.text = child.attribute("base").map(str::to_owned);
                    self.content_add(child, complex);
                }
                "extension" | "restriction" => {
                    complex.base = child.attribute("base").map(str::to_owned);
                    self.content_add(child, complex);
                }
                "simpleContent" => self.content_add(child, complex),
                "any" => complex.open = true,
                "group" => {
                    let named = child.attribute("ref").and_then(|name| self.groups.get(name)).cloned();
                    complex.members.extend(named.unwrap_or_default());
                }
                "element" => self.element_add(child, node, complex),
                "attribute" => {
                    let of_type = child.attribute("type").unwrap_or("xs:string").to_owned();
                    let required = child.attribute("use") == Some("required");
                    let name = child.attribute("name").unwrap_or_default().to_owned();
                    complex.members.insert(name, Member { of_type, many: false, required });
                }
                _ => {}
            }
        }
    }

    fn element_add(&mut self, element: &Node, above: &Node, complex: &mut Complex) {
        let more = |node: &Node| node.attribute("maxOccurs").is_some_and(|max| max != "1" && max != "0");
        let name = element.attribute("name").or_else(|| element.attribute("ref")).unwrap_or_default().to_owned();
        let of_type = match element.attribute("type") {
            Some(of_type) => of_type.to_owned(),
            // A type without a name of its own.
            None => match element.children.iter().find(|child| child.name.ends_with("Type")) {
                Some(inner) => {
                    let own = format!("{name} here");
                    if inner.name == "simpleType" {
                        self.simple_add(&own, inner)
                    } else {
                        self.complex_add(&own, inner)
                    }
                    own
                }
                None => name.clone(),
            },
        };
        complex.members.insert(name, Member { of_type, many: more(element) || more(above), required: false });
    }

    /// The members of a type with those it inherits, and whether it takes anything besides.
    fn whole(&self, of_type: &str) -> Option<Complex> {
        let mut whole = self.complex.get(of_type)?.clone();
        for _ in 0..DEPTH_MAX {
            let Some(base) = whole.base.take().and_then(|base| self.complex.get(&base)) else { break };
            let own = std::mem::replace(&mut whole.members, base.members.clone());
            whole.members.extend(own);
            whole.open |= base.open;
            whole.base.clone_from(&base.base);
        }
        if let Some(any) = whole.members.remove(ANY_RECORD) {
            let records = self.records.iter();
            let member = |of_type: &String| Member { of_type: of_type.clone(), ..any.clone() };
            whole.members.extend(records.map(|(name, of_type)| (name.clone(), member(of_type))));
        }
        Some(whole)
    }

    fn check(&self, of_type: &str, value: &Value, place: &str, found: &mut Vec<String>) {
        let Some(whole) = self.whole(of_type) else { return self.simple_check(of_type, value, place, found) };
        let Some(object) = value.as_object() else {
            found.push(format!("{place}: an object ({of_type}) is wanted, not {value}"));
            return;
        };
        for (name, inner) in object {
            let place = format!("{place}.{name}");
            match (&whole.text, whole.members.get(name)) {
                (_, Some(member)) => self.member_check(member, inner, &place, found),
                (Some(text), None) if name == "value" => self.check(text, inner, &place, found),
                (_, None) if whole.open => {}
                (_, None) => found.push(format!("{place}: {of_type} has no such member")),
            }
        }
        let missing = whole.members.iter().filter(|(name, member)| member.required && !object.contains_key(*name));
        found.extend(missing.map(|(name, _)| format!("{place}.{name}: it must be there")));
    }

    fn member_check(&self, member: &Member, value: &Value, place: &str, found: &mut Vec<String>) {
        match (member.many, value.as_array()) {
            (true, Some(all)) => {
                for (index, one) in all.iter().enumerate() {
                    self.check(&member.of_type, one, &format!("{place}[{index}]"), found);
                }
            }
            (true, None) => found.push(format!("{place}: an array is wanted")),
            (false, Some(_)) => found.push(format!("{place}: one is wanted, not an array")),
            (false, None) => self.check(&member.of_type, value, place, found),
        }
    }

    fn simple_check(&self, of_type: &str, value: &Value, place: &str, found: &mut Vec<String>) {
        if let Some(simple) = self.simple.get(of_type) {
            self.check(&simple.base, value, place, found);
            let text = value.as_str().unwrap_or_default();
            if !simple.words.is_empty() && !simple.words.contains(text) {
                found.push(format!("{place}: {value} is not one of {of_type}"));
            }
            if simple.length_max.is_some_and(|max| text.chars().count() > max) {
                found.push(format!("{place}: it is too long for {of_type}"));
            }
            return;
        }
        let text = value.as_str();
        let fits = match of_type {
            "xs:string" | "xs:anyURI" | "xs:token" | "xs:normalizedString" => text.is_some(),
            "xs:decimal" | "xs:double" | "xs:float" => value.is_number(),
            "xs:int" | "xs:integer" | "xs:long" | "xs:short" | "xs:positiveInteger" | "xs:nonNegativeInteger" => {
                value.is_i64() || value.is_u64()
            }
            "xs:boolean" => value.is_boolean(),
            "xs:date" => text.is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10),
            "xs:dateTime" => text.is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            "xs:anyType" => true,
            _ => {
                found.push(format!("{place}: the type {of_type} is not known to this test"));
                true
            }
        };
        if !fits {
            found.push(format!("{place}: {value} is not {of_type}"));
        }
    }
}

/// A file as a tree, without its text: these schemas say everything in names and attributes.
fn tree(text: &str) -> Node {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().expect("the schema is XML") {
            Event::Start(tag) => open.push(node(&tag)),
            Event::Empty(tag) => {
                let leaf = node(&tag);
                open.last_mut().expect("the root stays open").children.push(leaf);
            }
            Event::End(_) => {
                let done = open.pop().expect("tags are closed once");
                open.last_mut().expect("the root stays open").children.push(done);
            }
            Event::Eof => break,
            Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => {}
        }
    }
    let mut root = open.pop().expect("the root stays open");
    root.children.pop().unwrap_or_default()
}

fn node(tag: &quick_xml::events::BytesStart<'_>) -> Node {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.expect("the schema is XML");
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).expect("the schema is XML");
        (attribute.key.as_ref().to_owned(), value.into_owned())
    });
    Node { name: tag.local_name().as_ref().to_owned(), attributes: attributes.collect(), children: Vec::new() }
}
