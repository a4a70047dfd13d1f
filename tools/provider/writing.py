"""Writes files all or none: what was there before comes back when anything fails."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.provider.names import Refused


def refuse_dirty(root: Path) -> None:
    """Let only a tree pass that has nothing uncommitted, so that what is written can be seen and taken back.

    Raises:
        Refused: names what has changed; or git does not know.
    """
    said = _git(root, _ANYWAY, "status", "--porcelain", "--untracked-files=all")
    changed = [line[3:] for line in said.splitlines()]
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise Refused(
            f"The working tree has changes: {', '.join(changed[:3])}{more}. Commit or stash them first, so that "
            f"what is written can be told from them. {_ANYWAY}"
        )


def refuse_without_git(root: Path) -> None:
    """Let only a repository pass: the rules look at the files that git tracks, or would.

    Raises:
        Refused: it is none.
    """
    _git(root, "Check in a clone of the repository.", "rev-parse", "--git-dir")


def _git(root: Path, cure: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-c", "safe.directory=*", *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
        )
    except FileNotFoundError as error:
        raise Refused(f"git is not installed, so nobody knows what has changed here. {cure}") from error
    if done.returncode != 0:
        raise Refused(f"git does not know what has changed here: {done.stderr.strip()[:300]}. {cure}")
    return done.stdout


_ANYWAY = "With ANYWAY=1 (--anyway) it is written nevertheless."


@contextmanager
def all_or_nothing(root: Path, also: Iterable[str]) -> Generator[Pages]:
    """What is written within stays if nothing is raised, else everything is as before.

    `also` are files and folders that something else may write within.
    """
    pages = Pages(root)
    for name in also:
        pages.remember(root / name)
    try:
        yield pages
    except BaseException:
        pages.put_back()
        raise


class Pages:
    """The files of one command, and what they were before it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, bytes | None] = {}
        self._folders: dict[Path, frozenset[Path]] = {}

    def remember(self, path: Path) -> None:
        """Know a file, or all files of a folder, as it is now."""
        if path.is_dir():
            inside = frozenset(one for one in path.rglob("*") if one.is_file())
            self._folders[path] = inside
            for one in inside:
                self.remember(one)
        elif path not in self._before:
            self._before[path] = path.read_bytes() if path.is_file() else None

    def write(self, texts: Mapping[str, str]) -> None:
        """Write texts by their paths from the root."""
        for name, text in texts.items():
            path = self.root / name
            self.remember(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def put_back(self) -> None:
        for folder, inside in self._folders.items():
            made = [one for one in folder.rglob("*") if one.is_file() and one not in inside]
            for one in made:
                one.unlink()
                _remove_empty(one.parent, folder)
        for path, content in self._before.items():
            if content is None:
                path.unlink(missing_ok=True)
                _remove_empty(path.parent, self.root)
            elif not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)


def _remove_empty(folder: Path, root: Path) -> None:
    """A folder in which nothing is left but what Python compiled, and those above it, up to `root`."""
    while folder != root and folder.is_dir():
        if any(one.name != "__pycache__" for one in folder.iterdir()):
            return
        shutil.rmtree(folder)
        folder = folder.parent
