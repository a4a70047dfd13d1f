"""Patterns (regular expressions): Python's spelling, matched by RE2 in linear time, within limits (security.md).

What is small is matched here, in the thread of the caller; RE2 lets other threads go on meanwhile. Linear
can still be a lot (a large pattern times a long text), so all else is matched in a bounded process.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from backend.util.bounded.jobs.patterns import SMALL_ATOMS, answer
from backend.util.bounded.pool import run_bounded
from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded, Refused
from backend.util.errors import BlockError, LimitReached
from backend.util.patterns.syntax import MAX_PATTERN_CHARS, Options, parse

__all__ = ["MAX_PATTERN_CHARS", "MAX_TEXT_CHARS", "Options", "find", "is_match", "replace", "takes_a_moment"]

MAX_TEXT_CHARS = 1_000_000
MAX_REPLACEMENT_GROUPS = 100
_TIMEOUT_S = 0.7
"""The text's way to the process and back comes on top."""
_QUICK_PATTERN_CHARS = 500
_QUICK_STEPS = 1_000_000
"""Atoms times characters; measured: 35 ms at most, 0.1 ms as a rule."""
_QUICK_CHARS_FOR_ALL = 5_000
"""Each of many matches may have looked through all of the rest."""
_MOMENT_CHARS, _MOMENT_CHARS_FOR_ALL, _MOMENT_FACTOR = 20_000, 2_000, 10
"""Of a text that is matched within the event loop, and how much less work that may be than in a thread."""
_MOMENT_FACTOR_LEARNING = 50
"""The same for a text whose every character may be new, and so is tried with each atom."""
_MOMENT_GROUPS = 40_000
"""Characters of the pattern times those of the text: each of many matches may have many groups."""

_REPLACEMENT = re.compile(r"\\(?:([1-9][0-9]?)|g<([^<>\\]{1,100})>|([\\nrt])|(.?))", re.DOTALL)
_ESCAPES = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


def is_match(pattern: str, text: str, options: Options) -> bool:
    """Whether the pattern is anywhere in the text. Blocks for up to a second, as all here.

    Raises:
        BlockError: the pattern is wrong or not supported, or the text too long; the message says where.
        LimitReached: it took too long, or too much memory.
    """
    return bool(_ask("match", pattern, text, options))


def find(
    pattern: str, text: str, options: Options, *, group: int | str = 0, find_all: bool = False
) -> list[str]:
    """What the group holds in each match from left to right, or in the first; empty where it took no part.

    Raises:
        BlockError, LimitReached: as `is_match`; also for more than 1,000 matches or 10,000 characters in one.
    """
    found: list[str] = _ask("find", pattern, text, options, group=group, find_all=find_all)
    return found


def replace(
    pattern: str, text: str, replacement: str, options: Options, *, find_all: bool = True
) -> tuple[str, int]:
    r"""The text with each match, or the first, replaced; and how many there were.

    `replacement`: `\1` and `\g<name>` are groups of the match, `\g<0>` all of it.

    Raises:
        BlockError, LimitReached: as `is_match`; also for a result of more than 1,048,576 characters.
    """
    parts = parse_replacement(replacement)
    made = _ask("replace", pattern, text, options, replacement=parts, find_all=find_all)
    return made["text"], made["count"]


def takes_a_moment(pattern: str, text: Any, options: Options, *, find_all: bool) -> bool:
    """Whether it is done in a few milliseconds and in this process, whatever the answer.

    What is no text has to be written as one first, and may be long.
    """
    if not isinstance(text, str) or len(text) > (_MOMENT_CHARS_FOR_ALL if find_all else _MOMENT_CHARS):
        return False
    if find_all and len(pattern) * len(text) > _MOMENT_GROUPS:
        return False
    factor = _MOMENT_FACTOR if text.isascii() else _MOMENT_FACTOR_LEARNING
    try:
        return _is_quick(pattern, factor * len(text), options)
    except Refused:
        return True


def parse_replacement(replacement: str) -> list[str | list[int | str]]:
    """Its texts, and its groups each as a list of one number or name.

    Raises:
        BlockError: a backslash before something else, or more than `MAX_REPLACEMENT_GROUPS`.
    """
    parts: list[str | list[int | str]] = []
    done = 0
    for match in _REPLACEMENT.finditer(replacement):
        number, name, escape, _ = match.groups()
        parts.append(replacement[done : match.start()])
        if number or name:
            parts.append([_number_or_name(number or name)])
        elif escape:
            parts.append(_ESCAPES[escape])
        else:
            raise BlockError(
                f"The replacement has {match[0]!r} at character {match.start() + 1}. Write `\\1` or `\\g<name>` "
                "for a group, and `\\\\` for a backslash."
            )
        done = match.end()
        if len(parts) > 2 * MAX_REPLACEMENT_GROUPS:
            raise BlockError(
                f"The replacement has more than {MAX_REPLACEMENT_GROUPS} groups and escapes. Use fewer of them."
            )
    return [part for part in (*parts, replacement[done:]) if part]


def _number_or_name(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _ask(do: str, pattern: str, text: str, options: Options, **further: Any) -> Any:
    if len(text) > MAX_TEXT_CHARS:
        raise BlockError(
            f"The text has {len(text):,} characters, and {MAX_TEXT_CHARS:,} are the most. Split it first."
        )
    request = {"do": do, "pattern": pattern, "options": asdict(options), "text": text, **further}
    try:
        is_for_all = bool(further.get("find_all"))
        if _is_quick(pattern, len(text), options) and (not is_for_all or len(text) <= _QUICK_CHARS_FOR_ALL):
            return answer(request)
    except Refused as error:
        raise BlockError(str(error)) from None
    except Exceeded:
        raise LimitReached(
            f"The replacing made more than {MAX_OUTPUT_CHARS:,} characters and was stopped. Split the text first."
        ) from None
    cure = "Make the pattern smaller, or split the text first."
    return run_bounded("patterns", request, subject="The pattern", cure=cure, timeout_s=_TIMEOUT_S)


def _is_quick(pattern: str, text_chars: int, options: Options) -> bool:
    if len(pattern) > _QUICK_PATTERN_CHARS:
        return False
    atoms = parse(pattern, options).atom_count
    return atoms <= SMALL_ATOMS and max(atoms, 10) * text_chars <= _QUICK_STEPS
