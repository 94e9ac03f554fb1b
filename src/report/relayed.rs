//! An exchange that went through the recorder, in a line.

use crate::{event::Relayed, text::Text};

/// Who sent what whither, and what came of it.
pub(super) fn line(relayed: &Relayed) -> Text {
    let Relayed {
        sequence,
        exchange,
        http,
        fault,
        number,
        ..
    } = relayed;
    let url = http.url.split_once("://").map_or("", |(_, rest)| rest);
    let path = url.split_once('/').map_or("", |(_, path)| path);
    let sent = [
        exchange.identity.as_str(),
        &http.method,
        &format!("/{path}"),
        &exchange.operation,
    ];
    let sent: Vec<&str> = sent.into_iter().filter(|part| !part.is_empty()).collect();
    let came = match (http.status, &http.broken) {
        (Some(status), _) => {
            let fault = fault.as_deref().unwrap_or_default();
            let came = format!("{status} {fault}");
            Text::new(came.trim_end(), came.trim_end())
        }
        (None, Some(broken)) => broken.clone(),
        (None, None) => Text::new("接続先に送信していません", "not passed on"),
    };
    let found = number.as_deref().map(|place| match place {
        "request" => Text::new(
            "。要求に個人番号があります",
            "; an individual number stands in the request",
        ),
        _ => Text::new(
            "。応答に個人番号があります",
            "; an individual number stands in the answer",
        ),
    });
    let (ja, en) = found.map_or_else(Default::default, |Text { ja, en }| (ja, en));
    let head = format!("[{sequence}] {}", sent.join("  "));
    Text::new(
        format!("{head}  →  {}{ja}", came.ja),
        format!("{head}  →  {}{en}", came.en),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Exchange, Http, Kept};

    fn relayed(operation: &str, status: Option<u16>, fault: Option<&str>) -> Relayed {
        let request = Kept {
            file: String::new(),
            sha256: String::new(),
            bytes: 0,
            masked: false,
            shown: String::new(),
        };
        Relayed {
            sequence: 3,
            came: String::new(),
            exchange: Exchange {
                operation: operation.to_owned(),
                identity: "iida-mayor".to_owned(),
                sent: 1,
                request,
                response: None,
                status,
                broken: None,
            },
            http: Http {
                method: "POST".to_owned(),
                url: "https://t.example:8443/a/inquiry".to_owned(),
                sent: Vec::new(),
                status,
                came: Vec::new(),
                broken: None,
                partial: None,
            },
            fault: fault.map(str::to_owned),
            number: None,
            left_out: None,
            milliseconds: 0,
        }
    }

    #[test]
    fn a_line_says_who_sent_what_whither_and_what_came_of_it() {
        let fault = relayed("SubmitInquiry", Some(500), Some("F-INQ-01"));
        assert_eq!(
            line(&fault).en,
            "[3] iida-mayor  POST  /a/inquiry  SubmitInquiry  →  500 F-INQ-01"
        );
        let mut kept_back = relayed("", None, None);
        kept_back.number = Some("request".to_owned());
        assert_eq!(
            line(&kept_back).ja,
            "[3] iida-mayor  POST  /a/inquiry  →  接続先に送信していません。要求に個人番号があります"
        );
    }
}
