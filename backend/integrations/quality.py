"""How good a provider is, from bronze to platinum: what its `quality.yaml` says is done.

The file is `backend/blocks/<provider>/quality.yaml`. `blockyard provider check` holds it to what it says; here it is
only read. The idea of done, todo and exempt with a reason is that of Home Assistant's quality scale
(Source: https://developers.home-assistant.io/docs/core/integration-quality-scale/).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from backend.data.json_types import as_object
from backend.integrations.providers import ProviderName

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).resolve().parents[1] / "blocks"
FILE = "quality.yaml"


class Level(StrEnum):
    """From the first to the highest. A level is reached when all its rules and those of the levels before are kept."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Standing(StrEnum):
    DONE = "done"
    TODO = "todo"
    EXEMPT = "exempt"


RULES: Mapping[Level, Mapping[str, str]] = {
    Level.BRONZE: {
        "files": "Every file of the checklist is there",
        "described": "Every block and pin is described, and has an icon",
        "examples": "Every block has examples that are run as tests and can fail",
        "connection-test": "Connecting asks the service whose account it is",
    },
    Level.SILVER: {
        "sources": "Every call names the page of the documentation it follows",
        "refusals-tested": "Tests see what becomes of 401, 404 and 429",
        "webhook-verified": "Only signed deliveries are taken, and captured ones are tests",
        "help": "The form says where the key comes from",
    },
    Level.GOLD: {
        "over-http": "Every block is tested against a server in the documented shapes",
        "repeat-safe": "A run repeated after a crash changes nothing twice",
        "logo": "It has its own logo",
        "priced": "What costs money has a price before it is run",
    },
    Level.PLATINUM: {
        "every-event": "There is a captured delivery of every event",
        "template": "A graph to start from uses it",
        "tried-for-real": "Somebody has used it with the real service",
    },
}
"""By level: what each rule asks, for people."""


class BadQuality(ValueError):
    """A `quality.yaml` that cannot be read; the message says what is wrong with it and where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a provider stands with one rule. `reason` says why it is exempt, or of a done one how it was seen."""

    key: str
    level: Level
    what: str
    standing: Standing
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    level: Level
    rules: tuple[Rule, ...]

    def rule(self, key: str) -> Rule:
        """Raises KeyError: there is no such rule."""
        return {one.key: one for one in self.rules}[key]


def quality_of(provider: ProviderName) -> Quality:
    """The quality of a provider; one whose file is missing, or cannot be read, has everything to do."""
    file = FOLDER / folder_of(provider) / FILE
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError:
        return parse_quality("")


def folder_of(provider: ProviderName) -> str:
    """Its folder in backend/blocks: its key with underscores, without the `-provider` that one of them ends in."""
    return provider.value.removesuffix("-provider").replace("-", "_")


def parse_quality(text: str) -> Quality:
    """What a `quality.yaml` says; rules that it does not name are to do.

    Raises:
        BadQuality: it is no YAML, or names levels, rules or standings that there are not.
    """
    try:
        said = as_object(yaml.safe_load(text) or {})
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadQuality(f"It is no YAML: {error}") from error
    if said is None:
        raise BadQuality("It is no mapping of levels: bronze, silver, gold, platinum.")
    _refuse_unknown(said)
    rules = tuple(
        _rule(level, key, what, as_object(said.get(level.value)) or {})
        for level, asked in RULES.items()
        for key, what in asked.items()
    )
    return Quality(_reached(rules), rules)


@lru_cache(maxsize=200)
def _read(file: Path, changed_at_ns: int) -> Quality:
    """Read once for each change, which a server in development sees."""
    try:
        return parse_quality(file.read_text(encoding="utf-8"))
    except (BadQuality, UnicodeDecodeError) as problem:
        log.warning("quality.unreadable", file=str(file), problem=str(problem))
        return parse_quality("")


def _refuse_unknown(said: Mapping[str, Any]) -> None:
    for name, rules in said.items():
        if name not in {level.value for level in RULES}:
            raise BadQuality(f"There is no level {name!r}; there are bronze, silver, gold and platinum.")
        known = RULES[Level(name)]
        unknown = [key for key in as_object(rules) or {} if key not in known]
        if unknown:
            raise BadQuality(f"{name} has no rule {unknown[0]!r}; it has {', '.join(known)}.")


def _rule(level: Level, key: str, what: str, said: Mapping[str, Any]) -> Rule:
    value = said.get(key, Standing.TODO.value)
    if isinstance(value, str) and value in (Standing.DONE.value, Standing.TODO.value):
        return Rule(key, level, what, Standing(value))
    pair = as_object(value)
    if pair is not None and len(pair) == 1:
        (standing, reason), *_ = pair.items()
        if (
            standing in (Standing.DONE.value, Standing.EXEMPT.value)
            and isinstance(reason, str)
            and reason.strip()
        ):
            return Rule(key, level, what, Standing(standing), reason.strip())
    raise BadQuality(
        f"{key} is {value!r}. Write `{key}: done`, `{key}: todo`, or `{key}: {{exempt: the reason}}`."
    )


def _reached(rules: tuple[Rule, ...]) -> Level:
    reached = Level.NONE
    for level in RULES:
        if any(one.level is level and one.standing is Standing.TODO for one in rules):
            break
        reached = level
    return reached
