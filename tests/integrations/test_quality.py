"""Levels of quality: what a file may say, and what is reached by it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from backend.integrations import quality
from backend.integrations.providers import ProviderName
from backend.integrations.quality import RULES, BadQuality, Level, Standing, parse_quality, quality_of
from tests.support.command_line import ROOT


def everything(*, until: Level) -> str:
    """A file in which all rules up to a level are kept."""
    lines: list[str] = []
    for level, rules in RULES.items():
        lines += [f"{level}:", *(f"  {key}: done" for key in rules)]
        if level is until:
            break
    return "\n".join(lines)


@pytest.mark.parametrize("level", list(RULES))
def test_a_level_is_reached_when_its_rules_and_those_before_are_kept(level: Level) -> None:
    assert parse_quality(everything(until=level)).level is level


def test_one_rule_to_do_keeps_the_level_before_whatever_comes_after() -> None:
    text = everything(until=Level.PLATINUM).replace("help: done", "help: todo")
    assert parse_quality(text).level is Level.BRONZE
    assert parse_quality("").level is Level.NONE


def test_an_exempt_rule_is_kept_and_has_its_reason() -> None:
    found = parse_quality(
        everything(until=Level.GOLD).replace("logo: done", "logo: {exempt: It is no company}")
    )
    assert found.level is Level.GOLD
    assert (found.rule("logo").standing, found.rule("logo").reason) == (
        Standing.EXEMPT,
        "It is no company",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gold: [", "no YAML"),
        ("- gold", "no mapping"),
        ("wood: {}", "no level 'wood'"),
        ("gold:\n  shiny: done", "no rule 'shiny'"),
        ("silver:\n  files: done", "no rule 'files'"),
        ("gold:\n  logo: perhaps", "Write `logo: done`"),
        ("gold:\n  logo: exempt", "Write `logo: done`"),
        ("gold:\n  logo: {exempt: ''}", "Write `logo: done`"),
        ("gold:\n  logo: {todo: later}", "Write `logo: done`"),
        ("gold:\n  logo: {exempt: a, done: b}", "Write `logo: done`"),
        ("gold:\n  logo:", "Write `logo: done`"),
    ],
)
def test_what_it_cannot_say_is_refused_with_what_it_may(text: str, says: str) -> None:
    with pytest.raises(BadQuality, match=says):
        parse_quality(text)


@pytest.mark.parametrize("provider", list(ProviderName))
def test_every_provider_says_where_it_stands(provider: ProviderName) -> None:
    found = quality_of(provider)
    assert found.level is not Level.NONE
    assert all(rule.reason for rule in found.rules if rule.standing is Standing.EXEMPT)


def test_a_file_that_cannot_be_read_takes_nothing_else_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "FOLDER", tmp_path)
    file = tmp_path / "slack/quality.yaml"
    file.parent.mkdir()
    for raw in (b"gold: [", b"\xff\xfe", b"- gold", b"gold: {logo: 2026-13-45}", b"[" * 5_000):
        file.write_bytes(raw)
        os.utime(file, ns=(len(raw), len(raw)))
        assert quality_of(ProviderName.SLACK).level is Level.NONE
    file.write_text(everything(until=Level.GOLD))
    os.utime(file, ns=(1, 1))
    assert quality_of(ProviderName.SLACK).level is Level.GOLD


def test_the_page_has_every_rule_in_its_words() -> None:
    page = (ROOT / "docs/quality-scale.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w*) ?\| `([a-z-]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert [(key, what) for _, key, what in rows] == [
        (key, what) for rules in RULES.values() for key, what in rules.items()
    ]
    assert [level for level, _, _ in rows if level] == [level.value for level in RULES]
