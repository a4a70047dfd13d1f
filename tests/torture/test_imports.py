"""Whatever file is imported as a graph: an answer within a second and 256 MiB, no crash, nothing started.

In `make test` a tenth of the files; `make torture` sets BLOCKYARD_TORTURE=1 for all of them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.torture.giant_files import giant_files
from tests.torture.graph_files import graph_file
from tests.torture.importer import Importer, Verdict

pytestmark = pytest.mark.torture

IS_WHOLE = os.environ.get("BLOCKYARD_TORTURE") == "1"
FILES = 50_000 if IS_WHOLE else 5_000
MOST_S = 1.0 if IS_WHOLE else 3.0
"""Of the processor; more on machines of CI, which are slower."""
MOST_MIB = 256
REFUSALS = {None, "GraphInvalid", "BadInput", "TooLarge"}
SHOWN = 12


@pytest.fixture(scope="module")
def importer() -> Iterator[Importer]:
    made = Importer()
    yield made
    made.close()


def faults(importer: Importer, files: Iterable[tuple[str, bytes]], seen: Counter[str | None]) -> list[str]:
    """What is wrong with the answers, by file; `seen` counts them."""
    found: list[str] = []
    for name, verdict in importer.verdicts(files):
        seen[verdict.error] += 1
        found += [f"{name}: {fault}" for fault in _faults_of(verdict)]
        if len(found) >= SHOWN:
            break
    return found


def _faults_of(verdict: Verdict) -> Iterator[str]:
    if verdict.error not in REFUSALS:
        yield f"{verdict.error}: {verdict.message}"
    if verdict.cpu_s > MOST_S:
        yield f"{verdict.cpu_s:.2f} s"
    if verdict.peak_mib > MOST_MIB:
        yield f"{verdict.peak_mib:.0f} MiB"
    if verdict.effects:
        yield f"effects: {verdict.effects[:3]}"


@pytest.mark.timeout(7_000 if IS_WHOLE else 300)
def test_spoilt_files_are_imported_or_refused(importer: Importer) -> None:
    seen: Counter[str | None] = Counter()
    files = ((f"file {number}", graph_file(number)) for number in range(FILES))
    assert faults(importer, files, seen) == []
    assert sum(seen.values()) == FILES
    assert min(seen[None], seen["GraphInvalid"], seen["BadInput"]) > FILES / 50, seen


@pytest.mark.timeout(600)
def test_giant_files_are_imported_or_refused_in_time(importer: Importer) -> None:
    seen: Counter[str | None] = Counter()
    assert faults(importer, giant_files(), seen) == []
    assert seen[None] > 0


HARMFUL = """
import subprocess, sys, time
from tests.torture import importer

def harmful(raw, *_):
    if raw == b"process":
        subprocess.run(["true"])
    if raw == b"file":
        open("/dev/null").close()
    if raw == b"memory":
        return len(b"x" * 300_000_000)
    if raw == b"time":
        began = time.process_time()
        while time.process_time() < began + 3.5:
            pass
    raise {b"crash": KeyError}.get(raw, importer.BadInput)("said")

importer.read_import = harmful
importer.main()
"""


def test_every_kind_of_harm_is_seen() -> None:
    importer = Importer("-c", HARMFUL)
    harms = ("none", "process", "file", "memory", "time", "crash")
    verdicts = importer.verdicts((harm, harm.encode()) for harm in harms)
    found = {harm: [*_faults_of(verdict)] for harm, verdict in verdicts}
    importer.close()
    assert {harm: len(faults) for harm, faults in found.items()} == {
        "none": 0, "process": 1, "file": 1, "memory": 2, "time": 1, "crash": 1
    }  # fmt: skip
    assert "subprocess" in found["process"][0]
    assert "KeyError" in found["crash"][0]
