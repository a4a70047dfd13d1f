"""A terminal in which one types one thing after the other: variables, functions and background jobs stay."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_DONE = "what was typed has ended: "
_TO_END_S = 30.0


@dataclass
class Shell:
    """A bash that ends at the first command that fails. Each text's output is a file of its own in `folder`, so that
    what a background job prints later does not get into that of another."""

    popen: subprocess.Popen[bytes]
    folder: Path
    within_s: float
    count: int = field(default=0)

    def type(self, text: str, where: str) -> str:
        """What the commands print, errors too.

        Raises:
            AssertionError: one of them failed, or they took longer than `within_s`.
        """
        self.count += 1
        script, out = self.folder / f"{self.count}.sh", self.folder / f"{self.count}.out"
        script.write_text(text, encoding="utf-8")
        assert self.popen.stdin is not None
        line = f"source {script} > {out} 2>&1 < /dev/null; echo '{_DONE}{self.count}'\n"
        self.popen.stdin.write(line.encode())
        self.popen.stdin.flush()
        is_done = self._is_said(f"{_DONE}{self.count}\n".encode())
        said = out.read_text(encoding="utf-8", errors="replace") if out.exists() else ""
        assert is_done, f"{where}: this failed or took too long\n{text}\nIt printed\n{said}"
        return said

    def _is_said(self, wanted: bytes) -> bool:
        """False: the shell has ended, or time is up."""
        assert self.popen.stdout is not None
        until, seen = time.monotonic() + self.within_s, b""
        while (left := until - time.monotonic()) > 0:
            if select.select([self.popen.stdout], [], [], left)[0]:
                more = os.read(self.popen.stdout.fileno(), 4096)
                seen += more
                if seen.endswith(wanted) or not more:
                    return bool(more)
        return False


@contextmanager
def shell(cwd: Path, env: Mapping[str, str], folder: Path, *, within_s: float = 240) -> Generator[Shell]:
    """A shell until the block is left; then everything ends that was started in it."""
    popen = subprocess.Popen(
        ["bash", "-euo", "pipefail"],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Shell(popen, folder, within_s)
    finally:
        _end(popen)


def _end(popen: subprocess.Popen[bytes]) -> None:
    """Politely, so that servers stop theirs; after a while by force."""
    for number, patience_s in ((signal.SIGTERM, _TO_END_S), (signal.SIGKILL, _TO_END_S)):
        until = time.monotonic() + patience_s
        with suppress(ProcessLookupError):
            os.killpg(popen.pid, number)
        while time.monotonic() < until and _lives(popen):
            time.sleep(0.05)


def _lives(popen: subprocess.Popen[bytes]) -> bool:
    """Whether any process of the shell's group does."""
    popen.poll()
    try:
        os.killpg(popen.pid, 0)
    except ProcessLookupError:
        return False
    return True
