"""docs/adding-a-provider.md, done by somebody who types and writes exactly what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.checkout import Checkout, checkout_in
from tests.support.command_line import ROOT
from tests.support.deployment import free_port
from tests.support.page_code import Kind, followed, pieces
from tests.support.shell import shell

PAGE = (ROOT / "docs/adding-a-provider.md").read_text(encoding="utf-8")
LONGEST_PAGE = 490
PORTS = ("BLOCKYARD_PORT", "BLOCKYARD_PAGE_PORT", "EXAMPLE_PORT")
NEW = (
    "backend/blocks/acme",
    "backend/integrations/webhooks/acme.py",
    "backend/data/block_cost_config.py",
    "backend/integrations/credentials_store.py",
    "tests/blocks/acme",
)


def test_page_is_short_and_says_of_each_code_block_what_it_is_for() -> None:
    assert len(PAGE.splitlines()) <= LONGEST_PAGE
    assert {piece.kind for piece in pieces(PAGE)} == set(Kind)


@pytest.mark.timeout(900)
def test_whoever_follows_the_page_has_a_provider_that_runs_and_passes_the_checks(tmp_path: Path) -> None:
    checkout = checkout_in(tmp_path)
    told = tmp_path / "told"
    told.mkdir()
    ports = {name: str(free_port()) for name in PORTS}
    with shell(checkout.root, {**checkout.env, **ports}, told) as terminal:
        followed(pieces(PAGE), checkout, terminal)
    _checks_pass(checkout)


def _checks_pass(checkout: Checkout) -> None:
    for command in (
        ("-m", "tools.provider", "check", "acme"),
        ("-m", "pytest", "-q", "tests/blocks/acme"),
        ("-m", "tools.checks"),
        ("-m", "ruff", "check", *NEW),
        ("-m", "ruff", "format", "--check", *NEW),
        ("-m", "mypy", *NEW),
        ("-m", "pyright", *NEW),
    ):
        done = checkout.run("python", *command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
