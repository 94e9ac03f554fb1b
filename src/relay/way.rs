//! Where a request goes, and which of its headers go with it.

use std::collections::BTreeMap;

use crate::transport::Answer;

/// Headers that belong to one connection alone.
const OF_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers of a request that the way to the target has anew; an answer that is compressed could not be read.
const OF_REQUEST: [&str; 4] = ["accept-encoding", "content-length", "expect", "host"];

/// Where the recorder and the target are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The URL at which the software reaches the recorder, with a slash at its end.
    pub here: String,
    /// The target's URL.
    pub url: String,
    /// The whole URLs of endpoints that are not below it.
    pub elsewhere: BTreeMap<String, String>,
}

impl Way {
    /// The URL of a path below the recorder's: that of the longest endpoint with which it begins, else below the
    /// target's.
    pub(super) fn url(&self, path: &str) -> String {
        let named = self.elsewhere.iter().filter_map(|(endpoint, url)| {
            let rest = path.strip_prefix(endpoint.trim_matches('/'))?;
            (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((rest, url))
        });
        match named.min_by_key(|(rest, _)| rest.len()) {
            Some((rest, url)) => format!("{url}{rest}"),
            None => format!("{}/{path}", self.url.trim_end_matches('/')),
        }
    }

    /// The path below the recorder's URL that went to a URL.
    pub fn path(&self, url: &str) -> String {
        let named = self.elsewhere.iter().filter_map(|(endpoint, place)| {
            let rest = url.strip_prefix(place.as_str())?;
            let whole = rest.is_empty() || rest.starts_with(['/', '?']);
            whole.then(|| (rest.len(), format!("{}{rest}", endpoint.trim_matches('/'))))
        });
        if let Some((_, path)) = named.min() {
            return path;
        }
        let rest = url.strip_prefix(self.url.trim_end_matches('/'));
        rest.unwrap_or(url).trim_start_matches('/').to_owned()
    }
}

impl Way {
    /// A description of the service with the addresses of the target turned into the recorder's: whoever reads where to
    /// send from a WSDL would pass it by. None where there are none.
    pub(super) fn turned(&self, text: &str) -> Option<String> {
        let here = self.here.trim_end_matches('/');
        let mut known: Vec<(&str, String)> = self
            .elsewhere
            .iter()
            .map(|(endpoint, url)| {
                (
                    url.as_str(),
                    format!("{here}/{}", endpoint.trim_matches('/')),
                )
            })
            .collect();
        known.push((self.url.trim_end_matches('/'), here.to_owned()));
        known.sort_by_key(|(url, _)| std::cmp::Reverse(url.len()));
        let turned = known
            .into_iter()
            .fold(text.to_owned(), |text, (url, here)| turn(&text, url, &here));
        (turned != text).then_some(turned)
    }
}

/// The text with one URL in the place of another, where that does not go on as another host or name.
fn turn(text: &str, from: &str, to: &str) -> String {
    let mut turned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = found.get(from.len()..).unwrap_or_default();
        let goes_on =
            after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':'));
        turned.push_str(before);
        turned.push_str(if goes_on { from } else { to });
        rest = after;
    }
    turned + rest
}

/// The endpoint that a path names.
pub(super) fn endpoint(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or_default();
    path.trim_matches('/')
}

/// The action of a message: that of SOAP 1.1, else that of SOAP 1.2; empty where there is none.
pub(super) fn action(headers: &[(String, String)]) -> String {
    let of = |name: &str| headers.iter().find(|(known, _)| known == name);
    if let Some((_, action)) = of("soapaction") {
        return action.trim().trim_matches('"').to_owned();
    }
    let parameters = of("content-type").map_or("", |(_, value)| value).split(';');
    let action = parameters
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("action"));
    action.map_or_else(String::new, |(_, action)| {
        action.trim_matches('"').to_owned()
    })
}

/// The headers of a request that go on to the target; those of one name are one.
pub(super) fn passed_on(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut passed: Vec<(String, String)> = Vec::new();
    for (name, value) in
        of_message(headers).filter(|(name, _)| !OF_REQUEST.contains(&name.as_str()))
    {
        match passed.iter_mut().find(|(known, _)| known == name) {
            Some((_, all)) => {
                all.push_str(if name == "cookie" { "; " } else { ", " });
                all.push_str(value);
            }
            None => passed.push((name.clone(), value.clone())),
        }
    }
    passed
}

