"""Writes the provider constants of the front end's types.ts from ProviderName."""

from __future__ import annotations

import re
from pathlib import Path

from backend.integrations.providers import ProviderName

ROOT = Path(__file__).resolve().parents[2]
TYPES = ROOT / "frontend/src/lib/autogpt-server-api/types.ts"
_CONSTANTS = re.compile(
    r"(?<=^export const PROVIDER_NAMES = \{\n)(.*?)(?=^\} as const;$)", re.MULTILINE | re.DOTALL
)


def with_providers(types: str) -> str:
    """The text of types.ts with the providers of now.

    Raises:
        ValueError: the constant is not there.
    """
    lines = "".join(f'  {provider.name}: "{provider.value}",\n' for provider in ProviderName)
    text, count = _CONSTANTS.subn(lambda _: lines, types)
    if count != 1:
        raise ValueError("types.ts has no `export const PROVIDER_NAMES = {` … `} as const;`; put it back.")
    return text


def write() -> None:
    """Renew types.ts in place; a fresh file is left alone."""
    old = TYPES.read_text(encoding="utf-8")
    new = with_providers(old)
    if new != old:
        TYPES.write_text(new, encoding="utf-8")
