"""`blockyard provider check [NAME]`: every rule, all findings collected, each with file, line and what to write."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import cast

import tools.provider.rules
from tools.checks import Finding, block_icons, block_ids, blocks_described, no_other_http_client, test_claims
from tools.checks.sources import ROOT, tracked, tree_of
from tools.provider.facts import Facts, all_names, known_names
from tools.provider.names import Names, Refused
from tools.provider.rules import files
from tools.provider.rules._blocks import blocks_of
from tools.provider.writing import refuse_without_git

Rule = Callable[[Facts], Iterator[Finding]]
STATIC = frozenset({"sources"})
"""Rules that only read files, so that they work while blocks cannot be loaded."""


def run(root: Path, name: str) -> int:
    """Check one provider, or all; print what was found. The exit status: 0 nothing, 1 findings.

    Raises:
        Refused: there is no such provider, or git does not tell which files there are.
    """
    refuse_without_git(root)
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
        for check in _rules(only_static=trouble is not None):
            own += check(facts)
        if with_house and trouble is None:
            own += _of_house(facts, {one.file for one in own})
            own = own or _stale_pages(facts)  # what else is wrong changes them once more
        found += own
    # What a missing file breaks is not worth a word of its own.
    return found if found or trouble is None else [trouble]


def _rules(*, only_static: bool) -> Iterator[Rule]:
    """Those beside the checklist; the others than `STATIC` import the blocks and what they cost."""
    for info in pkgutil.iter_modules(tools.provider.rules.__path__):
        is_other = info.name.startswith("_") or info.name == "files"
        if not is_other and (info.name in STATIC or not only_static):
            yield cast(Rule, importlib.import_module(f"tools.provider.rules.{info.name}").check)


def _trouble_loading(root: Path) -> Finding | None:
    """Why the blocks cannot be imported, and where; None: they can."""
    from backend.blocks import catalogue
    from backend.integrations import oauth
    from backend.integrations.webhooks import managers

    try:
        catalogue()
        managers()
        oauth.handlers()
        for name in ("backend.data.block_cost_config", "backend.integrations.credentials_store"):
            importlib.import_module(name)
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
    """What the rules for all blocks and files find in the provider's own; not where a file is named already."""
    module = facts.names.module
    own = (
        f"backend/blocks/{module}/",
        f"backend/integrations/webhooks/{module}.py",
        f"backend/integrations/oauth/{module}.py",
        f"tests/blocks/{module}/",
        str(block_ids.REGISTRY.relative_to(ROOT)),
    )
    blocks = [type(block) for block in blocks_of(facts)]
    found = [*blocks_described.findings_for(blocks), *block_icons.findings_in(blocks)]
    found += [] if own[-1] in named else block_ids.check()
    for name in (one for one in tracked() if one.startswith(own) and one.endswith(".py")):
        rule = test_claims if name.startswith("tests/") else no_other_http_client
        found += rule.findings_in(name, tree_of(name))
    return [one for one in found if one.file.startswith(own) and one.file not in named]


def _stale_pages(facts: Facts) -> list[Finding]:
    from tools.checks import generated_fresh
    from tools.gen import block_pages

    own = f"docs/blocks/{facts.names.module}"
    stale = generated_fresh.stale_pages(block_pages.pages())
    return [one for one in stale if one.file.startswith((f"{own}.", f"{own}/"))]
