"""What the tests of the examples share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def blockyard(database_url: str, tmp_path: Path) -> CommandLine:
    """The command line on the test's own database."""
    return CommandLine(tmp_path, {"DATABASE_URL": database_url})
