"""Writes the lock files from pyproject.toml: `python -m tools.lock [--upgrade]`.

They hold hashes and no addresses, for every Python from 3.11 on and every system.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_UV = Path(sys.executable).parent / "uv"
_COMPILE = [
    *(
        "pip",
        "compile",
        "--quiet",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
    ),
    *("--universal", "--python-version", "3.11"),
]


_LOCKS = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-dev.lock": ["pyproject.toml", "--group", "dev"],
    "requirements-node.lock": ["--group", "pyproject.toml:node"],
}


def main(arguments: list[str]) -> None:
    for target, sources in _LOCKS.items():
        command = [str(_UV), *_COMPILE, *sources, *arguments, "--output-file", target]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
