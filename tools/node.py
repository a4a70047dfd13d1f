"""Node.js for the page: this system's, or one from PyPI in .venv where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements-node.lock"
OLDEST = (20, 19)


def node_path(given: str | None = None, *, folder: Path | None = None) -> str:
    """A PATH on which `node` and `npm` are found; installs them into .venv first where they are missing.

    `given` is the PATH to look at (None: the environment's), `folder` the scripts of the virtual environment.

    Raises:
        SystemExit: pip could not install them.
    """
    path = os.environ.get("PATH", "") if given is None else given
    own = str(folder or Path(sys.executable).parent)
    for candidate in (path, os.pathsep.join((own, path))):
        if is_usable(candidate):
            return candidate
    print("Installing Node.js into .venv: this system has none of 20.19 or newer", flush=True)
    _install()
    return os.pathsep.join((own, path))


def is_usable(path: str) -> bool:
    """Whether there is an npm, and a node that is new enough."""
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30)
    return said.returncode == 0 and version_in(said.stdout) >= OLDEST


def version_in(text: str) -> tuple[int, ...]:
    """`v20.19.1` -> (20, 19, 1); nothing for what is no version."""
    parts = text.strip().removeprefix("v").split("-")[0].split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def _install() -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--require-hashes", "--requirement", str(ROOT / LOCK)], cwd=ROOT)
    if done.returncode:
        raise SystemExit(
            "Node.js could not be installed: see above. Install Node.js 20.19 or newer with npm yourself."
        )
