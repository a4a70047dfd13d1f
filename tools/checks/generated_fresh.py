"""Contract, TypeScript, pages, pictures and icons of blocks are what the code says; the front end knows the providers of ProviderName.

Tables are the business of schema_drift.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from pathlib import Path

from backend.integrations.providers import ProviderName
from tools.checks import Finding
from tools.checks.sources import ROOT
from tools.gen import block_icons_ts, block_pages, openapi
from tools.gen.typescript import TYPES, with_providers

_FOLDER = ROOT / "frontend/src/components/integrations"
RECORDS = {
    _FOLDER / "credentials-input.tsx": "providerIcons",
    _FOLDER / "credentials-provider.tsx": "PROVIDER_DISPLAY_NAMES",
}


def check() -> list[Finding]:
    providers = {provider.value for provider in ProviderName}
    findings = stale_types(str(TYPES.relative_to(ROOT)), TYPES.read_text(encoding="utf-8"))
    for file, record in RECORDS.items():
        findings += record_findings(
            str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"), record, providers
        )
    findings += stale_contract(openapi.contract()) + stale_icons(block_icons_ts.fresh())
    return findings + stale_pages(block_pages.pages())


def stale_contract(fresh: str) -> list[Finding]:
    """`fresh` is what docs/openapi.json should say."""
    return [
        Finding(str(file.relative_to(ROOT)), 1, "This is not what the routes say.", "make gen")
        for file, text in ((openapi.CONTRACT, fresh), (openapi.TYPES, openapi.types_of(fresh)))
        if not file.is_file() or file.read_text(encoding="utf-8") != text
    ]


def stale_icons(fresh: str) -> list[Finding]:
    """`fresh` is what block-icons.ts should say."""
    file = block_icons_ts.ICONS
    if file.is_file() and file.read_text(encoding="utf-8") == fresh:
        return []
    return [Finding(str(file.relative_to(ROOT)), 1, "These are not the icons that blocks name.", "make gen")]


def stale_pages(fresh: Mapping[Path, str]) -> list[Finding]:
    """`fresh` is what docs/blocks should hold."""
    return [
        Finding(str(file.relative_to(ROOT)), 1, "This is not what the blocks and providers say.", "make gen")
        for file in block_pages.stale_files(fresh)
    ]


def stale_types(file: str, text: str) -> list[Finding]:
    try:
        is_fresh = with_providers(text) == text
    except ValueError as error:
        return [Finding(file, 1, str(error), "Then: make gen")]
    return [] if is_fresh else [Finding(file, 1, "PROVIDER_NAMES is not what ProviderName says.", "make gen")]


def record_findings(file: str, text: str, record: str, providers: Set[str]) -> list[Finding]:
    """Providers that a `const record: Record<ProviderName, ...> = {...}` lacks, and keys that are none."""
    match = re.search(rf"\b{record}\b[^=]*= \{{\n(.*?)^\}};", text, re.MULTILINE | re.DOTALL)
    if match is None:
        return [Finding(file, 1, f"There is no {record} here.", "Put it back: one line for each provider.")]
    line = text.count("\n", 0, match.start()) + 1
    keys = set(re.findall(r"^  [\"']?([\w-]+)[\"']?:", match[1], re.MULTILINE))
    lacking = [
        Finding(file, line, f"{record} lacks {name!r}.", f"Add a line for {name!r}.")
        for name in sorted(providers - keys)
    ]
    return lacking + [
        Finding(file, line, f"{record} has {name!r}, which is no provider.", "Take it out.")
        for name in sorted(keys - providers)
    ]
