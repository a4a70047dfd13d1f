"""Costs and budgets over HTTP: what was spent, what may be, and who may say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.app import App
from backend.server.access import Scope
from backend.util.clock import now
from backend.util.settings import Settings
from tests.server.conftest import (
    OUTPUT,
    TEXT_INPUT,
    VALUE,
    Person,
    client_of,
    graph_json,
    link,
    make_person,
    node,
    stored,
)

PRICE = 12_500


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The operator has put a price on a block."""
    prices = {VALUE: [{"cost_type": "run", "amount": PRICE, "provider": "acme"}]}
    return settings.model_copy(update={"block_prices": prices})


@pytest.fixture
async def olga(app: App, url: str) -> AsyncIterator[tuple[Person, httpx.AsyncClient]]:
    """An owner."""
    person = await make_person(app, "olga", role="owner")
    async with client_of(url, person.key) as client:
        yield person, client


@pytest.fixture
async def carl(app: App, url: str) -> AsyncIterator[tuple[Person, httpx.AsyncClient]]:
    """An editor, with his id."""
    person = await make_person(app, "carl")
    async with client_of(url, person.key) as client:
        yield person, client


def dear_graph(name: str = "dear") -> dict[str, Any]:
    return graph_json(
        name,
        [node("in", TEXT_INPUT, name="name"), node("pay", VALUE), node("out", OUTPUT, name="y")],
        [link("in.result", "pay.input"), link("pay.output", "out.value")],
    )


async def run(client: httpx.AsyncClient, graph_id: str, **more: Any) -> dict[str, Any]:
    body = {"inputs": {"name": "x"}, "wait": 20, **more}
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def money(usd_micros: int) -> dict[str, Any]:
    return {"usd_micros": usd_micros, "credits": usd_micros / 10_000}


async def put(client: httpx.AsyncClient, limit: int, **more: Any) -> httpx.Response:
    return await client.put("/api/budgets", json={"period": "day", "limit_usd_micros": limit, **more})


# -- costs ---------------------------------------------------------------------------------------------------


async def test_run_tells_what_it_has_cost_and_at_which_node(ada: httpx.AsyncClient) -> None:
    result = await run(ada, await stored(ada, dear_graph()))
    assert result["cost"] == money(PRICE)
    said = (await ada.get(f"/api/runs/{result['run_id']}/costs")).json()
    assert said["items"] == [{"node_id": "pay", "charges": 1, "cost": money(PRICE)}]
    assert (said["total"], said["next_cursor"]) == (money(PRICE), None)


async def test_costs_are_summed_up_by_each_group(ada: httpx.AsyncClient) -> None:
    dear, dearer = await stored(ada, dear_graph()), await stored(ada, dear_graph("dearer"))
    for graph_id in (dear, dearer, dearer):
        await run(ada, graph_id)
    today = f"{now():%Y-%m-%d}"
    expected = {
        "day": [(today, today, 3)],
        "graph": [(dearer, "dearer", 2), (dear, "dear", 1)],
        "provider": [("acme", "acme", 3)],
        "model": [("", "", 3)],
        "block": [(VALUE, "Store Value", 3)],
    }
    for group, rows in expected.items():
        said = (await ada.get("/api/costs", params={"group_by": group})).json()
        found = [(one["key"], one["label"], one["charges"]) for one in said["items"]]
        assert found == rows, group
        assert [one["cost"] for one in said["items"]] == [money(count * PRICE) for _, _, count in rows]
        assert said["total"] == money(3 * PRICE)


