"""Traces: off by default, their SDK not even imported; else each run is a tree of spans below whoever started it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from backend.app import App, open_app
from backend.data.graph import Graph
from backend.server.serve import bound, listening, url_of
from backend.util.settings import Settings
from tests.server.conftest import Person, client_of, graph_json, make_person, node, review_graph
from tests.support import durable
from tests.support.collector import thaw
from tests.support.command_line import ROOT
from tests.support.otlp_receiver import Collector, Received, collecting

CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLERS_SPAN = "00f067aa0ba902b7"
CALCULATOR = "b1ab9b19-67a6-406d-abf5-2dba76d00c79"


@dataclass
class Traced:
    """A process that is traced, and a person who calls it."""

    app: App
    client: httpx.AsyncClient
    person: Person

    async def run(self, graph: Graph, value: object = 1, **headers: str) -> httpx.Response:
        saved = await self.app.worker.save_graph(self.person.id, graph)
        body = {"inputs": {"x": value} if graph.name != "failing" else {}, "wait": 20}
        return await self.client.post(f"/api/graphs/{saved.id}/runs", json=body, headers=headers)


@asynccontextmanager
async def traced(settings: Settings, collector: Collector) -> AsyncIterator[Traced]:
    settings = settings.model_copy(update={"otel_exporter_otlp_endpoint": collector.endpoint})
    async with open_app(settings) as app:
        person = await make_person(app, "tess")
        with bound("127.0.0.1", 0) as listener:
            async with listening(app, listener):
                async with client_of(url_of(listener, "127.0.0.1"), person.key) as client:
                    yield Traced(app, client, person)
    thaw()


def _by_node(collector: Collector, run_id: str) -> dict[str, Received]:
    return {
        str(span.attributes["blockyard.node_id"]): span
        for span in collector.spans
        if span.attributes.get("blockyard.run_id") == run_id and "blockyard.node_id" in span.attributes
    }


async def test_run_and_its_firings_and_those_of_sub_graphs_are_one_tree_below_the_caller(
    settings: Settings,
) -> None:
    with collecting() as collector:
        async with traced(settings, collector) as here:
            pure = await here.app.worker.save_graph(here.person.id, durable.pure())
            middle = await here.app.worker.save_graph(here.person.id, durable.nested(pure, "middle"))
            header = f"00-{CALLER}-{CALLERS_SPAN}-01"
            answer = await here.run(durable.nested(middle, "top"), 7, traceparent=header)
            assert answer.json()["outputs"] == {"y": [12]}
        run_id = answer.json()["run_id"]
        assert {span.trace_id for span in collector.spans if "run" in span.name.lower()} == {CALLER}
        request = collector.named("POST /api/graphs/{graph_id}/runs")
        assert request.parent_id == CALLERS_SPAN
        assert request.attributes["http.response.status_code"] == 200
        run = collector.named("run durable-top")
        assert run.parent_id == request.span_id
        assert run.attributes["blockyard.run_id"] == run_id
        assert run.attributes["blockyard.status"] == "completed"
        assert run.attributes["enduser.id"] == here.person.id
        firing = _by_node(collector, run_id)["child"]
        assert firing.parent_id == run.span_id
        below = collector.named("run durable-middle")
        assert below.parent_id == firing.span_id
        assert below.attributes["blockyard.root_run_id"] == run_id
        inner = _by_node(collector, str(below.attributes["blockyard.run_id"]))
        assert set(inner) == {"child"}, "pure firings have no span"
        assert inner["child"].parent_id == below.span_id
        assert inner["child"].attributes["blockyard.block"] == "AgentExecutorBlock"
        assert inner["child"].attributes["blockyard.firing"] == 0
        assert inner["child"].attributes["blockyard.attempt"] == 1
        assert collector.named("run durable-pure").parent_id == inner["child"].span_id


async def test_failure_shows_by_its_code_and_no_value_goes_out(settings: Settings) -> None:
    with collecting() as collector:
        async with traced(settings, collector) as here:
            get = {"url": "http://127.0.0.1:9/canary-in-the-url", "method": "GET"}
            raw = graph_json("failing", [node("ask", "6595ae1f-b924-42cb-9a41-551a0611c4b4", **get)], [])
            answer = await here.run(Graph.model_validate(raw))
            assert answer.json()["status"] == "failed"
        failed = _by_node(collector, answer.json()["run_id"])["ask"]
        assert failed.is_error
        assert failed.attributes["error.type"] == "address_refused"
        [run] = [span for span in collector.spans if span.name.startswith("run ")]
        assert run.is_error
        assert run.attributes["blockyard.status"] == "failed"
        assert not [body for body in collector.bodies if b"canary" in body]


async def test_run_that_waited_goes_on_in_its_trace(settings: Settings) -> None:
    with collecting() as collector:
        async with traced(settings, collector) as here:
            graph = Graph.model_validate(review_graph())
            answer = await here.run(graph.model_copy(update={"name": "failing"}))
            assert answer.status_code == 202
            run_id = answer.json()["run_id"]
            [review] = (await here.client.get("/api/reviews")).json()["items"]
            answer = await here.client.post(f"/api/reviews/{review['id']}", json={"approved": True})
            assert answer.is_success
            await here.app.worker.wait(here.person.id, run_id, 20)
        runs = [span for span in collector.spans if span.name.startswith("run ")]
        assert [span.attributes["blockyard.status"] for span in runs] == ["waiting", "completed"]
        assert runs[0].trace_id == runs[1].trace_id
        assert runs[1].parent_id == runs[0].span_id
        assert _by_node(collector, run_id)["ask"].trace_id == runs[0].trace_id


async def test_collector_that_is_away_disturbs_no_run(settings: Settings) -> None:
    nowhere = Collector("http://127.0.0.1:9")
    async with traced(settings, nowhere) as here:
        for value in range(3):
            assert (await here.run(durable.pure(), value)).json()["outputs"] == {"y": [value + 5]}


@pytest.mark.parametrize("header", ["", "x", "00-0-0-00", f"00-{'0' * 32}-{'0' * 16}-01", "00-" + "f" * 5000])
async def test_header_that_says_nothing_begins_a_trace_of_its_own(settings: Settings, header: str) -> None:
    with collecting() as collector:
        async with traced(settings, collector) as here:
            assert (await here.run(durable.pure(), 1, traceparent=header)).is_success
        request = collector.named("POST /api/graphs/{graph_id}/runs")
        assert request.parent_id == ""
        assert collector.named("run durable-pure").trace_id == request.trace_id


def test_neither_sdk_nor_exporter_is_imported_without_the_setting(
    database_url: str, tmp_path: object
) -> None:
    program = f"""
import asyncio, sys
from backend.app import open_app
from backend.server.http import create_app
from backend.util.settings import Settings

async def main():
    settings = Settings(database_url={database_url!r}, data_dir={str(tmp_path)!r}, environment="test")
    async with open_app(settings) as app:
        create_app(app)
        assert app.tracing is None and app.worker.services.tracer is None
asyncio.run(main())
mine = [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "requests"))]
print(mine, "backend.executor.tracing" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60
    )
    assert done.stdout.splitlines()[-1:] == ["[] False"], done.stderr
