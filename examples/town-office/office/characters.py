"""What the network carries: JIS X 0213:2012 in UTF-8. To reduce a text to that is the sender's work."""

from office.bugs import bug


def carried(text):
    """The text without what chooses a glyph (異体字セレクタ); the character itself stays. All else goes as it is: what
    the network does not have it refuses, and somebody looks at it. It is never dropped in silence."""
    reduced = "".join(each for each in text if not 0xE0100 <= ord(each) <= 0xE01EF)
    if bug("drops-beyond-bmp"):
        reduced = "".join(each for each in reduced if ord(each) <= 0xFFFF)
    return reduced
