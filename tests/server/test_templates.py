"""Templates: in the wheel, described, and each does what it says."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
from hatchling.builders.wheel import WheelBuilder

from backend.blocks import catalogue
from backend.data.graph_ids import all_of
from backend.data.graph_templates import templates
from backend.executor.program import problems_of
from backend.util.clock import now
from tests.support.http_server import Answer, local_http_server, reachable

ROOT = Path(__file__).resolve().parents[2]


def test_wheel_has_every_template() -> None:
    packed = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    names = {path.name for path in (ROOT / "backend" / "templates").glob("*.json")}
    assert len(names) >= 6
    assert {f"backend/templates/{name}" for name in names} <= packed
    assert {f"{name}.json" for name in templates()} == names


def test_every_template_can_run_and_says_what_it_is_for() -> None:
    for template in templates().values():
        assert len(template.graph.description) > 20
        assert template.tags
        for graph in all_of(template.graph):
            assert problems_of(graph, catalogue().find) == (), template.name
    assert len({template.graph.name for template in templates().values()}) == len(templates())


async def made(client: httpx.AsyncClient, name: str, /, **body: Any) -> str:
    answer = await client.post(f"/api/templates/{name}", json=body)
    assert (answer.status_code, answer.json()["problems"]) == (201, [])
    return str(answer.json()["id"])


async def run(client: httpx.AsyncClient, name: str, **inputs: Any) -> dict[str, Any]:
    graph_id = await made(client, name)
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"inputs": inputs, "wait": 20})
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "completed", answer.text
    return dict(answer.json()["outputs"])


async def test_templates_are_listed_read_and_made_into_graphs(ada: httpx.AsyncClient) -> None:
    listed = (await ada.get("/api/templates")).json()
    assert [row["name"] for row in listed["items"]] == list(templates())
    row = listed["items"][0]
    read = (await ada.get(f"/api/templates/{row['name']}")).json()
    assert read.items() >= row.items()
    assert len(read["graph"]["nodes"]) == row["nodes"]
    graph_id = await made(ada, row["name"], name="Mine", folder="Work")
    graph = (await ada.get(f"/api/graphs/{graph_id}")).json()
    assert (graph["name"], graph["folder"], graph["tags"]) == ("Mine", "Work", row["tags"])
    assert [one["id"] for one in graph["nodes"]] == [one["id"] for one in read["graph"]["nodes"]]
    assert (await ada.get("/api/templates/absent")).status_code == 404
    assert (await ada.post("/api/templates/absent")).status_code == 404
    assert (await ada.post(f"/api/templates/{row['name']}", json={"name": ""})).status_code == 400
    headers = {"idempotency-key": "k"}
    ids = {(await ada.post(f"/api/templates/{row['name']}", headers=headers)).json()["id"] for _ in "ab"}
    assert len(ids) == 1


async def test_templates_about_lists_and_texts_do_what_they_say(ada: httpx.AsyncClient) -> None:
    items = [{"title": "A", "note": "x"}, {"title": "B", "note": "y"}]
    digest = await run(ada, "digest_of_a_list", items=items, headline="News")
    assert digest == {"text": ["News (2)\n- A: x\n- B: y\n"]}
    assert await run(ada, "each_item_of_a_list", names=["Ada", "Bob"]) == {
        "greetings": [["0. Hello, Ada!", "1. Hello, Bob!"]]
    }
    orders = [{"id": 1, "amount": 5}, {"id": 2, "amount": 9}, {"id": 3, "amount": 7}]
    assert await run(ada, "sort_by_limit", orders=orders, limit=6) == {
        "above": [orders[1:]],
        "others": [orders[:1]],
    }
    assert await run(ada, "graph_in_a_graph", prices=[100, 250]) == {"prices": [[120, 300]]}
    reminders = await run(ada, "wait_and_remind", what="Water", minutes=0, times=2)
    assert reminders == {"reminder": ["Reminder: Water"] * 2}


async def test_templates_that_fetch_tell_answers_from_refusals(ada: httpx.AsyncClient) -> None:
    routes = {
        "/ok": Answer.of_json({"name": "Mill", "status": "open", "more": 1}),
        "/no": Answer(404, b"not here"),
        "/down": Answer(503, b"later"),
    }
    with local_http_server(dict(routes)) as server, reachable(server):
        url = server.base_url
        assert await run(ada, "fetch_and_format", url=f"{url}/ok") == {"text": ["Mill is open."]}
        assert await run(ada, "fetch_and_format", url=f"{url}/no") == {"refused": ["not here"]}
        outputs = await run(ada, "check_addresses", urls=[f"{url}/ok", f"{url}/no", f"{url}/down"])
    assert outputs == {
        "answered": [[f"{url}/ok answered"]],
        "refused": [[f"{url}/no refused: not here"]],
        "broken": [[f"{url}/down is out of order: later"]],
    }


async def test_a_webhook_is_cleaned_and_answered_at_once(ada: httpx.AsyncClient) -> None:
    lines = [{"title": " Tea ", "quantity": 2, "price": "3.50"}, {"price": 1}]
    order = {"id": 7, "customer": {"email": "zoe@example.com", "phone": "1"}, "line_items": lines}
    clean = {
        "number": 7,
        "email": "zoe@example.com",
        "lines": [{"name": "Tea", "count": 2, "total": 7.0}, {"name": "unnamed", "count": 1, "total": 1.0}],
        "total": 8.0,
    }
    graph_id = await made(ada, "clean_a_webhook")
    for payload, wanted in (({"order": order}, clean), ({}, EMPTY_ORDER)):
        body = {"inputs": {"payload": payload}, "wait": 20}
        said = (await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).json()
        assert said["answer"] == {"status": 200, "headers": {}, "body": wanted}
        ended = await _until_completed(ada, said["run_id"])
        assert ended["outputs"] == {"order": [wanted]}


EMPTY_ORDER = {"number": "unknown", "email": "", "lines": [], "total": 0}
PAGE = b"<html><head><title>Mills</title></head><body><nav>Menu</nav><article><h1>Mills</h1><p>%s</p></article></body></html>"


async def test_pages_are_read_in_order_and_failures_listed_apart(ada: httpx.AsyncClient) -> None:
    text = b"Wind turns the sails of a mill, and the sails turn the stones. " * 4
    routes = {"/a": Answer(200, PAGE % text, {"content-type": "text/html"}), "/b": Answer(404, b"gone")}
    with local_http_server(dict(routes)) as server, reachable(server):
        urls = [f"{server.base_url}/{name}" for name in ("a", "b", "a")]
        found = await run(ada, "read_pages", urls=urls)
    [digest], [failed] = found["digest"], found["failed"]
    assert digest.count("## Mills") == 2
    assert digest.count("Wind turns the sails") >= 2
    assert "Menu" not in digest
    assert len(failed) == 1
    assert failed[0].startswith(f"{urls[1]}: ")
    assert "404" in failed[0]


async def test_a_feed_becomes_a_digest_of_its_new_entries(ada: httpx.AsyncClient) -> None:
    recent, old = (format_datetime(now() - timedelta(days=days)) for days in (1, 30))
    items = "".join(
        f"<item><title>{title}</title><link>https://example.com/{title}</link>"
        f"<description>&lt;p&gt;About &lt;b&gt;{title}&lt;/b&gt;&lt;/p&gt;</description><pubDate>{date}</pubDate></item>"
        for title, date in (("One", recent), ("Old", old), ("Two", recent))
    )
    feed = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()
    routes = {"/feed": Answer(200, feed, {"content-type": "application/rss+xml"})}
    with local_http_server(dict(routes)) as server, reachable(server):
        found = await run(ada, "feed_digest", feed_url=f"{server.base_url}/feed")
    assert found == {
        "digest": [
            "- One (https://example.com/One)\n  About One\n- Two (https://example.com/Two)\n  About Two"
        ]
    }


async def test_a_csv_comes_back_tidy(ada: httpx.AsyncClient) -> None:
    table = "name;email\n zoë MILL ;ZOE@example.com\nada; ada@example.com\nnobody;\nZoe;zoe@EXAMPLE.com\n"
    assert await run(ada, "clean_csv", csv=table) == {
        "csv": ["name,email\nAda,ada@example.com\nZoë Mill,zoe@example.com\n"],
        "left_out": [[{"name": "Nobody", "email": ""}]],
        "doubles": [[{"name": "Zoe", "email": "zoe@example.com"}]],
    }


async def test_a_watched_address_tells_when_it_changes_and_only_then(ada: httpx.AsyncClient) -> None:
    graph_id = await made(ada, "watch_an_address")
    silent = Answer(hang_up=True)
    turns = [Answer(200, b"ok"), Answer(200, b"ok"), Answer(404, b"gone"), silent, silent, Answer(200, b"ok")]
    seen: list[dict[str, Any]] = []
    with local_http_server({"/": turns}) as server, reachable(server):
        for _ in range(5):
            body = {"inputs": {"url": f"{server.base_url}/"}, "wait": 20}
            seen.append((await ada.post(f"/api/graphs/{graph_id}/runs", json=body)).json()["outputs"])
    assert seen == [
        {"state": ["up"], "changed": ["up"]},
        {"state": ["up"]},
        {"state": ["down"], "changed": ["down"]},
        {"state": ["down"], "reason": [seen[3]["reason"][0]]},
        {"state": ["up"], "changed": ["up"]},
    ]
    assert "closed" in seen[3]["reason"][0] or "answer" in seen[3]["reason"][0]


async def test_nested_json_becomes_rows(ada: httpx.AsyncClient) -> None:
    entries = [
        {"id": 2, "attributes": {"name": "Mill", "address": {"city": "Zürich"}}},
        {"id": 1, "attributes": {"name": "Barn"}},
    ]
    barn, mill = ({"id": 1, "name": "Barn", "city": "unknown"}, {"id": 2, "name": "Mill", "city": "Zürich"})
    assert await run(ada, "reshape_json", data={"data": {"results": entries}}) == {
        "rows": [[barn, mill]],
        "by_city": [{"unknown": [barn], "Zürich": [mill]}],
    }


async def test_approval_template_sends_what_the_person_made_of_it_or_nothing(ada: httpx.AsyncClient) -> None:
    graph_id = await made(ada, "approve_before_sending")
    assert await _answered(ada, graph_id, is_approved=True) == ([{"text": "b"}], {"answer": [{"ok": True}]})
    assert await _answered(ada, graph_id, is_approved=False) == ([], {"rejected": [{"text": "b"}]})


async def _answered(
    ada: httpx.AsyncClient, graph_id: str, *, is_approved: bool
) -> tuple[list[Any], dict[str, Any]]:
    """What was sent, and what came out of the run."""
    with local_http_server({"/hook": Answer.of_json({"ok": True})}) as server, reachable(server):
        inputs = {"message": {"text": "a"}, "url": f"{server.base_url}/hook"}
        started = await ada.post(f"/api/graphs/{graph_id}/runs", json={"inputs": inputs})
        run_id = started.json()["run_id"]
        [review] = await _until_reviews(ada)
        answer = {"approved": is_approved, "data": {"text": "b"}}
        await ada.post(f"/api/reviews/{review['id']}", json=answer)
        ended = await _until_completed(ada, run_id)
        sent = [seen.json() for seen in server.seen]
    return sent, ended["outputs"]


async def _until_completed(client: httpx.AsyncClient, run_id: str) -> dict[str, Any]:
    for _ in range(200):
        run = (await client.get(f"/api/runs/{run_id}")).json()
        if run["status"] == "completed":
            return dict(run)
        await asyncio.sleep(0.05)
    raise AssertionError("It did not end.")


async def _until_reviews(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    for _ in range(200):
        reviews = (await client.get("/api/reviews")).json()["items"]
        if reviews:
            return list(reviews)
        await asyncio.sleep(0.05)
    raise AssertionError("Nobody was asked.")
