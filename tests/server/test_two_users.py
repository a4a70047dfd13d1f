"""What is somebody else's answers as what does not exist, on every route and in every field that takes an id."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backend.app import App
from backend.data.tables import metadata
from backend.server.access import ACCESS, Need, Scope, scopes_of
from backend.server.contract import operations
from backend.server.http import create_api
from tests.server.conftest import OUTPUT, TEXT_INPUT, graph_json, link, node, stored
from tests.server.people_and_things import (
    MAKERS,
    NOT_OWNED,
    WEBHOOK_PROVIDER,
    Somebody,
    give_things,
    make_somebody,
    waiting_run,
)
from tests.support.sockets import live

DOCUMENT = create_api().openapi()
TOLD = {(method, path): operation for method, path, operation in operations(DOCUMENT)}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
ABSENT = "01890000-0000-7000-8000-000000000000"

OWNERS_SEE = {Scope.ADMIN}
"""Needs of routes that show an owner what is everybody's; to all others they are closed."""
OWNERS_MAY = {
    ("GET", "/api/budgets/{budget_id}"): "owners limit what others spend",
    ("DELETE", "/api/budgets/{budget_id}"): "owners limit what others spend",
}
"""Other routes on which an owner may name what is somebody else's, and why."""


def _parameters(path: str) -> list[str]:
    return _PARAMETER.findall(path)


def _owned(path: str) -> list[str]:
    return [name for name in _parameters(path) if name in MAKERS]


ROUTES = sorted(route for route, need in ACCESS.items() if _owned(route[1]) and need is not Need.PUBLIC)
"""Webhooks are delivered to by strangers, who are told by their signatures (test_ingress.py)."""


def test_every_parameter_of_a_path_has_a_maker_or_a_reason_to_need_none() -> None:
    names = {name for _, path in ACCESS for name in _parameters(path)}
    assert names - MAKERS.keys() - NOT_OWNED.keys() == set(), "see tests/server/people_and_things.py"


@pytest.fixture
async def people(app: App, url: str) -> AsyncIterator[dict[str, Somebody]]:
    """Ada and others, each with one of everything that their role may have."""
    async with AsyncExitStack() as stack:
        found: dict[str, Somebody] = {}
        for name, role in [("ada", "editor"), ("bob", "editor"), ("vera", "viewer"), ("olga", "owner")]:
            one = await make_somebody(app, url, name, role)
            stack.push_async_callback(one.close)
            if role != "viewer":
                await give_things(one)
            found[name] = one
        found["ada"].things["waiting"] = await waiting_run(found["ada"])
        yield found


def _filled(path: str, things: dict[str, str]) -> str:
    others = {"version": "1", "block_id": "x", "name": "x", "provider": WEBHOOK_PROVIDER}
    return _PARAMETER.sub(lambda match: things.get(match[1], others.get(match[1], "1")), path)


def _absent(value: str) -> str:
    """An id of the same form that nobody has."""
    return ABSENT if len(value) == len(ABSENT) else "0" * len(value)


def _body(route: tuple[str, str]) -> dict[str, Any]:
    """The example of the contract: what a caller would send."""
    contents: dict[str, Any] = TOLD.get(route, {}).get("requestBody", {}).get("content", {})
    if "application/json" in contents:
        return {"json": contents["application/json"]["example"]}
    if "multipart/form-data" in contents:
        return {"files": {"file": ("a.txt", b"text")}}
    return {}


def _headers(route: tuple[str, str]) -> dict[str, str]:
    names = [one["name"] for one in TOLD.get(route, {}).get("parameters", ()) if one["in"] == "header"]
    return {"if-match": '"1"'} if "If-Match" in names else {}


def _query(route: tuple[str, str]) -> dict[str, str]:
    given = TOLD.get(route, {}).get("parameters", ())
    return {
        one["name"]: str(QUERIES[one["name"]]) for one in given if one["in"] == "query" and one["required"]
    }


QUERIES: dict[str, object] = {"from": 1, "to": "draft"}
"""What has to be there, by name."""


