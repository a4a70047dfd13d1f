"""Pick a few items of many."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from random import Random
from typing import Any, Literal

from backend.data.block import Block, BlockCategory, BlockOutput
from backend.data.examples import says
from backend.data.json_types import is_list, is_object
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import BlockError

Indices = list[int]
Method = Literal["random", "systematic", "top", "bottom", "stratified", "weighted", "reservoir", "cluster"]

_NUMBERS = list(range(10_000))
_PEOPLE: list[JsonObject] = [
    {"name": "Ada", "city": "London", "weight": 0},
    {"name": "Zoë", "city": "Zürich", "weight": 5},
    {"name": "Bo", "city": "London", "weight": 0},
    {"name": "Éva", "city": "Zürich", "weight": 1.5},
]


class DataSamplingBlock(Block):
    """Pick some items of a list. With a seed the same list always gives the same sample.

    `top` and `bottom` take the first and the last items, `systematic` every n-th; `random` and `reservoir`
    any. `stratified` takes of each group its share, `cluster` whole groups until there are enough (the last one
    is cut), `weighted` prefers items of greater weight. No item is taken twice.
    """

    id = "4a448883-71fa-49cf-91cf-70d793bd7d87"
    categories = {BlockCategory.LOGIC, BlockCategory.DATA}
    icon = "dices"
    differences = (
        "`accumulate` is refused: gather the items with CollectBlock first. There it keeps items between firings.",
        "The same seed gives another sample than there.",
    )

    class Input(BlockSchema):
        data: JsonObject | list[Any] = SchemaField(description="The items; an object counts as a list of one")
        sample_size: int = SchemaField(default=10, ge=0, description="How many items to pick")
        sampling_method: Method = SchemaField(default="random", description="How to pick")
        accumulate: bool = SchemaField(
            default=False, description="Refused: gather the items with CollectBlock first", advanced=True
        )
        random_seed: int | None = SchemaField(
            default=None, description="The same number gives the same sample; none: by chance"
        )
        stratify_key: str | None = SchemaField(
            default=None, description="stratified: the key of the items whose value makes the groups"
        )
        weight_key: str | None = SchemaField(
            default=None,
            description="weighted: the key of the items that holds their weight, a number from 0",
        )
        cluster_key: str | None = SchemaField(
            default=None, description="cluster: the key of the items whose value makes the groups"
        )

    class Output(BlockSchema):
        sampled_data: list[Any] = SchemaField(description="The items that were picked")
        sample_indices: Indices = SchemaField(description="Their places in the list, from 0")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"data": ["Ada", "Zoë", "Bo", "Éva"], "sample_size": 2, "random_seed": 7},
        {"data": ["Ada", "Zoë", "Bo"], "sample_size": 2, "sampling_method": "top"},
        {"data": ["a", None, "größe 😀"], "sample_size": 2, "sampling_method": "bottom"},
        {"data": _NUMBERS, "sample_size": 4, "sampling_method": "systematic", "random_seed": 4},
        {"data": _NUMBERS, "sample_size": 3, "sampling_method": "reservoir", "random_seed": 1},
        {
            "data": _PEOPLE,
            "sample_size": 2,
            "sampling_method": "stratified",
            "stratify_key": "city",
            "random_seed": 1,
        },
        {
            "data": _PEOPLE,
            "sample_size": 2,
            "sampling_method": "weighted",
            "weight_key": "weight",
            "random_seed": 1,
        },
        {
            "data": _PEOPLE,
            "sample_size": 3,
            "sampling_method": "cluster",
            "cluster_key": "city",
            "random_seed": 1,
        },
        {"data": [], "sample_size": 0, "sampling_method": "reservoir"},
        {"data": {"name": "one item"}, "sample_size": 1},
        {"data": "[1, 2]", "sample_size": 2, "sampling_method": "top"},
        {"data": _PEOPLE, "sample_size": 3},
        {"data": [1, 2], "sample_size": 3},
        {"data": [1, 2]},
        {"data": [1], "sample_size": -1},
        {"data": [1], "sample_size": 1, "accumulate": True},
        {"data": _PEOPLE, "sample_size": 3, "sampling_method": "stratified"},
        {"data": _PEOPLE, "sample_size": 3, "sampling_method": "cluster", "cluster_key": "größe"},
        {"data": [1, 2], "sample_size": 1, "sampling_method": "stratified", "stratify_key": "a"},
        {"data": _PEOPLE, "sample_size": 1, "sampling_method": "weighted", "weight_key": "name"},
        {"data": [{"w": -1}], "sample_size": 1, "sampling_method": "weighted", "weight_key": "w"},
        {"data": _PEOPLE, "sample_size": 3, "sampling_method": "weighted", "weight_key": "weight"},
        {"data": [1], "sampling_method": "best"},
        {"data": None},
    ]
    test_output = [
        [("sampled_data", ["Bo", "Ada"]), ("sample_indices", [2, 0])],
        [("sampled_data", ["Ada", "Zoë"]), ("sample_indices", [0, 1])],
        [("sampled_data", [None, "größe 😀"]), ("sample_indices", [1, 2])],
        [("sampled_data", [966, 3466, 5966, 8466]), ("sample_indices", [966, 3466, 5966, 8466])],
        [("sampled_data", [677, 5339, 5282]), ("sample_indices", [677, 5339, 5282])],
        [("sampled_data", [_PEOPLE[0], _PEOPLE[1]]), ("sample_indices", [0, 1])],
        [("sampled_data", [_PEOPLE[1], _PEOPLE[3]]), ("sample_indices", [1, 3])],
        [("sampled_data", [_PEOPLE[1], _PEOPLE[3], _PEOPLE[0]]), ("sample_indices", [1, 3, 0])],
        [("sampled_data", []), ("sample_indices", [])],
        [("sampled_data", [{"name": "one item"}]), ("sample_indices", [0])],
        [("sampled_data", [1, 2]), ("sample_indices", [0, 1])],
        [("sampled_data", list), ("sample_indices", list)],
        [("error", says("3", "2 items"))],
        [("error", says("10", "2 items"))],
        [("error", says("sample_size"))],
        [("error", says("CollectBlock"))],
        [("error", says("stratify_key"))],
        [("error", says("'größe'", "item 0"))],
        [("error", says("item 0", "object"))],
        [("error", says("weight", "'Ada'"))],
        [("error", says("weight", "-1"))],
        [("error", says("2 items", "weight"))],
        [("error", says("sampling_method"))],
        [("error", says("data"))],
    ]

    def run(self, input_data: Input, *, idempotency_key: str, **kwargs: Any) -> BlockOutput:
        """Without a seed the firing's key is one, so that a repetition after a crash picks the same items."""
        items = input_data.data if is_list(input_data.data) else [input_data.data]
        if input_data.accumulate:
            raise BlockError(
                "This block does not accumulate. Gather the items with CollectBlock, link its list here "
                "and turn `accumulate` off."
            )
        if input_data.sample_size > len(items):
            raise BlockError(
                f"A sample of {input_data.sample_size:,} cannot be picked from {len(items):,} items. "
                "Lower sample_size."
            )
        seed = idempotency_key if input_data.random_seed is None else input_data.random_seed
        indices = _METHODS[input_data.sampling_method](items, input_data, Random(seed))
        yield "sampled_data", [items[index] for index in indices]
        yield "sample_indices", indices


