"""Ids."""

from __future__ import annotations

from uuid import RFC_4122, UUID

from backend.util.clock import new_id


def test_ids_are_uuids_of_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(1_000)]
    parsed = [UUID(text) for text in ids]
    assert {(one.version, one.variant) for one in parsed} == {(7, RFC_4122)}
    assert [str(one) for one in parsed] == ids
    assert len(set(ids)) == 1_000
    stamps = [text[:13] for text in ids]
    assert stamps == sorted(stamps)
