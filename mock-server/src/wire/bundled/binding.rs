//! What the binding demands of an HTTP request and of a SOAP header.

use crate::{
    network::{
        Fault,
        rules::{Retry, faults},
    },
    wire::{
        RawRequest,
        bundled::{NAMESPACE, SOAP, operations},
        reader,
    },
};

/// The HTTP request must be what the binding says.
pub(super) fn check_binding(request: &RawRequest<'_>) -> Result<(), Fault> {
    let refuse = |ja: String, en: String| Err(reader::fault(&faults::BAD_BINDING, ja, en));
    if request.method != "POST" {
        return refuse(
            format!(
                "（メソッド{}。電文はPOSTで送信してください。WSDLは「?wsdl」を付けたURLからGETで取得できます。）",
                request.method
            ),
            format!(
                "method {} instead of POST; the WSDL is what GET gives with ?wsdl",
                request.method
            ),
        );
    }
    if !operations().any(|operation| operation.endpoint == request.path) {
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

/// `SOAPAction` must name the operation.
pub(super) fn check_action(request: &RawRequest<'_>, operation: &str) -> Result<(), Fault> {
    // Clients send it with quotes, as SOAP 1.1 has it, and many without.
    let named = |action: &str| {
        let bare = action
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let (space, name) = bare.unwrap_or(action).rsplit_once(':')?;
        Some(space == NAMESPACE && name == operation)
    };
    if request.soap_action.and_then(named) == Some(true) {
        return Ok(());
    }
    let expected = format!("{NAMESPACE}:{operation}");
    let found = request.soap_action.unwrap_or("");
    Err(reader::fault(
        &faults::BAD_BINDING,
        format!("（SOAPAction「{found}」。「{expected}」でなければなりません。）"),
        format!("SOAPAction is '{found}'; it must be '{expected}'"),
    ))
}

/// The code that SOAP 1.1 has for a fault (section 4.4.1).
pub(super) fn fault_code(fault: &Fault) -> &'static str {
    if fault.code == &faults::OTHER_VERSION {
        return "s:VersionMismatch";
    }
    if fault.code == &faults::NOT_UNDERSTOOD {
        return "s:MustUnderstand";
    }
    match fault.retry {
        Retry::SameRequest => "s:Server",
        Retry::Never | Retry::Corrected => "s:Client",
    }
}

/// A header block that must be understood is refused, since none is.
pub(super) fn refuse_must_understand(header: roxmltree::Node<'_, '_>) -> Result<(), Fault> {
    let demands = |node: &roxmltree::Node<'_, '_>| {
        matches!(node.attribute((SOAP, "mustUnderstand")), Some("1" | "true"))
    };
    match header.children().find(demands) {
        None => Ok(()),
        Some(block) => {
            let name = block.tag_name().name();
            Err(reader::fault(
                &faults::NOT_UNDERSTOOD,
                format!("（ヘッダー「{name}」（mustUnderstand）には対応していません。）"),
                format!("the header block '{name}' must be understood, and is not"),
            ))
        }
    }
}
