//! The characters that the network carries: JIS X 0213:2012 in UTF-8 \[S\], as `data/jis-x-0213.py` wrote them down.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::read(include_str!("../../../data/jis-x-0213.txt")));

/// The first character of a text that the network does not carry.
pub(super) fn first_outside(text: &str) -> Option<char> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    if text.bytes().all(is_plain) {
        return None;
    }
    let mut before = None;
    text.chars().find(|c| {
        let inside =
            TABLE.holds(*c) || before.is_some_and(|before| TABLE.sequences.contains(&(before, *c)));
        before = Some(*c);
        !inside
    })
}

struct Table {
    /// 256 bits for each block of 256 code points.
    blocks: BTreeMap<u32, [u8; 32]>,
    /// Pairs whose second may not stand alone.
    sequences: BTreeSet<(char, char)>,
}

impl Table {
    /// Reads the file. A line that says nothing adds nothing; the tests count what was read.
    fn read(text: &str) -> Self {
        let mut table = Self {
            blocks: BTreeMap::new(),
            sequences: BTreeSet::new(),
        };
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["+", first, second] => table
                    .sequences
                    .extend(character(first).zip(character(second))),
                [block, bits] => {
                    let read = (u32::from_str_radix(block, 16), bits_of(bits));
                    if let (Ok(block), Some(bits)) = read {
                        table.blocks.insert(block, bits);
                    }
                }
                _ => {}
            }
        }
        table
    }

    fn holds(&self, c: char) -> bool {
        let point = u32::from(c);
        let low = (point & 0xff) as usize;
        self.blocks
            .get(&(point >> 8))
            .and_then(|bits| bits.get(low / 8))
            .is_some_and(|byte| byte & (0x80 >> (low % 8)) != 0)
    }
}

fn character(hex: &str) -> Option<char> {
    u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)
}

fn bits_of(hex: &str) -> Option<[u8; 32]> {
    let mut bits = [0; 32];
    for (index, byte) in bits.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_the_whole_set() {
        let singles: u32 = TABLE
            .blocks
            .values()
            .flatten()
            .map(|byte| byte.count_ones())
            .sum();
        // 11,208 of the standard, 95 of ASCII and 3 spaces, and the additions that the script names.
        assert!(
            (11_208 + 98..11_208 + 98 + 20).contains(&singles),
            "{singles}"
        );
        let kana = |pair: &&(char, char)| {
            pair.1 == '\u{309a}' && !matches!(pair.0, 'は'..='ほ' | 'ハ'..='ホ')
        };
        assert_eq!(TABLE.sequences.iter().filter(kana).count(), 14);
    }

    #[test]
    fn what_is_to_be_carried_is_carried() {
        for text in [
            "髙﨑",
            "𠮷野",
            "𠮟",
            "〜～",
            "−－",
            "か\u{309a}",
            "ㇷ\u{309a}",
            "が",
            "か\u{3099}",
            "パ",
            "ハ\u{309a}",
            "é",
            "e\u{301}",
            "Å",
            "A\u{30a}",
            "Latin & < > ' \"",
            "①㈱◎",
            "―—",
            "\u{3000}全角　空白\t\r\n",
        ] {
            assert_eq!(first_outside(text), None, "{text}");
        }
        assert_eq!(first_outside(&"字".repeat(200)), None);
    }

    #[test]
    fn what_is_outside_is_named() {
        for (text, outside) in [
            ("葛\u{e0100}", '\u{e0100}'),
            ("渡邉\u{fe00}", '\u{fe00}'),
            ("ｱﾊﾟｰﾄ", 'ｱ'),
            ("髙\u{309a}", '\u{309a}'),
            ("あ\u{3099}", '\u{3099}'),
            ("\u{3099}", '\u{3099}'),
            ("か\u{309a}\u{309a}", '\u{309a}'),
            ("𠀀", '𠀀'),
            ("각", '각'),
            ("😀", '😀'),
            ("\u{200d}", '\u{200d}'),
            ("\u{feff}", '\u{feff}'),
            ("\u{e000}", '\u{e000}'),
            ("\u{85}", '\u{85}'),
            ("鷗外と丅", '丅'),
        ] {
            assert_eq!(first_outside(text), Some(outside), "{text}");
        }
    }
}
