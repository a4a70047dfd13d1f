"""The real command line in a process of its own, on the test's database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
QUICK = {"HEARTBEAT_S": "0.2", "DEAD_AFTER_S": "1"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`blockyard` with an environment of its own: nothing of this machine's settings gets in."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def _whole(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        data_dir = str(self.folder / "data")
        return {**kept, "PYTHONPATH": str(ROOT), "BLOCKYARD_DATA_DIR": data_dir, **QUICK, **self.environment}

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", timeout_s: float = 60, **environment: str
    ) -> Said:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "backend.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=self.folder,
            env={**self._whole, **environment},
            timeout=timeout_s,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        """Start a command that the test ends itself."""
        return subprocess.Popen(
            [sys.executable, "-m", "backend.cli", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self._whole,
        )

    def write(self, name: str, value: object) -> str:
        """A JSON file in the command's folder; its name."""
        (self.folder / name).write_text(json.dumps(value))
        return name
