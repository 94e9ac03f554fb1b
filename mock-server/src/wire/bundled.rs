//! The mock's own contract: SOAP 1.1, document/literal, UTF-8. Unofficial.

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::{
    network::{
        Answer, Command, Fault, Reply, Sender,
        master::Master,
        moment::Moment,
        rules::{FaultCode, Retry},
    },
    wire::{
        Contract, Decoded, RawRequest, RawResponse,
        reader::{self, Children, value},
    },
};

/// The namespace of the contract.
pub const NAMESPACE: &str = "urn:renkei:mock:unofficial:v1";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const XML_TYPE: &str = "text/xml; charset=utf-8";
const PLACEHOLDER: &str = "https://mock.invalid";
const WSDL: &str = include_str!("../../contract/renkei.wsdl");
const XSD: &str = include_str!("../../contract/renkei-messages.xsd");

/// The files of the contract, by name.
pub const FILES: [(&str, &str); 2] = [("renkei.wsdl", WSDL), ("renkei-messages.xsd", XSD)];

/// Each operation with its endpoint.
const OPERATIONS: [(&str, &str, Command); 2] = [
    ("ListMasters", "master", Command::ListMasters),
    (
        "GetConnectionStatus",
        "connection",
        Command::GetConnectionStatus,
    ),
];

/// The bundled contract.
#[derive(Clone, Copy, Debug)]
pub struct Bundled;

impl Contract for Bundled {
    fn decode(&self, request: &RawRequest<'_>) -> Result<Decoded, Fault> {
        check_binding(request)?;
        let text = std::str::from_utf8(request.body).map_err(|error| {
            let at = error.valid_up_to();
            reader::fault(
                FaultCode::NotWellFormed,
                format!("（{at}バイト目がUTF-8ではありません。）"),
                format!("byte {at} is not UTF-8"),
            )
        })?;
        let document = reader::parse(text)?;
        let root = document.root_element();
        if !root.has_tag_name((SOAP, "Envelope")) {
            return Err(reader::fault(
                FaultCode::NotValid,
                "（最上位はSOAP 1.1のEnvelopeです。）",
                "the root must be a SOAP 1.1 Envelope",
            ));
        }
        let mut envelope = Children::of(root)?;
        // The contract defines no header blocks; what stands in a header is not for this receiver.
        if let Some(header) = envelope.optional(SOAP, "Header") {
            refuse_must_understand(header)?;
        }
        let mut body = Children::of(envelope.required(SOAP, "Body")?)?;
        envelope.end()?;
        let payload = body.any()?;
        body.end()?;
        let name = payload.tag_name().name();
        let known = OPERATIONS
            .iter()
            .find(|(operation, endpoint, _)| *operation == name && *endpoint == request.path);
        let Some((_, _, command)) =
            known.filter(|_| payload.tag_name().namespace() == Some(NAMESPACE))
        else {
            return Err(reader::fault(
                FaultCode::NotValid,
                format!("（「{name}」はこの接続先の操作ではないか、名前空間が異なります。）"),
                format!(
                    "'{name}' is no operation of /{} in the namespace {NAMESPACE}",
                    request.path
                ),
            ));
        };
        check_action(request, name)?;
        let mut fields = Children::of(payload)?;
        let sender = sender(&mut fields)?;
        fields.end()?;
        Ok(Decoded {
            sender,
            command: *command,
        })
    }

    fn encode(&self, request_id: &str, answered_at: Moment, reply: &Reply) -> RawResponse {
        let answer = match reply {
            Ok(answer) => answer,
            Err(fault) => return self.encode_fault(fault),
        };
        let mut xml = Writer::envelope();
        let name = match answer {
            Answer::ListMasters(_) => "n:ListMastersResponse",
            Answer::GetConnectionStatus(_) => "n:GetConnectionStatusResponse",
        };
        xml.open(name);
        xml.open("n:Receipt");
        xml.leaf("n:RequestId", request_id);
        xml.leaf("n:AnsweredAt", &answered_at.to_string());
        xml.close("n:Receipt");
        match answer {
            Answer::ListMasters(masters) => masters.iter().for_each(|master| xml.master(master)),
            Answer::GetConnectionStatus(state) => xml.leaf("n:State", state.as_str()),
        }
        xml.close(name);
        xml.finish(200)
    }

