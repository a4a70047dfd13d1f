"""A process that imports one file after the other and is watched: `python -m tests.torture.importer`.

What it may have is measured in memory that it touches. Addresses are no measure: of a text of 25 MiB the parser
asks for 200 MiB of them, and uses none.
"""

from __future__ import annotations

import gc
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from backend.blocks import catalogue
from backend.data.graph import Graph
from backend.data.graph_ids import all_of
from backend.data.graph_import import read_import
from backend.data.import_report import Imported
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.program import problems_of
from backend.util.errors import BadInput
from tests.torture.graph_files import fixtures

ADDRESSES_BYTES = 4 * 1_073_741_824
"""More than it has at its start; beyond it is ended, before the machine suffers."""
ROOT = Path(__file__).resolve().parents[2]
_FEW_NODES = 1_000
_LENGTH = struct.Struct(">Q")
_EFFECTS = (
    "os.",
    "subprocess.",
    "socket.",
    "pty.",
    "ctypes.",
    "open",
    "import",
    "exec",
    "compile",
    "shutil.",
)
"""What Python tells an audit hook of; none of it belongs to an import."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one file. `error`: the class that was raised; None: it was imported."""

    error: str | None
    message: str
    cpu_s: float
    peak_mib: float
    effects: list[str]


class Importer:
    """The parent's view of such a process; one that died is replaced."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments or ("-m", "tests.torture.importer")
        self._process: subprocess.Popen[bytes] | None = None

    def verdicts(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, Verdict]]:
        """What comes of each file, by its name. The next one is made while this one is imported."""
        sent: str | None = None
        for name, raw in files:
            if sent is not None:
                yield sent, self._answer()
            self._send(raw)
            sent = name
        if sent is not None:
            yield sent, self._answer()

    def close(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(30)

    def _send(self, raw: bytes) -> None:
        process = self._process or self._start()
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # the answer will tell
            process.stdin.write(_LENGTH.pack(len(raw)) + raw)
            process.stdin.flush()

    def _answer(self) -> Verdict:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if line:
            return Verdict(**orjson.loads(line))
        self._process = None
        return Verdict("the process died", f"exit code {process.wait()}", 0, 0, [])

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, *self._arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        return self._process


class _Watch:
    """Notes what Python does beyond calculating, while it is armed."""

    def __init__(self) -> None:
        self.is_armed = False
        self.seen: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_armed and event.startswith(_EFFECTS):
            self.seen.append(f"{event} {arguments!r:.100}")


def main() -> None:
    watch = _Watch()
    for raw in fixtures():
        _import(raw, watch)
    gc.collect()
    most = _status("VmSize") + ADDRESSES_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    while (sent := _read(sys.stdin.buffer)) is not None:
        verdict = _import(sent, watch)
        sys.stdout.buffer.write(orjson.dumps(verdict) + b"\n")
        sys.stdout.buffer.flush()


def _read(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    return stream.read(_LENGTH.unpack(head)[0]) if head else None


def _import(raw: bytes, watch: _Watch) -> Verdict:
    error, message = None, ""
    _forget_peak()
    before = _status("VmRSS")
    began = time.process_time()
    watch.seen.clear()
    watch.is_armed = True
    imported: Imported | None = None
    try:
        imported = read_import(raw, LOCAL_USER_ID, None, catalogue().find)
        orjson.dumps(imported.report([]))
    except BadInput as refusal:
        error, message = type(refusal).__name__, str(refusal)[:200]
    except Exception as failure:  # whatever it is, it is what the test is about
        error, message = type(failure).__name__, f"{failure!s:.200} at {_place(failure)}"
    watch.is_armed = False
    cpu_s = time.process_time() - began
    peak_mib = (_status("VmHWM") - before) / 1_048_576
    if error is None and imported is not None:
        error, message = _unfit(imported.graph)
    return Verdict(error, message.encode(errors="replace").decode(), cpu_s, peak_mib, [*watch.seen])


def _unfit(graph: Graph) -> tuple[str | None, str]:
    """What keeps an imported graph from being stored, or from being looked at by whoever wants to run it."""
    if len(graph.nodes) > _FEW_NODES:
        return None, ""
    try:
        for one in all_of(graph):
            one.definition()
            "".join(map(str, problems_of(one, catalogue().find))).encode()
    except Exception as failure:  # as above
        return type(failure).__name__, f"{failure!s:.200} at {_place(failure)}"
    return None, ""


def _place(failure: BaseException) -> str:
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _forget_peak() -> None:
    with Path("/proc/self/clear_refs").open("w") as file:
        file.write("5")


def _status(name: str) -> int:
    """A line of the process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
