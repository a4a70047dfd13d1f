"""Builds the page of frontend/ into backend/server/page, when what it is made of has changed: `python -m tools.page`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.node import node_path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
PAGE = ROOT / "backend" / "server" / "page"
STAMP = ".built"
"""In the built page: the hash of what it was made of."""
_SOURCES = ("src", "public")
_FILES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
_INSTALL = (
    *("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"),
    *("--no-update-notifier", "--loglevel=error"),
)
_BUILD = (
    "npm",
    "exec",
    "--offline",
    "--",
    "vite",
    "build",
    "--outDir",
    "dist",
    "--emptyOutDir",
    "--logLevel",
    "warn",
)
_WITHOUT = "The server starts without the page, too: .venv/bin/blockyard serve"


def main() -> None:
    wanted = hash_of_sources(FRONTEND)
    if is_fresh(PAGE, wanted):
        return
    path = node_path()
    _install_packages(path)
    print("Building the page", flush=True)
    began = time.monotonic()
    _run(_BUILD, path, "The page could not be built: see above.")
    put_in_place(FRONTEND / "dist", PAGE, wanted)
    print(f"Built the page in {time.monotonic() - began:.0f} s", flush=True)


def is_fresh(page: Path, wanted: str) -> bool:
    """Whether the page was made of the sources with this hash."""
    stamp = page / STAMP
    return (page / "index.html").is_file() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted


def hash_of_sources(frontend: Path) -> str:
    """Of the names and contents of everything that the page is made of."""
    digest = hashlib.sha256()
    for file in _sources(frontend):
        for part in (file.relative_to(frontend).as_posix().encode(), file.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _sources(frontend: Path) -> Iterator[Path]:
    yield from (frontend / name for name in _FILES)
    for folder in _SOURCES:
        yield from sorted(file for file in (frontend / folder).rglob("*") if file.is_file())


def put_in_place(built: Path, page: Path, wanted: str) -> None:
    """Replace the page by what was built: a build that breaks off leaves the old one."""
    (built / STAMP).write_text(wanted, encoding="utf-8")
    if page.exists():
        shutil.rmtree(page)
    built.rename(page)


def _install_packages(path: str) -> None:
    """What `make setup` does, under the same mark, so that neither does it twice."""
    mark = FRONTEND / "node_modules" / ".installed"
    lists = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
    if mark.is_file() and mark.stat().st_mtime >= max(file.stat().st_mtime for file in lists):
        return
    print("Installing the Node packages of frontend", flush=True)
    _run(_INSTALL, path, "The Node packages could not be installed: see above.")
    mark.touch()


def _run(command: tuple[str, ...], path: str, failure: str) -> None:
    program = shutil.which(command[0], path=path)
    assert program is not None, "node_path found it"
    if subprocess.run([program, *command[1:]], cwd=FRONTEND, env={**os.environ, "PATH": path}).returncode:
        sys.exit(f"{failure} {_WITHOUT}")


if __name__ == "__main__":
    main()
