"""Every provider has what the checklist asks, and what its quality says; the rules are in tools/provider/rules."""

from __future__ import annotations

from tools.checks import Finding
from tools.checks.sources import ROOT


def check() -> list[Finding]:
    from tools.provider.check import findings_for
    from tools.provider.facts import all_names

    return findings_for(ROOT, all_names(ROOT))
