"""Every line of the checklist is done: the file is there, and has what belongs into it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

from tools.checks import Finding
from tools.provider.checklist import Checklist, Edit, Generated, Line, NewFile
from tools.provider.edits import NoPlace
from tools.provider.facts import Facts, text_of


def check(facts: Facts) -> Iterator[Finding]:
    """Lines that the provider's quality is exempt from are not asked for (`files: {exempt: …}`)."""
    for line in lacking(facts):
        yield _finding(facts, line)


def lacking(facts: Facts) -> list[Line]:
    """The lines that are still to do."""
    checklist = Checklist(facts.names, facts.choices, facts.ids, facts.blocks, is_writing=False)
    return [
        line for line in checklist.lines if not is_done(facts.root, line) and not _is_excused(facts, line)
    ]


def is_done(root: Path, line: Line) -> bool:
    match line:
        case NewFile():
            return line.is_done(root)
        case Generated():
            text = text_of(root / line.file)
            return line.line in text.splitlines() if line.line else bool(text)
        case Edit():
            text = text_of(root / line.file)
            if line.ask:
                return re.search(line.ask, text, re.MULTILINE) is not None
            try:
                return line.put(text) == text
            except NoPlace:
                return False


def _is_excused(facts: Facts, line: Line) -> bool:
    """`files: {exempt: …}` is for a provider without blocks that call it: its webhooks or its login are all it has."""
    if facts.quality is None or facts.quality.rule("files").standing.value != "exempt":
        return False
    if line.file.endswith("block_ids.txt"):
        return True  # the house rule asks for those of the blocks that there are
    own = (f"backend/blocks/{facts.names.module}/", f"tests/blocks/{facts.names.module}/")
    return line.file.startswith(own) and not line.file.endswith(("triggers.py", "quality.yaml"))


def _finding(facts: Facts, line: Line) -> Finding:
    name = facts.names.stem
    match line:
        case NewFile():
            how = f"`make provider NAME={name} FILL=1` writes it. So it begins:"
            return Finding(
                line.file, 1, f"Of {name} this is missing: {line.what}.", _pasted(how, line.text())
            )
        case Generated():
            said = f"Of {name} this is missing: {line.what}."
            return Finding(line.file, 1, said, _pasted("`make gen` writes it.", line.line))
        case Edit():
            return _edit_finding(facts, line)


def _edit_finding(facts: Facts, line: Edit) -> Finding:
    text = text_of(facts.root / line.file)
    message = f"Of {facts.names.stem} this is missing: {line.what}."
    try:
        place, added = inserted(text, line.put(text))
    except NoPlace as problem:
        return Finding(line.file, 1, message, str(problem))
    return Finding(line.file, place, message, _pasted("Paste here:", added))


def inserted(before: str, after: str) -> tuple[int, str]:
    """Where lines were added, from 1, and which."""
    old, new = before.splitlines(), after.splitlines()
    added: list[str] = []
    places: list[int] = []
    for tag, start, _, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in ("insert", "replace"):
            added += new[first:last]
            places.append(start + 1)
    return (places or [1])[-1], "\n".join(added).strip("\n")


def _pasted(how: str, text: str) -> str:
    return how if not text else "\n".join([how, *(f"    {line}".rstrip() for line in text.splitlines())])
