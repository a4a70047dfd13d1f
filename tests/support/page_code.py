"""The code blocks of a page, by what a reader does with each; a test does the same (`followed`).

```sh                            typed into one terminal, block after block
```text                          what the commands before print; … stands for what differs, alone for whole lines
```python title="a/file.py"      a file to write
```python title="a/file.py" shown    lines that stand in the file, next to each other; … as above
```diff                          for `git apply`
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tests.support.checkout import Checkout
from tests.support.shell import Shell

_FENCE = re.compile(r"^```(?P<said>[^\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SAID = re.compile(r'(?P<language>\w+)(?: title="(?P<title>[^"]+)")?(?P<shown> shown)?')


class Kind(StrEnum):
    TYPED = "typed"
    PRINTED = "printed"
    WRITTEN = "written"
    SHOWN = "shown"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True)
class Piece:
    """One code block; `line` is that of its text in the page, from 1."""

    kind: Kind
    text: str
    line: int
    title: str = ""


def pieces(page: str) -> list[Piece]:
    """The code blocks in their order.

    Raises:
        ValueError: of one of them nobody could say what to do with it.
    """
    if page.count("\n```") % 2:
        raise ValueError("A code block does not end.")
    return [_piece(found, page.count("\n", 0, found.start("text")) + 1) for found in _FENCE.finditer(page)]


def _piece(found: re.Match[str], line: int) -> Piece:
    said = _SAID.fullmatch(found["said"].strip())
    if said is None:
        raise ValueError(f"Line {line - 1}: ```{found['said']} is not how a code block begins.")
    plain = {"sh": Kind.TYPED, "text": Kind.PRINTED, "diff": Kind.APPLIED}
    if said["title"]:
        kind = Kind.SHOWN if said["shown"] else Kind.WRITTEN
    elif said["language"] in plain and not said["shown"]:
        kind = plain[said["language"]]
    else:
        raise ValueError(f'Line {line - 1}: which file is it? Say so: title="…".')
    return Piece(kind, found["text"], line, said["title"] or "")


def followed(page: Iterable[Piece], checkout: Checkout, shell: Shell) -> None:
    """Do what the page says, from its beginning to its end.

    Raises:
        AssertionError: something went otherwise; says where in the page.
    """
    printed = ""
    for piece in page:
        where = f"line {piece.line} of the page"
        file = checkout.root / piece.title
        match piece.kind:
            case Kind.TYPED:
                printed = shell.type(piece.text, where)
            case Kind.PRINTED:
                assert is_like(piece.text, printed, in_full=True), _other(where, piece.text, printed)
            case Kind.WRITTEN:
                assert not file.exists(), f"{where}: {piece.title} is there already."
                file.write_text(piece.text, encoding="utf-8")
            case Kind.SHOWN:
                text = file.read_text(encoding="utf-8")
                assert is_like(piece.text, text), _other(where, piece.text, text)
            case Kind.APPLIED:
                shell.type(f"git apply <<'END_OF_THE_PIECE'\n{piece.text}END_OF_THE_PIECE\n", where)


def is_like(pattern: str, text: str, *, in_full: bool = False) -> bool:
    """Whether the text has the pattern's lines next to each other; `in_full`: and no others."""
    wanted = "".join("(?:.*\n)*?" if line == "…" else _of_line(line) for line in pattern.splitlines())
    given = text if text.endswith("\n") or not text else f"{text}\n"
    if in_full:
        return re.fullmatch(wanted, given) is not None
    return re.search(f"^{wanted}", given, re.MULTILINE) is not None


def _of_line(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split("…")) + "\n"


def _other(where: str, wanted: str, found: str) -> str:
    return f"{where} says\n{wanted}\nand there was\n{found}"
