"""What changed between two graphs: nothing that did is left out, nothing that did not is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from backend.data.graph import Graph
from backend.data.graph_diff import ElementsDiff, FieldChange, GraphDiff, diff

IDS = st.sampled_from(["a", "b", "c", "d", "ü"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, "", "x", "1"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("pqr.~"), inner, max_size=2),
    max_leaves=4,
)
NODES = st.fixed_dictionaries(
    {
        "id": IDS,
        "block_id": st.sampled_from(["one", "two"]),
        "input_default": st.dictionaries(st.sampled_from(["text", "x.y", "position"]), VALUES, max_size=2),
        "metadata": st.fixed_dictionaries(
            {"position": st.fixed_dictionaries({"x": st.integers(0, 1), "y": st.just(0)})},
            optional={"customized_name": st.sampled_from(["A", "B"]), "color": st.just("red")},
        ),
        "disabled": st.booleans(),
    },
    optional={"policy": st.just({"retry": {"times": 2}}), "pinned": st.just({"out": [1]})},
)
LINKS = st.fixed_dictionaries(
    {
        "id": IDS,
        "source_id": IDS,
        "source_name": st.just("out"),
        "sink_id": IDS,
        "sink_name": st.sampled_from(["in", "other"]),
        "is_static": st.booleans(),
    }
)
GRAPHS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["g", "h"]),
        "description": st.sampled_from(["", "x"]),
        "nodes": st.lists(NODES, max_size=4),
        "links": st.lists(LINKS, max_size=4),
    },
    optional={"limits": st.just({"max_firings": 5})},
).map(Graph.model_validate)


def written(value: Any) -> bytes:
    """For Python 1 and true are equal."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def document(graph: Graph) -> dict[str, Any]:
    return graph.model_dump(mode="json", exclude={"id", "version"})


@given(GRAPHS)
def test_graph_compared_with_itself_has_not_changed(graph: Graph) -> None:
    found = diff(graph, graph.model_copy(update={"id": "other", "version": 9}))
    assert found.is_empty
    assert found == GraphDiff([], ElementsDiff([], [], [], None), [], ElementsDiff([], [], [], None))


@given(GRAPHS, GRAPHS)
def test_changes_applied_to_the_one_give_the_other(before: Graph, after: Graph) -> None:
    found = diff(before, after)
    assert written(applied(document(before), found)) == written(document(after))
    assert found.is_empty is (before.digest() == after.digest())


@given(GRAPHS, GRAPHS)
def test_the_other_way_round_added_is_removed_and_before_is_after(before: Graph, after: Graph) -> None:
    there, back = diff(before, after), diff(after, before)
    for one, other in [(there.nodes, back.nodes), (there.links, back.links)]:
        assert (one.added, one.removed) == (other.removed, other.added)
        assert {change.id for change in one.changed} == {change.id for change in other.changed}
    assert sorted((move.id, move.nth) for move in there.moved) == sorted(
        (move.id, move.nth) for move in back.moved
    )


def test_moved_node_is_not_a_changed_one() -> None:
    before = graph_of({"id": "a", "block_id": "one"})
    after = graph_of({"id": "a", "block_id": "one", "metadata": {"position": {"x": 5, "y": 0}}})
    found = diff(before, after)
    assert found.nodes.changed == []
    [move] = found.moved
    assert (move.before, move.after) == ({"x": 0.0, "y": 0.0}, {"x": 5.0, "y": 0.0})


def test_changed_node_names_each_field_from_the_outside_in() -> None:
    before = graph_of({"id": "a", "block_id": "one", "input_default": {"text": "x", "gone": None}})
    after = graph_of(
        {
            "id": "a",
            "block_id": "one",
            "input_default": {"text": "y"},
            "policy": {"retry": {"times": 3}},
            "metadata": {"customized_name": "Greeting"},
        }
    )
    [change] = diff(before, after).nodes.changed
    assert change.label == "Greeting"
    assert {".".join(one.path): (one.kind, one.before, one.after) for one in change.fields} == {
        "input_default.text": ("changed", "x", "y"),
        "input_default.gone": ("removed", None, None),
        "metadata.customized_name": ("changed", None, "Greeting"),
        "policy.retry.times": ("changed", 0, 3),
    }


def test_one_and_true_are_different_values() -> None:
    before = graph_of({"id": "a", "block_id": "one", "input_default": {"v": [1]}})
    after = graph_of({"id": "a", "block_id": "one", "input_default": {"v": [True]}})
    assert not diff(before, after).is_empty


def graph_of(*nodes: dict[str, Any]) -> Graph:
    return Graph.model_validate({"name": "g", "nodes": list(nodes), "links": []})


def applied(graph: dict[str, Any], found: GraphDiff) -> dict[str, Any]:
    """The graph after the changes: what a front end does with a comparison."""
    made = deepcopy(graph)
    for change in found.fields:
        put(made, change)
    made["nodes"] = elements(made["nodes"], found.nodes)
    made["links"] = elements(made["links"], found.links)
    for move in found.moved:
        nth(made["nodes"], move.id, move.nth)["metadata"]["position"] = move.after
    return made


def elements(before: list[dict[str, Any]], found: ElementsDiff) -> list[dict[str, Any]]:
    made = list(before)
    for gone in reversed(found.removed):
        made.reverse()
        made.remove(next(one for one in made if one["id"] == gone["id"]))
        made.reverse()
    for change in found.changed:
        for field in change.fields:
            put(nth(made, change.id, change.nth), field)
    made += deepcopy(found.added)
    if found.order is None:
        return made
    rest = list(made)
    return [rest.pop(next(k for k, one in enumerate(rest) if one["id"] == name)) for name in found.order]


def nth(listed: list[dict[str, Any]], name: str, place: int) -> dict[str, Any]:
    return [one for one in listed if one["id"] == name][place]


def put(holder: dict[str, Any], change: FieldChange) -> None:
    *outer, last = change.path
    for name in outer:
        holder = holder[name]
    if change.kind == "removed":
        del holder[last]
    else:
        holder[last] = change.after
