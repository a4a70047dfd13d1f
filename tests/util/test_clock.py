"""Ids."""

from __future__ import annotations

from uuid import RFC_4122, UUID

from backend.util.clock import id_beside, new_id


def test_ids_are_uuids_of_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(1_000)]
    parsed = [UUID(text) for text in ids]
    assert {(one.version, one.variant) for one in parsed} == {(7, RFC_4122)}
    assert [str(one) for one in parsed] == ids
    assert len(set(ids)) == 1_000
    stamps = [text[:13] for text in ids]
    assert stamps == sorted(stamps)


def test_ids_beside_another_have_its_time_and_sort_by_their_number() -> None:
    known = new_id()
    beside = [id_beside(known, number, "node") for number in (0, 1, 4_095, 1 << 20, (1 << 32) - 1)]
    assert beside == sorted(beside)
    assert {(one.version, one.variant) for one in map(UUID, beside)} == {(7, RFC_4122)}
    assert {text[:13] for text in beside} == {known[:13]}
    assert beside[1] == id_beside(known, 1, "node") != id_beside(known, 1, "other")
    assert id_beside(new_id(), 1, "node") != beside[1]
