"""`blockyard provider check [NAME]`: every rule, all findings collected, each with file, line and what to write."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import cast

import tools.provider.rules
from tools.checks import (
    Finding,
    block_icons,
    block_ids,
    blocks_described,
    file_size,
    generated_fresh,
    no_other_http_client,
    test_claims,
)
from tools.gen import block_pages
from tools.provider.facts import Facts, all_names, known_names
from tools.provider.names import Names, Refused
from tools.provider.rules import files

Rule = Callable[[Facts], Iterator[Finding]]
HOUSE_RULES = (block_ids, blocks_described, block_icons, no_other_http_client, test_claims, file_size)
"""Of tools/checks, those that look at each block and each file."""


def run(root: Path, name: str) -> int:
    """Check one provider, or all; print what was found. The exit status: 0 nothing, 1 findings.

    Raises:
        Refused: there is no such provider.
    """
    if name:
        names = known_names(root, name)
        if names is None:
            known = ", ".join(one.stem for one in all_names(root))
            raise Refused(f"There is nothing of a provider {name!r}. There are {known}.")
        found = findings_for(root, [names], with_house=True)
    else:
        found = findings_for(root, all_names(root))
    for finding in found:
        print(finding)
    if found:
        print(f"{len(found)} findings", file=sys.stderr)
        return 1
    print(f"Nothing is missing of {name or 'any provider'}.")
    return 0


def findings_for(root: Path, providers: Iterable[Names], *, with_house: bool = False) -> list[Finding]:
    """`with_house`: also what the rules for all blocks find in the providers' files."""
    found: list[Finding] = []
    trouble = _trouble_loading(root)
    for names in providers:
        facts = Facts(root, names)
        own = list(files.check(facts))
        for rule in _rules():
            if rule is not files and not (trouble and getattr(rule, "NEEDS_BLOCKS", False)):
                own += cast(Rule, rule.check)(facts)
        if with_house and not trouble:
            own += _of_house(facts, {one.file for one in own})
        found += own
    # What a missing file breaks is not worth a word of its own.
    return found if found or trouble is None else [trouble]


def _rules() -> list[ModuleType]:
    return [
        importlib.import_module(f"tools.provider.rules.{info.name}")
        for info in pkgutil.iter_modules(tools.provider.rules.__path__)
        if not info.name.startswith("_")
    ]


def _trouble_loading(root: Path) -> Finding | None:
    """Why the blocks cannot be imported, and where; None: they can."""
    from backend.blocks import catalogue
    from backend.integrations import oauth
    from backend.integrations.webhooks import managers

    try:
        catalogue()
        managers()
        oauth.handlers()
    except SyntaxError as error:
        file = Path(error.filename or "").resolve()
        name = str(file.relative_to(root)) if file.is_relative_to(root) else str(error.filename)
        return Finding(
            name, error.lineno or 1, f"It is no Python: {error.msg}.", "Mend it; the other rules come then."
        )
    except Exception as error:  # whatever a block may raise while it is imported is its author's to see
        own = [
            one
            for one in traceback.extract_tb(error.__traceback__)
            if Path(one.filename).is_relative_to(root)
        ]
        place = own[-1] if own else None
        name = str(Path(place.filename).relative_to(root)) if place else "backend/blocks"
        said = f"It does not load: {type(error).__name__}: {error}."
        return Finding(
            name, (place.lineno if place else None) or 1, said, "Mend it; the other rules come then."
        )
    return None


def _of_house(facts: Facts, named: set[str]) -> list[Finding]:
    """What the house rules find in the provider's own files; not where a file is named already."""
    module = facts.names.module
    own = (
        f"backend/blocks/{module}/",
        f"backend/integrations/webhooks/{module}.py",
        f"backend/integrations/oauth/{module}.py",
        f"tests/blocks/{module}/",
        f"docs/blocks/{module}",
        "tools/checks/block_ids.txt",
    )
    found = [finding for rule in HOUSE_RULES for finding in rule.check()]
    found += generated_fresh.stale_pages(block_pages.pages())
    return [one for one in found if one.file.startswith(own) and one.file not in named]
