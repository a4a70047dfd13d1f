"""A checkout of its own for tests that change files: a copy of this one as a repository, with what is installed here.

Files are those that git tracks or would track; what lies in `.venv` and `node_modules` leads to what this checkout has, so
that nothing is installed twice. `env` makes the copy's packages be found before those of this checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.command_line import ROOT

NODE_MODULES = ("frontend/node_modules", "tools/prisma/node_modules")
_SERVED = ("@fontsource-variable",)
"""Files that Vite gives to browsers as they are: none from outside of the checkout."""
_GIT = ["git", "-c", "safe.directory=*", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]


@dataclass(frozen=True, slots=True)
class Checkout:
    root: Path

    @property
    def env(self) -> dict[str, str]:
        # What this run of pytest was told is not for the runs within.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return {**kept, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *command: str, timeout_s: float = 300, **env: str) -> subprocess.CompletedProcess[str]:
        """A command in the checkout; `python` is that of the tests."""
        words = [sys.executable if command[0] == "python" else command[0], *command[1:]]
        return subprocess.run(
            words, cwd=self.root, env={**self.env, **env}, capture_output=True, text=True, timeout=timeout_s
        )

    def git(self, *arguments: str) -> str:
        done = subprocess.run([*_GIT, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self) -> None:
        """Everything as it is now."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "As it is")

    def restore(self) -> None:
        """Everything as it was committed."""
        self.git("reset", "--quiet", "--hard")
        self.git("clean", "--quiet", "-fd")

    def changed(self) -> list[str]:
        """Paths that differ from what was committed."""
        lines = self.git("status", "--porcelain", "--untracked-files=all").splitlines()
        return sorted(line[3:] for line in lines)


def checkout_in(folder: Path) -> Checkout:
    """A copy of this checkout, committed."""
    root = folder / "blockyard"
    for name in _tracked():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    for name in NODE_MODULES:
        _lend(ROOT / name, root / name)
    _lend_venv(root)
    made = Checkout(root)
    made.git("init", "--quiet", "--initial-branch", "main")
    # A link is no folder, so `node_modules/` does not ignore it.
    (root / ".git/info/exclude").write_text("node_modules\n.venv\n")
    made.commit()
    return made


def _tracked() -> list[str]:
    listed = subprocess.run(
        [*_GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file())


def _lend(installed: Path, target: Path) -> None:
    """A folder of links, so that what tools keep beside the packages (Vite's `.vite`) is the copy's own."""
    target.mkdir(parents=True)
    for one in installed.iterdir():
        if one.name in _SERVED:
            shutil.copytree(one, target / one.name)
        elif not one.name.startswith((".vite", ".cache")):
            (target / one.name).symlink_to(one)


def _lend_venv(root: Path) -> None:
    """Like that, and `make` may date its own mark and finds nothing to install."""
    venv = root / ".venv"
    venv.mkdir()
    for one in Path(sys.prefix).iterdir():
        if not one.name.startswith(".installed"):
            (venv / one.name).symlink_to(one)
    (venv / ".installed").touch()