async def test_costs_come_in_pages_and_within_a_time(ada: httpx.AsyncClient) -> None:
    for k in range(3):
        await run(ada, await stored(ada, dear_graph(f"g{k}")))
    keys: list[str] = []
    query: dict[str, Any] = {"group_by": "graph", "limit": 2}
    while True:
        page = (await ada.get("/api/costs", params=query)).json()
        keys += [one["key"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert len(keys) == len(set(keys)) == 3
    tomorrow = (now() + timedelta(days=1)).isoformat()
    for span in ({"from": tomorrow}, {"to": "2020-01-01T00:00:00Z"}, {"graph_id": "nothing"}):
        said = (await ada.get("/api/costs", params=span)).json()
        assert (said["items"], said["total"]) == ([], money(0)), span
    one = (await ada.get("/api/costs", params={"graph_id": keys[0]})).json()
    assert one["total"] == money(PRICE)


BAD_QUESTIONS: list[tuple[dict[str, str], str]] = [
    ({"group_by": "colour"}, "query.group_by"),
    ({"from": "yesterday"}, "query.from"),
    ({"from": "2026-01-31T12:00:00"}, "query.from"),
    ({"to": "9999-12-31T23:59:59-23:00"}, "query.to"),
    ({"cursor": "x"}, "cursor"),
    ({"cursor": "99999999999999999999:x"}, "cursor"),
    ({"limit": "0"}, "query.limit"),
]


async def test_bad_question_for_costs_is_refused_by_name(ada: httpx.AsyncClient) -> None:
    for query, path in BAD_QUESTIONS:
        answer = await ada.get("/api/costs", params=query)
        assert answer.status_code == 400, query
        assert [problem["path"] for problem in answer.json()["errors"]] == [path]


async def test_only_owners_see_what_others_spend(
    carl: tuple[Person, httpx.AsyncClient], olga: tuple[Person, httpx.AsyncClient], bob: httpx.AsyncClient
) -> None:
    person, client = carl
    result = await run(client, await stored(client, dear_graph()))
    for query in ({"all_users": "true"}, {"group_by": "user"}, {"user_id": person.id}, {"user_id": "nobody"}):
        answer = await bob.get("/api/costs", params=query)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), query
        assert person.id not in answer.text
    assert (await bob.get("/api/costs")).json()["total"] == money(0)
    assert (await bob.get(f"/api/runs/{result['run_id']}/costs")).status_code == 404
    owner = olga[1]
    assert (await owner.get("/api/costs")).json()["total"] == money(0)
    assert (await owner.get("/api/costs", params={"user_id": person.id})).json()["total"] == money(PRICE)
    (row,) = (await owner.get("/api/costs", params={"group_by": "user"})).json()["items"]
    assert (row["key"], row["label"], row["cost"]) == (person.id, "carl@example.com", money(PRICE))
    assert (await owner.get(f"/api/runs/{result['run_id']}/costs")).status_code == 404


# -- budgets -------------------------------------------------------------------------------------------------


async def test_budget_of_a_run_is_part_of_the_request(ada: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, dear_graph())
    stopped = await run(ada, graph_id, budget=PRICE - 1)
    assert (stopped["status"], stopped["cost"]) == ("failed", money(0))
    ((code, node_id),) = [(one["code"], one["node_id"]) for one in stopped["errors"]]
    assert (code, node_id) == ("budget_reached", "pay")
    assert (await run(ada, graph_id, budget=PRICE))["status"] == "completed"
    for wrong in (-1, 10**12 + 1, "much"):
        answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={"budget": wrong})
        assert [one["path"] for one in answer.json()["errors"]] == ["budget"]


async def test_budget_stops_runs_from_the_moment_it_is_set_until_it_is_raised_or_deleted(
    ada: httpx.AsyncClient,
) -> None:
    graph_id = await stored(ada, dear_graph())
    assert (await run(ada, graph_id))["status"] == "completed"
    made = (await put(ada, PRICE)).json()
    assert (made["limit"], made["spent"], made["reserved"]) == (money(PRICE), money(PRICE), money(0))
    assert (made["graph_id"], made["is_yours"]) == (None, True)
    assert made["resets_at"] == f"{now() + timedelta(days=1):%Y-%m-%d}T00:00:00Z"
    stopped = await run(ada, graph_id)
    assert (stopped["status"], stopped["errors"][0]["code"]) == ("failed", "budget_reached")
    again = (await put(ada, 2 * PRICE)).json()
    assert (again["id"], again["limit"]) == (made["id"], money(2 * PRICE))
    assert (await run(ada, graph_id))["status"] == "completed"
    assert (await run(ada, graph_id))["status"] == "failed"
    assert (await ada.delete(f"/api/budgets/{made['id']}")).status_code == 204
    assert (await ada.get(f"/api/budgets/{made['id']}")).status_code == 404
    assert (await run(ada, graph_id))["status"] == "completed"


