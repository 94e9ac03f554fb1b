//! A strict reader of one request body: no DTD, limited nesting, and a cursor that takes elements in the schema's order.

use std::borrow::Cow;

use roxmltree::{Document, Node, NodeType, ParsingOptions};

use crate::{
    network::{
        Fault,
        rules::{FaultCode, faults},
    },
    text::Text,
    wire::bundled::NAMESPACE,
};

/// How deep elements may stand in each other.
pub(crate) const MAX_DEPTH: usize = 64;
/// How many characters of a wrong value a fault repeats.
const SHOWN: usize = 40;

/// A fault of form, with what it is about.
pub(crate) fn fault(code: &'static FaultCode, ja: impl AsRef<str>, en: impl AsRef<str>) -> Fault {
    let text = &code.text;
    Fault {
        code,
        rule: None,
        text: Text::new(
            presentable(&format!("{}{}", text.ja, ja.as_ref())),
            presentable(&format!("{}: {}", text.en, en.as_ref())),
        ),
        retry: code.retry,
    }
}

/// White space as XML has it; an ideographic space is a character like any other.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// A text as it may stand in a fault: characters that XML has not are replaced, and so are the digits of anything as
/// long as a resident code or an individual number, which an answer must never repeat.
fn presentable(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let chars: Vec<char> = text
        .chars()
        .map(|c| {
            if (c.is_control() && !is_space(c)) || matches!(c, '\u{fffe}' | '\u{ffff}') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect();
    let mut out = String::with_capacity(text.len());
    for run in chars.chunk_by(|left, right| {
        let in_run = |c: &char| is_digit(*c) || matches!(c, ' ' | '-' | '－');
        in_run(left) == in_run(right)
    }) {
        let long = run.iter().filter(|c| is_digit(**c)).count() >= 11;
        out.extend(
            run.iter()
                .map(|c| if long && is_digit(*c) { '*' } else { *c }),
        );
    }
    out
}

/// Reads text as well-formed XML that the contract allows.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    refuse_declared_encoding(text)?;
    refuse_deep_nesting(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        // These two have no position of their own.
        if matches!(
            error,
            roxmltree::Error::UnclosedRootNode | roxmltree::Error::UnexpectedEndOfStream
        ) {
            let length = text.len();
            return fault(
                &faults::NOT_WELL_FORMED,
                format!("（電文が{length}バイトで途切れており、要素が閉じられていません。）"),
                format!("it ends after {length} bytes, before its elements are closed"),
            );
        }
        let at = error.pos();
        let ja = if matches!(error, roxmltree::Error::DtdDetected) {
            "（文書型宣言（DTD）は使用できません。）".to_owned()
        } else {
            format!("（{}行{}文字目付近。）", at.row, at.col)
        };
        fault(&faults::NOT_WELL_FORMED, ja, error.to_string())
    })
}

fn refuse_declared_encoding(text: &str) -> Result<(), Fault> {
    let Some(declaration) = text
        .trim_start_matches('\u{feff}')
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split_once("?>"))
        .map(|(declaration, _)| declaration)
    else {
        return Ok(());
    };
    if !declaration.contains("1.0") {
        return Err(fault(
            &faults::NOT_WELL_FORMED,
            "（XML 1.0で送信してください。）",
            "it must be XML 1.0",
        ));
    }
    let Some((_, encoding)) = declaration.split_once("encoding") else {
        return Ok(());
    };
    let named = encoding.trim_matches(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | '\''));
    let named = named.split(['"', '\'']).next().unwrap_or(named);
    if named.eq_ignore_ascii_case("utf-8") {
        return Ok(());
    }
    Err(fault(
        &faults::NOT_WELL_FORMED,
        format!("（文字符号化方式「{named}」は使用できません。UTF-8で送信してください。）"),
        format!("its declaration says '{named}'; send UTF-8"),
    ))
}

/// Counts nesting before a tree is built, so that a deep document costs no stack.
fn refuse_deep_nesting(text: &str) -> Result<(), Fault> {
    // Most messages have fewer tags than may be nested: these need no second reading.
    let opens = |pair: &&[u8]| matches!(pair, [b'<', next] if *next != b'/');
    if text.as_bytes().windows(2).filter(opens).count() <= MAX_DEPTH {
        return Ok(());
    }
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut depth = 0_usize;
    loop {
        use quick_xml::events::Event;
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            // What is not well-formed is for the tree's reader to name.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
        if depth > MAX_DEPTH {
            return Err(fault(
                &faults::NOT_WELL_FORMED,
                format!("（要素の入れ子が上限{MAX_DEPTH}を超えています。）"),
                format!("elements are nested deeper than {MAX_DEPTH}"),
            ));
        }
    }
}

/// The children of one element, taken in order.
pub(crate) struct Children<'a, 'input> {
    parent: Node<'a, 'input>,
    next: Option<Node<'a, 'input>>,
}

impl<'a, 'input> Children<'a, 'input> {
    /// The child elements; text between them and attributes are refused.
    pub(crate) fn of(parent: Node<'a, 'input>) -> Result<Self, Fault> {
        if let Some(attribute) = parent.attributes().next() {
            return Err(invalid(
                parent,
                &format!("属性「{}」", attribute.name()),
                &format!("attribute '{}'", attribute.name()),
            ));
        }
        for child in parent.children() {
            match child.node_type() {
                NodeType::Text if child.text().is_none_or(|text| text.chars().all(is_space)) => {}
                NodeType::Text => {
                    return Err(invalid(parent, "要素の間の文字", "text between elements"));
                }
                NodeType::Element | NodeType::Comment | NodeType::Root => {}
                NodeType::PI => {
                    return Err(processing_instruction(parent));
                }
            }
        }
        Ok(Self {
            parent,
            next: parent.first_element_child(),
        })
    }

