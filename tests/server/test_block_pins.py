"""The pins that nodes have with their constants, before anybody has stored them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.app import App
from backend.blocks import catalogue
from backend.server.access import Scope
from backend.server.wire.catalogue import NodePinsView
from tests.server.conftest import VALUE, client_of, make_person

DROP_DOWN = "655d6fdf-a334-421c-b733-520549c07cd1"


async def _pins(client: httpx.AsyncClient, *nodes: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.post("/api/blocks/pins", json={"nodes": list(nodes)})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    assert len(items) == len(nodes)
    return items


def _named(pins: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(pin for pin in pins if pin["name"] == name)


async def test_constants_decide_the_pins_of_a_node(ada: httpx.AsyncClient) -> None:
    switch = next(block for block in catalogue() if block.name == "SwitchByValueBlock")
    drop_down, cases, plain = await _pins(
        ada,
        {"block_id": DROP_DOWN, "input_default": {"options": ["small", "large"]}},
        {"block_id": switch.id, "input_default": {"cases": {"US": None, "Europe": ["FR", "DE"]}}},
        {"block_id": VALUE},
    )
    assert _named(drop_down["inputs"], "value")["schema"]["enum"] == ["small", "large"]
    assert [pin["name"] for pin in cases["outputs"]][:2] == ["US", "Europe"]
    assert {one["problem"] for one in (drop_down, cases, plain)} == {""}
    block = (await ada.get(f"/api/blocks/{VALUE}")).json()
    assert (plain["inputs"], plain["outputs"]) == (block["inputs"], block["outputs"])


async def test_unknown_block_has_a_problem_and_the_others_their_pins(ada: httpx.AsyncClient) -> None:
    unknown, known = await _pins(ada, {"block_id": "absent"}, {"block_id": VALUE})
    assert (unknown["inputs"], unknown["outputs"]) == ([], [])
    assert "not in the catalogue" in unknown["problem"]
    assert known["outputs"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DECIDING = [
    block
    for block in catalogue()
    if block.name in {"AgentDropdownInputBlock", "AgentExecutorBlock", "SwitchByValueBlock"}
]
NAMES = [
    "options",
    "placeholder_values",
    "cases",
    "inputs",
    "input_schema",
    "output_schema",
    "options_$_0",
    "cases_#_a",
]


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(constants=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5))
async def test_no_constants_break_the_answer(ada: httpx.AsyncClient, constants: dict[str, Any]) -> None:
    nodes = [{"block_id": block.id, "input_default": constants} for block in DECIDING]
    answer = await ada.post("/api/blocks/pins", json={"nodes": nodes})
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 200:
        for item in answer.json()["items"]:
            NodePinsView.model_validate(item)


BAD: list[Any] = [
    {},
    {"nodes": [{}]},
    {"nodes": [{"block_id": VALUE, "input_default": []}]},
    {"nodes": [{"block_id": VALUE, "id": "n"}]},
    {"nodes": [{"block_id": VALUE}] * 1_001},
]


@pytest.mark.parametrize("body", BAD, ids=lambda body: str(body)[:40])
async def test_other_bodies_are_refused(ada: httpx.AsyncClient, body: Any) -> None:
    answer = await ada.post("/api/blocks/pins", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")


async def test_thousand_nodes_are_told(ada: httpx.AsyncClient) -> None:
    nodes = [{"block_id": VALUE, "input_default": {"input": place}} for place in range(1_000)]
    assert len(await _pins(ada, *nodes)) == 1_000


async def test_key_needs_the_scope_that_reads_graphs(app: App, url: str) -> None:
    person = await make_person(app, "eve", scopes=[Scope.RUNS_READ])
    async with client_of(url, person.key) as client:
        assert (await client.post("/api/blocks/pins", json={"nodes": []})).status_code == 403


async def test_catalogue_says_which_blocks_make_their_own_pins_and_whose_they_are(
    ada: httpx.AsyncClient,
) -> None:
    blocks = {block["name"]: block for block in (await ada.get("/api/blocks")).json()["items"]}
    assert {name for name, block in blocks.items() if block["has_dynamic_pins"]} == {
        one.name for one in DECIDING
    }
    told = (await ada.get("/api/providers")).json()["items"]
    listed = {block["name"]: item["provider"] for item in told for block in item["blocks"]}
    assert {name: block["provider"] for name, block in blocks.items() if block["provider"]} == listed
    assert blocks["GithubReadIssueBlock"]["provider"] == "github"
