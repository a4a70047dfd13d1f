"""Settings that nobody can mean are refused before anything starts."""

from __future__ import annotations

import pytest

from backend.cli.options import load_settings
from backend.util.errors import SetupProblem


def test_unknown_tier_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOCKYARD_TIER", "gold")
    with pytest.raises(SetupProblem, match=r"BLOCKYARD_TIER is 'gold'.*'free', 'paid' or 'premium'"):
        load_settings()
