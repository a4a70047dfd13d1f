"""The rule that the example files list what the settings read."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from tools.checks import env_example


class SomeSettings(BaseSettings):
    port: int = Field(default=8020, validation_alias="SOME_PORT")
    names: list[str] = Field(default_factory=list)
    ratio: float = 2.5


DEFAULTS = {"SOME_PORT": "8020", "NAMES": "", "RATIO": "2.5"}


def test_defaults_are_read_by_the_name_of_the_variable() -> None:
    assert env_example.defaults_of(SomeSettings) == DEFAULTS


def test_complete_example_passes() -> None:
    text = "# A remark.\n# SOME_PORT=8020\nNAMES=[]\n#RATIO=2.5\nPASSWORD=\n"
    assert env_example.findings_in(".env.example", text, DEFAULTS, {"PASSWORD"}) == []


def test_missing_wrong_and_unread_lines_are_all_named() -> None:
    text = "# SOME_PORT=80\nNAMES=\nUNKNOWN=1\n"
    findings = env_example.findings_in(".env.example", text, DEFAULTS, set())
    assert [finding.message for finding in findings] == [
        "RATIO is missing.",
        "SOME_PORT's default is 8020, not 80.",
        "Nothing reads UNKNOWN.",
    ]
