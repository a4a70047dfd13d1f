"""A person with one of everything that has an id, made over HTTP: what the two-user matrix is about.

Whoever adds a route with a new parameter adds a maker to `MAKERS`, or says in `NOT_OWNED` why nobody owns it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from backend.app import App
from backend.data.session_store import create_session
from backend.server.auth import COOKIE, hash_of, new_token
from backend.util.clock import now
from tests.server.conftest import Person, echo_graph, graph_json, make_person, node, stored, waiting_graph

FEED_TRIGGER = "07ad6502-f14b-45ec-9bf7-e6765b91974e"
REVIEW = "8b2a7b3c-6e9d-4a5f-8c1b-2e3f4a5b6c7d"
WEBHOOK_PROVIDER = "example-provider"


@dataclass(slots=True)
class Somebody:
    """A person, the ways in which they call, and their things: parameter -> id.

    `mark` stands in every text of theirs, so that it can be searched for in what others are told.
    """

    name: str
    role: str
    person: Person
    key: httpx.AsyncClient
    session: httpx.AsyncClient
    things: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def mark(self) -> str:
        return f"MARK-OF-{self.name.upper()}"

    async def close(self) -> None:
        await self.key.aclose()
        await self.session.aclose()

    async def post(self, path: str, body: Any = None, *, status: int = 201, **more: Any) -> Any:
        """Post it, and the JSON of the answer."""
        answer = await self.key.post(path, json=body, **more)
        assert answer.status_code == status, answer.text
        return answer.json()


async def make_somebody(app: App, url: str, name: str, role: str) -> Somebody:
    """A person without things."""
    person, token = await make_person(app, name, role=role), new_token()
    async with app.database.begin() as connection:
        await create_session(connection, person.id, hash_of(token), now() + timedelta(days=1))
    key = httpx.AsyncClient(
        base_url=url, headers={"authorization": f"Bearer {person.key}"}, timeout=30, trust_env=False
    )
    session = httpx.AsyncClient(base_url=url, cookies={COOKIE: token}, timeout=30, trust_env=False)
    return Somebody(name, role, person, key, session)


async def give_things(somebody: Somebody) -> None:
    """One of everything, in the order of the makers."""
    for name, make in MAKERS.items():
        somebody.things[name] = await make(somebody)


async def _graph(of: Somebody) -> str:
    return await stored(of.key, {**echo_graph(), "name": of.mark, "description": of.mark})


async def _run(of: Somebody) -> str:
    path = f"/api/graphs/{of.things['graph_id']}/runs"
    body = {"inputs": {"name": of.mark}, "wait": 20}
    return str((await of.post(path, body, status=200))["run_id"])


async def _review(of: Somebody) -> str:
    ask = node("ask", REVIEW, name=of.mark, data={"text": of.mark})
    graph_id = await stored(of.key, graph_json(of.mark, [ask], []))
    await of.post(f"/api/graphs/{graph_id}/runs", {"wait": 20}, status=202)
    return str((await of.key.get("/api/reviews")).json()["items"][0]["id"])


async def _key(of: Somebody) -> str:
    answer = await of.session.post("/api/api-keys", json={"name": of.mark, "scopes": ["graphs:read"]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _session(of: Somebody) -> str:
    return str((await of.session.get("/api/auth/sessions")).json()["items"][0]["id"])


async def _user(of: Somebody) -> str:
    return of.person.id


async def _file(of: Somebody) -> str:
    answer = await of.key.post("/api/files", files={"file": (f"{of.mark}.txt", of.mark.encode())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["items"][0]["id"])


async def _budget(of: Somebody) -> str:
    body = {"period": "month", "limit_usd_micros": 5_000_000, "graph_id": of.things["graph_id"]}
    answer = await of.key.put("/api/budgets", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def _credential(of: Somebody) -> str:
    body = {"kind": "api_key", "provider": "stripe", "title": of.mark, "api_key": f"key-{of.mark}"}
    return str((await of.post("/api/credentials", body))["id"])


async def _value(of: Somebody) -> str:
    """Of a run beside `run_id`: long enough to be stored on its own."""
    path = f"/api/graphs/{of.things['graph_id']}/runs"
    made = await of.post(path, {"inputs": {"name": of.mark * 100_000}, "wait": 20}, status=200)
    return str(made["outputs"]["echo"][0]["href"]).rpartition("/")[2]


async def _webhook(of: Somebody) -> str:
    """Made by hand, of the provider that every test knows."""
    path = f"/api/integrations/{WEBHOOK_PROVIDER}/webhooks"
    return str((await of.post(path, {"title": of.mark}))["id"])


async def _delivery(of: Somebody) -> str:
    """A signed test event, which says its webhook's id."""
    path = f"/api/integrations/{WEBHOOK_PROVIDER}/webhooks/{of.things['webhook_id']}/ping"
    return str((await of.post(path, status=200))["delivery_id"])


async def waiting_run(of: Somebody) -> str:
    """A run that stays."""
    graph_id = await stored(of.key, {**waiting_graph(), "name": of.mark})
    return str((await of.post(f"/api/graphs/{graph_id}/runs", {}, status=202))["run_id"])


async def _schedule(of: Somebody) -> str:
    """Off, so that no time of it comes in the middle of a test."""
    body = {
        "graph_id": of.things["graph_id"],
        "name": of.mark,
        "cron": "@daily",
        "inputs": {"name": of.mark},
        "is_active": False,
    }
    return str((await of.post("/api/schedules", body))["id"])


async def _poll(of: Somebody) -> str:
    feed = node("feed", FEED_TRIGGER, url=f"https://example.com/{of.mark}")
    graph_id = await stored(of.key, graph_json(of.mark, [feed], []))
    await of.post(f"/api/graphs/{graph_id}/publish", status=200)
    return str((await of.key.get(f"/api/polls?graph_id={graph_id}")).json()["items"][0]["id"])


MAKERS: dict[str, Callable[[Somebody], Awaitable[str]]] = {
    "graph_id": _graph,
    "run_id": _run,
    "review_id": _review,
    "key_id": _key,
    "session_id": _session,
    "user_id": _user,
    "file_id": _file,
    "budget_id": _budget,
    "value_id": _value,
    "credential_id": _credential,
    "schedule_id": _schedule,
    "poll_id": _poll,
    "webhook_id": _webhook,
    "delivery_id": _delivery,
}
"""By the name of the path parameter."""

NOT_OWNED = {
    "block_id": "the catalogue is everybody's",
    "path": "the page is everybody's",
    "name": "templates are everybody's",
    "version": "a number within a graph",
    "pin": "within a block",
    "firing": "a number within a run",
    "node_id": "within the graph of a run",
    "provider": "providers are everybody's",
}
"""Path parameters that name nobody's thing, and why."""