async def _ask(caller: Somebody, route: tuple[str, str], path: str, **more: Any) -> httpx.Response:
    client = caller.session if ACCESS[route] is Need.SESSION else caller.key
    return await client.request(
        route[0], path, **{"headers": _headers(route), "params": _query(route), **_body(route), **more}
    )


def _said(answer: httpx.Response, ids: dict[str, str]) -> tuple[int, str, str]:
    """The answer with ids replaced by the names of what they stand for."""
    said = answer.text
    for name, value in ids.items():
        said = said.replace(value, f"<{name}>")
    return answer.status_code, answer.headers.get("content-type", ""), said


def _mixtures(path: str, asker: Somebody, other: Somebody) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Ids for the path: up to each owned one the asker's own; from there somebody else's, and absent ones."""
    names = _owned(path)
    for place in range(len(names)):
        if place and not asker.things:
            return
        own = {name: asker.things[name] for name in names[:place]}
        foreign = {name: other.things[name] for name in names[place:]}
        absent = {name: _absent(value) for name, value in foreign.items()}
        yield {**own, **foreign}, {**own, **absent}


async def _crossings(asker: Somebody, ada: Somebody) -> list[str]:
    found: list[str] = []
    for route in ROUTES:
        need = ACCESS[route]
        may = not isinstance(need, Scope) or need in scopes_of(asker.role)
        if may and (need in OWNERS_SEE or (asker.role == "owner" and route in OWNERS_MAY)):
            continue
        for foreign, absent in _mixtures(route[1], asker, ada):
            hers, none = [
                _said(await _ask(asker, route, _filled(route[1], ids)), ids) for ids in (foreign, absent)
            ]
            if hers != none or hers[0] != (404 if may else 403) or ada.mark in hers[2]:
                found.append(f"{asker.role}: {route}: hers {hers}, absent {none}")
    return found


async def test_foreign_ids_in_paths_answer_as_absent_ones_and_change_nothing(
    app: App, people: dict[str, Somebody]
) -> None:
    ada = people["ada"]
    before = await _digests(app, ada.person.id)
    for name in ("bob", "vera", "olga"):
        assert await _crossings(people[name], ada) == []
    assert await _digests(app, ada.person.id) == before


# What belongs to whom, for tables without a user_id of their own.
THROUGH = {
    "users": "id = :user",
    "graph_version": "graph_id IN (SELECT id FROM graph WHERE user_id = :user)",
    "run_event": "run_id IN (SELECT id FROM run WHERE user_id = :user)",
    "poll_seen": "poll_id IN (SELECT id FROM poll WHERE user_id = :user)",
    "file_chunk": "file_id IN (SELECT id FROM file WHERE user_id = :user)",
}
NOBODYS = {"setting", "worker", "queue_turn"}
VOLATILE = {"last_used_at", "used_at"}


async def _digests(app: App, user_id: str) -> dict[str, str]:
    """Table -> digest of all that is the user's in it."""
    found: dict[str, str] = {}
    async with app.database.begin() as connection:
        for table in metadata.sorted_tables:
            if table.name in NOBODYS:
                continue
            where = "user_id = :user" if "user_id" in table.c else THROUGH[table.name]
            kept = ", ".join(f'"{column.name}"::text' for column in table.c if column.name not in VOLATILE)
            query = text(f'SELECT {kept} FROM "{table.name}" WHERE {where} ORDER BY 1, 2')
            rows = (await connection.execute(query, {"user": user_id})).all()
            found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


async def test_digest_sees_a_change_of_a_single_field(app: App, people: dict[str, Somebody]) -> None:
    ada = people["ada"]
    before = await _digests(app, ada.person.id)
    answer = await ada.key.post(f"/api/runs/{ada.things['waiting']}/cancel")
    assert answer.status_code == 202
    after = await _digests(app, ada.person.id)
    assert {name for name in before if before[name] != after[name]} >= {"run"}


