"""The locks hold what pyproject.toml asks for, with everything that follows from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.checks import Finding
from tools.checks.sources import ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def check() -> list[Finding]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed: list[str] = project["project"]["dependencies"]
    groups: dict[str, list[str]] = project["dependency-groups"]
    locks = {
        "requirements.lock": needed,
        "requirements-dev.lock": [*needed, *groups["dev"]],
        "requirements-node.lock": groups["node"],
    }
    return [
        finding
        for name, wanted in locks.items()
        for finding in findings_in(name, pins_in((ROOT / name).read_text(encoding="utf-8")), wanted)
    ]


def pins_in(lock: str) -> dict[str, set[str]]:
    """Versions by canonical name; more than one where they differ by system or Python."""
    pins: dict[str, set[str]] = {}
    for name, version in _PIN.findall(lock):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def findings_in(file: str, pins: Mapping[str, set[str]], wanted: Iterable[str]) -> list[Finding]:
    return [
        Finding(file, 1, f"{requirement} is not in this lock.", "make lock")
        for requirement in dict.fromkeys(map(str, closure(map(Requirement, wanted))))
        if not _is_pinned(Requirement(requirement), pins)
    ]


def closure(wanted: Iterable[Requirement]) -> Iterator[Requirement]:
    """The requirements and, by what is installed here, theirs; each package with its extras once."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = list(wanted)
    while waiting:
        requirement = waiting.pop()
        yield requirement
        key = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if key not in seen:
            seen.add(key)
            waiting += _requirements_of(requirement)


def _requirements_of(requirement: Requirement) -> list[Requirement]:
    """Empty for what is not installed here; the lock is then complete as far as can be seen."""
    try:
        lines = metadata.requires(requirement.name) or []
    except metadata.PackageNotFoundError:
        return []
    parsed = map(Requirement, lines)
    extras = ["", *requirement.extras]
    return [
        one
        for one in parsed
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def _is_pinned(requirement: Requirement, pins: Mapping[str, set[str]]) -> bool:
    versions = pins.get(canonicalize_name(requirement.name), set())
    return any(requirement.specifier.contains(Version(version), prereleases=True) for version in versions)
