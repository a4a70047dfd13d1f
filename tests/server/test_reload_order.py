"""Which modules of blocks a saved file concerns, and in which order they are imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.blocks import Catalogue, catalogue
from backend.blocks.load_error import FOLDER
from backend.server.development.sources import (
    files_on_disk,
    imports_of,
    in_order,
    module_of,
    with_dependents,
)
from backend.server.development.watch import error_in, is_source

IMPORTS = {
    "api": frozenset({"auth", "not.ours"}),
    "auth": frozenset[str](),
    "issues": frozenset({"api"}),
    "other": frozenset[str](),
}


@pytest.mark.parametrize(
    ("file", "module"),
    [
        (FOLDER / "text" / "basic.py", "backend.blocks.text.basic"),
        (FOLDER / "text" / "__init__.py", "backend.blocks.text"),
        (FOLDER / "__init__.py", None),
        (FOLDER / "load_error.py", None),
        (FOLDER / "text" / ".#basic.py", None),
        (FOLDER / "text" / "notes.md", None),
        (FOLDER.parent / "app.py", None),
    ],
)
def test_module_follows_from_the_file(file: Path, module: str | None) -> None:
    assert module_of(file) == module


def test_every_block_of_the_catalogue_comes_from_a_file_that_is_followed() -> None:
    assert {type(block).__module__ for block in catalogue()} <= files_on_disk().keys()


def test_importers_come_along_over_several_steps() -> None:
    assert with_dependents({"auth"}, IMPORTS) == {"auth", "api", "issues"}
    assert with_dependents({"issues"}, IMPORTS) == {"issues"}


def test_what_is_imported_comes_first() -> None:
    assert in_order({"issues", "api", "auth", "other"}, IMPORTS) == ["auth", "api", "issues", "other"]


def test_circle_of_imports_has_an_order_too() -> None:
    circle = {"a": frozenset({"b"}), "b": frozenset({"a"})}
    assert sorted(in_order({"a", "b"}, circle)) == ["a", "b"]


def test_imports_are_found_however_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "issues.py"
    file.write_text(
        "import a.b\nfrom . import _api\nfrom ._auth import X\n\ndef late():\n    from c import d\n"
    )
    found = imports_of("backend.blocks.github.issues", file)
    package = "backend.blocks.github"
    assert {f"{package}._api", f"{package}._auth", package, "a.b", "c", "c.d"} <= found


def test_files_beside_the_source_are_no_source() -> None:
    assert is_source("/backend/blocks/text/basic.py")
    assert is_source("/backend/blocks/text"), "a folder that is moved is named without its files"
    for name in ("/backend/blocks/__pycache__/basic.py", "/backend/.#app.py", "/backend/app.py~", "/a/b.pyc"):
        assert not is_source(name)


def test_what_python_prints_is_told_by_its_last_place_in_our_files() -> None:
    app = FOLDER.parent / "app.py"
    printed = f'Traceback:\n  File "{app}", line 7, in <module>\n  File "/usr/re.py", line 9, in f\nValueError: no\n'
    error = error_in(printed)
    assert (error.file, error.line, error.message) == ("backend/app.py", 7, "ValueError: no")


def test_catalogue_gives_a_module_its_new_blocks_and_keeps_those_of_others() -> None:
    ours = Catalogue()
    first, second, *_ = list(catalogue())
    theirs = type(second).__module__
    for block in (first, second):
        ours.add(type(block))
    assert ours.replace({theirs: []}) == {}
    assert (ours.find(first.id) is not None, ours.find(second.id)) == (True, None)
    assert ours.replace({theirs: [second]}) == {}
    assert ours.find(second.id) is second
    refused = ours.replace({theirs: [type(first)()]})
    assert "same id" in str(refused[theirs])
    assert ours.find(second.id) is second
