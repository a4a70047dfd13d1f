"""What `quality.yaml` says is done, is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from backend.data.block import Block
from backend.data.graph_templates import templates
from backend.integrations import oauth
from backend.integrations.connections import connection_of
from backend.integrations.quality import FILE, BadQuality, Rule, Standing, parse_quality
from backend.integrations.webhooks import manager_of
from tools.checks import Finding
from tools.provider.facts import Facts, text_of
from tools.provider.rules import costs, files
from tools.provider.rules._blocks import blocks_of, is_trigger

MAKING = frozenset(
    (
        *("add", "answer", "append", "comment", "copy", "create", "forward", "import", "invite", "make"),
        *("post", "publish", "reply", "request", "schedule", "send", "submit", "upload", "write"),
    )
)
"""What, done twice, is there twice; the other verbs leave things as they already are."""


def check(facts: Facts) -> Iterator[Finding]:
    file = f"backend/blocks/{facts.names.module}/{FILE}"
    if files.lacking(facts):
        return  # the checklist comes first: what it lacks breaks claims too
    text = text_of(facts.root / file)
    try:
        quality = parse_quality(text)
    except BadQuality as problem:
        yield Finding(file, 1, f"It cannot be read. {problem}", "The rules are in docs/quality-scale.md.")
        return
    for rule in quality.rules:
        claim = _CLAIMS.get(rule.key)
        if rule.standing is Standing.DONE and claim is not None and (why := claim(facts, rule)):
            line = next((n for n, one in enumerate(text.splitlines(), 1) if rule.key in one), 1)
            yield Finding(
                file, line, f"{rule.key} is not done: {why}", f"Do it, or write `{rule.key}: todo`."
            )


Claim = Callable[[Facts, Rule], str]
"""Why a rule that is said to be done is not; empty: it is."""


def _connection_test(facts: Facts, rule: Rule) -> str:
    declared = connection_of(facts.names.key)
    can_ask = (declared is not None and declared.test is not None) or _logs_in(facts)
    return "" if can_ask else "its Connection has no `test`, and nobody logs in."


def _refusals_tested(facts: Facts, rule: Rule) -> str:
    tests = _tests(facts)
    asked = {
        "401": r"\b401\b|CredentialsError|credentials_refused",
        "403 or 404": r"\b40[34]\b|ProviderNotFound|ProviderForbidden",
        "429": r"\b429\b|RateLimited|RATELIMITED",
    }
    return _first(f"no test sees {what}." for what, sign in asked.items() if not re.search(sign, tests))


def _webhook_verified(facts: Facts, rule: Rule) -> str:
    if manager_of(facts.names.key) is None:
        return "it has no webhook manager."
    return "" if _captured(facts) else f"there is none in tests/fixtures/webhooks/{facts.names.module}."


def _help(facts: Facts, rule: Rule) -> str:
    declared = connection_of(facts.names.key)
    if declared is None:
        return "nothing says how one connects."
    return "" if declared.help_url else "its Connection has no help_url."


def _over_http(facts: Facts, rule: Rule) -> str:
    tests = _tests(facts)
    if "_server" not in tests:
        return f"no test in tests/blocks/{facts.names.module} starts a server."
    return _first(
        f"no test there names {block.name}."
        for block in blocks_of(facts)
        if not is_trigger(block) and not re.search(rf"\b{block.name}\b", tests)
    )


def _repeat_safe(facts: Facts, rule: Rule) -> str:
    return _first(
        f"{block.name} takes no idempotency_key and is not at_most_once."
        for block in blocks_of(facts)
        if not is_trigger(block) and _makes(facts, block) and not _is_safe(block)
    )


def _makes(facts: Facts, block: Block) -> bool:
    words = re.findall(r"[A-Z][a-z0-9]*", block.name[len(facts.names.prefix) :])
    return bool(words) and words[0].lower() in MAKING


def _is_safe(block: Block) -> bool:
    return block.at_most_once or "idempotency_key" in block.wanted_keywords


def _logo(facts: Facts, rule: Rule) -> str:
    icons = text_of(facts.root / "frontend/src/components/integrations/credentials-input.tsx")
    is_own = re.search(rf'^  "?{re.escape(facts.names.key)}"?: \w+Logo,$', icons, re.MULTILINE)
    return "" if is_own else "providerIcons in credentials-input.tsx has no logo of its own for it."


def _priced(facts: Facts, rule: Rule) -> str:
    return _first(one.message for one in costs.check(facts))


def _every_event(facts: Facts, rule: Rule) -> str:
    manager = manager_of(facts.names.key)
    if manager is None:
        return "it has no webhook manager."
    if not manager.known_events():
        return "its manager does not know its events by name."
    seen = {event for captured in _captured(facts) for event in _prefixes(captured)}
    return _first(f"there is no captured {event}." for event in manager.known_events() if event not in seen)


def _template(facts: Facts, rule: Rule) -> str:
    own = {block.id for block in blocks_of(facts)}
    is_used = any(node.block_id in own for one in templates().values() for node in one.graph.nodes)
    return "" if is_used else "no graph in backend/templates has a block of it."


def _tried_for_real(facts: Facts, rule: Rule) -> str:
    if re.search(r"\b20\d\d-\d\d-\d\d\b", rule.reason):
        return ""
    return "say when and with what: `tried-for-real: {done: 2026-11-22 with a free account}`."


_CLAIMS: Mapping[str, Claim] = {
    "connection-test": _connection_test,
    "refusals-tested": _refusals_tested,
    "webhook-verified": _webhook_verified,
    "help": _help,
    "over-http": _over_http,
    "repeat-safe": _repeat_safe,
    "logo": _logo,
    "priced": _priced,
    "every-event": _every_event,
    "template": _template,
    "tried-for-real": _tried_for_real,
}
"""The others (files, described, examples, sources) are rules of their own, which hold whatever is claimed."""


def _first(problems: Iterator[str]) -> str:
    return next(problems, "")


def _logs_in(facts: Facts) -> bool:
    return any(name.value == facts.names.key for name in oauth.handlers())


def _tests(facts: Facts) -> str:
    """The text of its tests, those of a client that blocks and logins share among them."""
    folders = (facts.tests, facts.root / "tests/integrations" / facts.names.module)
    return "\n".join(text_of(file) for folder in folders for file in sorted(folder.glob("*.py")))


def _captured(facts: Facts) -> list[str]:
    """The events of its captured deliveries."""
    folder = facts.root / "tests/fixtures/webhooks" / facts.names.module
    return [str(json.loads(text_of(file)).get("event", "")) for file in sorted(folder.glob("*.json"))]


def _prefixes(event: str) -> list[str]:
    """`issues.opened` is an event of `issues`."""
    words = event.split(".")
    return [".".join(words[:count]) for count in range(1, len(words) + 1)]
