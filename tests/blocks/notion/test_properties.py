"""Properties: Notion's objects as plain values, plain values as Notion's objects; and ids out of addresses."""

from __future__ import annotations

from typing import Any

import pytest

from backend.blocks.notion._ids import address_of, notion_id
from backend.blocks.notion._properties import flat, title_name, title_of, values_of
from backend.util.errors import InvalidInput

PAGE_ID = "59833787-2cf9-4fdf-8782-e53db20768a5"
HEX = PAGE_ID.replace("-", "")
TEXT = [
    {"type": "text", "text": {"content": "a"}, "plain_text": "a"},
    {"type": "mention", "plain_text": "@b"},
]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("title", TEXT, "a@b"),
        ("rich_text", [], ""),
        ("number", 2.5, 2.5),
        ("number", None, None),
        ("checkbox", False, False),
        ("select", {"id": "1", "name": "x", "color": "red"}, "x"),
        ("select", None, None),
        ("status", {"name": "Done"}, "Done"),
        ("multi_select", [{"name": "x"}, {"name": "y"}], ["x", "y"]),
        ("date", {"start": "2025-01-01", "end": None, "time_zone": None}, "2025-01-01"),
        ("date", {"start": "2025-01-01", "end": "2025-01-02", "time_zone": None},
         {"start": "2025-01-01", "end": "2025-01-02"}),
        ("date", None, None),
        ("url", "https://a.b", "https://a.b"),
        ("email", None, None),
        ("people", [{"object": "user", "id": "u1", "name": "Ada"}, {"object": "user", "id": "u2"}], ["Ada", "u2"]),
        ("relation", [{"id": PAGE_ID}], [PAGE_ID]),
        ("files", [{"name": "c", "type": "external", "external": {"url": "https://a.b"}}], ["https://a.b"]),
        ("formula", {"type": "string", "string": "x"}, "x"),
        ("formula", {"type": "date", "date": {"start": "2025-01-01"}}, "2025-01-01"),
        ("rollup", {"type": "number", "number": 3, "function": "sum"}, 3),
        ("rollup", {"type": "array", "array": [{"type": "title", "title": TEXT}], "function": "show_original"}, ["a@b"]),
        ("created_time", "2025-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"),
        ("created_by", {"object": "user", "id": "u1", "name": "Ada"}, "Ada"),
        ("unique_id", {"prefix": "TASK", "number": 7}, "TASK-7"),
        ("unique_id", {"prefix": None, "number": 7}, "7"),
        ("verification", {"state": "verified", "date": None}, "verified"),
        ("kind_of_tomorrow", {"a": 1}, {"a": 1}),
    ],
)  # fmt: skip
def test_a_property_has_a_plain_value(kind: str, value: Any, expected: Any) -> None:
    assert flat({"P": {"id": "x", "type": kind, kind: value}}) == {"P": expected}


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("title", "a", [{"type": "text", "text": {"content": "a"}}]),
        ("rich_text", None, []),
        ("rich_text", 7, [{"type": "text", "text": {"content": "7"}}]),
        ("number", "2.5", 2.5),
        ("number", " 3 ", 3),
        ("number", None, None),
        ("checkbox", "yes", True),
        ("checkbox", False, False),
        ("checkbox", None, False),
        ("select", "x", {"name": "x"}),
        ("select", " ", None),
        ("status", None, None),
        ("multi_select", "x, y,", [{"name": "x"}, {"name": "y"}]),
        ("multi_select", ["a, b"], [{"name": "a, b"}]),
        ("multi_select", None, []),
        ("date", "2025-01-01", {"start": "2025-01-01"}),
        ("date", {"start": "2025-01-01", "end": "2025-01-02"}, {"start": "2025-01-01", "end": "2025-01-02"}),
        ("date", "", None),
        ("url", "https://a.b", "https://a.b"),
        ("email", "", None),
        ("people", [HEX], [{"object": "user", "id": PAGE_ID}]),
        ("relation", f"https://www.notion.so/Kale-{HEX}", [{"id": PAGE_ID}]),
        ("files", ["https://a.b/c,d.pdf"],
         [{"name": "c,d.pdf", "type": "external", "external": {"url": "https://a.b/c,d.pdf"}}]),
    ],
)  # fmt: skip
def test_a_plain_value_becomes_notion_s(kind: str, given: Any, expected: Any) -> None:
    assert values_of({"P": given}, {"P": {"type": kind}}) == {"P": {kind: expected}}


def test_notion_s_own_object_goes_through_as_it_is() -> None:
    own = {"select": {"id": "1"}}
    assert values_of({"P": own}, {"P": {"type": "select"}}) == {"P": own}


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("number", "much", "takes a number"),
        ("number", True, "takes a number"),
        ("checkbox", "perhaps", "takes a checkbox"),
        ("date", {"end": "2025-01-01"}, "takes a date"),
        ("select", ["x"], "takes a select"),
        ("phone_number", {"a": 1}, "takes a phone number"),
        ("relation", "Kale", "no id of a page"),
        ("formula", 1, "Notion fills in itself"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(kind: str, given: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        values_of({"P": given}, {"P": {"type": kind}})


def test_an_unknown_property_is_told_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"no property 'Cost' there\. There are: Name, Price"):
        values_of({"Cost": 1}, {"Name": {"type": "title"}, "Price": {"type": "number"}})


def test_the_title_is_found_whatever_it_is_called() -> None:
    assert title_name({"Price": {"type": "number"}, "Task": {"type": "title"}}) == "Task"
    assert title_of({"properties": {"Task": {"type": "title", "title": TEXT}}}) == "a@b"
    assert title_of({"object": "data_source", "title": TEXT, "properties": {}}) == "a@b"
    assert title_of({"properties": {}}) == ""


@pytest.mark.parametrize(
    "text",
    [
        PAGE_ID,
        PAGE_ID.upper(),
        HEX,
        f" {HEX}\n",
        f"https://www.notion.so/{HEX}",
        f"https://www.notion.so/acme/Tuscan-kale-{HEX}?pvs=4#abc",
        f"https://acme.notion.site/Tuscan-kale-{HEX}",
        f"https://www.notion.so/acme/{HEX}?v=148104cd477e80bb928f000ce197ddf2",
        f"https://www.notion.so/acme/248104cd477e80fdb757e945d38000bd?v=148104cd477e80bb928f000ce197ddf2&p={HEX}&pm=s",
        f"https://app.notion.com/p/{PAGE_ID}/",
    ],
)
def test_an_id_is_found_in_what_people_paste(text: str) -> None:
    assert notion_id(text, "page") == PAGE_ID


@pytest.mark.parametrize(
    "text", ["", "Kale", HEX[:-1], f"{HEX}0", f"../{HEX}/..", "https://www.notion.so/", f"x{HEX}"]
)
def test_what_is_no_id_is_refused_before_anything_is_asked(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no id of a page"):
        notion_id(text, "page")


def test_an_address_leads_back_to_its_id() -> None:
    assert notion_id(address_of(PAGE_ID), "page") == PAGE_ID
