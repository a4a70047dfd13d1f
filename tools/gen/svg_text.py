"""How wide words are in a picture: cut and broken by a table, since nobody can measure them where it is shown."""

from __future__ import annotations

from html import escape

FONTS = '"Geist Variable",Geist,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'
"""What a picture is set in: the first that the reader's machine has. None is loaded."""

# Advances of Geist and of Arial's metrics, the larger of both, in hundredths of the size.
_ADVANCES = {
    26: "'ij",
    28: "!,.Il|·",
    30: ":;",
    36: '()`"[]',
    38: "r",
    40: "ft{}-",
    46: "*\\/^",
    54: "svyz",
    58: "17#?_ac≈Leou",
    62: "69+<=>Jbdghknpqx~2348FTZ",
    68: "5$0&ABEKPSVXY",
    76: "CDHRUN",
    80: "GOQw",
    90: "Mm%",
    102: "W…@",
}
_BY_LETTER = {letter: advance / 100 for advance, letters in _ADVANCES.items() for letter in letters}
_SPACE, _OTHER, _WIDE = 0.28, 0.7, 1.0
_LAST_NARROW = "\u2e7f"
_BOLD = 1.1


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """In px, rather too much than too little."""
    advance = sum(map(_advance, text)) * size
    return advance * _BOLD if is_bold else advance


def cut(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """The text, or as much of it as fits into `room` px, with an ellipsis."""
    if width(text, size, is_bold=is_bold) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", size, is_bold=is_bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def lines(text: str, room: float, size: float) -> list[str]:
    """The text broken between words into lines of at most `room` px; a longer word is cut."""
    broken: list[str] = []
    for word in text.split():
        longer = f"{broken[-1]} {word}" if broken else ""
        if longer and width(longer, size) <= room:
            broken[-1] = longer
        else:
            broken.append(cut(word, room, size))
    return broken


def plain(text: str) -> str:
    """The text as XML has it, in an attribute too."""
    return escape(" ".join(text.split()), quote=True)


def _advance(letter: str) -> float:
    if letter == " ":
        return _SPACE
    return _BY_LETTER.get(letter, _OTHER if letter <= _LAST_NARROW else _WIDE)
