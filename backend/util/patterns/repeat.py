"""Repetitions as RE2 can write them: it counts to 1,000, counts within counts multiplied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.util.bounded.protocol import Refused

MAX_ATOMS = 20_000
"""Of a pattern with its counted repetitions written out; RE2 compiles as many in 0.2 s."""
_RE2_MAX_REPEAT = 1_000
"""RE2 counts to this, nested counts multiplied."""


@dataclass(slots=True)
class Piece:
    """Part of RE2's source. `counted`: its largest repetition, nested ones multiplied.

    `is_shy`: somewhere in it nothing is tried before something.
    """

    parts: list[str | int] = field(default_factory=list[str | int])
    atom_count: int = 0
    counted: int = 1
    groups: set[int] = field(default_factory=set[int])
    is_shy: bool = False

    def add(self, other: Piece) -> None:
        self.parts += other.parts
        self.atom_count += other.atom_count
        self.counted = max(self.counted, other.counted)
        self.groups |= other.groups
        self.is_shy |= other.is_shy


def repeated(body: Piece, least: int, most: int | None, lazy: str) -> Piece:
    """The body some times: in one go where RE2 counts that far, else in several."""
    times = least if most is None else most
    check_size(max(1, body.atom_count) * max(1, times))
    if times * body.counted <= _RE2_MAX_REPEAT:
        count = _count(least, most)
        counted = body.counted if count in ("*", "+", "?") else max(body.counted, times * body.counted)
        return Piece(
            [*body.parts, count + lazy], body.atom_count * max(1, times), counted, body.groups, body.is_shy
        )
    if body.groups:
        raise Refused(
            f"The pattern repeats a group {times:,} times, and {_RE2_MAX_REPEAT:,} are the most, repetitions "
            "within repetitions multiplied. Write `(?:` for groups that you do not use."
        )
    step = _RE2_MAX_REPEAT // body.counted
    parts = list(_steps(body.parts, least, step, "{{{0}}}"))
    if most is None:
        parts += [*body.parts, "*" + lazy]
    elif _is_one_atom(body):
        parts += _at_most(body.parts, most - least, step, lazy)
        times *= 2
    else:
        parts += _steps(body.parts, most - least, step, "{{0,{0}}}" + lazy)
    return Piece(parts, body.atom_count * times, _RE2_MAX_REPEAT, is_shy=body.is_shy)


def _is_one_atom(body: Piece) -> bool:
    return body.atom_count == 1 and isinstance(body.parts[1], int)


def _steps(body: list[str | int], times: int, step: int, count: str) -> Iterator[str | int]:
    for begun in range(0, times, step):
        yield from body
        yield count.format(min(step, times - begun))


def _at_most(body: list[str | int], times: int, step: int, lazy: str) -> list[str | int]:
    """Up to so many times one atom, in few states at once, which `_steps` has not.

    Only for one atom: with a choice within (`(?:a|ab)`) it would choose otherwise than Python.
    """
    if times <= step:
        return [*body, f"{{0,{times}}}{lazy}"]
    fewer = [*body, f"{{0,{step - 1}}}{lazy}"]
    rest = [*body, f"{{{step}}}", *_at_most(body, times - step, step, lazy)]
    first, second = (fewer, rest) if lazy else (rest, fewer)
    return ["(?:", *first, "|", *second, ")"]


def _count(least: int, most: int | None) -> str:
    known: dict[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    return known.get((least, most)) or (f"{{{least},}}" if most is None else f"{{{least},{most}}}")


def check_size(atom_count: int) -> None:
    if atom_count > MAX_ATOMS:
        raise Refused(
            f"The pattern is too large: its repetitions multiply to more than {MAX_ATOMS:,} characters to look for. "
            "Use `*` or `+`, or count less far."
        )
