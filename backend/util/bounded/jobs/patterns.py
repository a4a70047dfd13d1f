"""Finds patterns in texts with RE2, as Python's `re` would find them.

RE2 knows bytes. So each character of a text becomes one byte, which stands for all characters that the
pattern cannot tell apart: Python itself says for each of the pattern's atoms whether it matches a character.
Character classes, the case of letters and word boundaries are thus Python's own, for every script, programs
are small, and places are counted in characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from importlib import import_module
from threading import Lock
from typing import Any

from backend.util.bounded.protocol import MAX_OUTPUT_CHARS, Exceeded, Refused
from backend.util.patterns.syntax import Atom, Options, Syntax, parse

re2: Any = import_module("re2")
"""It has no types."""

MAX_MATCHES = 1_000
MAX_MATCH_CHARS = 10_000
SMALL_ATOMS = 200
"""Patterns of up to so many atoms may be matched in the main process, which keeps several of them."""
_SMALL_BYTES, _LARGE_BYTES = 1_048_576, 4 * 1_048_576
"""Of one program, with what it learns while matching."""
_MAX_KNOWN_CHARACTERS = 4_000
_NEWLINE = 0x0A
_WORD_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
"""What is on a word's side of RE2's `\\b`."""

Span = tuple[int, int]
Spans = list[Span | None]
"""Where a match and its groups are, in characters; None: the group took no part."""


def answer(request: dict[str, Any]) -> Any:
    """What `request["do"]` ("match", "find", "replace") says to `pattern`, `options` and `text`."""
    pattern = compiled(request["pattern"], Options(**request["options"]))
    return _JOBS[request["do"]](pattern, request["text"], request)


def _match(pattern: Pattern, text: str, _: dict[str, Any]) -> bool:
    return pattern.is_in(text)


def _find(pattern: Pattern, text: str, request: dict[str, Any]) -> list[str]:
    """The asked group of each match, or of the first."""
    group = pattern.group_number(request["group"])
    found: list[str] = []
    for spans in pattern.matches(text, with_groups=group > 0):
        span = spans[group] or (0, 0)
        if len(found) == MAX_MATCHES:
            raise Refused(
                f"There are more than {MAX_MATCHES:,} matches, which are the most. Split the text first."
            )
        if span[1] - span[0] > MAX_MATCH_CHARS:
            raise Refused(
                f"A match has {span[1] - span[0]:,} characters, and {MAX_MATCH_CHARS:,} are the most. "
                "Match less: `.*?` instead of `.*`, or `[^\\n]*`."
            )
        found.append(text[slice(*span)])
        if not request["find_all"]:
            break
    return found


def _replace(pattern: Pattern, text: str, request: dict[str, Any]) -> dict[str, Any]:
    """The text with each match (or the first) replaced, and how many there were."""
    parts = [
        part if isinstance(part, str) else pattern.group_number(part[0]) for part in request["replacement"]
    ]
    made: list[str] = []
    done = count = length = 0
    for spans in pattern.matches(text, with_groups=any(isinstance(part, int) and part for part in parts)):
        start, end = spans[0] or (0, 0)
        new = "".join(part if isinstance(part, str) else _text_at(text, spans[part]) for part in parts)
        length += start - done + len(new)
        if length > MAX_OUTPUT_CHARS:
            raise Exceeded("output")
        made += (text[done:start], new)
        done, count = end, count + 1
        if not request["find_all"]:
            break
    if length + len(text) - done > MAX_OUTPUT_CHARS:
        raise Exceeded("output")
    return {"text": "".join([*made, text[done:]]), "count": count}


_JOBS: dict[str, Callable[[Pattern, str, dict[str, Any]], Any]] = {
    "match": _match,
    "find": _find,
    "replace": _replace,
}


def _text_at(text: str, span: Span | None) -> str:
    return "" if span is None else text[slice(*span)]


@lru_cache(maxsize=32)
def compiled(pattern: str, options: Options) -> Pattern:
    return Pattern(parse(pattern, options))


class Pattern:
    """One pattern, ready for texts. What it learns of characters is kept for the next text; threads may share it."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._alphabet = _Alphabet(syntax)
        self._programs: dict[tuple[str, ...], Any] = {}
        self._lock = Lock()

    def is_in(self, text: str) -> bool:
        data, program = self._prepared(text)
        return program("never_capture").search(data) is not None

    def matches(self, text: str, *, with_groups: bool) -> Iterator[Spans]:
        """Each match from left to right, as Python finds them; without groups only where the whole is."""
        data, program = self._prepared(text)
        search = program() if with_groups else program("never_capture")
        groups = range(self._syntax.group_count + 1 if with_groups else 1)
        found = self._found(data, search, program) if self._syntax.may_be_empty else search.finditer(data)
        for match in found:
            yield [None if match.start(group) < 0 else match.span(group) for group in groups]

    def _found(self, data: bytes, search: Any, program: Callable[..., Any]) -> Iterator[Any]:
        """`finditer`, where nothing may be matched: RE2's would give the same place twice."""
        place = 0
        while place <= len(data) and (match := search.search(data, place)) is not None:
            yield match
            start, end = match.span()
            if start == end:
                self._refuse_second_choice(data, end, program)
            place = end + (start == end)

    def group_number(self, group: int | str) -> int:
        """The number of a group by its number or name.

        Raises:
            Refused: there is none, or RE2 cannot tell what Python would find in it.
        """
        number = self._syntax.group_names.get(group) if isinstance(group, str) else group
        if number is None or not 0 <= number <= self._syntax.group_count:
            names = ", ".join(self._syntax.group_names)
            raise Refused(
                f"The pattern has no group {group!r}. It has {self._syntax.group_count} groups"
                f"{f', and these names: {names}' if names else ''}; 0 is the whole match."
            )
        if number in self._syntax.unsure_groups:
            raise Refused(
                f"Group {group!r} is within a repetition that may match nothing, so what it holds is not certain. "
                "Use `+` within the repetition, or the whole match."
            )
        return number

    def _refuse_second_choice(self, data: bytes, place: int, program: Callable[..., Any]) -> None:
        """Where nothing was matched, Python would now look there for a match of something."""
        second = program("never_capture", "longest_match").match(data, place)
        if second is not None and second.end() > place:
            raise Refused(
                f"At character {place + 1} the pattern matches nothing, though it could match more. "
                "Put the longer choice first: `a|` instead of `|a`, `*` instead of `*?`."
            )

    def _prepared(self, text: str) -> tuple[bytes, Callable[..., Any]]:
        """The text as bytes, and what gives the RE2 program for them, by the options that are on."""
        with self._lock:
            if len(self._alphabet) > _MAX_KNOWN_CHARACTERS:
                self._alphabet = _Alphabet(self._syntax)
            data = self._alphabet.encode(text)
            source = self._alphabet.source()
        return data, partial(self._program, source)

    def _program(self, source: str, *options: str) -> Any:
        with self._lock:
            key = (source, *options)
            if key not in self._programs:
                others = {known: one for known, one in self._programs.items() if known[0] == source}
                max_bytes = _SMALL_BYTES if self._syntax.atom_count <= SMALL_ATOMS else _LARGE_BYTES
                self._programs = {**others, key: _compile(source, options, max_bytes)}
            return self._programs[key]


