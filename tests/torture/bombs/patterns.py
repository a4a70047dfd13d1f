"""Patterns and texts that would keep a matcher busy for minutes, or fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from backend.data.model import JsonObject
from tests.torture.bombs.bomb import Bomb

LONG = 1_000_000
MATCH, EXTRACT, REPLACE = "MatchTextPatternBlock", "ExtractTextInformationBlock", "ReplaceByPatternBlock"


def _matching(pattern: str, text: Callable[[], str]) -> JsonObject:
    return {"text": text(), "match": pattern, "data": "found"}


def _extracting(pattern: str, text: Callable[[], str], group: int = 0) -> JsonObject:
    return {"text": text(), "pattern": pattern, "find_all": True, "group": group}


def _replacing(pattern: str, text: Callable[[], str], replacement: str = "-") -> JsonObject:
    return {"text": text(), "pattern": pattern, "replacement": replacement}


def _same(character: str = "a") -> str:
    return character * LONG


def _mixed() -> str:
    """The letters a and b as if at random, always the same."""
    return f"{pow(3, LONG // 2, 1 << LONG):b}".translate({48: "a", 49: "b"}).zfill(LONG)[:LONG]


def _every_character() -> str:
    return "".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, 0xF0000)]))


BOMBS: list[Bomb] = [
    Bomb("nested-plus", MATCH, partial(_matching, r"(?:a+)+$", lambda: _same() + "b"), "1,000,001"),
    Bomb("nested-plus-within-limits", MATCH, partial(_matching, r"(?:a+)+c", _same), None),
    Bomb("alternatives-of-the-same", MATCH, partial(_matching, r"(?:a|aa|aaa)*c", _same), None),
    Bomb("many-optionals", MATCH, partial(_matching, "a?" * 3_000 + "a" * 3_000, _same), None),
    Bomb("many-stars", MATCH, partial(_matching, "(?:a*)*" * 1_000 + "c", _same), None),
    Bomb(
        "states-for-each-combination",
        MATCH,
        partial(_matching, r"(?:a|b)*a(?:a|b){900}c", _mixed),
        "longer than",
    ),
    Bomb("counts-within-counts", MATCH, partial(_matching, r"(?:.{0,500}x){0,50}", _mixed), "too large"),
    Bomb(
        "counts-that-fit-just", EXTRACT, partial(_extracting, r"(?:[ab]{0,1000}x){0,19}c", _mixed), "stopped"
    ),
    Bomb(
        "counts-of-counts-of-counts",
        MATCH,
        partial(_matching, "(?:" * 5 + "a" + "{1,99})" * 5, _same),
        "too large",
    ),
    Bomb("a-huge-count", MATCH, partial(_matching, r"a{2000000000}", _same), "too large"),
    Bomb(
        "a-count-beyond-numbers",
        MATCH,
        partial(_matching, r"a{99999999999999999999}", _same),
        "repetition number",
    ),
    Bomb(
        "parentheses-within-parentheses",
        MATCH,
        partial(_matching, "(" * 4_999 + "a" + ")" * 4_999, _same),
        "nested",
    ),
    Bomb("a-long-pattern", MATCH, partial(_matching, "a" * 1_000_000, _same), "10,000 are the most"),
    Bomb(
        "thousands-of-groups",
        REPLACE,
        partial(_replacing, "(a)" * 3_000, _same, r"\1" * 5_000),
        "more than 100",
    ),
    Bomb(
        "looks-to-the-end-at-each-match", EXTRACT, partial(_extracting, r"a(?:.*c)?", _mixed), "longer than"
    ),
    Bomb("the-same-when-replacing", REPLACE, partial(_replacing, r"a(?:.*c)?", _mixed), "longer than"),
    Bomb("a-match-at-each-character", EXTRACT, partial(_extracting, r"a", _same), "1,000 matches"),
    Bomb("nothing-at-each-character", EXTRACT, partial(_extracting, r"c*", _same), "1,000 matches"),
    Bomb("one-huge-match", EXTRACT, partial(_extracting, r"(a+)", _same, 1), "1,000,000 characters"),
    Bomb("a-replacement-that-grows", REPLACE, partial(_replacing, r"a", _same, "b" * 100_000), "1,048,576"),
    Bomb(
        "the-text-for-each-letter",
        REPLACE,
        partial(_replacing, r".*?(?:a|$)", _same, r"\g<0>" * 100),
        "stopped",
    ),
    Bomb(
        "every-character-there-is",
        MATCH,
        partial(_matching, r"\w{3}\d\s[ä-ü]x{9}", _every_character),
        "stopped",
    ),
    Bomb(
        "classes-for-each-character",
        MATCH,
        partial(
            _matching,
            "|".join(f"[{chr(0x4E00 + k)}-{chr(0x5000 + 2 * k)}]!" for k in range(1_400)),
            _every_character,
        ),
        "stopped",
    ),
    Bomb(
        "case-of-every-script",
        MATCH,
        partial(_matching, "(?i)" + "k" * 5_000 + "c", lambda: _same("K")),
        None,
    ),
    Bomb(
        "a-text-for-each-letter",
        "TextReplaceBlock",
        lambda: {"text": _same(), "old": "a", "new": _same()},
        "the most",
    ),
    Bomb(
        "a-text-between-texts",
        "CombineTextsBlock",
        lambda: {"input": ["a"] * 9_999, "delimiter": _same()},
        "the most",
    ),
    Bomb("a-part-for-each-letter", "TextSplitBlock", lambda: {"text": _same(), "delimiter": "a"}, "the most"),
    Bomb("a-fence-in-each-line", "CodeExtractionBlock", lambda: {"text": "```js\n" * 166_000}, None),
    Bomb("an-escape-everywhere", "TextDecoderBlock", lambda: {"text": "\\x61" * 250_000}, None),
    Bomb("letters-that-are-many", "MakeSlugBlock", lambda: {"text": "\ufdfa" * 10_000}, None),
    Bomb("look-behind", MATCH, partial(_matching, r"(?<=a)b", _mixed), "look-behind"),
]