async def test_budgets_are_listed_with_how_they_stand(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    graph_id = await stored(ada, dear_graph())
    await run(ada, graph_id)
    for more in ({}, {"period": "month"}, {"period": "total", "graph_id": graph_id}):
        assert (await put(ada, 5 * PRICE, **more)).status_code == 200
    first = (await ada.get("/api/budgets", params={"limit": 2})).json()
    rest = (await ada.get("/api/budgets", params={"cursor": first["next_cursor"]})).json()
    items = [*first["items"], *rest["items"]]
    found = [(one["period"], one["graph_id"], one["spent"]["usd_micros"]) for one in items]
    assert found == [("day", None, PRICE), ("month", None, PRICE), ("total", graph_id, PRICE)]
    assert items[2]["resets_at"] is None
    assert (await bob.get("/api/budgets")).json()["items"] == []
    for query in ({"all_users": "true"}, {"user_id": items[0]["user_id"]}):
        assert (await bob.get("/api/budgets", params=query)).status_code == 403


async def test_what_an_owner_has_set_only_owners_change(
    carl: tuple[Person, httpx.AsyncClient], olga: tuple[Person, httpx.AsyncClient]
) -> None:
    person, client = carl
    owner = olga[1]
    made = (await put(owner, PRICE - 1, user_id=person.id)).json()
    assert (made["user_id"], made["set_by"]) == (person.id, olga[0].id)
    seen = (await client.get(f"/api/budgets/{made['id']}")).json()
    assert (seen["is_yours"], seen["limit"]) == (False, money(PRICE - 1))
    for answer in (await put(client, 10**9), await client.delete(f"/api/budgets/{made['id']}")):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await run(client, await stored(client, dear_graph())))["status"] == "failed"
    assert (await put(client, 10**9, period="month")).status_code == 200
    everybodys = (await owner.get("/api/budgets", params={"all_users": "true"})).json()["items"]
    assert [one["user_id"] for one in everybodys] == [person.id] * 2
    assert (await owner.delete(f"/api/budgets/{made['id']}")).status_code == 204


async def test_nobody_sets_budgets_for_what_is_anothers(
    carl: tuple[Person, httpx.AsyncClient], olga: tuple[Person, httpx.AsyncClient], bob: httpx.AsyncClient
) -> None:
    person, client = carl
    graph_id = await stored(client, dear_graph())
    his = (await put(client, 1, graph_id=graph_id)).json()
    told = [
        (await put(bob, 1, graph_id=one)).text.replace(one, "ID") for one in (graph_id, "0" * len(graph_id))
    ]
    assert told[0] == told[1]
    told = [(await put(bob, 1, user_id=one)).text.replace(one, "ID") for one in (person.id, "0" * 36)]
    assert told[0] == told[1]
    assert '"not_found"' in told[0]
    for method in ("GET", "DELETE"):
        assert (await bob.request(method, f"/api/budgets/{his['id']}")).status_code == 404
    owner = olga[1]
    assert (await put(owner, 1, user_id="nobody")).status_code == 404
    assert (await put(owner, 1, graph_id=graph_id)).status_code == 404
    assert (await put(owner, 1, graph_id=graph_id, user_id=person.id)).status_code == 200


BAD_BUDGETS: list[tuple[dict[str, Any], str]] = [
    ({"period": "week", "limit_usd_micros": 1}, "period"),
    ({"period": "day", "limit_usd_micros": -1}, "limit_usd_micros"),
    ({"period": "day", "limit_usd_micros": 1.5}, "limit_usd_micros"),
    ({"period": "day", "limit_usd_micros": 10**13}, "limit_usd_micros"),
    ({"period": "day", "limit_usd_micros": 1, "colour": 1}, "colour"),
    ({"period": "day", "limit_usd_micros": 1, "graph_id": "x" * 65}, "graph_id"),
    ({"period": "day"}, "limit_usd_micros"),
]


async def test_bad_budget_is_refused_by_name(ada: httpx.AsyncClient) -> None:
    for body, path in BAD_BUDGETS:
        answer = await ada.put("/api/budgets", json=body)
        assert answer.status_code == 400, body
        assert [problem["path"] for problem in answer.json()["errors"]] == [path]


async def test_setting_and_deleting_budgets_is_audited(
    app: App, carl: tuple[Person, httpx.AsyncClient], olga: tuple[Person, httpx.AsyncClient]
) -> None:
    made = (await put(olga[1], 77, user_id=carl[0].id)).json()
    await olga[1].delete(f"/api/budgets/{made['id']}")
    entries = (await olga[1].get("/api/audit", params={"target_id": made["id"]})).json()["items"]
    assert [one["action"] for one in entries] == ["budget.delete", "budget.set"]
    for one in entries:
        assert (one["user_id"], one["target_kind"]) == (olga[0].id, "budget")
        assert (one["detail"]["user_id"], one["detail"]["limit_usd_micros"]) == (carl[0].id, 77)


async def test_viewer_reads_costs_and_sets_no_budgets(app: App, url: str) -> None:
    person = await make_person(app, "vera", role="viewer", scopes=[Scope.COSTS_READ, Scope.BUDGETS_WRITE])
    async with client_of(url, person.key) as client:
        assert (await client.get("/api/costs")).status_code == 200
        assert (await client.get("/api/budgets")).status_code == 200
        assert (await put(client, 1)).status_code == 403
