//! What the contract takes and refuses, by literal bytes.

use super::*;
use crate::network;

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
    assert_eq!(
        decoded.command,
        Command::Master(network::master::Command::List)
    );
    assert_eq!(
        decoded.sender,
        Sender {
            request_id: RequestId::new("r-1").unwrap(),
            institution: InstitutionCode::new("202053-M").unwrap()
        }
    );
}

#[test]
fn each_ill_formed_body_is_a_fault_that_says_what_is_wrong() {
    let with = |from: &str, to: &str| GOOD.replace(from, to);
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let long = "r".repeat(65);
    let twice = "<n:RequestId>r-1</n:RequestId><n:RequestId>r-1</n:RequestId>";
    let header = "<s:Header><n:Pay s:mustUnderstand=\"1\"/></s:Header><s:Body>";
    let shift_jis = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?>";
    let control = "<?xml version=\"1.0\" encoding=\"\u{1}\"?>";
    let not_well_formed = [
        ("DTD", format!("<!DOCTYPE a>{GOOD}"), "DTD"),
        ("two roots", format!("{GOOD}<a/>"), ""),
        ("text after the root", format!("{GOOD}x"), ""),
        ("U+0001", with("r-1", "\u{1}"), ""),
        ("unknown entity", with("r-1", "&nbsp;"), "nbsp"),
        ("unclosed root", with("</s:Envelope>", ""), ""),
        ("bad name", "<1a/>".into(), ""),
        ("]]> in text", with("r-1", "]]>"), ""),
        ("&#0;", with("r-1", "&#0;"), ""),
        ("undeclared prefix", with("n:RequestId", "x:RequestId"), "x"),
        ("nesting", deep, "64"),
        (
            "declared charset",
            format!("{shift_jis}{GOOD}"),
            "Shift_JIS",
        ),
        (
            "control character in it",
            format!("{control}{GOOD}"),
            "\u{fffd}",
        ),
        ("XML 1.1", format!("<?xml version=\"1.1\"?>{GOOD}"), "1.0"),
        ("empty", String::new(), ""),
    ];
    let not_valid = [
        (
            "namespace",
            with("unofficial:v1", "unofficial:v2"),
            "unofficial:v1",
        ),
        (
            "unknown element",
            with("</n:ListMasters>", "<n:Extra/></n:ListMasters>"),
            "Extra",
        ),
        (
            "missing element",
            with("<n:Institution>202053-M</n:Institution>", ""),
            "Institution",
        ),
        (
            "repeated element",
            with("<n:RequestId>r-1</n:RequestId>", twice),
            "RequestId",
        ),
        ("too long", with("r-1", &long), "64"),
        ("attribute", with("<n:Sender>", "<n:Sender a=\"b\">"), "'a'"),
        ("text between", with("<n:Sender>", "x<n:Sender>"), "text"),
        (
            "ideographic space",
            with("<n:Sender>", "\u{3000}<n:Sender>"),
            "text",
        ),
        (
            "instruction in a value",
            with("r-1", "r-<?x y?>1"),
            "RequestId: a processing instruction",
        ),
    ];
    let other_version = with(SOAP, "http://www.w3.org/2003/05/soap-envelope");
    let other_version = [("SOAP 1.2", other_version, "1.1")];
    let not_understood = [("mustUnderstand", with("<s:Body>", header), "'Pay'")];
    for (code, cases) in [
        (&faults::NOT_WELL_FORMED, &not_well_formed[..]),
        (&faults::NOT_VALID, &not_valid[..]),
        (&faults::OTHER_VERSION, &other_version[..]),
        (&faults::NOT_UNDERSTOOD, &not_understood[..]),
    ] {
        for (name, body, says) in cases {
            let fault = Bundled.decode(&request(body.as_bytes())).expect_err(name);
            assert_eq!(fault.code, code, "{name}: {}", fault.text.en);
            assert!(fault.text.en.contains(says), "{name}: {}", fault.text.en);
        }
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
        assert_eq!(fault.code, &faults::BAD_BINDING);
        assert!(fault.text.en.contains(says), "{}", fault.text.en);
    }
}

#[test]
fn soap_has_codes_of_its_own_for_its_version_and_its_headers() {
    let refused = |body: &str| {
        let fault = Bundled.decode(&request(body.as_bytes())).unwrap_err();
        String::from_utf8(Bundled.encode_fault(&fault).body).unwrap()
    };
    let header = "<s:Header><n:Pay s:mustUnderstand=\"1\"/></s:Header><s:Body>";
    for (body, code) in [
        (
            GOOD.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
            "VersionMismatch",
        ),
        (GOOD.replace("<s:Body>", header), "MustUnderstand"),
        (GOOD.replace("r-1", ""), "Client"),
        ("<a/>".to_owned(), "Client"),
    ] {
        let answer = refused(&body);
        assert!(
            answer.contains(&format!("<faultcode>s:{code}</faultcode>")),
            "{answer}"
        );
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
        text.contains("schemaLocation=\"https://127.0.0.1:1/w/a/contract/renkei-messages.xsd\"")
    );
}
