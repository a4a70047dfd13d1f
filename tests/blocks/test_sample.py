"""Samples: what every method owes whatever the list, and that chance is fair where it decides."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.blocks.lists.sample import DataSamplingBlock

METHODS = ("random", "systematic", "top", "bottom", "stratified", "weighted", "reservoir", "cluster")
KEYS = {"stratify_key": "group", "cluster_key": "group", "weight_key": "weight"}


def _indices(data: list[Any], size: int, method: str, seed: int | None = None, key: str = "k") -> list[int]:
    given_data = DataSamplingBlock.Input.model_validate(
        {"data": data, "sample_size": size, "sampling_method": method, "random_seed": seed, **KEYS}
    )
    yielded = dict(DataSamplingBlock().run(given_data, idempotency_key=key))
    assert yielded["sampled_data"] == [data[index] for index in yielded["sample_indices"]]
    indices: list[int] = yielded["sample_indices"]
    return indices


def _rows(groups: list[Any]) -> list[dict[str, Any]]:
    return [{"group": group, "weight": place % 3 + 0.5} for place, group in enumerate(groups)]


@given(st.lists(st.sampled_from(["a", "b", 1, True, None]), max_size=30), st.data())
def test_a_sample_has_its_size_takes_nothing_twice_and_repeats_itself(
    groups: list[Any], data: st.DataObject
) -> None:
    rows = _rows(groups)
    size = data.draw(st.integers(0, len(rows)))
    seed = data.draw(st.integers())
    for method in METHODS:
        indices = _indices(rows, size, method, seed)
        assert len(indices) == len(set(indices)) == size
        assert all(0 <= index < len(rows) for index in indices)
        assert _indices(rows, size, method, seed) == indices


def test_a_firing_without_a_seed_repeats_itself_and_another_does_not() -> None:
    rows = _rows(["a"] * 1_000)
    for method in ("random", "reservoir", "weighted", "systematic"):
        first = _indices(rows, 100, method, key="one")
        assert _indices(rows, 100, method, key="one") == first
        assert _indices(rows, 100, method, key="another") != first


def test_every_item_has_the_same_chance() -> None:
    rows = _rows(["a"] * 10)
    for method in ("random", "reservoir", "systematic", "stratified"):
        counts = Counter(index for seed in range(3_000) for index in _indices(rows, 3, method, seed))
        assert sorted(counts) == list(range(10)), method
        assert max(abs(count - 900) for count in counts.values()) < 150, (method, counts)


def test_weight_decides_and_nothing_without_weight_is_taken() -> None:
    rows = [{"weight": weight} for weight in (1, 3, 0, 6)]
    counts = Counter(_indices(rows, 1, "weighted", seed)[0] for seed in range(5_000))
    assert counts[2] == 0
    assert [round(counts[index] / 500) for index in (0, 1, 3)] == [1, 3, 6]


def test_groups_get_their_share_and_clusters_come_whole() -> None:
    rows = _rows(["a"] * 60 + ["b"] * 30 + ["c"] * 10)
    strata = Counter(rows[index]["group"] for index in _indices(rows, 10, "stratified", 1))
    assert strata == {"a": 6, "b": 3, "c": 1}
    for seed in range(20):
        found = [rows[index]["group"] for index in _indices(rows, 70, "cluster", seed)]
        whole = [group for group, size in (("a", 60), ("b", 30), ("c", 10)) if found.count(group) == size]
        assert len(whole) >= len(set(found)) - 1
