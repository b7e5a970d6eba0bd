//! The case files: claims in which a tag `!sd` says what may be withheld, and what the holder discloses of them.

use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// A YAML value that keeps the tags of its keys and items.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Leaf(Value),
    Items(Vec<(bool, Node)>),
    Members(Vec<(bool, String, Node)>),
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Node {
    let text = super::super::text(path);
    let mut events = Parser::new_from_str(&text).map(|event| event.unwrap().0);
    loop {
        if let Event::DocumentStart(_) = events.next().unwrap() {
            let first = events.next().unwrap();
            return node(first, &mut events).1;
        }
    }
}

fn node<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> (bool, Node) {
    match event {
        Event::Scalar(text, style, _, tag) => {
            let leaf = if style == ScalarStyle::Plain {
                plain(&text)
            } else {
                Value::from(&*text)
            };
            (tag.is_some(), Node::Leaf(leaf))
        }
        Event::SequenceStart(_, tag) => {
            let mut items = Vec::new();
            loop {
                let event = events.next().unwrap();
                if event == Event::SequenceEnd {
                    return (tag.is_some(), Node::Items(items));
                }
                items.push(node(event, events));
            }
        }
        Event::MappingStart(_, tag) => {
            let mut members = Vec::new();
            loop {
                let event = events.next().unwrap();
                if event == Event::MappingEnd {
                    return (tag.is_some(), Node::Members(members));
                }
                let Event::Scalar(text, _, _, tag) = event else {
                    panic!("a key is {event:?}")
                };
                let value = events.next().unwrap();
                members.push((tag.is_some(), text.into_owned(), node(value, events).1));
            }
        }
        Event::Nothing
        | Event::StreamStart
        | Event::StreamEnd
        | Event::DocumentStart(_)
        | Event::DocumentEnd
        | Event::Alias(_)
        | Event::SequenceEnd
        | Event::MappingEnd => panic!("{event:?}"),
    }
}

/// A plain scalar by the core schema and the two other spellings that the files have.
fn plain(text: &str) -> Value {
    match text {
        "" | "null" | "~" => Value::Null,
        "true" | "True" => true.into(),
        "false" | "False" => false.into(),
        _ => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(number)) if text.starts_with(|first: char| first.is_ascii_digit()) => number.into(),
            _ => text.into(),
        },
    }
}

impl Node {
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        match self {
            Node::Members(members) => members
                .iter()
                .find(|(_, key, _)| key == name)
                .map(|(_, _, node)| node),
            Node::Items(_) | Node::Leaf(_) => None,
        }
    }

    /// Follows names.
    pub(super) fn at(&self, names: &[&str]) -> Option<&Node> {
        names.iter().try_fold(self, |node, name| node.get(name))
    }

    pub(super) fn item(&self, at: usize) -> Option<&Node> {
        match self {
            Node::Items(items) => items.get(at).map(|(_, node)| node),
            Node::Members(_) | Node::Leaf(_) => None,
        }
    }

    /// The value, whatever may be withheld of it.
    pub(super) fn value(&self) -> Value {
        match self {
            Node::Leaf(value) => value.clone(),
            Node::Items(items) => items.iter().map(|(_, node)| node.value()).collect(),
            Node::Members(members) => members
                .iter()
                .map(|(_, name, node)| (name.clone(), node.value()))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    /// Where something may be withheld.
    pub(super) fn withholdable(&self) -> Vec<String> {
        let below = |sd: bool, name: &str, node: &Node| {
            let own = sd.then(|| format!("/{name}"));
            let rest = node
                .withholdable()
                .into_iter()
                .map(|rest| format!("/{name}{rest}"));
            own.into_iter().chain(rest).collect::<Vec<_>>()
        };
        match self {
            Node::Leaf(_) => Vec::new(),
            Node::Items(items) => items
                .iter()
                .enumerate()
                .flat_map(|(at, (sd, node))| below(*sd, &at.to_string(), node))
                .collect(),
            Node::Members(members) => members
                .iter()
                .flat_map(|(sd, name, node)| below(*sd, name, node))
                .collect(),
        }
    }

    /// Whether the holder discloses what this stands for.
    fn chosen(choice: Option<&Node>) -> bool {
        match choice {
            None | Some(Node::Leaf(Value::Null | Value::Bool(false))) => false,
            Some(Node::Leaf(_)) => true,
            Some(Node::Items(items)) => !items.is_empty(),
            Some(Node::Members(members)) => !members.is_empty(),
        }
    }

    /// Where the holder discloses something, and what is then left of the claims.
    pub(super) fn disclosed(&self, choice: Option<&Node>) -> (Vec<String>, Value) {
        match self {
            Node::Leaf(value) => (Vec::new(), value.clone()),
            Node::Items(items) => {
                let (mut pointers, mut left) = (Vec::new(), Vec::new());
                for (at, (sd, node)) in items.iter().enumerate() {
                    let choice = choice.and_then(|choice| choice.item(at));
                    if !sd || Self::chosen(choice) {
                        let (below, value) = node.disclosed(choice);
                        pointers.extend(sd.then(|| format!("/{at}")));
                        pointers.extend(below.iter().map(|rest| format!("/{at}{rest}")));
                        left.push(value);
                    }
                }
                (pointers, left.into())
            }
            Node::Members(members) => {
                let (mut pointers, mut left) = (Vec::new(), Map::new());
                for (sd, name, node) in members {
                    let choice = choice.and_then(|choice| choice.get(name));
                    if !sd || Self::chosen(choice) {
                        let (below, value) = node.disclosed(choice);
                        pointers.extend(sd.then(|| format!("/{name}")));
                        pointers.extend(below.iter().map(|rest| format!("/{name}{rest}")));
                        left.insert(name.clone(), value);
                    }
                }
                (pointers, left.into())
            }
        }
    }
}
