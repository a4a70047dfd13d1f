"""Names, types and references of files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.data.file import LONGEST_NAME, clean_name, ending_of, file_id_in, media_type_of, reference_to
from backend.util.clock import new_id


def test_reference_names_its_file_and_nothing_else_is_one() -> None:
    file_id = new_id()
    assert file_id_in(reference_to(file_id)) == file_id
    for value in (file_id, f" file:{file_id}", f"file:{file_id}\n", "file:x", f"FILE:{file_id}", "file:", ""):
        assert file_id_in(value) is None, value


@given(st.text())
def test_cleaned_name_can_be_shown_and_stored_whatever_was_given(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= LONGEST_NAME
    assert not set(cleaned) & set("/\\\x00\r\n\u202e")
    assert cleaned.strip(".")
    cleaned.encode()
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("declared", "name", "expected"),
    [
        ("image/png", "a.txt", "image/png"),
        ("IMAGE/PNG;a=b", "a.txt", "image/png"),
        (None, "a.PDF", "application/pdf"),
        ("", "http://x/a.png", "image/png"),
        ("application/octet-stream", "a.json", "application/json"),
        ("application/octet-stream", "a.html", "application/octet-stream"),
        ("a/b/c", "data", "application/octet-stream"),
        (None, "a.xhtml", "application/octet-stream"),
        (None, "data:text/html,x", "application/octet-stream"),
    ],
)
def test_type_is_the_declared_one_else_that_of_the_name(
    declared: str | None, name: str, expected: str
) -> None:
    assert media_type_of(declared, name) == expected


@given(st.text(), st.text())
def test_type_is_one_whatever_was_declared(declared: str, name: str) -> None:
    kind, slash, rest = media_type_of(declared, name).partition("/")
    assert kind
    assert slash
    assert rest
    assert media_type_of(declared, name).isascii()


def test_common_types_have_their_ending() -> None:
    assert (ending_of("image/png"), ending_of("text/plain"), ending_of("x/y")) == (".png", ".txt", "")
