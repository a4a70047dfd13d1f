"""What patterns of other dialects have and ours has not, found in a pattern and said with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.util.bounded.protocol import Refused

_FLAT = "Match it in a group and use the group."
_LINEAR = "Matching takes linear time here without it."
_UNSUPPORTED: dict[str, tuple[str, str, str]] = {
    "ASSERT": ("a look-ahead or look-behind", r"\(\?<?=", _FLAT),
    "ASSERT_NOT": (
        "a negative look-ahead or look-behind",
        r"\(\?<?!",
        "Say what may stand there (`[^x]`), or filter the matches afterwards.",
    ),
    "GROUPREF": (
        "a back-reference",
        r"\\[1-9]|\(\?P=",
        "Match both parts in groups and compare them in another block.",
    ),
    "GROUPREF_EXISTS": ("a condition", r"\(\?\(", "Write both cases, with `|` between them."),
    "ATOMIC_GROUP": ("an atomic group", r"\(\?>", f"Write `(?:`. {_LINEAR}"),
    "POSSESSIVE_REPEAT": (
        "a possessive repetition",
        r"[*+?}]\+",
        f"Leave out the second `+`. {_LINEAR}",
    ),
}
"""By the parser's name: what it is, how to find it, what to do instead."""

_FOREIGN = (
    (r"\\[pP]\{", "a Unicode property", "Write `[^\\W\\d_]` for a letter, `\\d` for a digit."),
    (r"\\k[<{']", "a back-reference", _UNSUPPORTED["GROUPREF"][2]),
    (r"\\[KGRXhHQE]", "an escape of another dialect", "Write it as Python does; `\\s` is white space."),
    (r"\(\?(?:R|[0-9&+]|P>)", "recursion", "Write out as many levels as you need."),
)
_TOKEN = re.compile(
    r"\\(?:[pP]\{|k[<{']|.)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]?"
    r"|\(\?(?:P[<=>]|<[=!]|<(?=\w)|[=!>(]|[0-9&+R])?|[*+?}]\+|.",
    re.DOTALL,
)
_POSIX_CLASS = re.compile(r"\[:\w+:\]")


def refuse_foreign(pattern: str) -> None:
    for place, token in _tokens(pattern):
        if token.startswith("[") and (inner := _POSIX_CLASS.search(token)):
            raise _unsupported(
                inner[0],
                place + inner.start(),
                "a class of another dialect",
                "Write `\\d`, `\\w`, `\\s` or `[a-z]`.",
            )
        for form, what, cure in _FOREIGN:
            if re.match(form, token):
                raise _unsupported(token, place, what, cure)


def as_python(pattern: str) -> str:
    r"""Two spellings of other dialects that mean the same: `(?<name>` and `\z`."""
    spelled = {"(?<": "(?P<", "\\z": "\\Z"}
    return "".join(spelled.get(token, token) for _, token in _tokens(pattern))


def _tokens(pattern: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), match[0]) for match in _TOKEN.finditer(pattern))


def wrong(pattern: str, error: re.error) -> Refused:
    reason = error.msg[:200]
    if error.pos is None:
        return Refused(f"The pattern is wrong: {reason}. Correct it.")
    # `(?P<` has taken the place of `(?<`.
    added = sum(1 for place, opening in _tokens(pattern) if opening == "(?<" and place < error.pos)
    place = max(0, error.pos - added)
    return Refused(
        f"The pattern is wrong at character {place + 1} ({pattern[place : place + 10]!r}): {reason}. Correct it."
    )


def _unsupported(shown: str, place: int, what: str, cure: str) -> Refused:
    return Refused(
        f"The pattern has {what} at character {place + 1} (`{shown}`), which is not supported. {cure}"
    )


def not_supported(pattern: str, name: str) -> Refused:
    """The refusal of what Python's parser calls `name`."""
    what, form, cure = _UNSUPPORTED.get(name, (name.lower(), "(?!)", "Write it in another way."))
    found = ((place, part) for place, part in _tokens(pattern) if re.match(form, part))
    place, part = next(found, (0, pattern[:10]))
    return _unsupported(part, place, what, cure)