# Fields of bodies and queries that name things: by the last part of their name, what they name.
FIELDS: dict[str, str] = {
    "graph_id": "graph_id",
    "run_id": "run_id",
    "parent_run_id": "run_id",
    "from_run_id": "run_id",
    "from_run": "run_id",
    "user_id": "user_id",
    "cursor": "run_id",
    "target_id": "graph_id",
    "webhook_id": "webhook_id",
    "credential_id": "credential_id",
}
NO_ID = {
    "id": "a posted graph gets a new one; the elements of a graph have ids within it",
    "block_id": "the catalogue is everybody's",
    "source_id": "within the graph",
    "sink_id": "within the graph",
    "node_id": "within the graph",
    "budget": "an amount",
    "api_key": "a secret of some provider",
}
_TAKES_ID = re.compile(r"(^|_)(id|ids|cursor|run|graph|file|review|budget|key)$")


def _id_fields(schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Names of fields that take ids, at any depth."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from _id_fields(DOCUMENT["components"]["schemas"][name], seen | {name})
    for name, one in schema.get("properties", {}).items():
        if _TAKES_ID.search(name):
            yield name
        yield from _id_fields(one, seen)
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items", {})):
        if one:
            yield from _id_fields(one, seen)


def _body_fields(operation: dict[str, Any]) -> set[str]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return set(_id_fields(content.get("schema", {})))


def _query_fields(operation: dict[str, Any]) -> set[str]:
    given = operation.get("parameters", ())
    return {one["name"] for one in given if one["in"] == "query" and _TAKES_ID.search(one["name"])}


def test_every_field_that_takes_an_id_is_known_to_the_matrix() -> None:
    names = {name for one in TOLD.values() for name in _body_fields(one) | _query_fields(one)}
    assert names - FIELDS.keys() - NO_ID.keys() == set(), (
        "say in FIELDS what it names, or in NO_ID why nothing"
    )


def _own_path(route: tuple[str, str], asker: Somebody) -> str:
    return _filled(route[1], asker.things)


async def _leaks(asker: Somebody, ada: Somebody) -> list[str]:
    """Where the asker's own things, asked with an id of hers in a field, answer otherwise than with an absent one."""
    found: list[str] = []
    for route, operation in TOLD.items():
        need = ACCESS[route]
        if isinstance(need, Scope) and need not in scopes_of(asker.role):
            continue
        fields = [("params", name) for name in _query_fields(operation) if name in FIELDS]
        fields += [("json", name) for name in _body_fields(operation) if name in FIELDS]
        for where, name in fields:
            value = ada.things[FIELDS[name]]
            answers = []
            for one in (value, _absent(value)):
                given = {name: one} if where == "params" else {**_body(route).get("json", {}), name: one}
                more = {where: given if where == "json" else {**_query(route), **given}}
                answer = await _ask(asker, route, _own_path(route, asker), **more)
                answers.append(_said(answer, {"id": one}))
            hers, none = answers
            if name == "cursor":
                hers, none = (hers[0], "", ""), (none[0], "", "")
            if _without_own(hers) != _without_own(none) or ada.mark in answers[0][2]:
                found.append(f"{asker.role}: {route} {where} {name}: hers {answers[0]}, absent {answers[1]}")
    return found


def _without_own(said: tuple[int, str, str]) -> tuple[int, str, str]:
    """Ids and times of what the request itself made differ each time."""
    plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<made>", said[2])
    return (
        said[0],
        said[1],
        re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|\"duration_ms\":[\d.]+", "<when>", plain),
    )


async def test_foreign_ids_in_bodies_and_queries_answer_as_absent_ones_and_change_nothing(
    app: App, people: dict[str, Somebody]
) -> None:
    ada = people["ada"]
    before = await _digests(app, ada.person.id)
    assert await _leaks(people["bob"], ada) == []
    assert await _digests(app, ada.person.id) == before


async def test_lists_of_others_hold_nothing_of_hers(people: dict[str, Somebody]) -> None:
    ada = people["ada"]
    lists = [route for route in TOLD if route[0] == "GET" and not _parameters(route[1])]
    assert len(lists) > 8
    for name in ("bob", "vera", "olga"):
        asker = people[name]
        for route in lists:
            if asker.role == "owner" and ACCESS[route] in OWNERS_SEE:
                continue
            answer = await _ask(asker, route, route[1])
            assert ada.mark not in answer.text, (name, route)
            assert [one for one in ada.things.values() if one in answer.text] == [], (name, route)


