"""Patterns as Python's `re` writes them, taken apart for RE2: what it has not is refused by name.

Python's own parser reads the pattern, so that every spelling means what it means there. Each place where
one character is matched becomes an `Atom`; `backend.util.bounded.jobs.patterns` says which characters those are.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from backend.util.bounded.protocol import Refused
from backend.util.patterns.dialect import as_python, not_supported, refuse_foreign, wrong
from backend.util.patterns.repeat import Piece, check_size, repeated

MAX_PATTERN_CHARS = 10_000
_parser: Any = import_module("re._parser")
_UNLIMITED: Any = import_module("re._constants").MAXREPEAT

warnings.filterwarnings("ignore", "Possible (nested )?set", FutureWarning)
"""The parser warns on stderr of sets such as `[[a]`, which it reads as we document."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is set beside the pattern; `(?i)` and the like in it do the same."""

    case_sensitive: bool = True
    dot_all: bool = False
    multi_line: bool = False

    @property
    def flags(self) -> int:
        chosen = (
            (re.IGNORECASE, not self.case_sensitive),
            (re.DOTALL, self.dot_all),
            (re.MULTILINE, self.multi_line),
        )
        return sum(flag for flag, is_on in chosen if is_on)


@dataclass(frozen=True, slots=True)
class Atom:
    """One character of certain ones: a pattern in Python's spelling, and its flags. `is_literal`: one only."""

    source: str
    flags: int
    is_literal: bool


@dataclass(slots=True)
class Syntax:
    """A pattern taken apart. `parts` is RE2's source, where a number stands for the atom of that number."""

    parts: list[str | int] = field(default_factory=list[str | int])
    atoms: list[Atom] = field(default_factory=list[Atom])
    atom_count: int = 0
    """With repetitions written out."""
    group_count: int = 0
    group_names: dict[str, int] = field(default_factory=dict[str, int])
    unsure_groups: set[int] = field(default_factory=set[int])
    """Repeated ones that may match nothing: RE2 remembers another repetition than Python."""
    word_flags: int | None = None
    """Flags of `\\b` and `\\B`, None without them."""
    has_line_anchors: bool = False
    """`^` and `$` that look for newlines."""
    has_text_end: bool = False
    """`$` that also stands before a newline at the very end."""
    may_be_empty: bool = True
    """Whether it can match nothing."""


@lru_cache(maxsize=128)
def parse(pattern: str, options: Options) -> Syntax:
    """Take the pattern apart.

    Raises:
        Refused: it is wrong, too large, or needs what RE2 has not; the message names the place.
    """
    if len(pattern) > MAX_PATTERN_CHARS:
        raise Refused(
            f"The pattern has {len(pattern):,} characters, and {MAX_PATTERN_CHARS:,} are the most. Shorten it."
        )
    refuse_foreign(pattern)
    python = as_python(pattern)
    try:
        tree = _parser.parse(python, options.flags)
        return _Writer(pattern).write(tree)
    except re.error as error:
        raise wrong(pattern, error) from None
    except OverflowError as error:
        raise Refused(f"The pattern is wrong: {error}. Correct it.") from None
    except RecursionError:
        raise Refused("The pattern is nested too deep. Make it flatter.") from None


