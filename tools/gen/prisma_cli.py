"""Runs the Prisma CLI of tools/prisma: `python -m tools.gen.prisma_cli validate|format|check|generate`.

Prisma's schema engine is a download that is never wanted here, so every call says that it is /bin/false.
With /bin/true some commands do nothing and report success.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schema.prisma"
_FOLDER = ROOT / "tools" / "prisma"
_CLI = _FOLDER / "node_modules" / "prisma" / "build" / "index.js"
_TIMEOUT_S = 120

Command = Literal["validate", "format", "check", "generate"]
_ARGUMENTS: dict[Command, list[str]] = {
    "validate": ["validate"],
    "format": ["format"],
    "check": ["format", "--check"],
    "generate": ["generate"],
}


class PrismaError(Exception):
    """Prisma could not run or said no; the text says what to do."""


def prisma(command: Command, schema: Path = SCHEMA) -> str:
    """Run one command on `schema` and return what it printed; `check` fails on an unformatted file.

    Raises:
        PrismaError: no Node, no Prisma in tools/prisma, or Prisma refused; with its words.
    """
    call = [_node(), str(_cli()), *_ARGUMENTS[command], "--schema", str(schema)]
    done = subprocess.run(
        call, cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=_TIMEOUT_S
    )
    if done.returncode:
        raise PrismaError(f"prisma {command} refused {schema.name}:\n{done.stdout}{done.stderr}".strip())
    return done.stdout


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise PrismaError("Node.js is not installed; install Node 20.19 or newer to change schema.prisma.")
    return node


def _cli() -> Path:
    if _CLI.is_file():
        return _CLI
    npm = shutil.which("npm")
    if npm is None:
        raise PrismaError("npm is not installed; install it (it comes with Node.js) to change schema.prisma.")
    call = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(call, cwd=_FOLDER, capture_output=True, text=True, timeout=5 * _TIMEOUT_S)
    if done.returncode:
        words = done.stderr.strip()
        raise PrismaError(f"npm could not install Prisma; run `npm ci` in tools/prisma.\n{words}")
    return _CLI


def _environment() -> dict[str, str]:
    """Ours, with this Python first in PATH (the schema's generator is `python3 -m tools.gen.tables`)."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(ROOT),
        "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/false",
        "CHECKPOINT_DISABLE": "1",
        "NO_COLOR": "1",
    }


def main(arguments: list[str]) -> int:
    """The command line; 1 and the reason on stderr if Prisma refused."""
    commands = get_args(Command)
    if len(arguments) != 1 or arguments[0] not in commands:
        print(f"usage: python -m tools.gen.prisma_cli {'|'.join(commands)}", file=sys.stderr)
        return 2
    try:
        print(prisma(arguments[0]), end="")  # type: ignore[arg-type]  # checked against the Literal above
    except PrismaError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