    fn take(&mut self) -> Option<Node<'a, 'input>> {
        let node = self.next?;
        self.next = node.next_sibling_element();
        Some(node)
    }

    fn is_next(&self, namespace: &str, name: &str) -> bool {
        self.next
            .is_some_and(|node| node.has_tag_name((namespace, name)))
    }

    /// The next element, which must have this name.
    pub(crate) fn required(
        &mut self,
        namespace: &str,
        name: &str,
    ) -> Result<Node<'a, 'input>, Fault> {
        match self.take() {
            Some(node) if node.has_tag_name((namespace, name)) => Ok(node),
            Some(node) => Err(invalid(
                node,
                &format!("ここには要素「{name}」が必要です"),
                &format!("'{name}' must stand here"),
            )),
            None => Err(invalid(
                self.parent,
                &format!("要素「{name}」がありません"),
                &format!("'{name}' is missing"),
            )),
        }
    }

    /// The next element if it has this name.
    pub(crate) fn optional(&mut self, namespace: &str, name: &str) -> Option<Node<'a, 'input>> {
        self.is_next(namespace, name).then(|| self.take()).flatten()
    }

    /// The value of the next element, which must have this name in the contract's namespace and a text of this form.
    pub(crate) fn typed<T>(
        &mut self,
        name: &str,
        form: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let node = self.required(NAMESPACE, name)?;
        typed(node, form, read)
    }

    /// The same, where the element may be missing.
    pub(crate) fn typed_optional<T>(
        &mut self,
        name: &str,
        form: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.optional(NAMESPACE, name)
            .map(|node| typed(node, form, read))
            .transpose()
    }

    /// All elements of this name that stand next, each read whole; there must be one at least.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Children<'_, '_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut entries = Vec::new();
        let mut next = Some(self.required(NAMESPACE, name)?);
        while let Some(node) = next {
            let mut children = Children::of(node)?;
            entries.push(read(&mut children)?);
            children.end()?;
            next = self.optional(NAMESPACE, name);
        }
        Ok(entries)
    }

    /// The same, where there may be none.
    pub(crate) fn list_or_none<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Children<'_, '_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        if self.is_next(NAMESPACE, name) {
            self.list(name, read)
        } else {
            Ok(Vec::new())
        }
    }

    /// The next element, whatever it is called.
    pub(crate) fn any(&mut self) -> Result<Node<'a, 'input>, Fault> {
        self.take()
            .ok_or_else(|| invalid(self.parent, "要素がありません", "an element is missing"))
    }

    /// Nothing may be left.
    pub(crate) fn end(mut self) -> Result<(), Fault> {
        match self.take() {
            None => Ok(()),
            Some(node)
                if node
                    .prev_sibling_element()
                    .is_some_and(|before| before.tag_name() == node.tag_name()) =>
            {
                Err(invalid(
                    node,
                    "この要素が重複しています",
                    "this element occurs twice",
                ))
            }
            Some(node) => Err(invalid(
                node,
                "この要素は認められません",
                "this element is not allowed here",
            )),
        }
    }
}

/// The text of an element that has no children, read as a value of one form.
pub(crate) fn typed<T>(
    node: Node<'_, '_>,
    form: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    Children::of_text(node)?;
    let text = text_of(node);
    read(&text).ok_or_else(|| {
        let shown: String = text.chars().take(SHOWN).collect();
        let length = text.chars().count();
        let (ja, en) = if length > SHOWN {
            (
                format!("値「{shown}…」（{length}文字）"),
                format!("'{shown}…' ({length} characters)"),
            )
        } else {
            (format!("値「{shown}」"), format!("'{shown}'"))
        };
        invalid(
            node,
            &format!("{ja}の形式が誤っています（{form}）"),
            &format!("{en} is not of the form {form}"),
        )
    })
}

/// The text of an element, in one piece also where a comment stands within it.
pub(super) fn text_of<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let mut texts = node
        .children()
        .filter(Node::is_text)
        .filter_map(|child| child.text());
    let first = Cow::Borrowed(texts.next().unwrap_or_default());
    texts.fold(first, |text, more| text + more)
}

impl Children<'_, '_> {
    fn of_text(node: Node<'_, '_>) -> Result<(), Fault> {
        if let Some(attribute) = node.attributes().next() {
            return Err(invalid(
                node,
                &format!("属性「{}」", attribute.name()),
                &format!("attribute '{}'", attribute.name()),
            ));
        }
        match node
            .children()
            .find(|child| child.is_element() || child.is_pi())
        {
            Some(child) if child.is_pi() => Err(processing_instruction(node)),
            Some(child) => Err(invalid(
                child,
                "この要素は認められません",
                "this element is not allowed here",
            )),
            None => Ok(()),
        }
    }
}

/// SOAP 1.1 has no processing instructions in messages (section 3).
fn processing_instruction(parent: Node<'_, '_>) -> Fault {
    invalid(parent, "処理命令", "a processing instruction")
}

/// A message that the schema does not allow: at which element, and why.
fn invalid(node: Node<'_, '_>, ja: &str, en: &str) -> Fault {
    let mut path: Vec<&str> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|node| node.tag_name().name())
        .collect();
    path.reverse();
    let path = path.join("/");
    fault(
        &faults::NOT_VALID,
        format!("（/{path}: {ja}）"),
        format!("/{path}: {en}"),
    )
}
