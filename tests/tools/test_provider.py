"""The list of what a provider has and still lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.provider import Names, main, report, steps


def _write(root: Path, file: str, text: str = "") -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_nothing_is_done_in_an_empty_repository(tmp_path: Path) -> None:
    lines = list(report(Names("google-maps"), tmp_path))
    assert lines[-1].startswith("13 to do for google-maps")
    assert not any(line.strip().startswith("done") for line in lines)


def test_what_is_there_is_done_in_every_spelling(tmp_path: Path) -> None:
    _write(tmp_path, "backend/integrations/providers.py", '    GOOGLE_MAPS = "google-maps"\n')
    _write(tmp_path, "backend/integrations/labels.py", '    ProviderName.GOOGLE_MAPS: "Google Maps",\n')
    _write(tmp_path, "backend/blocks/google_maps/_auth.py")
    _write(tmp_path, "backend/.env.example", "# GOOGLE_MAPS_API_KEY=\n")
    _write(tmp_path, "frontend/src/components/integrations/credentials-input.tsx", '  "google-maps": Map,\n')
    _write(tmp_path, "tools/checks/block_ids.txt", "0-1 GoogleMapsSearchBlock\n")
    done = [line for line in report(Names("google-maps"), tmp_path) if line.strip().startswith("done")]
    assert len(done) == 6


def test_other_provider_with_a_longer_name_does_not_count(tmp_path: Path) -> None:
    _write(tmp_path, "backend/integrations/providers.py", '    GOOGLE_MAPS = "google-maps"\n')
    assert not any(line.strip().startswith("done") for line in report(Names("google"), tmp_path))


def test_webhook_steps_are_not_counted_as_missing() -> None:
    optional = [step.file for step in steps(Names("x")) if step.only_with_webhook]
    assert "backend/blocks/x/triggers.py" in optional
    assert len(optional) == 3


@pytest.mark.parametrize("arguments", [[], [""], ["Two Words"], ["../x"]])
def test_name_that_is_none_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "make provider NAME=example" in capsys.readouterr().err
