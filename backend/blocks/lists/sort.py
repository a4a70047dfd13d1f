"""Put a list in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.blocks.lists._by import BY, values_by
from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import NAMES, type_of
from backend.data.model import BlockSchema, SchemaField
from backend.data.quick import QuickWhenSmall
from backend.util.errors import BlockError

MAX_ITEMS = 50_000
_KINDS: dict[type, str] = {str: "text", int: "number", float: "number", bool: "truth"}
"""What has an order, and with what."""

Items = list[Any]
"""`list` is a pin here, and so no type within the class."""


class SortListBlock(QuickWhenSmall, Block):
    """Sort a list of numbers, texts or truth values, or of objects by a value that they hold.

    Items whose value is null or missing come last, and equal ones keep their order. Texts go by the numbers
    of their characters, so capitals come first unless their case is ignored, and letters like é after z.
    """

    id = "b6b6fb15-6b52-4f67-abef-3345aa9acf28"
    categories = {BlockCategory.BASIC}
    icon = "arrow-up-narrow-wide"
    pure = True

    class Input(BlockSchema):
        list: Items = SchemaField(description="The list; it stays as it is")
        by: str = SchemaField(default="", description=f"The value to sort by: {BY}", placeholder="price")
        descending: bool = SchemaField(default=False, description="The greatest first")
        ignore_case: bool = SchemaField(
            default=False, description="Take capitals and small letters for the same", advanced=True
        )

    class Output(BlockSchema):
        sorted_list: Items = SchemaField(description="The same items in order")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {
            "list": [{"name": "pen", "price": 3}, {"name": "ink", "price": 9.5}, {"name": "pad"}],
            "by": "price",
        },
        {"list": [3, 1, None, 2.5]},
        {"list": [3, None, 1, 2], "descending": True},
        {"list": ["b", "é", "B", "a", "😀"]},
        {"list": ["b", "A", "B", "a"], "ignore_case": True},
        {"list": [[1, "x"], [0, "y"], [1, "z"]], "by": "[0]", "descending": True},
        {"list": [{"a": {"b c": 2}, "n": 1}, {"a": {"b c": 1}}, {"a": 5}], "by": "a['b c']"},
        {"list": [True, False]},
        {"list": []},
        {"list": [*range(10_000)], "descending": True},
        {"list": [1, "2"]},
        {"list": [{"p": 1}, {"p": True}], "by": "p"},
        {"list": [{"a": 1}]},
        {"list": [1], "by": "a["},
        {"list": [0] * (MAX_ITEMS + 1)},
        {"list": None},
    ]
    test_output = [
        [("sorted_list", [{"name": "pen", "price": 3}, {"name": "ink", "price": 9.5}, {"name": "pad"}])],
        [("sorted_list", [1, 2.5, 3, None])],
        [("sorted_list", [3, 2, 1, None])],
        [("sorted_list", ["B", "a", "b", "é", "😀"])],
        [("sorted_list", ["A", "a", "b", "B"])],
        [("sorted_list", [[1, "x"], [1, "z"], [0, "y"]])],
        [("sorted_list", [{"a": {"b c": 1}}, {"a": {"b c": 2}, "n": 1}, {"a": 5}])],
        [("sorted_list", [False, True])],
        [("sorted_list", [])],
        [("sorted_list", [*range(9_999, -1, -1)])],
        [("error", says("item 0 is a whole number", "item 1 a text"))],
        [("error", says("that of item 1 true or false"))],
        [("error", says("item 0 is an object", "by"))],
        [("error", says("The path", "cannot be read"))],
        [("error", says("50,001 items"))],
        [("error", says("list"))],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        items = input_data.list
        if len(items) > MAX_ITEMS:
            raise BlockError(
                f"There are {len(items):,} items, and {MAX_ITEMS:,} are the most. Split them first."
            )
        values = values_by(input_data.by, items)
        places = [place for place, value in enumerate(values) if value is not None]
        _check_kinds(values, places)
        places.sort(key=_key(values, input_data.ignore_case), reverse=input_data.descending)
        last = [item for item, value in zip(items, values, strict=True) if value is None]
        yield "sorted_list", [*(items[place] for place in places), *last]


def _key(values: Items, ignore_case: bool) -> Callable[[int], Any]:
    if not ignore_case:
        return values.__getitem__
    return lambda place: value.casefold() if isinstance(value := values[place], str) else value


def _check_kinds(values: Items, places: list[int]) -> None:
    """All of one kind, as only such have an order."""
    kinds = [_KINDS.get(values[place].__class__, "") for place in places]
    if len(set(kinds)) < 2 and "" not in kinds:
        return
    odd = next(place for place, kind in zip(places, kinds, strict=True) if not kind or kind != kinds[0])
    if not _KINDS.get(values[odd].__class__):
        raise BlockError(
            f"The value of item {odd} is {_named(values[odd])}, which has no order. "
            "Name in 'by' a text, a number or a truth value of each item."
        )
    raise BlockError(
        f"The value of item {places[0]} is {_named(values[places[0]])}, that of item {odd} "
        f"{_named(values[odd])}. Make them alike first."
    )


def _named(value: Any) -> str:
    kind = type_of(value)
    articles = {"object": "an ", "boolean": ""}
    return articles.get(kind, "a ") + NAMES[kind]
