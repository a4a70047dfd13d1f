"""The committed contract and its TypeScript: stable, and found when they are stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.checks import generated_fresh
from tools.gen import openapi


def test_contract_is_written_the_same_each_time_and_sorted() -> None:
    text = openapi.contract()
    assert text == openapi.contract()
    paths = list(json.loads(text)["paths"])
    assert paths == sorted(paths)
    assert len(paths) > 30


def test_types_hold_every_schema_and_operation() -> None:
    text = openapi.contract()
    types, document = openapi.types_of(text), json.loads(text)
    assert [name for name in document["components"]["schemas"] if f"        {name}: " not in types] == []
    names = [one["operationId"] for item in document["paths"].values() for one in item.values()]
    assert [name for name in names if f"    {name}: {{" not in types] == []


def test_contract_that_typescript_cannot_have_is_refused() -> None:
    with pytest.raises(RuntimeError, match="openapi-typescript refuses the contract"):
        openapi.types_of('{"openapi": "3.1.0", "paths": {"/x": {"$ref": "#/nowhere"}}}')


def test_stale_and_missing_files_are_found_and_writing_mends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openapi, "CONTRACT", tmp_path / "openapi.json")
    monkeypatch.setattr(openapi, "TYPES", tmp_path / "schema.d.ts")
    monkeypatch.setattr(generated_fresh, "ROOT", tmp_path)
    fresh = openapi.contract()
    assert [one.cure for one in generated_fresh.stale_contract(fresh)] == ["make gen", "make gen"]
    openapi.write()
    assert generated_fresh.stale_contract(fresh) == []
    openapi.CONTRACT.write_text(fresh.replace("Blockyard", "Blackyard"), encoding="utf-8")
    assert [one.file for one in generated_fresh.stale_contract(fresh)] == ["openapi.json"]