async def test_anothers_graph_as_a_node_of_ones_own_is_as_an_absent_one(people: dict[str, Somebody]) -> None:
    ada, bob = people["ada"], people["bob"]
    said = [await _run_with_child(bob, graph_id) for graph_id in (ada.things["graph_id"], ABSENT)]
    assert said[0] == said[1]
    assert ada.mark not in str(said)


AGENT = "e189baac-8c20-45a1-94a7-55177ea42565"


async def _run_with_child(bob: Somebody, graph_id: str) -> tuple[Any, ...]:
    """What storing, checking and running a graph says whose node runs this graph."""
    child = node("child", AGENT, graph_id=graph_id, inputs={"name": "x"})
    saved = await bob.key.post("/api/graphs", json=graph_json("parent", [child], []))
    path = f"/api/graphs/{saved.json()['id']}"
    told = [
        saved,
        await bob.key.post(f"{path}/validate"),
        await bob.key.post(f"{path}/runs", json={"wait": 20}),
    ]
    return tuple(
        _without_own(_said(answer, {"child": graph_id, "parent": saved.json()["id"]})) for answer in told
    )


FILE_READ = "3735a31f-7e18-4aca-9e90-08a7120674bc"


async def test_anothers_file_as_a_value_is_as_an_absent_one(people: dict[str, Somebody]) -> None:
    ada, bob = people["ada"], people["bob"]
    assert "'read': ['MARK-OF-ADA']" in str(await _read_by(ada, ada.things["file_id"]))
    said = [await _read_by(bob, file_id) for file_id in (ada.things["file_id"], ABSENT)]
    assert said[0] == said[1]
    assert said[0]["status"] == "failed"
    assert ada.mark not in str(said)


async def _read_by(somebody: Somebody, file_id: str) -> dict[str, Any]:
    """What a run comes to that reads this file."""
    nodes = [
        node("in", TEXT_INPUT, name="file"),
        node("read", FILE_READ),
        node("out", OUTPUT, name="read"),
    ]
    links = [link("in.result", "read.file_input"), link("read.content", "out.value")]
    graph_id = await stored(somebody.key, graph_json("reader", nodes, links))
    body = {"inputs": {"file": f"file:{file_id}"}, "wait": 20}
    result = await somebody.post(f"/api/graphs/{graph_id}/runs", body, status=200)
    kept: dict[str, Any] = {
        name: value for name, value in result.items() if name not in ("run_id", "duration_ms")
    }
    plain: dict[str, Any] = json.loads(json.dumps(kept).replace(file_id, "<file>"))
    return plain


async def test_socket_tells_of_anothers_run_or_graph_as_of_an_absent_one(
    app: App, people: dict[str, Somebody]
) -> None:
    ada = people["ada"]
    before = await _digests(app, ada.person.id)
    for name in ("bob", "vera", "olga"):
        async with live(people[name].key) as socket:
            for kind in ("run", "graph"):
                hers = ada.things[f"{kind}_id"]
                for op in ("subscribe", "unsubscribe"):
                    told = [await socket.ask(op=op, **{kind: one}) for one in (hers, _absent(hers))]
                    assert _without_ids(told[0], hers) == _without_ids(told[1], _absent(hers)), (
                        name,
                        op,
                        kind,
                    )
                    assert told[0]["op"] == {"subscribe": "error", "unsubscribe": "unsubscribed"}[op]
            assert socket.events == []
    assert await _digests(app, ada.person.id) == before


def _without_ids(message: dict[str, Any], given: str) -> str:
    return json.dumps(message).replace(given, "<id>")


async def test_same_idempotency_key_of_two_people_makes_two_things(people: dict[str, Somebody]) -> None:
    made = []
    for name in ("ada", "bob"):
        somebody, headers = people[name], {"idempotency-key": "one"}
        graph = await somebody.post("/api/graphs", graph_json(somebody.mark, [], []), headers=headers)
        run = await somebody.post(
            f"/api/graphs/{somebody.things['graph_id']}/runs",
            {"inputs": {"name": somebody.mark}},
            status=202,
            headers=headers,
        )
        made.append((graph["id"], run["run_id"]))
    assert not set(made[0]) & set(made[1])
