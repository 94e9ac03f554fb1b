#!/usr/bin/env python3
"""Writes jis-x-0213.txt: the characters that the network carries, from Python's codec of JIS X 0213.

`shift_jis_2004` holds exactly the 11,233 characters of JIS X 0213:2004, which the edition of 2012 did not change:
11,208 of one code point and 25 of two. (`euc_jis_2004` won't do: it falls back on JIS X 0212.) Where the codec and the
standard differ, the standard holds:

- the codec reads 1-1-32 and 1-2-18 as U+005C and U+007E; beside ASCII they are U+FF3C and U+FF5E;
- the standard names U+2014 for 1-1-29, U+00A5 for 1-1-79 and U+203E for 1-1-17; the codec has U+2015, U+FFE5 and
  U+FFE3. Both are carried.

Beyond the standard: ASCII; the NFC and NFD forms of what the set holds; and two characters of names, U+9AD9 and
U+20BB7, whose shapes JIS X 0213 unifies with U+9AD8 and U+5409 but which senders write with code points of their own.
Not in it: half-width kana (JIS X 0201), control characters but tab, line feed and carriage return, variation selectors.

Run without arguments, in this folder.
"""
import unicodedata

CODEC = "shift_jis_2004"
OF_THE_STANDARD = {0x2014, 0x00A5, 0x203E}
OF_NAMES = {0x9AD9, 0x20BB7}
SPACE = {0x09, 0x0A, 0x0D}

decoded = []
for lead in range(0x81, 0xFD):
    for trail in range(0x40, 0xFD):
        try:
            text = bytes([lead, trail]).decode(CODEC)
        except UnicodeDecodeError:
            continue
        if 0xA1 <= lead <= 0xDF:
            continue  # One byte of half-width kana and one more.
        decoded.append({"\\": "\uff3c", "~": "\uff5e"}.get(text, text))
assert len(decoded) == len(set(decoded)) == 11233, len(decoded)

singles = {ord(text) for text in decoded if len(text) == 1}
sequences = {text for text in decoded if len(text) > 1}
assert (len(singles), len(sequences)) == (11208, 25)
singles |= OF_THE_STANDARD | OF_NAMES | SPACE | set(range(0x20, 0x7F))

for text in decoded:
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, text)
        if len(other) == 1:
            singles.add(ord(other))
        else:
            sequences.add(other)

blocks = {}
for point in singles:
    blocks.setdefault(point >> 8, set()).add(point & 0xFF)

with open("jis-x-0213.txt", "w", encoding="ascii", newline="\n") as out:
    out.write("# Written by jis-x-0213.py: a block of 256 code points a line, one bit each, then the sequences.\n")
    for block in sorted(blocks):
        bits = "".join("1" if low in blocks[block] else "0" for low in range(256))
        out.write(f"{block:03X} {int(bits, 2):064X}\n")
    for text in sorted(sequences):
        # A sequence of characters that may each stand alone needs no line.
        if not all(ord(c) in singles for c in text):
            out.write("+ " + " ".join(f"{ord(c):04X}" for c in text) + "\n")
