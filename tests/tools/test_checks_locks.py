"""The rule that locks_complete holds: a lock lacks nothing that pyproject.toml leads to."""

from __future__ import annotations

import re

from tools.checks import locks_complete
from tools.checks.sources import ROOT

DEV_LOCK = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")


def test_pins_are_read_with_their_versions() -> None:
    lock = "uvloop==0.22.1 ; sys_platform != 'win32' \\\n    --hash=sha256:ab\nSome.Thing[x]==1.0 \\\nn==1\nn==2\n"
    assert locks_complete.pins_in(lock) == {"uvloop": {"0.22.1"}, "some-thing": {"1.0"}, "n": {"1", "2"}}


def test_what_an_extra_brings_is_missed() -> None:
    pins = locks_complete.pins_in(re.sub(r"^greenlet==.*$", "", DEV_LOCK, flags=re.MULTILINE))
    findings = locks_complete.findings_in("x.lock", pins, ["sqlalchemy[asyncio]>=2.1"])
    assert any("greenlet" in finding.message for finding in findings)


def test_version_that_no_longer_fits_is_found() -> None:
    [finding] = locks_complete.findings_in("x.lock", {"pluggy": {"1.5.0"}}, ["pluggy>=99"])
    assert finding.message == "pluggy>=99 is not in this lock."


def test_every_pin_of_the_locks_has_a_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        blocks = re.split(r"\n(?=[A-Za-z])", (ROOT / name).read_text(encoding="utf-8"))
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