Input = DataSamplingBlock.Input


def _top(items: list[Any], given: Input, _random: Random) -> Indices:
    return list(range(given.sample_size))


def _bottom(items: list[Any], given: Input, _random: Random) -> Indices:
    return list(range(len(items) - given.sample_size, len(items)))


def _any(items: list[Any], given: Input, random: Random) -> Indices:
    return random.sample(range(len(items)), given.sample_size)


def _systematic(items: list[Any], given: Input, random: Random) -> Indices:
    """Steps of equal length over the whole list, from a start within the first one."""
    count, size = len(items), given.sample_size
    start = random.randrange(count) if size else 0
    return [(start + place * count) // size for place in range(size)]


def _reservoir(items: list[Any], given: Input, random: Random) -> Indices:
    """Vitter's algorithm R: each later item takes the place of one in the sample by a falling chance."""
    size = given.sample_size
    picked = list(range(size))
    for index in range(size, len(items)):
        place = random.randrange(index + 1)
        if place < size:
            picked[place] = index
    return picked


def _stratified(items: list[Any], given: Input, random: Random) -> Indices:
    groups = _groups(items, "stratify_key", given.stratify_key)
    shares = _shares([len(group) for group in groups], given.sample_size)
    return [
        index for group, share in zip(groups, shares, strict=True) for index in random.sample(group, share)
    ]


def _cluster(items: list[Any], given: Input, random: Random) -> Indices:
    groups = _groups(items, "cluster_key", given.cluster_key)
    random.shuffle(groups)
    return [index for group in groups for index in group][: given.sample_size]


def _weighted(items: list[Any], given: Input, random: Random) -> Indices:
    """Efraimidis and Spirakis: the items with the greatest u^(1/weight), which is picking one after the other."""
    weights = [_weight(items, index, given.weight_key) for index in range(len(items))]
    possible = [index for index, weight in enumerate(weights) if weight > 0]
    if len(possible) < given.sample_size:
        raise BlockError(
            f"Only {len(possible):,} items have a weight above 0, too few for a sample of "
            f"{given.sample_size:,}. Lower sample_size."
        )
    chances = {index: math.log(1.0 - random.random()) / weights[index] for index in possible}
    return sorted(possible, key=lambda index: chances[index], reverse=True)[: given.sample_size]


_METHODS: dict[str, Callable[[list[Any], Input, Random], Indices]] = {
    "random": _any,
    "systematic": _systematic,
    "top": _top,
    "bottom": _bottom,
    "stratified": _stratified,
    "weighted": _weighted,
    "reservoir": _reservoir,
    "cluster": _cluster,
}


def _groups(items: list[Any], pin: str, key: str | None) -> list[Indices]:
    """The places of the items by what they have under the key, in the order in which the groups appear."""
    groups: dict[str, Indices] = {}
    for index in range(len(items)):
        group = json.dumps(_entry(items, index, pin, key), sort_keys=True)
        groups.setdefault(group, []).append(index)
    return list(groups.values())


def _shares(sizes: list[int], wanted: int) -> list[int]:
    """`wanted` divided in proportion; what is left over goes to the greatest remainders."""
    total = sum(sizes)
    shares = [size * wanted // total for size in sizes] if total else []
    by_remainder = sorted(range(len(sizes)), key=lambda place: -(sizes[place] * wanted % total))
    for place in by_remainder[: wanted - sum(shares)]:
        shares[place] += 1
    return shares


def _weight(items: list[Any], index: int, key: str | None) -> float:
    weight = _entry(items, index, "weight_key", key)
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or weight < 0:
        raise BlockError(
            f"The weight of item {index} is {weight!r:.60}. Give each item a number from 0 under {key!r}."
        )
    return float(weight)


def _entry(items: list[Any], index: int, pin: str, key: str | None) -> Any:
    """What the item has under the key.

    Raises:
        BlockError: it has nothing, or no key is set.
    """
    if not key:
        raise BlockError(f"{pin} is missing. Name the key of the items that this method goes by.")
    item = items[index]
    if not is_object(item):
        raise BlockError(f"item {index} of data is no object, and {pin} asks for its {key!r}. Give objects.")
    if key not in item:
        raise BlockError(f"item {index} of data has no {key!r}, which {pin} asks for. Give each item one.")
    return item[key]
