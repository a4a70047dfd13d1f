"""`make provider NAME=acme`: writes every file of the checklist, then lets the generators write theirs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import backend.blocks
from tools.provider.checklist import Checklist, Edit, Line, NewFile
from tools.provider.choices import Choices
from tools.provider.edits import NoPlace
from tools.provider.facts import Facts, known_names, text_of
from tools.provider.names import Names, Refused, check_label, names_of
from tools.provider.rules.files import is_done
from tools.provider.writing import all_or_nothing, refuse_dirty

GENERATED = (
    "docs/openapi.json",
    "docs/blocks",
    "frontend/src/lib/autogpt-server-api/schema.d.ts",
    "frontend/src/lib/autogpt-server-api/types.ts",
    "frontend/src/components/block-icons.ts",
)


@dataclass(frozen=True, slots=True)
class Made:
    """What was done: paths from the root, in the order of the checklist."""

    names: Names
    choices: Choices
    written: tuple[str, ...]
    edited: tuple[str, ...]
    generated: tuple[str, ...]


def new(root: Path, name: str, choices: Choices, *, anyway: bool = False) -> Made:
    """Make a provider.

    Raises:
        Refused: the name cannot be one, is taken, or the tree has changes; nothing was written.
    """
    names = names_of(name)
    label = check_label(choices.label) if choices.label else names.label
    _refuse_taken(root, names, label)
    if not anyway:
        refuse_dirty(root)
    return _carried_out(root, names, replace(choices, label=label))


def fill(root: Path, name: str, choices: Choices | None = None, *, anyway: bool = False) -> Made:
    """Write what a provider lacks and leave what is there; a second time it changes nothing.

    `choices` are added to what its files tell.

    Raises:
        Refused: there is no such provider, or the tree has changes; nothing was written.
    """
    names = known_names(root, name)
    if names is None:
        raise Refused(f"There is nothing of a provider {name!r} yet. Make it: make provider NAME={name}")
    if not anyway:
        refuse_dirty(root)
    facts = Facts(root, names)
    known = facts.choices
    if choices is None:
        return _carried_out(root, names, known)
    wanted = Choices(
        choices.auth or known.auth,
        has_webhook=choices.has_webhook or known.has_webhook,
        has_platform=known.has_platform,
        label=known.label or choices.label or names.label,
    )
    return _carried_out(root, names, wanted)


def _refuse_taken(root: Path, names: Names, label: str) -> None:
    if (known := known_names(root, names.stem)) is not None:
        raise Refused(
            f"There is a provider {known.stem!r} already; nothing was changed. What it lacks: blockyard provider check "
            f"{known.stem}. `make provider NAME={known.stem} FILL=1` writes that and leaves what is there."
        )
    places = ("backend/blocks", "backend/integrations/oauth", "backend/integrations/webhooks")
    files = [f"{place}/{names.module}{ending}" for place in places for ending in ("", ".py")]
    taken = [file for file in files if (root / file).exists()]
    if taken or hasattr(backend.blocks, names.module):
        where = taken[0] if taken else f"backend.blocks has something called {names.module!r}, which"
        raise Refused(f"{names.stem!r} is taken: {where} is there and no provider's. Choose another name.")
    labels: list[str] = re.findall(r': "([^"]+)",', text_of(root / "backend/integrations/labels.py"))
    if label.casefold() in {one.casefold() for one in labels}:
        raise Refused(f'Another provider is called {label!r}. Choose another label: LABEL="…".')


def _carried_out(root: Path, names: Names, choices: Choices) -> Made:
    facts = Facts(root, names)
    checklist = Checklist(names, choices, facts.ids, facts.blocks)
    todo = [line for line in checklist.lines if not is_done(root, line)]
    try:
        texts = _texts(root, todo)
    except NoPlace as problem:
        raise Refused(f"Nothing was written. {problem}") from problem
    with all_or_nothing(root, GENERATED) as pages:
        pages.write(texts)
        before = _contents(root)
        _generate(root)
        after = _contents(root)
    written = tuple(dict.fromkeys(line.file for line in todo if isinstance(line, NewFile)))
    edited = tuple(dict.fromkeys(line.file for line in todo if isinstance(line, Edit)))
    return Made(
        names, choices, written, edited, tuple(sorted(one for one in after if after[one] != before.get(one)))
    )


def _texts(root: Path, todo: list[Line]) -> Mapping[str, str]:
    """The whole text of each file that changes, by its path. Several lines may edit the same file."""
    texts: dict[str, str] = {}
    for line in todo:
        in_the_way = [one for one in (root / line.file).parents if one.is_file()]
        if in_the_way or (root / line.file).is_dir():
            raise NoPlace(
                f"{line.file} cannot be written: {in_the_way[0] if in_the_way else line.file} is in the way."
            )
        if isinstance(line, NewFile):
            texts[line.file] = line.text()
        elif isinstance(line, Edit):
            try:
                texts[line.file] = line.put(texts.get(line.file, text_of(root / line.file)))
            except NoPlace as problem:
                raise NoPlace(f"{line.file}: {problem}") from problem
    return texts


def _generate(root: Path) -> None:
    """In a process of its own, which sees the new files.

    Raises:
        Refused: it failed; what was written is taken back.
    """
    calls = ("typescript.write", "openapi.write_if_changed", "block_pages.write", "block_icons_ts.write")
    code = "from tools.gen import block_icons_ts, block_pages, openapi, typescript\n" + "".join(
        f"{call}()\n" for call in calls
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise Refused(
            "The generators failed, so everything was put back as it was. Does `make gen` pass without it?\n"
            f"{done.stderr.strip()[-1_500:]}"
        )


def _contents(root: Path) -> dict[str, bytes]:
    places = [root / name for name in GENERATED]
    files = [one for place in places for one in (place.rglob("*") if place.is_dir() else [place])]
    return {str(one.relative_to(root)): one.read_bytes() for one in files if one.is_file()}
