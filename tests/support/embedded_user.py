"""A process that uses the embedded server of a folder until its standard input ends: `python -m … FOLDER`.

Prints `<server pid> <started_here>` when it is in, and `closed` when it is out.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from backend.data.embedded import open_embedded


@dataclass
class EmbeddedUser:
    """The parent's view of such a process."""

    process: subprocess.Popen[str]
    server_pid: int = 0
    started_here: bool = False

    def wait_open(self) -> EmbeddedUser:
        assert self.process.stdout is not None
        pid, started = self.process.stdout.readline().split()
        self.server_pid, self.started_here = int(pid), started == "True"
        return self

    def leave(self) -> None:
        """Close as a program does that ends by itself."""
        out, _ = self.process.communicate("", timeout=60)
        assert out.strip() == "closed"

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def spawn_user(data_dir: Path) -> EmbeddedUser:
    """Start one in a process group of its own; it may still be opening."""
    return EmbeddedUser(
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.embedded_user", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
            cwd=Path(__file__).parents[2],
        )
    )


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server = open_embedded(Path(sys.argv[1]))
    print(server.pid, server.started_here, flush=True)
    sys.stdin.read()
    server.close()
    print("closed", flush=True)


if __name__ == "__main__":
    main()
