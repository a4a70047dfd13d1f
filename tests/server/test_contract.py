"""The contract says what the routes do: one name each, who may use them, and examples that fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from backend.server.access import ACCESS, Need, Scope
from backend.server.contract import operations
from backend.server.errors import MEDIA_TYPE
from backend.server.examples import Examples
from backend.server.http import create_api

DOCUMENT: dict[str, Any] = create_api().openapi()
OPERATIONS = list(operations(DOCUMENT))
NO_KEY = {
    "set_up": "its token is used up by the first request",
}


NOT_TOLD = {
    ("GET", "/{path:page}"),
    ("GET", "/api/openapi.json"),
    ("GET", "/metrics"),
    ("WEBSOCKET", "/api/ws"),
    ("GET", "/api/oauth/{provider}/callback"),
}
"""Pages for people, figures for a collector, the contract itself, and the socket, which OpenAPI has no words for."""


def test_every_route_of_the_table_of_access_is_in_it() -> None:
    assert set(ACCESS) - {(method, path) for method, path, _ in OPERATIONS} <= NOT_TOLD


def test_every_operation_has_a_short_name_of_its_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names) > 20
    assert [name for name in names if not name.isidentifier() or len(name) > 40] == []


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=lambda value: str(value)[:60])
def test_operation_says_who_may_use_it_and_how_it_refuses(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["tags"]
    assert operation["description"], "its function has no docstring"
    need = ACCESS[method, path]
    ways = {name for way in operation["security"] for name in way}
    assert ways == (
        set() if need is Need.PUBLIC else {"session"} if need is Need.SESSION else {"session", "key"}
    )
    if isinstance(need, Scope):
        assert operation["security"][1]["key"] == [need.value]
    assert operation["responses"]["4XX"] == {"$ref": "#/components/responses/Refused"}


def test_refusals_are_problem_documents() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        assert list(response["content"]) == [MEDIA_TYPE]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def test_every_reference_leads_somewhere() -> None:
    for reference in set(_references(DOCUMENT["paths"])) | set(_references(DOCUMENT["components"])):
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            assert part in found, reference
            found = found[part]


def _contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every JSON body and answer."""
    for name, response in DOCUMENT["components"]["responses"].items():
        yield from ((name, content) for content in response["content"].values())
    for _, _, operation in OPERATIONS:
        holders = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for name, holder in holders.items():
            for media_type, content in holder.get("content", {}).items():
                if media_type.endswith("json"):
                    yield f"{operation['operationId']} {name}", content


CONTENTS = list(_contents())


@pytest.mark.parametrize("content", [content for _, content in CONTENTS], ids=[name for name, _ in CONTENTS])
def test_example_fits_its_schema(content: dict[str, Any]) -> None:
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    assert [str(error) for error in jsonschema_rs.iter_errors(schema, content["example"])] == []


def test_examples_are_put_together_from_what_somebody_wrote() -> None:
    bare = json.loads(json.dumps(DOCUMENT))
    for content in (content for _, content in _contents_of(bare)):
        content.pop("example", None)
    examples = Examples(bare)
    examples.fill()
    cure = "Write Field(examples=[…]) at the field, or a line in FIELDS of backend/server/examples.py."
    assert examples.unknown == set(), cure


def _contents_of(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for _, path, operation in operations(document):
        for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
            yield from ((path, content) for content in holder.get("content", {}).values())


def test_every_post_that_creates_honours_an_idempotency_key() -> None:
    for method, path, operation in OPERATIONS:
        if method == "POST" and "201" in operation["responses"]:
            headers = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
            has_key = "Idempotency-Key" in headers
            assert has_key is not (operation["operationId"] in NO_KEY), path


def test_texts_and_numbers_that_come_in_are_bounded() -> None:
    unbounded = [
        f"{operation['operationId']}.{parameter['name']}"
        for _, _, operation in OPERATIONS
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and not _is_bounded(parameter["schema"])
    ]
    assert unbounded == []


def _is_bounded(schema: dict[str, Any]) -> bool:
    choices = schema.get("anyOf") or [schema]
    return all(_is_one_bounded(choice) for choice in choices)


def _is_one_bounded(schema: dict[str, Any]) -> bool:
    if "$ref" in schema or "enum" in schema or "const" in schema or "pattern" in schema or "format" in schema:
        return True
    kind = schema.get("type")
    if kind == "string":
        return "maxLength" in schema
    if kind in ("integer", "number"):
        return "maximum" in schema or "exclusiveMaximum" in schema
    if kind == "array":
        return _is_bounded(schema["items"])
    return True
