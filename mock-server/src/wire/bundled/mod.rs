//! The mock's own contract: SOAP 1.1, document/literal, UTF-8. Unofficial. One file a port.

mod binding;
mod code;
mod connection;
mod connectivity;
mod inquiry;
mod master;
mod portal;
mod provision;
mod record;
mod registry;
#[cfg(test)]
mod tests;
mod values;
mod writer;

use quick_xml::escape::escape;

use crate::{
    network::{
        Answer, Command, Fault, Reply, Sender,
        moment::Moment,
        rules::faults,
        types::{InstitutionCode, RequestId},
    },
    wire::{
        Contract, Decoded, RawRequest, RawResponse,
        bundled::writer::Writer,
        inspect::inspect,
        reader::{self, Children},
    },
};

/// The namespace of the contract.
pub const NAMESPACE: &str = "urn:renkei:mock:unofficial:v1";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const XML_TYPE: &str = "text/xml; charset=utf-8";
const PLACEHOLDER: &str = "https://mock.invalid";
const WSDL: &str = include_str!("../../../contract/renkei.wsdl");

/// The files of the contract, by name: the WSDL, the schema that it imports, and what that includes, a file a port.
pub const FILES: &[(&str, &str)] = &[
    ("renkei.wsdl", WSDL),
    (
        "renkei-messages.xsd",
        include_str!("../../../contract/renkei-messages.xsd"),
    ),
    (
        "renkei-common.xsd",
        include_str!("../../../contract/renkei-common.xsd"),
    ),
    (
        "renkei-connection.xsd",
        include_str!("../../../contract/renkei-connection.xsd"),
    ),
    (
        "renkei-master.xsd",
        include_str!("../../../contract/renkei-master.xsd"),
    ),
    (
        "renkei-code.xsd",
        include_str!("../../../contract/renkei-code.xsd"),
    ),
    (
        "renkei-registry.xsd",
        include_str!("../../../contract/renkei-registry.xsd"),
    ),
    (
        "renkei-connectivity.xsd",
        include_str!("../../../contract/renkei-connectivity.xsd"),
    ),
    (
        "renkei-inquiry.xsd",
        include_str!("../../../contract/renkei-inquiry.xsd"),
    ),
    (
        "renkei-provision.xsd",
        include_str!("../../../contract/renkei-provision.xsd"),
    ),
    (
        "renkei-record.xsd",
        include_str!("../../../contract/renkei-record.xsd"),
    ),
    (
        "renkei-portal.xsd",
        include_str!("../../../contract/renkei-portal.xsd"),
    ),
];

/// One operation of a port.
struct Operation {
    /// The name of the request's element; that of the answer ends in `Response`.
    name: &'static str,
    /// The path of its port within a world.
    endpoint: &'static str,
    /// Reads what stands after the sender, in the schema's order.
    decode: fn(&mut Children<'_, '_>) -> Result<Command, Fault>,
}

/// All operations.
fn operations() -> impl Iterator<Item = &'static Operation> {
    [
        connection::OPERATIONS,
        master::OPERATIONS,
        code::OPERATIONS,
        registry::OPERATIONS,
        connectivity::OPERATIONS,
        inquiry::OPERATIONS,
        provision::OPERATIONS,
        record::OPERATIONS,
        portal::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

/// The operation that an answer answers.
fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Connection(answer) => connection::name(answer),
        Answer::Master(answer) => master::name(answer),
        Answer::Code(answer) => code::name(answer),
        Answer::Connectivity(answer) => connectivity::name(answer),
        Answer::Inquiry(answer) => inquiry::name(answer),
        Answer::Provision(answer) => provision::name(answer),
        Answer::Record(answer) => record::name(answer),
        Answer::Portal(answer) => portal::name(answer),
    }
}

/// Writes what stands in the response after its head.
fn encode(answer: &Answer, xml: &mut Writer) {
    match answer {
        Answer::Connection(answer) => connection::encode(answer, xml),
        Answer::Master(answer) => master::encode(answer, xml),
        Answer::Code(answer) => code::encode(answer, xml),
        Answer::Connectivity(answer) => connectivity::encode(answer, xml),
        Answer::Inquiry(answer) => inquiry::encode(answer, xml),
        Answer::Provision(answer) => provision::encode(answer, xml),
        Answer::Record(answer) => record::encode(answer, xml),
        Answer::Portal(answer) => portal::encode(answer, xml),
    }
}

/// Writes why one entry of a submission was refused, where the others were not.
fn refusal(xml: &mut Writer, fault: &Fault) {
    xml.open("n:Refusal");
    reason(xml, fault);
    xml.close("n:Refusal");
}

/// Writes what a refusal says, of a message or of an entry.
fn reason(xml: &mut Writer, fault: &Fault) {
    let Fault {
        code,
        rule,
        text,
        retry,
    } = fault;
    xml.leaf("n:Code", code.code);
    xml.optional("n:RuleId", rule.map(|rule| rule.code));
    xml.leaf("n:TextJa", &text.ja);
    xml.leaf("n:TextEn", &text.en);
    xml.leaf("n:Retry", retry.as_str());
}

