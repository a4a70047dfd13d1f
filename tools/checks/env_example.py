"""`.env.example` lists every setting with its default and `backend/.env.example` every secret, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from backend.util.settings import Secrets, Settings
from tools.checks import Finding
from tools.checks.sources import ROOT

_LINE = re.compile(r"^(?:# ?)?([A-Z][A-Z0-9_]*)=(.*)$")
_IN_COMPOSE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")


def check() -> list[Finding]:
    compose = set(_IN_COMPOSE.findall((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    deployment = (ROOT / ".env.example").read_text(encoding="utf-8")
    secrets = (ROOT / "backend/.env.example").read_text(encoding="utf-8")
    return [
        *findings_in(".env.example", deployment, defaults_of(Settings), compose),
        *findings_in("backend/.env.example", secrets, defaults_of(Secrets), set()),
    ]


def defaults_of(model: type[BaseSettings]) -> dict[str, str]:
    """The default of each environment variable as text; empty where it is made at the start."""
    defaults: dict[str, str] = {}
    for name, field in model.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            alias = str(alias.choices[0])
        is_plain = isinstance(field.default, str | int | float | bool)
        defaults[str(alias or name).upper()] = str(field.default) if is_plain else ""
    return defaults


def findings_in(file: str, text: str, defaults: Mapping[str, str], also_allowed: Set[str]) -> list[Finding]:
    """`defaults`: by variable; `also_allowed`: variables that something else than the settings reads."""
    lines = {match[1]: (number, match[2]) for number, match in _assignments(text)}
    findings = [
        Finding(file, 1, f"{name} is missing.", f"Add a line: # {name}={default}")
        for name, default in defaults.items()
        if name not in lines
    ]
    for name, (number, value) in lines.items():
        if name in defaults:
            if defaults[name] and value != defaults[name]:
                cure = f"Write: # {name}={defaults[name]}"
                findings.append(
                    Finding(file, number, f"{name}'s default is {defaults[name]}, not {value}.", cure)
                )
        elif name not in also_allowed:
            findings.append(
                Finding(file, number, f"Nothing reads {name}.", "Take it out, or add the setting.")
            )
    return findings


def _assignments(text: str) -> list[tuple[int, re.Match[str]]]:
    numbered = enumerate(text.splitlines(), start=1)
    return [(number, match) for number, line in numbered if (match := _LINE.match(line))]