class _Writer:
    """Writes one parsed pattern for RE2."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._syntax = Syntax()
        self._numbers: dict[Atom, int] = {}
        self._writers: dict[str, Callable[[Any, int], Piece]] = {
            "LITERAL": self._literal,
            "NOT_LITERAL": self._not_literal,
            "ANY": self._any,
            "IN": self._in,
            "BRANCH": self._branch,
            "SUBPATTERN": self._subpattern,
            "MAX_REPEAT": self._greedy,
            "MIN_REPEAT": self._lazy,
            "AT": self._at,
        }

    def write(self, tree: Any) -> Syntax:
        piece = self._sequence(tree, tree.state.flags)
        syntax = self._syntax
        if syntax.has_line_anchors and syntax.has_text_end:
            raise Refused(
                "The pattern has `$` both with and without `(?m)`. Write `\\Z` for the end of the text."
            )
        syntax.parts, syntax.atom_count = piece.parts, piece.atom_count
        syntax.atoms = list(self._numbers)
        syntax.group_count = tree.state.groups - 1
        syntax.group_names = dict(tree.state.groupdict)
        syntax.may_be_empty = tree.getwidth()[0] == 0
        return syntax

    def _sequence(self, tree: Any, flags: int) -> Piece:
        whole = Piece()
        for code, argument in tree:
            name = str(code)
            if name not in self._writers:
                raise not_supported(self._pattern, name)
            whole.add(self._writers[name](argument, flags))
            check_size(whole.atom_count)
        return whole

    # -- one character ---------------------------------------------------------------------------------

    def _atom(self, source: str, flags: int, *, is_literal: bool = False) -> Piece:
        atom = Atom(source, flags & (re.IGNORECASE | re.DOTALL | re.ASCII), is_literal)
        number = self._numbers.setdefault(atom, len(self._numbers))
        return Piece([number], 1)

    def _literal(self, code: int, flags: int) -> Piece:
        if flags & re.IGNORECASE:
            return self._atom(_escaped(code), flags)
        return self._atom(chr(code), 0, is_literal=True)

    def _not_literal(self, code: int, flags: int) -> Piece:
        return self._atom(f"[^{_escaped(code)}]", flags)

    def _any(self, _: None, flags: int) -> Piece:
        return self._atom(".", flags)

    def _in(self, members: Any, flags: int) -> Piece:
        return self._atom(f"[{''.join(_member(str(code), argument) for code, argument in members)}]", flags)

    # -- what holds others -----------------------------------------------------------------------------

    def _branch(self, argument: Any, flags: int) -> Piece:
        whole = Piece(["(?:"])
        for place, one in enumerate(argument[1]):
            if place:
                whole.parts.append("|")
            whole.add(self._sequence(one, flags))
        whole.parts.append(")")
        whole.is_shy |= any(one.getwidth()[0] == 0 for one in argument[1][:-1])
        return whole

    def _subpattern(self, argument: Any, flags: int) -> Piece:
        group, added, removed, inner = argument
        whole = Piece(["(?:" if group is None else "("])
        whole.add(self._sequence(inner, (flags | added) & ~removed))
        whole.parts.append(")")
        if group is not None:
            whole.groups.add(group)
        return whole

    def _greedy(self, argument: Any, flags: int) -> Piece:
        return self._repeat(argument, flags, "")

    def _lazy(self, argument: Any, flags: int) -> Piece:
        return self._repeat(argument, flags, "?")

    def _repeat(self, argument: Any, flags: int, lazy: str) -> Piece:
        least, most, inner = argument
        body = self._sequence(inner, flags)
        body.parts = ["(?:", *body.parts, ")"]
        if most > 1 and inner.getwidth()[0] == 0:
            self._refuse_shy(body)
            self._syntax.unsure_groups |= body.groups
        body.is_shy |= bool(lazy) and least == 0
        return repeated(body, least, None if most == _UNLIMITED else most, lazy)

    def _refuse_shy(self, body: Piece) -> None:
        """Python and RE2 end such a repetition at different places."""
        if body.is_shy:
            raise Refused(
                "The pattern repeats what may match nothing before it matches something, as in `(|a)*`. "
                "Put the longer choice first, or match at least one character in each repetition."
            )

    # -- places ----------------------------------------------------------------------------------------

    def _at(self, code: Any, flags: int) -> Piece:
        name = str(code)
        if name in ("AT_BOUNDARY", "AT_NON_BOUNDARY"):
            self._note_word_flags(flags & re.ASCII)
            return Piece(["\\b" if name == "AT_BOUNDARY" else "\\B"], 1)
        if name == "AT_END" and not flags & re.MULTILINE:
            self._syntax.has_text_end = True
        elif name in ("AT_BEGINNING", "AT_END") and flags & re.MULTILINE:
            self._syntax.has_line_anchors = True
            return Piece(["(?m:^)" if name == "AT_BEGINNING" else "(?m:$)"], 1)
        return Piece([{"AT_END": "(?m:$)", "AT_END_STRING": "\\z"}.get(name, "\\A")], 1)

    def _note_word_flags(self, flags: int) -> None:
        if self._syntax.word_flags not in (None, flags):
            raise Refused("The pattern has `\\b` both with and without `(?a)`. Use one of the two.")
        self._syntax.word_flags = flags


def _escaped(code: int) -> str:
    return re.escape(chr(code))


def _member(name: str, argument: Any) -> str:
    """One entry of a set, in Python's spelling."""
    if name == "NEGATE":
        return "^"
    if name == "RANGE":
        return f"{_escaped(argument[0])}-{_escaped(argument[1])}"
    if name == "CATEGORY":
        return _CATEGORIES[str(argument)]
    return _escaped(argument)


_CATEGORIES = {
    "CATEGORY_DIGIT": "\\d",
    "CATEGORY_NOT_DIGIT": "\\D",
    "CATEGORY_SPACE": "\\s",
    "CATEGORY_NOT_SPACE": "\\S",
    "CATEGORY_WORD": "\\w",
    "CATEGORY_NOT_WORD": "\\W",
}