    fn encode_fault(&self, fault: &Fault) -> RawResponse {
        let Fault {
            code,
            rule,
            text,
            retry,
        } = fault;
        let mut xml = Writer::envelope();
        xml.open("s:Fault");
        xml.leaf(
            "faultcode",
            match retry {
                Retry::SameRequest => "s:Server",
                Retry::Never | Retry::Corrected => "s:Client",
            },
        );
        xml.leaf("faultstring", &text.ja);
        xml.open("detail");
        xml.open("n:Fault");
        xml.leaf("n:Code", code.code());
        if let Some(rule) = rule {
            xml.leaf("n:RuleId", &rule.to_string());
        }
        xml.leaf("n:TextJa", &text.ja);
        xml.leaf("n:TextEn", &text.en);
        xml.leaf("n:Retry", retry.as_str());
        xml.close("n:Fault");
        xml.close("detail");
        xml.close("s:Fault");
        xml.finish(500)
    }

    fn document(&self, path: &str, query: Option<&str>, base: &str) -> Option<RawResponse> {
        let base = base.trim_end_matches('/');
        let is_endpoint = OPERATIONS.iter().any(|(_, endpoint, _)| *endpoint == path);
        let text = match (path, query) {
            (_, Some(query)) if is_endpoint && query.eq_ignore_ascii_case("wsdl") => {
                WSDL.replace(PLACEHOLDER, base).replace(
                    "schemaLocation=\"",
                    &format!("schemaLocation=\"{base}/contract/"),
                )
            }
            ("contract/renkei.wsdl", None) => WSDL.replace(PLACEHOLDER, base),
            ("contract/renkei-messages.xsd", None) => XSD.to_owned(),
            _ => return None,
        };
        Some(RawResponse {
            status: 200,
            content_type: XML_TYPE,
            body: text.into_bytes(),
        })
    }
}

fn check_binding(request: &RawRequest<'_>) -> Result<(), Fault> {
    let refuse = |ja: String, en: String| Err(reader::fault(FaultCode::BadBinding, ja, en));
    if request.method != "POST" {
        return refuse(
            format!("（メソッド{}）", request.method),
            format!("method {} instead of POST", request.method),
        );
    }
    if !OPERATIONS
        .iter()
        .any(|(_, endpoint, _)| *endpoint == request.path)
    {
        return refuse(
            format!("（接続先「/{}」はありません。）", request.path),
            format!("there is no endpoint /{}", request.path),
        );
    }
    let content_type = request.content_type.unwrap_or("");
    let mut parts = content_type.split(';').map(str::trim);
    let right_type = parts
        .next()
        .is_some_and(|media| media.eq_ignore_ascii_case("text/xml"));
    let right_charset = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => charset
            .trim()
            .trim_matches('"')
            .eq_ignore_ascii_case("utf-8"),
        Some(_) | None => true,
    });
    if !right_type || !right_charset {
        return refuse(
            format!(
                "（Content-Type「{content_type}」。text/xml; charset=utf-8 で送信してください。）"
            ),
            format!("Content-Type is '{content_type}'; send text/xml; charset=utf-8"),
        );
    }
    if let Some(encoding) = request
        .content_encoding
        .filter(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    {
        return refuse(
            format!("（Content-Encoding「{encoding}」は使用できません。）"),
            format!("Content-Encoding '{encoding}' is not taken"),
        );
    }
    Ok(())
}

