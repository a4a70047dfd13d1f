"""The front end's providers: what `make gen` writes, what the rule finds, what tsc refuses."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from backend.integrations.providers import ProviderName
from tools.checks import generated_fresh
from tools.checks.sources import ROOT
from tools.gen.typescript import TYPES, with_providers

FRONTEND = ROOT / "frontend"
RECORD = 'export const icons: Record<ProviderName, Icon> = {\n  http: Globe,\n  "e-mail": Mail,\n};\n'


def test_generator_writes_every_provider_once() -> None:
    text = with_providers("before\nexport const PROVIDER_NAMES = {\n  OLD: 'old',\n} as const;\nafter\n")
    lines = "".join(f'  {provider.name}: "{provider.value}",\n' for provider in ProviderName)
    assert text == f"before\nexport const PROVIDER_NAMES = {{\n{lines}}} as const;\nafter\n"
    assert with_providers(text) == text


def test_types_without_the_constant_are_refused() -> None:
    with pytest.raises(ValueError, match="put it back"):
        with_providers("export const OTHER = 1;\n")


def test_stale_constant_is_found() -> None:
    fresh = TYPES.read_text(encoding="utf-8")
    assert generated_fresh.stale_types("types.ts", fresh) == []
    stale = fresh.replace("PROVIDER_NAMES = {\n", 'PROVIDER_NAMES = {\n  GONE: "gone",\n')
    assert [finding.cure for finding in generated_fresh.stale_types("types.ts", stale)] == ["make gen"]


def test_record_that_equals_the_providers_passes() -> None:
    assert generated_fresh.record_findings("x.tsx", RECORD, "icons", {"http", "e-mail"}) == []


def test_missing_and_unknown_keys_are_both_named() -> None:
    findings = generated_fresh.record_findings("x.tsx", RECORD, "icons", {"http", "slack"})
    assert [finding.message for finding in findings] == [
        "icons lacks 'slack'.",
        "icons has 'e-mail', which is no provider.",
    ]


def test_record_that_is_gone_is_found() -> None:
    [finding] = generated_fresh.record_findings("x.tsx", "nothing\n", "icons", {"http"})
    assert "There is no icons" in finding.message


def test_tsc_refuses_a_provider_without_icon_and_name(tmp_path: Path) -> None:
    shutil.copytree(FRONTEND / "src", tmp_path / "src")
    shutil.copy(FRONTEND / "tsconfig.json", tmp_path)
    (tmp_path / "node_modules").symlink_to(FRONTEND / "node_modules")
    types = tmp_path / TYPES.relative_to(FRONTEND)
    types.write_text(types.read_text().replace("PROVIDER_NAMES = {\n", 'PROVIDER_NAMES = {\n  NEW: "new",\n'))
    command = [str(FRONTEND / "node_modules/.bin/tsc"), "--noEmit"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=110)
    assert done.returncode != 0
    errors = [line.split("(")[0] for line in done.stdout.splitlines() if "TS2741" in line]
    assert [Path(error).name for error in errors] == ["credentials-input.tsx", "credentials-provider.tsx"]
