"""/metrics tells what happened, to those who may know, and never by the addresses that were asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import websockets
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from backend.app import App
from tests.server.conftest import (
    client_of,
    echo_graph,
    graph_json,
    make_person,
    node,
    stored,
    waiting_graph,
)

CALCULATOR = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"
TOKEN = "a token for Prometheus"

Labels = tuple[tuple[str, str], ...]


async def figures(client: httpx.AsyncClient) -> dict[tuple[str, Labels], float]:
    """Every sample by its name, without the prefix, and labels."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name.removeprefix("blockyard_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
async def owner(app: App, url: str) -> Any:
    person = await make_person(app, "olga", role="owner")
    async with client_of(url, person.key) as client:
        yield client


async def test_figures_are_for_owners_and_whoever_has_the_token(
    app: App, url: str, nobody: httpx.AsyncClient, ada: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    assert (await nobody.get("/metrics")).status_code == 401
    assert (await ada.get("/metrics")).status_code == 403
    assert (await owner.get("/metrics")).headers["content-type"].startswith("text/plain")
    said = {"authorization": f"Bearer {TOKEN}"}
    assert (await nobody.get("/metrics", headers=said)).status_code == 401
    app.settings.metrics_token = SecretStr(TOKEN)
    assert (await nobody.get("/metrics", headers=said)).status_code == 200
    for wrong in ("", "Bearer", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}"):
        assert (await nobody.get("/metrics", headers={"authorization": wrong})).status_code == 401, wrong
    for path in ("/api/graphs", "/api/users", "/api/status", "/metrics/"):
        assert (await nobody.get(path, headers=said)).status_code == 401, path
    assert (await nobody.post("/metrics", headers=said)).status_code == 405


async def test_runs_and_firings_are_counted_once_each(
    ada: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    before = await figures(owner)
    good = await stored(ada, echo_graph())
    bad = await stored(
        ada,
        graph_json("bad", [node("a", CALCULATOR, operation="Divide", a=1, b=0)], []),
    )
    for graph_id, given in [(good, {"name": "Ada"}), (good, {"name": "Bob"}), (bad, {})]:
        await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": given, "wait": True})
    after = await figures(owner)

    def more(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    assert more("runs_started_total", level="root") == 3
    assert more("runs_ended_total", level="root", status="completed") == 2
    assert more("runs_ended_total", level="root", status="failed") == 1
    assert more("run_seconds_count") == 3
    assert more("firings_total", block="AgentShortTextInputBlock", outcome="finished") == 2
    assert more("firings_total", block="CalculatorBlock", outcome="failed") == 1
    assert more("firing_errors_total", code="block_failed") == 1
    assert more("run_errors_total", code="block_failed") == 1
    assert more("journal_commit_seconds_count") >= 3
    assert more("journal_events_total") >= 3 * 4
    assert after["runs_active", ()] == 0
    assert after["database_up", ()] == 1
    assert after["process_resident_memory_bytes", ()] > 10_000_000


async def test_requests_are_counted_by_the_template_of_their_route(
    ada: httpx.AsyncClient, nobody: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    for _ in range(3):
        await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "x"}, "wait": True})
    await ada.get("/api/runs/absent-secret-4711")
    await ada.get("/api/graphs?limit=0")
    await nobody.get("/api/nothing-secret-4711")
    await ada.get("/api/nothing-secret-4711")
    found = await figures(owner)

    def count(method: str, route: str, status: int) -> float:
        return found["http_requests_total", (("method", method), ("route", route), ("status", str(status)))]

    assert count("POST", "/api/graphs/{graph_id}/runs", 200) == 3
    assert count("GET", "/api/runs/{run_id}", 404) == 1
    assert count("GET", "/api/graphs", 400) == 1
    assert count("GET", "none", 401) == 1
    assert count("GET", "none", 404) == 1
    assert found["http_problems_total", (("code", "not_found"),)] == 2
    assert found["http_problems_total", (("code", "bad_input"),)] == 1
    assert found["http_problems_total", (("code", "unauthorized"),)] == 1
    assert found["http_request_seconds_count", (("route", "/api/graphs/{graph_id}/runs"),)] == 3
    assert "4711" not in (await owner.get("/metrics")).text


async def test_what_is_queued_waits_and_runs_is_read_from_the_database(
    app: App, ada: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, waiting_graph())
    answer = await ada.post(f"/api/graphs/{graph_id}/runs", json={"wait": 0.2})
    assert answer.status_code == 202
    found = await figures(owner)
    assert found["runs", (("status", "waiting"),)] == 1
    assert (found["queue_depth", ()], found["runs_stuck", ()]) == (0, 0)
    async with app.database.raw() as connection:
        await connection.execute(
            "UPDATE run SET status = 'queued', created_at = now() - interval '100 s' WHERE graph_id = $1",
            graph_id,
        )
    found = await figures(owner)
    assert found["queue_depth", ()] == 1
    assert 100 <= found["queue_oldest_seconds", ()] < 130


async def test_event_loop_that_is_held_up_shows(owner: httpx.AsyncClient) -> None:
    import time

    before = await figures(owner)
    late = ("event_loop_lag_seconds_bucket", (("le", "0.1"),))
    everything = ("event_loop_lag_seconds_count", ())
    for _ in range(3):
        time.sleep(0.45)
        await asyncio.sleep(0.3)
    after = await figures(owner)
    slow = (after[everything] - after[late]) - (before[everything] - before[late])
    assert slow >= 1


async def test_buckets_only_rise_and_end_in_the_count(
    ada: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    graph_id = await stored(ada, echo_graph())
    await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": {"name": "x"}, "wait": True})
    text = (await owner.get("/metrics")).text
    histograms = [family for family in text_string_to_metric_families(text) if family.type == "histogram"]
    assert len(histograms) >= 5
    for family in histograms:
        series: dict[Labels, list[float]] = {}
        for sample in family.samples:
            if sample.name.endswith("_bucket"):
                labels = tuple(sorted(item for item in sample.labels.items() if item[0] != "le"))
                series.setdefault(labels, []).append(sample.value)
        assert all(counts == sorted(counts) for counts in series.values())


async def test_links_of_the_request_and_the_log_have_one_id(ada: httpx.AsyncClient) -> None:
    first = await ada.get("/api/graphs", headers={"x-request-id": "mine"})
    second = await ada.get("/api/graphs")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-request-id"] != "mine"


async def test_scraper_that_asks_for_openmetrics_gets_it(owner: httpx.AsyncClient) -> None:
    answer = await owner.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    parse: Any = openmetrics.text_string_to_metric_families
    families = {family.name for family in parse(answer.text)}
    assert {"blockyard_runs_started", "blockyard_run_seconds", "blockyard_http_requests"} <= families


async def test_open_sockets_are_counted_while_they_are_open(
    app: App, url: str, owner: httpx.AsyncClient
) -> None:
    person = await make_person(app, "walt")
    headers = {"authorization": f"Bearer {person.key}"}
    address = url.replace("http", "ws") + "/api/ws"
    async with websockets.connect(address, additional_headers=headers):
        assert (await figures(owner))["live_connections", ()] == 1
    while (await figures(owner))["live_connections", ()]:
        await asyncio.sleep(0.02)
