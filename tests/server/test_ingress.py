"""A delivery that is answered with 2xx is on disk with its runs; whatever else comes is refused, with a cure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.tables import delivery, run, users
from backend.integrations.webhooks._request import WebhookRequest
from tests.server.conftest import Person, client_of, graph_json, link, make_person, node, stored
from tests.support.webhooks import SECRET, Hook, listen, make_hook

TRIGGER = "7d410f16-b46a-44a4-bebe-a619c448610d"
OUTPUT = "363ae599-353e-4804-937e-b2ee3cef3da4"
RESPOND = "74576eba-e1a6-417e-8fe2-74182adff1f0"
WAIT = "d67a9c52-5e4e-11e2-bcfd-0800200c9a71"


def echo(name: str = "echo") -> dict[str, Any]:
    """What was sent comes out."""
    nodes = [node("trigger", TRIGGER), node("out", OUTPUT, name="sent")]
    return graph_json(name, nodes, [link("trigger.event_data", "out.value")])


def answering(**constants: Any) -> dict[str, Any]:
    """What was sent is answered."""
    nodes = [node("trigger", TRIGGER), node("say", RESPOND, **constants)]
    return graph_json("answer", nodes, [link("trigger.event_data", "say.body")])


@pytest.fixture
async def owner(app: App) -> Person:
    return await make_person(app, "owner")


@pytest.fixture
async def hook(app: App, owner: Person) -> Hook:
    return await make_hook(app, owner.id)


async def heard(app: App, url: str, owner: Person, hook: Hook, graph: dict[str, Any], **how: Any) -> str:
    """A graph that listens to the webhook; its id."""
    async with client_of(url, owner.key) as client:
        graph_id = await stored(client, graph)
    await listen(app, hook, graph_id, **how)
    return graph_id


async def rows(app: App, hook: Hook) -> list[dict[str, Any]]:
    """What the webhook brought, oldest first."""
    query = sa.select(delivery).where(delivery.c.webhook_id == hook.id).order_by(delivery.c.id)
    async with app.database.begin() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def runs_of(app: App, user_id: str) -> list[dict[str, Any]]:
    query = (
        sa.select(run.c.id, run.c.status, run.c.summary).where(run.c.user_id == user_id).order_by(run.c.id)
    )
    async with app.database.begin() as connection:
        return [dict(row) for row in (await connection.execute(query)).mappings()]


async def ended(url: str, owner: Person, run_id: str) -> dict[str, Any]:
    async with client_of(url, owner.key) as client:
        for _ in range(200):
            found: dict[str, Any] = (await client.get(f"/api/runs/{run_id}")).json()
            if found["ended_at"] is not None:
                return found
            await asyncio.sleep(0.02)
    raise AssertionError("The run did not end.")


async def test_a_delivery_starts_its_graph_with_what_was_sent(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo())
    answer = await nobody.post(**hook.signed("evt_1", {"webhook_type": "example_event", "n": 7}))
    assert answer.status_code == 202, answer.text
    said = answer.json()
    (row,) = await rows(app, hook)
    assert (row["id"], row["run_ids"]) == (said["delivery_id"], said["run_ids"])
    assert (row["event_id"], row["event_type"], row["state"]) == ("evt_1", "example_event", "started")
    assert row["body"] == b'{"webhook_type": "example_event", "n": 7}'
    assert (await ended(url, owner, said["run_ids"][0]))["status"] == "completed"
    (only,) = await runs_of(app, owner.id)
    assert only["summary"]["outputs"] == {"sent": [{"webhook_type": "example_event", "n": 7}]}


async def test_a_repeat_is_answered_well_and_starts_nothing(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo())
    first = (await nobody.post(**hook.signed("evt_1"))).json()
    again = await nobody.post(**hook.signed("evt_1", {"other": "text"}))
    assert (again.status_code, again.json()) == (200, {**first, "is_repeat": True})
    assert len(await runs_of(app, owner.id)) == 1
    assert len(await rows(app, hook)) == 1


async def test_repeats_at_the_same_moment_start_one_run(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo())
    answers = await asyncio.gather(*(nobody.post(**hook.signed("evt_1")) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
    assert len({answer.json()["delivery_id"] for answer in answers}) == 1
    assert len(await runs_of(app, owner.id)) == 1


async def test_a_sender_without_ids_has_no_repeats(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo())
    answers = [await nobody.post(**hook.signed()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len(await runs_of(app, owner.id)) == 2


async def test_every_graph_that_listens_is_started_in_one_transaction(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo("one"))
    await heard(app, url, owner, hook, echo("two"))
    answer = await nobody.post(**hook.signed("evt_1"))
    assert answer.status_code == 202
    assert len(answer.json()["run_ids"]) == 2
    for run_id in answer.json()["run_ids"]:
        assert (await ended(url, owner, run_id))["status"] == "completed"
    again = await nobody.post(**hook.signed("evt_1"))
    assert (again.status_code, again.json()["run_ids"]) == (200, answer.json()["run_ids"])
    assert len(await runs_of(app, owner.id)) == 2


async def test_an_event_that_nobody_wants_is_kept_and_starts_nothing(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo(), events=["another_example_event"])
    answer = await nobody.post(**hook.signed("evt_1", {"webhook_type": "example_event"}))
    assert (answer.status_code, answer.json()["ignored"]) == (200, "example_event")
    (row,) = await rows(app, hook)
    assert (row["state"], row["run_ids"]) == ("ignored", [])
    wanted = await nobody.post(**hook.signed("evt_2", {"webhook_type": "another_example_event"}))
    assert wanted.status_code == 202


async def test_an_unknown_event_is_refused_with_the_known_ones(nobody: httpx.AsyncClient, hook: Hook) -> None:
    answer = await nobody.post(**hook.signed("evt_1", {"webhook_type": "exmaple_event"}))
    assert answer.status_code == 400
    assert "'exmaple_event'" in answer.json()["detail"]
    assert "another_example_event" in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"x-webhook-signature": "sha256=" + "0" * 64},
        {"x-webhook-signature": "é"},
        {"x-webhook-signature": ""},
        {"x-webhook-signature": "", "x-webhook-token": "wrong"},
        {"x-webhook-signature": "", "authorization": "Bearer wrong"},
        {"webhook-signature": "v1,AAAA", "webhook-timestamp": "1"},
        {"webhook-signature": "v1,é", "webhook-timestamp": "now"},
    ],
)
async def test_a_forged_delivery_is_refused_and_leaves_nothing(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook, headers: dict[str, str]
) -> None:
    await heard(app, url, owner, hook, echo())
    posted = hook.signed("evt_1")
    raw = {name: value.encode("latin-1") for name, value in {**posted["headers"], **headers}.items()}
    answer = await nobody.post(posted["url"], content=posted["content"], headers=raw)
    assert answer.status_code == 401, answer.text
    assert SECRET not in answer.text
    assert await rows(app, hook) == []
    assert await runs_of(app, owner.id) == []


async def test_the_same_404_for_an_unknown_id_and_for_another_provider(
    app: App, nobody: httpx.AsyncClient, hook: Hook
) -> None:
    posted = hook.signed("evt_1")
    other = await nobody.post(**{**posted, "url": hook.path.replace("example-provider", "http")})
    strange = await nobody.post(**{**posted, "url": hook.path.replace("example-provider", "nobody")})
    absent = await nobody.post(**{**posted, "url": hook.path.replace(hook.id, "0" * 36)})
    assert {answer.status_code for answer in (other, strange, absent)} == {404}
    assert len({answer.json()["detail"] for answer in (other, strange, absent)}) == 1
    spelled = await nobody.post(
        **{**posted, "url": hook.path.replace("example-provider", "Example_Provider")}
    )
    assert spelled.status_code == 200


async def test_a_webhook_without_a_secret_takes_nothing(
    app: App, nobody: httpx.AsyncClient, owner: Person
) -> None:
    bare = await make_hook(app, owner.id, secret=None)
    answer = await nobody.post(**bare.signed("evt_1"))
    assert answer.status_code == 401
    assert "rotate-secret" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[1]", b"null", b"{", b"\xff\xfe", b'{"a": NaN}', b'"text"'])
async def test_a_body_that_is_no_object_is_a_bad_request(
    app: App, nobody: httpx.AsyncClient, hook: Hook, body: bytes
) -> None:
    answer = await nobody.post(**hook.signed("evt_1", body))
    assert answer.status_code == 400, answer.text
    assert await rows(app, hook) == []


async def test_a_body_that_is_too_long_is_refused_while_it_comes(
    app: App, nobody: httpx.AsyncClient, hook: Hook
) -> None:
    answer = await nobody.post(**hook.signed("evt_1", b'{"a": "' + b"x" * 1_100_000 + b'"}'))
    assert answer.status_code == 413
    assert "1 MiB" in answer.json()["detail"]

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    chunked = await nobody.post(hook.path, content=endless(), headers=hook.signed()["headers"])
    assert chunked.status_code == 413


async def test_a_delivery_needs_no_session_and_is_taken_from_any_origin(
    nobody: httpx.AsyncClient, hook: Hook
) -> None:
    posted = hook.signed("evt_1", origin="https://elsewhere.example", **{"content-type": "text/plain"})
    assert (await nobody.post(**posted)).status_code == 200
    looked_at = await nobody.get(hook.path)
    assert (looked_at.status_code, "POST" in looked_at.json()["detail"]) == (404, True)


async def test_a_graph_answers_its_sender_with_status_headers_and_body(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    graph = answering(status=201, headers={"X-Order": "7"})
    await heard(app, url, owner, hook, graph, answer_within_s=10)
    answer = await nobody.post(**hook.signed("evt_1", {"n": "ü"}))
    assert (answer.status_code, answer.json(), answer.headers["x-order"]) == (201, {"n": "ü"}, "7")
    assert "sandbox" in answer.headers["content-security-policy"]
    repeat = await nobody.post(**hook.signed("evt_1", {"n": "ü"}))
    assert (repeat.status_code, repeat.json()["is_repeat"]) == (200, True)


async def test_a_text_is_answered_as_it_is(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    nodes = [node("trigger", TRIGGER), node("say", RESPOND, headers={"Content-Type": "text/x-plain"})]
    graph = graph_json("text", nodes, [link("trigger.event_data_#_said", "say.body")])
    await heard(app, url, owner, hook, graph, answer_within_s=10)
    answer = await nobody.post(**hook.signed("evt_1", {"said": "just text"}))
    assert (answer.text, answer.headers["content-type"]) == ("just text", "text/x-plain")


async def test_without_an_answer_in_time_the_sender_gets_202(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    nodes = [node("trigger", TRIGGER), node("wait", WAIT, seconds=30), node("say", RESPOND)]
    links = [link("trigger.event_data", "wait.input_message"), link("wait.output_message", "say.body")]
    await heard(app, url, owner, hook, graph_json("late", nodes, links), answer_within_s=0.3)
    answer = await nobody.post(**hook.signed("evt_1"))
    assert answer.status_code == 202
    assert answer.json()["run_ids"]


async def test_a_graph_that_cannot_run_refuses_its_event_which_may_come_again(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    graph_id = await heard(app, url, owner, hook, echo(), version=7)
    answer = await nobody.post(**hook.signed("evt_1"))
    assert answer.status_code == 503
    (row,) = await rows(app, hook)
    assert (row["state"], row["event_id"], row["run_ids"]) == ("failed", None, [])
    assert "version 7" in row["problem"]
    await listen(app, hook, graph_id)
    app.worker.signals.send("webhooks", hook.id)
    await asyncio.sleep(0.3)
    assert (await nobody.post(**hook.signed("evt_1"))).status_code == 202


async def test_a_full_process_queues_the_run_and_its_answer_is_waited_for(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heard(app, url, owner, hook, answering(), answer_within_s=10)
    monkeypatch.setattr(type(app.worker), "has_room", lambda _: False)
    answer = await nobody.post(**hook.signed("evt_1", {"n": 1}))
    assert (answer.status_code, answer.json()) == (200, {"n": 1})


async def test_a_test_delivery_reaches_only_who_listens_in_the_editor(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo())
    posted = hook.signed("evt_1")
    answer = await nobody.post(**{**posted, "url": f"{hook.path}?test=true"})
    assert answer.status_code == 404
    assert "Listen" in answer.json()["detail"]
    assert await runs_of(app, owner.id) == []


async def test_headers_are_stored_without_the_secret(app: App, nobody: httpx.AsyncClient, hook: Hook) -> None:
    posted = hook.signed(
        "evt_1", **{"x-webhook-token": SECRET, "authorization": "Bearer abc", "x-seen": "yes"}
    )
    assert (await nobody.post(**posted)).status_code == 200
    (row,) = await rows(app, hook)
    assert SECRET not in str(row["headers"])
    assert "abc" not in str(row["headers"])
    assert row["headers"]["x-seen"] == "yes"


async def test_what_a_manager_raises_is_never_a_fault_of_ours(
    nobody: httpx.AsyncClient, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise AttributeError("'list' object has no attribute 'get'")

    monkeypatch.setattr(WebhookRequest, "json", broken)
    answer = await nobody.post(**hook.signed("evt_1"))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")


async def test_a_graph_that_cannot_run_keeps_no_other_waiting(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    await heard(app, url, owner, hook, echo("good"))
    await heard(app, url, owner, hook, echo("broken"), version=7)
    answer = await nobody.post(**hook.signed("evt_1"))
    assert (answer.status_code, len(answer.json()["run_ids"])) == (202, 1)
    (row,) = await rows(app, hook)
    assert (row["state"], row["run_ids"]) == ("started", answer.json()["run_ids"])
    assert "version 7" in row["problem"]


async def test_what_nobody_listened_for_may_come_again(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    assert (await nobody.post(**hook.signed("evt_1"))).json()["ignored"] == "example_event"
    await heard(app, url, owner, hook, echo())
    app.worker.signals.send("webhooks", hook.id)
    await asyncio.sleep(0.3)
    assert (await nobody.post(**hook.signed("evt_1"))).status_code == 202


async def test_a_commit_in_doubt_is_told_as_what_came_of_it(
    app: App, url: str, nobody: httpx.AsyncClient, owner: Person, hook: Hook
) -> None:
    """The connection breaks while the statement waits, and the statement commits later."""
    await heard(app, url, owner, hook, echo())
    await nobody.post(**hook.signed())
    connection = app.worker.journal._connection
    assert connection is not None
    async with app.database.begin() as other:
        await other.execute(sa.select(users.c.id).where(users.c.id == owner.id).with_for_update())
        posting = asyncio.create_task(nobody.post(**hook.signed()))
        await asyncio.sleep(0.4)
        connection._transport.abort()  # type: ignore[attr-defined]  # as a network does
        await asyncio.sleep(0.2)
    answer = await posting
    assert answer.status_code == 202, answer.text
    assert len(await runs_of(app, owner.id)) == len(await rows(app, hook)) == 2
