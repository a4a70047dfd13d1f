"""A provider's blocks are called `<Provider><Verb><Noun>Block`, its triggers `<Provider><Event>TriggerBlock`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tools.checks import Finding
from tools.checks.sources import ROOT, place_of
from tools.provider.facts import Facts
from tools.provider.rules._blocks import blocks_of, is_trigger

VERBS = frozenset(
    (
        *("add", "answer", "append", "approve", "archive", "assign", "cancel", "change", "clear"),
        *("close", "comment", "complete", "copy", "create", "delete", "download", "edit", "execute"),
        *("export", "fetch", "find", "flag", "forward", "get", "import", "invite", "join", "leave"),
        *("list", "lock", "make", "mark", "merge", "move", "open", "pin", "post", "publish", "query"),
        *("read", "release", "remove", "rename", "reopen", "reply", "request", "rerun", "resolve"),
        *("review", "run", "schedule", "search", "send", "set", "star", "start", "stop", "submit"),
        *("subscribe", "unassign", "unlock", "unpin", "update", "upload", "upsert", "watch", "write"),
    )
)
FROM_THE_SEED = frozenset({"ExampleBlock"})
"""Names that the customer's tutorial gave."""


def check(facts: Facts) -> Iterator[Finding]:
    """Blocks that people bring from elsewhere keep the names by which their graphs know them."""
    for block in blocks_of(facts):
        kept = block.name in FROM_THE_SEED or block.id in _brought()
        if not kept and (wrong := _problem(block.name, facts.names.prefix, is_trigger(block))):
            yield Finding(*place_of(type(block)), *wrong)


def _problem(name: str, prefix: str, is_a_trigger: bool) -> tuple[str, str] | None:
    """What is wrong with a name, and what to write."""
    ending = "TriggerBlock" if is_a_trigger else "Block"
    if not name.lower().startswith(prefix.lower()) or not name.endswith(ending):
        wanted = f"{prefix}{'Event' if is_a_trigger else 'CreateThing'}{ending}"
        return f"{name} does not begin with {prefix} and end in {ending}.", f"Call it like {wanted}."
    if is_a_trigger:
        return None
    words = re.findall(r"[A-Z][a-z0-9]*", name[len(prefix) : -len(ending)])
    if words and words[0].lower() in VERBS:
        return None
    cure = f"{prefix}<Verb><Noun>Block: {prefix}Create…, {prefix}Read…, {prefix}Search…. The verbs are in "
    return f"{name} does not say first what it does.", f"{cure}{__name__}; add one that is missing."


@cache
def _brought() -> frozenset[str]:
    """The ids of the AutoGPT platform's blocks, by which its graphs are imported."""
    table = ROOT / "backend/data/autogpt/known_blocks.json"
    return frozenset(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", table.read_text(encoding="utf-8")))
