"""Settings that nobody can mean are refused before anything starts."""

from __future__ import annotations

import pytest

from backend.cli.options import load_settings
from backend.util.errors import SetupProblem


def test_unknown_tier_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOCKYARD_TIER", "gold")
    with pytest.raises(SetupProblem, match=r"BLOCKYARD_TIER is 'gold'.*'free', 'paid' or 'premium'"):
        load_settings()


def test_names_of_somebody_else_in_the_environment_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "0.0.0.0", "PORT": "1234", "TIER": "free", "BLOCKYARD_PORT": "8099"}.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.host, settings.port, settings.tier) == ("127.0.0.1", 8099, "premium")
