"""Edits put a line where it belongs, leave everything else as it is, and change nothing the second time."""

from __future__ import annotations

import ast
import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.command_line import ROOT
from tools.provider.checklist import KEYS_BEGIN, LOGINS_BEGIN
from tools.provider.edits import NoPlace
from tools.provider.edits.block import line_in_block
from tools.provider.edits.python import (
    class_field,
    dictionary_entry,
    enum_member,
    imported,
    statements_after,
)

ENUM = '''"""Names."""


class ProviderName(StrEnum):
    """Keys."""

    AIRTABLE = "airtable"
    # The customer's own.
    EXAMPLE = "example"  # kept

    def method(self) -> None: ...
'''
RECORD = """_LABELS: dict[ProviderName, str] = {
    ProviderName.AIRTABLE: "Airtable",  # a remark
    # The customer's own.
    ProviderName.EXAMPLE: "Example",
}
"""
TYPESCRIPT = """const icons = {
  airtable: airtableLogo,
  // The customer's own.
  "example-provider": Flask,
};
"""


def added(before: str, after: str) -> list[str]:
    """The lines that came in; nothing else may have changed."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert not [line for line in lines if line.startswith(("- ", "? "))], "".join(lines)
    return [line[2:] for line in lines if line.startswith("+ ")]


@pytest.mark.parametrize(
    ("name", "before"), [("ACME", "AIRTABLE"), ("BOX", "# The customer's own."), ("ZED", "")]
)
def test_a_member_stands_in_the_order_of_names_and_remarks_stay_with_theirs(name: str, before: str) -> None:
    put = enum_member("ProviderName", name, name.lower())
    after = put(ENUM)
    assert added(ENUM, after) == [f'    {name} = "{name.lower()}"']
    following = after.splitlines()[after.splitlines().index(f'    {name} = "{name.lower()}"') + 1]
    assert following.strip().startswith(before) if before else not following.strip()
    assert put(after) == after


@pytest.mark.parametrize("name", ["ACME", "BOX", "ZED"])
def test_an_entry_stands_in_the_order_of_keys(name: str) -> None:
    put = dictionary_entry("_LABELS", f"ProviderName.{name}", '"Its label"')
    after = put(RECORD)
    assert added(RECORD, after) == [f'    ProviderName.{name}: "Its label",']
    keys = [line.split(":")[0].strip() for line in after.splitlines() if line.startswith("    ProviderName")]
    assert keys == sorted(keys)
    assert put(after) == after


@pytest.mark.parametrize("key", ["acme", "box", "zed"])
def test_a_line_of_a_block_stands_in_the_order_of_keys(key: str) -> None:
    put = line_in_block(f"  {key}: fallbackIcon,", begin="const icons = {", end="};", key=key)
    after = put(TYPESCRIPT)
    assert added(TYPESCRIPT, after) == [f"  {key}: fallbackIcon,"]
    keys = [
        line.strip().split(":")[0].strip('"')
        for line in after.splitlines()
        if line.endswith(("Logo,", "Flask,", "Icon,"))
    ]
    assert keys == sorted(keys)
    assert 'own.\n  "example-provider"' in after, "the remark stays above its line"
    assert put(after) == after


def test_a_key_with_other_words_counts_as_done() -> None:
    own = RECORD.replace('"Airtable"', '"Their own words"')
    assert dictionary_entry("_LABELS", "ProviderName.AIRTABLE", '"Airtable"')(own) == own
    named = line_in_block("  airtable: x,", begin="const icons = {", end="};", key="airtable")
    assert named(TYPESCRIPT) == TYPESCRIPT


def test_a_field_stands_after_those_of_its_kind() -> None:
    text = "class Secrets:\n    a_api_key: str = ''\n\n    # Logins.\n    b_client_id: str = ''\n"
    after = class_field("Secrets", "c_api_key", "c_api_key: str = ''", suffixes=("_api_key",))(text)
    assert after.index("a_api_key") < after.index("c_api_key") < after.index("# Logins.")
    last = class_field("Secrets", "d_client_id", "d_client_id: str = ''", suffixes=("_client_id",))(after)
    assert last.endswith("    b_client_id: str = ''\n    d_client_id: str = ''\n")


def test_statements_follow_the_last_of_their_kind_and_come_once() -> None:
    text = "x = 1\nDEFAULT.append(x)\n\n\nclass A: ...\n"
    put = statements_after(
        lambda one: one.startswith("DEFAULT.append("), "y = 2\nDEFAULT.append(y)\n", name="y"
    )
    after = put(text)
    assert after == "x = 1\nDEFAULT.append(x)\n\ny = 2\nDEFAULT.append(y)\n\n\nclass A: ...\n"
    assert put(after) == after


def test_an_import_is_found_in_any_form() -> None:
    several = "from a.b import (\n    C,\n    D,\n)\n"
    assert imported("a.b", "D")(several) == several
    assert "from a.b import E\n" in imported("a.b", "E")(several)


@pytest.mark.parametrize(
    "put",
    [
        enum_member("Other", "A", "a"),
        dictionary_entry("OTHER", "a", "b"),
        line_in_block("x", begin="nowhere", end="", key="x"),
        line_in_block("x", begin="const icons = {", end="never", key="x"),
        class_field("Other", "a", "a: int", suffixes=("x",)),
        statements_after(lambda _: False, "y = 1", name="y"),
    ],
)
def test_without_its_place_an_edit_says_what_to_put_back(put: object) -> None:
    assert callable(put)
    with pytest.raises(NoPlace, match=r"[Pp]ut .*back"):
        put("x: int = 1\n")


def test_what_is_no_python_is_told_with_its_line() -> None:
    with pytest.raises(NoPlace, match="line 2"):
        enum_member("A", "B", "b")("x = 1\ndef :\n")


def test_the_blocks_of_the_example_file_are_there() -> None:
    text = (ROOT / "backend/.env.example").read_text()
    for begin in (KEYS_BEGIN, LOGINS_BEGIN):
        assert "# ZZ_KEY=\n" in line_in_block("# ZZ_KEY=", begin=begin, end="", key="ZZ_KEY")(text)


@given(st.lists(st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True), unique=True, max_size=8))
def test_members_may_come_in_any_order_and_the_file_stays_python(names: list[str]) -> None:
    text = ENUM
    for name in names:
        text = enum_member("ProviderName", name, name.lower())(text)
    (owner,) = (one for one in ast.parse(text).body if isinstance(one, ast.ClassDef))
    found = [
        one.targets[0].id
        for one in owner.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    ]
    assert found == sorted({*names, "AIRTABLE", "EXAMPLE"})