/// The same with what every request to the target carries, where the software does not say it itself.
pub(super) fn with(
    of_target: &[(String, String)],
    own: &[(String, String)],
) -> Vec<(String, String)> {
    let said = |name: &str| {
        own.iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    let further = of_target.iter().filter(|(name, _)| !said(name));
    further.chain(own).cloned().collect()
}

/// What goes back to the software.
pub(super) fn back(answer: &Answer) -> Answer {
    // Where there is a body, the server counts it; where there is none, as in an answer to HEAD, this says what it was.
    let counted = |name: &str| name == "content-length" && !answer.body.is_empty();
    let headers = of_message(&answer.headers).filter(|(name, _)| !counted(name));
    Answer {
        status: answer.status,
        headers: headers.cloned().collect(),
        body: answer.body.clone(),
    }
}

/// The headers that do not belong to a connection alone, neither by their name nor by what `Connection` says.
fn of_message(headers: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    let named: Vec<&str> = headers
        .iter()
        .filter(|(name, _)| name == "connection")
        .flat_map(|(_, value)| value.split(','))
        .map(str::trim)
        .collect();
    headers.iter().filter(move |(name, _)| {
        !OF_CONNECTION.contains(&name.as_str())
            && !named.iter().any(|named| named.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        list.iter().map(pair).collect()
    }

    #[test]
    fn a_path_leads_to_the_longest_endpoint_that_it_begins_with_else_below_the_target() {
        let elsewhere = [
            ("inquiry", "https://a.example/x"),
            ("inquiry/batch/", "https://b.example"),
        ];
        let elsewhere = elsewhere.map(|(name, url)| (name.to_owned(), url.to_owned()));
        let way = Way {
            here: "https://127.0.0.1:1/".to_owned(),
            url: "https://t.example/base/".to_owned(),
            elsewhere: elsewhere.into(),
        };
        for (path, url) in [
            ("inquiry", "https://a.example/x"),
            ("inquiry?wsdl", "https://a.example/x?wsdl"),
            ("inquiry/one", "https://a.example/x/one"),
            ("inquiry/batch/1", "https://b.example/1"),
            ("inquiry2", "https://t.example/base/inquiry2"),
            ("master?a=b", "https://t.example/base/master?a=b"),
            ("", "https://t.example/base/"),
        ] {
            assert_eq!(way.url(path), url, "{path}");
        }
    }

    #[test]
    fn addresses_in_a_description_lead_through_the_recorder() {
        let elsewhere = ("inquiry".to_owned(), "https://t.example/other".to_owned());
        let way = Way {
            here: "https://127.0.0.1:1/".to_owned(),
            url: "https://t.example/".to_owned(),
            elsewhere: [elsewhere].into(),
        };
        let text = "<a l='https://t.example/code'/><b l=\"https://t.example/other\"/><c>https://t.example</c>";
        assert_eq!(
            way.turned(text).unwrap(),
            "<a l='https://127.0.0.1:1/code'/><b l=\"https://127.0.0.1:1/inquiry\"/><c>https://127.0.0.1:1</c>"
        );
        for other in [
            "https://t.example.jp/",
            "https://t.example:8443/",
            "https://x/",
        ] {
            assert_eq!(way.turned(other), None, "{other}");
        }
    }

    #[test]
    fn the_action_is_that_of_either_soap() {
        let one = pairs(&[("content-type", "text/xml"), ("soapaction", "\"urn:a\"")]);
        assert_eq!(action(&one), "urn:a");
        let two = "application/soap+xml; charset=utf-8; Action=\"urn:b\"";
        assert_eq!(action(&pairs(&[("content-type", two)])), "urn:b");
        assert_eq!(action(&pairs(&[("content-type", "text/xml")])), "");
    }

    #[test]
    fn what_belongs_to_a_connection_is_not_passed_on() {
        let came = pairs(&[
            ("host", "127.0.0.1:1"),
            ("connection", "keep-alive, X-Hop"),
            ("x-hop", "1"),
            ("content-length", "3"),
            ("accept-encoding", "gzip"),
            ("expect", "100-continue"),
            ("content-type", "text/xml"),
            ("accept", "a"),
            ("accept", "b"),
            ("x-key", "own"),
        ]);
        let own = passed_on(&came);
        let kept = [
            ("content-type", "text/xml"),
            ("accept", "a, b"),
            ("x-key", "own"),
        ];
        assert_eq!(own, pairs(&kept));
        let target = pairs(&[("X-Key", "of the target"), ("X-Other", "too")]);
        let all = with(&target, &own);
        assert_eq!(all[0], ("X-Other".to_owned(), "too".to_owned()));
        assert_eq!(all.len(), 4);
    }
}
