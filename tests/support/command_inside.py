"""The command line in a process that has its imports behind it: `blockyard` without the second that they take."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.support.command_line import QUICK, Said

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["backend.cli.commands", "backend.cli.here", "backend.cli.there", "backend.cli.run", "backend.cli.follow"]
)
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class CommandInside:
    """`blockyard` with an environment of its own; each call is a fork of a process without threads."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str | Path, stdin: bytes = b"") -> Said:
        """Run a command to its end."""
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        data_dir = {"BLOCKYARD_DATA_DIR": str(self.folder / "data")}
        given = {**kept, **data_dir, **QUICK, **self.environment}
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(
            target=_run, args=(theirs, [*map(str, arguments)], stdin, given, str(self.folder))
        )
        process.start()
        theirs.close()
        try:
            assert ours.poll(_LONGEST_S), f"blockyard {arguments} does not end"
            code, out, err = ours.recv()
        finally:
            process.join(1)
            process.kill()
        return Said(code, out, err)


def _run(
    answer: Connection, arguments: list[str], stdin: bytes, environment: dict[str, str], folder: str
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    files = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115  # open until the process ends
    files[0].write(stdin)
    files[0].seek(0)
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    sys.stdin = io.TextIOWrapper(os.fdopen(0, "rb"))
    sys.stdout, sys.stderr = (io.TextIOWrapper(os.fdopen(fd, "wb"), write_through=True) for fd in (1, 2))
    sys.argv = ["blockyard", *arguments]
    from backend.cli.entry import enter

    try:
        enter()
        code = 0
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    for file in files:
        file.seek(0)
    answer.send((code, files[1].read().decode(), files[2].read().decode()))
