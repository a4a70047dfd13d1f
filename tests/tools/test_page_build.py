"""Building the page: when it is stale, what a broken build leaves, which Node is taken, and the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tools import node, page
from tools.checks.sources import ROOT


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    """What a page is made of."""
    folder = tmp_path / "frontend"
    for name in ("src/app", "public"):
        (folder / name).mkdir(parents=True)
    files = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
    for name in (*files, "src/app/main.tsx", "public/theme.js"):
        (folder / name).write_text(name)
    return folder


def _built(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("built")
    return folder


CHANGES = [
    "src/app/main.tsx",
    "src/app/new.tsx",
    "public/theme.js",
    "index.html",
    "package-lock.json",
    "vite.config.ts",
]


@pytest.mark.parametrize("name", CHANGES)
def test_page_is_stale_when_anything_that_it_is_made_of_has_changed(
    name: str, frontend: Path, tmp_path: Path
) -> None:
    before = page.hash_of_sources(frontend)
    page.put_in_place(_built(tmp_path / "dist"), tmp_path / "page", before)
    assert page.is_fresh(tmp_path / "page", before)
    (frontend / name).write_text("other")
    assert not page.is_fresh(tmp_path / "page", page.hash_of_sources(frontend))


def test_page_is_fresh_however_old_the_files_say_that_they_are(frontend: Path, tmp_path: Path) -> None:
    page.put_in_place(_built(tmp_path / "dist"), tmp_path / "page", page.hash_of_sources(frontend))
    os.utime(frontend / "index.html", (4_000_000_000, 4_000_000_000))
    assert page.is_fresh(tmp_path / "page", page.hash_of_sources(frontend))


def test_moved_file_is_a_change(frontend: Path) -> None:
    before = page.hash_of_sources(frontend)
    (frontend / "src/app/main.tsx").rename(frontend / "src/main.tsx")
    assert page.hash_of_sources(frontend) != before


def test_page_that_somebody_built_by_hand_or_not_at_all_is_stale(frontend: Path, tmp_path: Path) -> None:
    wanted = page.hash_of_sources(frontend)
    assert not page.is_fresh(tmp_path / "page", wanted)
    assert not page.is_fresh(_built(tmp_path / "page"), wanted)


def test_new_page_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    (_built(tmp_path / "page") / "old.js").write_text("old")
    page.put_in_place(_built(tmp_path / "dist"), tmp_path / "page", "hash")
    assert sorted(file.name for file in (tmp_path / "page").iterdir()) == [".built", "index.html"]
    assert not (tmp_path / "dist").exists()


def _program(folder: Path, name: str, said: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho {said}\n")
    (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("version", "is_new_enough"),
    [("v20.19.0", True), ("v24.1.0-rc.1", True), ("v20.18.3", False), ("v18.20.8", False), ("none", False)],
)
def test_only_a_node_that_is_new_enough_is_taken(version: str, is_new_enough: bool, tmp_path: Path) -> None:
    path = _program(tmp_path / "bin", "node", version)
    assert not node.is_usable(path), "there is no npm"
    _program(tmp_path / "bin", "npm", "11")
    assert node.is_usable(path) is is_new_enough


def test_node_of_the_system_goes_before_that_of_the_environment(tmp_path: Path) -> None:
    own, system = tmp_path / "venv", tmp_path / "system"
    for folder in (own, system):
        for name, said in (("node", "v24.0.0"), ("npm", "11")):
            _program(folder, name, said)
    assert node.node_path(str(system), folder=own) == str(system)
    assert node.node_path(str(tmp_path), folder=own) == f"{own}{os.pathsep}{tmp_path}"


def test_wheel_without_the_page_is_refused_with_the_cure(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "tools/page_in_wheel.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "__init__.py").touch()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert refused.returncode != 0
    assert "make page" in refused.stderr
    _built(tmp_path / "backend" / "server" / "page")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    packed = {file.distribution_path for file in WheelBuilder(str(tmp_path)).recurse_included_files()}
    assert "backend/server/page/index.html" in packed