fn check_action(request: &RawRequest<'_>, operation: &str) -> Result<(), Fault> {
    let expected = format!("{NAMESPACE}:{operation}");
    // Clients send it with quotes, as SOAP 1.1 has it, and many without.
    let right = |action: &str| action == expected || action == format!("\"{expected}\"");
    if request.soap_action.is_some_and(right) {
        return Ok(());
    }
    let found = request.soap_action.unwrap_or("");
    Err(reader::fault(
        FaultCode::BadBinding,
        format!("（SOAPAction「{found}」。「{expected}」でなければなりません。）"),
        format!("SOAPAction is '{found}'; it must be '{expected}'"),
    ))
}

/// A header block that must be understood is refused, since none is.
fn refuse_must_understand(header: roxmltree::Node<'_, '_>) -> Result<(), Fault> {
    let demands = |node: &roxmltree::Node<'_, '_>| {
        matches!(node.attribute((SOAP, "mustUnderstand")), Some("1" | "true"))
    };
    match header.children().find(demands) {
        None => Ok(()),
        Some(block) => {
            let name = block.tag_name().name();
            Err(reader::fault(
                FaultCode::NotValid,
                format!("（ヘッダー「{name}」（mustUnderstand）には対応していません。）"),
                format!("the header block '{name}' must be understood, and is not"),
            ))
        }
    }
}

fn sender(fields: &mut Children<'_, '_>) -> Result<Sender, Fault> {
    let mut sender = Children::of(fields.required(NAMESPACE, "Sender")?)?;
    let request_id = value(
        sender.required(NAMESPACE, "RequestId")?,
        "A-Z a-z 0-9 . _ -, 1–64",
        |text| {
            (1..=64).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        },
    )?;
    let institution = value(
        sender.required(NAMESPACE, "Institution")?,
        "A-Z 0-9 -, 3–12, 202053-M",
        |text| {
            text.len() <= 12
                && text.split_once('-').is_some_and(|(place, office)| {
                    [place, office].iter().all(|part| {
                        !part.is_empty()
                            && part
                                .chars()
                                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
                    })
                })
        },
    )?;
    sender.end()?;
    Ok(Sender {
        request_id,
        institution,
    })
}

/// Writes an envelope into memory, which cannot fail.
struct Writer(quick_xml::Writer<Vec<u8>>);