def _compile(source: str, options: tuple[str, ...], max_bytes: int) -> Any:
    chosen = re2.Options()
    chosen.encoding = re2.Options.Encoding.LATIN1
    chosen.log_errors = False
    chosen.max_mem = max_bytes
    for name in options:
        setattr(chosen, name, True)
    try:
        return re2.compile(source.encode("latin-1"), chosen)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else "unknown"
        raise Refused(f"The pattern is too large for RE2 ({reason[:100]}). Make it smaller.") from None


class _Alphabet(dict[int, int]):
    """The byte of each character (by code point); learns characters as they come.

    Two characters share a byte when the same atoms match both, and both are or are not of words, where
    the pattern asks for words. Where it asks for newlines, byte 10 is kept for those that count.
    """

    def __init__(self, syntax: Syntax) -> None:
        super().__init__()
        self._syntax = syntax
        self._tests = [_test_of(atom) for atom in syntax.atoms]
        self._bytes: dict[tuple[int, bool, bool], int] = {}
        self._matched_by: dict[int, int] = {}
        self._source = ""
        self._free = _free_bytes(syntax)
        for code in range(128):
            self[code]

    def encode(self, text: str) -> bytes:
        data = text.translate(self).encode("latin-1")
        if self._syntax.has_text_end and text.endswith("\n"):
            return data[:-1] + b"\n"
        return data

    def source(self) -> str:
        """The pattern for RE2, in the bytes that are known by now."""
        if not self._source:
            sets = [_byte_set(self._bytes_of(number)) for number in range(len(self._tests))]
            parts = self._syntax.parts
            self._source = "".join(part if isinstance(part, str) else sets[part] for part in parts)
        return self._source

    def __missing__(self, code: int) -> int:
        character = chr(code)
        matched = sum(1 << number for number, test in enumerate(self._tests) if test(character))
        flags = self._syntax.word_flags
        is_word = flags is not None and _is_word(character, flags)
        is_newline = self._syntax.has_line_anchors and character == "\n"
        key = (matched, is_word, is_newline)
        if key not in self._bytes:
            self._bytes[key] = _NEWLINE if is_newline else self._next_byte(is_word)
            self._matched_by[self._bytes[key]] = matched
            self._source = ""
        if character == "\n" and self._syntax.has_text_end:
            self._matched_by[_NEWLINE] = matched
        self[code] = self._bytes[key]
        return self[code]

    def _next_byte(self, is_word: bool) -> int:
        byte = next(self._free[is_word], None)
        if byte is None:
            kinds = "letters and digits" if is_word else "characters"
            raise Refused(
                f"The pattern tells too many {kinds} of this text apart. Use classes such as `\\w`, or several patterns."
            )
        return byte

    def _bytes_of(self, number: int) -> list[int]:
        return [byte for byte, matched in sorted(self._matched_by.items()) if matched >> number & 1]


def _free_bytes(syntax: Syntax) -> dict[bool, Iterator[int]]:
    """Bytes to give out: to characters of words (True), and to others."""
    usable = [byte for byte in range(256) if byte != _NEWLINE]
    if syntax.word_flags is None:
        return {False: iter(usable)}
    return {
        True: iter([byte for byte in usable if byte in _WORD_BYTES]),
        False: iter([byte for byte in usable if byte not in _WORD_BYTES]),
    }


def _byte_set(members: list[int]) -> str:
    """A set of bytes for RE2, neighbours as a range."""
    if not members:
        return "[^\\x00-\\xff]"
    ranges: list[list[int]] = []
    for byte in members:
        if ranges and ranges[-1][1] == byte - 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    return "[" + "".join(f"\\x{low:02x}-\\x{high:02x}" for low, high in ranges) + "]"


def _is_word(character: str, flags: int) -> bool:
    return (character.isalnum() or character == "_") and (character.isascii() or not flags & re.ASCII)


def _test_of(atom: Atom) -> Callable[[str], Any]:
    return atom.source.__eq__ if atom.is_literal else _class_of(atom)


@lru_cache(maxsize=512)
def _class_of(atom: Atom) -> Callable[[str], Any]:
    return re.compile(atom.source, atom.flags).match
