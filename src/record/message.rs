//! An exchange as a step needs it: an XML request with an XML answer, or why it can be no step.

use jiff::Timestamp;

use crate::{
    record::Passed,
    sentinel,
    text::Text,
    transport::Answer,
    xml::{Document, Element, Namespaces, XPath, canonical},
};

/// The namespaces of SOAP envelopes.
const ENVELOPES: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];
/// Headers that a step has of its own, or that say nothing of the message.
const USUAL: [&str; 14] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "pragma",
    "soapaction",
    "transfer-encoding",
    "user-agent",
];

/// A request with its answer.
#[derive(Debug)]
pub(super) struct Message {
    /// Its number among those that went through.
    pub(super) index: usize,
    pub(super) at: Timestamp,
    pub(super) identity: String,
    pub(super) endpoint: String,
    /// The SOAP action, without quotes; empty where there is none.
    pub(super) action: String,
    pub(super) content_type: String,
    /// The names of headers that a step does not send by itself.
    pub(super) headers: Vec<String>,
    pub(super) request: Body,
    pub(super) answer: Answer,
    pub(super) answered: Body,
}

/// A body that is XML.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) text: String,
    pub(super) document: Document,
    pub(super) tree: Element,
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Text> {
        let document = Document::parse(bytes).map_err(|error| error.text())?;
        let tree = document.tree();
        let tree = tree.ok_or_else(|| Text::new("要素がありません", "there is no element"))?;
        Ok(Self {
            text: String::from_utf8_lossy(bytes).into_owned(),
            document,
            tree,
        })
    }

    /// What the message is: the first element of a SOAP body, else the element that all is in.
    pub(super) fn called(&self) -> &Element {
        let of_soap = |element: &Element, local: &str| {
            let namespace = element.name.namespace.as_deref().unwrap_or_default();
            element.name.local == local && ENVELOPES.contains(&namespace)
        };
        let parts = self.tree.children.iter();
        let body = parts
            .filter(|_| of_soap(&self.tree, "Envelope"))
            .find(|part| of_soap(part, "Body"));
        body.and_then(|body| body.children.first())
            .unwrap_or(&self.tree)
    }
}

/// The canonical text of a message, by which two are compared: of white space alone an element is as empty as of nothing.
pub(super) fn compared(document: &Document, namespaces: &Namespaces) -> String {
    canonical(document, namespaces, &mut |leaf| {
        let blank = !leaf.attribute && leaf.value.trim().is_empty();
        blank.then(String::new)
    })
}

/// Reads an exchange; what cannot be a step is told.
pub(super) fn read(index: usize, passed: &Passed, natural: &[XPath]) -> Result<Message, Text> {
    if passed.method != "POST" {
        let method = &passed.method;
        return Err(Text::new(
            format!("電文の送信（POST）ではありません（{method}）"),
            format!("{method} sends no message, only POST does"),
        ));
    }
    let content_type = header(passed, "content-type").unwrap_or_default();
    if content_type.trim_start().starts_with("multipart/") {
        return Err(Text::new(
            "添付のある電文（multipart）は手順にできません",
            "a message with attachments (multipart) cannot be a step",
        ));
    }
    let request = Body::read(&passed.body).map_err(|why| {
        Text::new(
            format!("要求が整形式のXMLではありません（{}）", why.ja),
            format!("the request is not well-formed XML: {}", why.en),
        )
    })?;
    let answer = match &passed.answer {
        Ok(answer) => answer.clone(),
        Err(broken) => return Err(broken.text()),
    };
    let answered = Body::read(&answer.body).map_err(|why| {
        let status = answer.status;
        Text::new(
            format!("応答（{status}）が整形式のXMLではありません（{}）", why.ja),
            format!("the answer ({status}) is not well-formed XML: {}", why.en),
        )
    })?;
    let mut heads = passed.headers.iter().chain(&answer.headers);
    if heads.any(|(_, value)| sentinel::found(value))
        || sentinel::found(&passed.path)
        || holds_number(&request, natural)
        || holds_number(&answered, natural)
    {
        return Err(Text::new(
            "個人番号が含まれているため、シナリオに記載できません",
            "it holds an individual number, which no scenario may",
        ));
    }
    let action = header(passed, "soapaction").map(|action| action.trim().trim_matches('"'));
    let action = action
        .filter(|action| !action.is_empty())
        .map(str::to_owned);
    let headers = passed.headers.iter().map(|(name, _)| name.to_lowercase());
    Ok(Message {
        index,
        at: passed.at,
        identity: passed.identity.clone(),
        endpoint: passed.path.trim_matches('/').to_owned(),
        action: action
            .or_else(|| parameter(content_type, "action"))
            .unwrap_or_default(),
        content_type: content_type.to_owned(),
        headers: headers
            .filter(|name| !USUAL.contains(&name.as_str()))
            .collect(),
        request,
        answer,
        answered,
    })
}

fn holds_number(body: &Body, natural: &[XPath]) -> bool {
    let natural: Vec<String> = natural
        .iter()
        .flat_map(|xpath| xpath.select(&body.document))
        .collect();
    sentinel::look(body.text.as_bytes(), Some(&body.document), &natural).found
}

fn header<'a>(passed: &'a Passed, name: &str) -> Option<&'a str> {
    let mut headers = passed.headers.iter();
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// A parameter of a content type.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (known.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

/// The media type of a content type alone.
pub(super) fn media_type(content_type: &str) -> String {
    let media = content_type.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

pub(super) fn is_date_or_time(value: &str) -> bool {
    value.parse::<jiff::civil::Date>().is_ok()
        || value.parse::<jiff::civil::Time>().is_ok()
        || value.parse::<Timestamp>().is_ok()
}