impl Writer {
    fn envelope() -> Self {
        let mut xml = Self(quick_xml::Writer::new(Vec::new()));
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

    fn open(&mut self, name: &str) {
        self.event(Event::Start(BytesStart::new(name)));
    }

    fn close(&mut self, name: &str) {
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.event(Event::Text(BytesText::new(text)));
        self.close(name);
    }

    fn master(&mut self, master: &Master) {
        let Master {
            kind,
            version,
            effective_from,
            effective_to,
            count,
            digest,
            state,
        } = master;
        self.open("n:Master");
        self.leaf("n:Kind", kind.as_str());
        self.leaf("n:Version", version);
        self.leaf("n:EffectiveFrom", &effective_from.to_string());
        if let Some(last) = effective_to {
            self.leaf("n:EffectiveTo", &last.to_string());
        }
        self.leaf("n:Count", &count.to_string());
        self.leaf("n:Digest", digest);
        self.leaf("n:State", state.as_str());
        self.close("n:Master");
    }

    fn finish(mut self, status: u16) -> RawResponse {
        self.close("s:Body");
        self.close("s:Envelope");
        RawResponse {
            status,
            content_type: XML_TYPE,
            body: self.0.into_inner(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="urn:renkei:mock:unofficial:v1"><s:Body><n:ListMasters><n:Sender><n:RequestId>r-1</n:RequestId><n:Institution>202053-M</n:Institution></n:Sender></n:ListMasters></s:Body></s:Envelope>"#;

    fn request(body: &[u8]) -> RawRequest<'_> {
        RawRequest {
            method: "POST",
            path: "master",
            content_type: Some("text/xml; charset=utf-8"),
            content_encoding: None,
            soap_action: Some("\"urn:renkei:mock:unofficial:v1:ListMasters\""),
            body,
        }
    }

    #[test]
    fn a_right_message_is_read() {
        let decoded = Bundled.decode(&request(GOOD.as_bytes())).unwrap();
        assert_eq!(decoded.command, Command::ListMasters);
        assert_eq!(
            decoded.sender,
            Sender {
                request_id: "r-1".into(),
                institution: "202053-M".into()
            }
        );
    }

    #[test]
    fn each_ill_formed_body_is_a_fault_that_says_what_is_wrong() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let cases: &[(&str, String, FaultCode, &str)] = &[
            (
                "DTD",
                format!("<!DOCTYPE a>{GOOD}"),
                FaultCode::NotWellFormed,
                "DTD",
            ),
            (
                "two roots",
                format!("{GOOD}<a/>"),
                FaultCode::NotWellFormed,
                "",
            ),
            (
                "text after the root",
                format!("{GOOD}x"),
                FaultCode::NotWellFormed,
                "",
            ),
            (
                "U+0001",
                GOOD.replace("r-1", "\u{1}"),
                FaultCode::NotWellFormed,
                "",
            ),
            (
                "unknown entity",
                GOOD.replace("r-1", "&nbsp;"),
                FaultCode::NotWellFormed,
                "nbsp",
            ),
            (
                "unclosed root",
                GOOD.replace("</s:Envelope>", ""),
                FaultCode::NotWellFormed,
                "",
            ),
            ("bad name", "<1a/>".into(), FaultCode::NotWellFormed, ""),
            (
                "]]> in text",
                GOOD.replace("r-1", "]]>"),
                FaultCode::NotWellFormed,
                "",
            ),
            (
                "&#0;",
                GOOD.replace("r-1", "&#0;"),
                FaultCode::NotWellFormed,
                "",
            ),
            (
                "undeclared prefix",
                GOOD.replace("n:RequestId", "x:RequestId"),
                FaultCode::NotWellFormed,
                "x",
            ),
            ("nesting", deep, FaultCode::NotWellFormed, "64"),
            (
                "declared charset",
                format!("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>{GOOD}"),
                FaultCode::NotWellFormed,
                "Shift_JIS",
            ),
            ("empty", String::new(), FaultCode::NotWellFormed, ""),
            (
                "namespace",
                GOOD.replace("unofficial:v1", "unofficial:v2"),
                FaultCode::NotValid,
                "unofficial:v1",
            ),
            (
                "SOAP 1.2",
                GOOD.replace(
                    "http://schemas.xmlsoap.org/soap/envelope/",
                    "http://www.w3.org/2003/05/soap-envelope",
                ),
                FaultCode::NotValid,
                "1.1",
            ),
            (
                "unknown element",
                GOOD.replace("</n:ListMasters>", "<n:Extra/></n:ListMasters>"),
                FaultCode::NotValid,
                "Extra",
            ),
            (
                "missing element",
                GOOD.replace("<n:Institution>202053-M</n:Institution>", ""),
                FaultCode::NotValid,
                "Institution",
            ),
            (
                "repeated element",
                GOOD.replace(
                    "<n:RequestId>r-1</n:RequestId>",
                    "<n:RequestId>r-1</n:RequestId><n:RequestId>r-1</n:RequestId>",
                ),
                FaultCode::NotValid,
                "RequestId",
            ),
            (
                "too long",
                GOOD.replace("r-1", &"r".repeat(65)),
                FaultCode::NotValid,
                "64",
            ),
            (
                "attribute",
                GOOD.replace("<n:Sender>", "<n:Sender a=\"b\">"),
                FaultCode::NotValid,
                "'a'",
            ),
            (
                "text between",
                GOOD.replace("<n:Sender>", "x<n:Sender>"),
                FaultCode::NotValid,
                "text",
            ),
            (
                "ideographic space",
                GOOD.replace("<n:Sender>", "\u{3000}<n:Sender>"),
                FaultCode::NotValid,
                "text",
            ),
            (
                "instruction in a value",
                GOOD.replace("r-1", "r-<?x y?>1"),
                FaultCode::NotValid,
                "not allowed",
            ),
            (
                "XML 1.1",
                format!("<?xml version=\"1.1\"?>{GOOD}"),
                FaultCode::NotWellFormed,
                "1.0",
            ),
            (
                "mustUnderstand",
                GOOD.replace(
                    "<s:Body>",
                    "<s:Header><n:Pay s:mustUnderstand=\"1\"/></s:Header><s:Body>",
                ),
                FaultCode::NotValid,
                "'Pay'",
            ),
            (
                "control character in the declared charset",
                format!("<?xml version=\"1.0\" encoding=\"\u{1}\"?>{GOOD}"),
                FaultCode::NotWellFormed,
                "\u{fffd}",
            ),
        ];
        for (name, body, code, says) in cases {
            let fault = Bundled.decode(&request(body.as_bytes())).expect_err(name);
            assert_eq!(fault.code, *code, "{name}: {}", fault.text.en);
            assert!(fault.text.en.contains(says), "{name}: {}", fault.text.en);
        }
        let fault = Bundled.decode(&request(b"<a>\xff</a>")).unwrap_err();
        assert!(fault.text.en.contains("byte 3"));
    }

    #[test]
    fn each_wrong_header_is_a_fault_that_names_it() {
        let good = request(GOOD.as_bytes());
        let cases = [
            (
                RawRequest {
                    method: "PUT",
                    ..good
                },
                "PUT",
            ),
            (
                RawRequest {
                    path: "nowhere",
                    ..good
                },
                "nowhere",
            ),
            (
                RawRequest {
                    content_type: Some("application/soap+xml"),
                    ..good
                },
                "soap+xml",
            ),
            (
                RawRequest {
                    content_type: Some("text/xml; charset=Shift_JIS"),
                    ..good
                },
                "Shift_JIS",
            ),
            (
                RawRequest {
                    content_type: None,
                    ..good
                },
                "Content-Type",
            ),
            (
                RawRequest {
                    content_encoding: Some("gzip"),
                    ..good
                },
                "gzip",
            ),
            (
                RawRequest {
                    soap_action: None,
                    ..good
                },
                "SOAPAction",
            ),
            (
                RawRequest {
                    soap_action: Some("\"other\""),
                    ..good
                },
                "other",
            ),
            (
                RawRequest {
                    content_type: Some("text/xml; charset =Shift_JIS"),
                    ..good
                },
                "Shift_JIS",
            ),
            (
                RawRequest {
                    soap_action: Some("\"\"urn:renkei:mock:unofficial:v1:ListMasters"),
                    ..good
                },
                "SOAPAction",
            ),
        ];
        for (request, says) in cases {
            let fault = Bundled.decode(&request).unwrap_err();
            assert_eq!(fault.code, FaultCode::BadBinding);
            assert!(fault.text.en.contains(says), "{}", fault.text.en);
        }
    }

    #[test]
    fn a_long_number_in_the_wrong_place_is_not_repeated() {
        // Long as an individual number, but none: its check digit is wrong.
        for number in ["1234 5678 9019", "１２３４５６７８９０１９", "12345678901"] {
            let body = GOOD.replace("202053-M", number);
            let fault = Bundled.decode(&request(body.as_bytes())).unwrap_err();
            assert!(
                !fault.text.en.contains(number) && !fault.text.ja.contains(number),
                "{}",
                fault.text.en
            );
        }
    }

    #[test]
    fn the_served_wsdl_names_the_world() {
        let served = Bundled
            .document("master", Some("wsdl"), "https://127.0.0.1:1/w/a/")
            .unwrap();
        let text = String::from_utf8(served.body).unwrap();
        assert!(text.contains("location=\"https://127.0.0.1:1/w/a/master\""));
        assert!(
            text.contains(
                "schemaLocation=\"https://127.0.0.1:1/w/a/contract/renkei-messages.xsd\""
            )
        );
    }
}