/// The bundled contract.
#[derive(Clone, Copy, Debug)]
pub struct Bundled;

impl Contract for Bundled {
    fn decode(&self, request: &RawRequest<'_>) -> Result<Decoded, Fault> {
        binding::check_binding(request)?;
        let text = std::str::from_utf8(request.body).map_err(|error| {
            let at = error.valid_up_to();
            reader::fault(
                &faults::NOT_WELL_FORMED,
                format!("（{at}バイト目がUTF-8ではありません。）"),
                format!("byte {at} is not UTF-8"),
            )
        })?;
        let document = reader::parse(text)?;
        let root = document.root_element();
        if !root.has_tag_name((SOAP, "Envelope")) {
            let code = if root.tag_name().name() == "Envelope" {
                &faults::OTHER_VERSION
            } else {
                &faults::NOT_VALID
            };
            return Err(reader::fault(
                code,
                "（最上位はSOAP 1.1のEnvelopeです。）",
                "the root must be a SOAP 1.1 Envelope",
            ));
        }
        let mut envelope = Children::of(root)?;
        // The contract defines no header blocks; what stands in a header is not for this receiver.
        if let Some(header) = envelope.optional(SOAP, "Header") {
            binding::refuse_must_understand(header)?;
        }
        let mut body = Children::of(envelope.required(SOAP, "Body")?)?;
        envelope.end()?;
        let payload = body.any()?;
        body.end()?;
        let name = payload.tag_name().name();
        let known = operations()
            .find(|operation| operation.name == name && operation.endpoint == request.path);
        let Some(operation) = known.filter(|_| payload.tag_name().namespace() == Some(NAMESPACE))
        else {
            return Err(reader::fault(
                &faults::NOT_VALID,
                format!(
                    "（「{name}」は、名前空間 {NAMESPACE} の接続先 /{} の操作ではありません。）",
                    request.path
                ),
                format!(
                    "'{name}' is no operation of /{} in the namespace {NAMESPACE}",
                    request.path
                ),
            ));
        };
        binding::check_action(request, name)?;
        let mut fields = Children::of(payload)?;
        let sender = sender(&mut fields)?;
        let command = (operation.decode)(&mut fields)?;
        fields.end()?;
        let found = inspect(&document);
        Ok(Decoded {
            sender,
            command,
            found,
        })
    }

    fn encode(&self, request_id: &str, answered_at: Moment, reply: &Reply) -> RawResponse {
        let answer = match reply {
            Ok(answer) => answer,
            Err(fault) => return self.encode_fault(fault),
        };
        let mut xml = Writer::envelope();
        let name = format!("n:{}Response", name(answer));
        xml.open(&name);
        xml.open("n:Receipt");
        xml.leaf("n:RequestId", request_id);
        xml.leaf("n:AnsweredAt", answered_at.to_string());
        xml.close("n:Receipt");
        encode(answer, &mut xml);
        xml.close(&name);
        xml.finish(200)
    }

    fn encode_fault(&self, fault: &Fault) -> RawResponse {
        let mut xml = Writer::envelope();
        xml.open("s:Fault");
        xml.leaf("faultcode", binding::fault_code(fault));
        xml.leaf("faultstring", &fault.text.ja);
        xml.open("detail");
        xml.open("n:Fault");
        reason(&mut xml, fault);
        xml.close("n:Fault");
        xml.close("detail");
        xml.close("s:Fault");
        xml.finish(500)
    }

    fn document(&self, path: &str, query: Option<&str>, base: &str) -> Option<RawResponse> {
        let base = escape(base.trim_end_matches('/'));
        let is_endpoint = operations().any(|operation| operation.endpoint == path);
        let text = match (path, query) {
            (_, Some(query)) if is_endpoint && query.eq_ignore_ascii_case("wsdl") => {
                WSDL.replace(PLACEHOLDER, &base).replace(
                    "schemaLocation=\"",
                    &format!("schemaLocation=\"{base}/contract/"),
                )
            }
            ("contract/renkei.wsdl", None) => WSDL.replace(PLACEHOLDER, &base),
            (_, None) => {
                let name = path.strip_prefix("contract/")?;
                let (_, text) = FILES.iter().find(|(file, _)| *file == name)?;
                (*text).to_owned()
            }
            (_, Some(_)) => return None,
        };
        Some(RawResponse {
            status: 200,
            content_type: XML_TYPE,
            body: text.into_bytes(),
        })
    }
}

fn sender(fields: &mut Children<'_, '_>) -> Result<Sender, Fault> {
    let mut sender = Children::of(fields.required(NAMESPACE, "Sender")?)?;
    let request_id = sender.typed("RequestId", RequestId::FORM, RequestId::new)?;
    let institution = sender.typed("Institution", InstitutionCode::FORM, InstitutionCode::new)?;
    sender.end()?;
    Ok(Sender {
        request_id,
        institution,
    })
}
