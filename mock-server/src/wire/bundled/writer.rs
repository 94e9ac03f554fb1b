//! Writes replies of the bundled contract.

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::wire::{
    RawResponse,
    bundled::{NAMESPACE, SOAP, XML_TYPE},
};

/// As long as most answers are, in bytes.
const USUAL: usize = 2 << 10;

/// Writes an envelope into memory, which cannot fail.
pub(crate) struct Writer(quick_xml::Writer<Vec<u8>>);

impl Writer {
    /// An envelope with its body open.
    pub(crate) fn envelope() -> Self {
        let mut xml = Self(quick_xml::Writer::new(Vec::with_capacity(USUAL)));
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let mut envelope = BytesStart::new("s:Envelope");
        envelope.push_attribute(("xmlns:s", SOAP));
        envelope.push_attribute(("xmlns:n", NAMESPACE));
        xml.event(Event::Start(envelope));
        xml.open("s:Body");
        xml
    }

    fn event(&mut self, event: Event<'_>) {
        let _ = self.0.write_event(event);
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    /// Closes an element.
    pub(crate) fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds a text.
    pub(crate) fn leaf(&mut self, name: &str, text: impl AsRef<str>) {
        self.open(name);
        self.event(Event::Text(BytesText::new(text.as_ref())));
        self.close(name);
    }

    /// An element that holds a text, where there is one.
    pub(crate) fn optional(&mut self, name: &str, text: Option<impl AsRef<str>>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    /// Closes the envelope.
    pub(crate) fn finish(mut self, status: u16) -> RawResponse {
        self.close("s:Body");
        self.close("s:Envelope");
        RawResponse {
            status,
            content_type: XML_TYPE,
            body: self.0.into_inner(),
        }
    }
}
