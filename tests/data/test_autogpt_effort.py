"""What an import of a foreign file costs: pins are made and values read once for a node, beside the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.data.autogpt import loops
from backend.data.autogpt.known_blocks import id_of
from backend.server.routes import exchange
from tests.support.autogpt import AGENT, VALUE, file, imported, node

MANY = 300


def counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> Callable[[], int]:
    """How often it was called."""
    calls: list[int] = []
    real = getattr(owner, name)

    def spy(*arguments: Any) -> Any:
        calls.append(1)
        return real(*arguments)

    monkeypatch.setattr(owner, name, spy)
    return lambda: len(calls)


def properties(name: str) -> dict[str, Any]:
    return {"properties": {f"{name}{k}": {} for k in range(MANY)}}


def test_pins_are_not_made_for_each_constant_that_may_be_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    constants = {"input_schema": properties("i"), **{f"token{k}": "x" for k in range(MANY)}}
    calls = counted(monkeypatch, AgentExecutorBlock, "pins")
    read = imported(file([node("call", AGENT, graph_id="gone", **constants)]))
    assert len([one for one in read.changed if "secret" in one.why]) == MANY
    assert 0 < calls() < 20


def test_pins_are_not_made_for_each_link(monkeypatch: pytest.MonkeyPatch) -> None:
    nodes = [node("call", AGENT, graph_id="gone", output_schema=properties("o")), node("v", VALUE)]
    calls = counted(monkeypatch, AgentExecutorBlock, "pins")
    read = imported(file(nodes, [f"call.o{k} -> v.data_#_{k}" for k in range(MANY)]))
    assert len(read.graph.links) == MANY
    assert 0 < calls() < 20


def test_first_values_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"more{k}" for k in range(MANY)]
    nodes = [node("first", id_of("CreateListBlock"), **{"values_$_0": 1})]
    nodes += [node(name, id_of("AddToListBlock"), entry=2) for name in names]
    links = [f"first.list -> {name}.list" for name in names]
    links += [f"{name}.updated_list -> {name}.list" for name in names]
    calls = counted(monkeypatch, loops, "fold")
    read = imported(file(nodes, links))
    assert [one.input_default["list"] for one in read.graph.nodes[1:]] == [[1]] * MANY
    assert calls() == 1


async def test_small_files_are_read_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def read(*_: Any) -> None:
        threads.append(threading.get_ident())

    monkeypatch.setattr(exchange, "read_import", read)
    site: Any = SimpleNamespace(app=SimpleNamespace(catalogue=SimpleNamespace(find=None)))
    await exchange.read_beside(b"{}", "user", None, site)
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
