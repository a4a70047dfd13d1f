"""Deliveries of all providers, honest and not, sent to servers that are killed; and what is found afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from backend.blocks import catalogue
from backend.data.connection import Connection
from backend.data.db import Database
from backend.data.graph import Graph, Node
from backend.data.graph_store import save_graph
from backend.data.trigger_store import put_trigger
from backend.data.user_store import LOCAL_USER_ID
from backend.data.vault import Vault
from backend.data.webhook_secret import secret_place
from backend.data.webhook_store import create_webhook
from backend.integrations.providers import ProviderName
from backend.util.clock import new_id
from tests.support.webhook_senders import (
    PROVIDERS,
    WINDOW_S,
    example,
    make_secret,
    sign,
    stored_event_id,
)

KINDS = {
    "valid": 50,
    "forged": 12,
    "replayed": 12,
    "stale": 6,
    "wrong provider": 6,
    "malformed": 6,
    "oversized": 2,
    "without id": 6,
}
"""What is sent, and how often of a hundred."""
TAKEN = {200, 202, 204}
"""Some providers take 202 for a failure."""
WITHOUT_IDS = ProviderName.GENERIC_WEBHOOK.value
_HOUR_S = 3600.0
_LONGEST_TRY_S = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook of a provider, and the graph that it starts."""

    provider: str
    webhook_id: str
    graph_id: str
    secret: str

    def path(self, provider: str | None = None) -> str:
        return f"/api/integrations/{provider or self.provider}/webhooks/{self.webhook_id}/ingress"


@dataclass(slots=True)
class Sent:
    """What came of it all."""

    events: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """(webhook, event id as it is stored) -> how often it was acknowledged."""
    unnamed: Counter[str] = field(default_factory=Counter[str])
    """Deliveries without an id: `acknowledged`, and `unsure` where the connection broke."""
    answers: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])
    """(kind, status) -> how many."""
    wrong: list[str] = field(default_factory=list[str])
    """Answers that should not have been given."""


async def make_targets(database: Database, vault: Vault) -> list[Target]:
    """A webhook for each provider, and a published graph of its trigger that listens."""
    return [await _make_target(database, vault, provider) for provider in PROVIDERS]


async def _make_target(database: Database, vault: Vault, provider: str) -> Target:
    block = next(
        block
        for block in catalogue()
        if block.webhook_config and ProviderName.parse(block.webhook_config.provider) == provider
    )
    constants = {name: value for name, value in block.test_cases()[0].input.items() if name != "payload"}
    node = Node(id="trigger", block_id=block.id, input_default=constants)
    graph = Graph(name=provider, nodes=[node], links=[])
    webhook_id, secret = new_id(), make_secret(provider, "ours")
    async with database.begin() as connection:
        saved = await save_graph(connection, LOCAL_USER_ID, graph)
        sealed = await vault.seal(connection, secret_place(LOCAL_USER_ID, webhook_id), {"secret": secret})
        await create_webhook(connection, LOCAL_USER_ID, webhook_id, {"provider": provider, "sealed": sealed})
        await put_trigger(
            connection,
            LOCAL_USER_ID,
            saved.id,
            "trigger",
            block_id=block.id,
            webhook_id=webhook_id,
            events=[],
            graph_version=saved.version,
            is_live=True,
            answer_within_s=None,
        )
    return Target(provider, webhook_id, saved.id, secret)


class Senders:
    """Those who deliver; `url` gives a server that is up, and `acknowledged` hears of each 2xx for something new."""

    def __init__(
        self,
        targets: list[Target],
        url: Callable[[], str],
        acknowledged: Callable[[], Awaitable[None]],
        *,
        seed: int,
    ) -> None:
        self.sent = Sent()
        self._targets = targets
        self._url = url
        self._acknowledged = acknowledged
        self._random = random.Random(seed)
        self._numbers = iter(range(10**9))
        self._known: dict[str, list[str]] = {}
        self._left = 0

    async def send(self, count: int, *, at_once: int = 8) -> None:
        """So many deliveries, several at a time."""
        self._left = count
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            await asyncio.gather(*(self._send_on(client) for _ in range(at_once)))

    async def _send_on(self, client: httpx.AsyncClient) -> None:
        kinds, weights = list(KINDS), list(KINDS.values())
        while self._left > 0:
            self._left -= 1
            kind = self._random.choices(kinds, weights)[0]
            target = self._random.choice(self._targets)
            if kind == "without id":
                target = next(one for one in self._targets if one.provider == WITHOUT_IDS)
            await _WAYS[kind](self, client, target)

    # -- honest senders --------------------------------------------------------------------------------

    async def _valid(self, client: httpx.AsyncClient, target: Target) -> None:
        event_id = f"event-{next(self._numbers)}"
        self._known.setdefault(target.webhook_id, []).append(event_id)
        self.sent.events[self._event(target, event_id)] = 0
        if await self._until_acknowledged(client, target, event_id) in TAKEN:
            await self._acknowledged()

    async def _replayed(self, client: httpx.AsyncClient, target: Target) -> None:
        known = self._known.get(target.webhook_id)
        if not known:
            await self._valid(client, target)
            return
        await self._until_acknowledged(client, target, self._random.choice(known[-50:]), kind="replayed")

    @staticmethod
    def _event(target: Target, event_id: str) -> tuple[str, str]:
        return target.webhook_id, stored_event_id(target.provider, event_id)

    @staticmethod
    def _signed(
        target: Target, event_id: str, *, secret: str | None = None, age_s: float = 0.0
    ) -> tuple[bytes, dict[str, str]]:
        """A body and its headers, as they were so many seconds ago."""
        at = time.time() - age_s
        body, event = example(target.provider, event_id, at=at)
        key = target.secret if secret is None else secret
        return body, sign(target.provider, key, body, event_id=event_id, event=event, at=at)

    async def _until_acknowledged(
        self, client: httpx.AsyncClient, target: Target, event_id: str, kind: str = "valid"
    ) -> int:
        """As providers do: the same event again, signed anew, until somebody takes it."""
        until = time.monotonic() + _LONGEST_TRY_S
        while time.monotonic() < until:
            body, headers = self._signed(target, event_id)
            status = await self._post(client, kind, target.path(), body, headers, expected=TAKEN)
            if status in TAKEN:
                self.sent.events[self._event(target, event_id)] += 1
            if 200 <= status < 500:
                return status
            await asyncio.sleep(0.05)
        raise AssertionError(f"Nobody takes {event_id} of {target.provider}. {self.sent.wrong[-3:]}")

    async def _without_id(self, client: httpx.AsyncClient, target: Target) -> None:
        body, headers = self._signed(target, "")
        headers.pop("Webhook-Id")
        status = await self._post(client, "without id", target.path(), body, headers, expected={202})
        self.sent.unnamed["acknowledged" if status == 202 else "unsure"] += 1

    # -- the others ------------------------------------------------------------------------------------

    async def _forged(self, client: httpx.AsyncClient, target: Target) -> None:
        event_id = f"forged-{next(self._numbers)}"
        body, headers = self._signed(target, event_id, secret=make_secret(target.provider, "somebody else's"))
        if self._random.random() < 0.3:
            headers = {name: value for name, value in headers.items() if name == "Content-Type"}
        await self._post(client, "forged", target.path(), body, headers, expected={400, 401})

    async def _stale(self, client: httpx.AsyncClient, target: Target) -> None:
        """Signed an hour ago, at a provider that signs the time."""
        target = next(
            one for one in self._random.sample(self._targets, len(self._targets)) if one.provider in WINDOW_S
        )
        body, headers = self._signed(target, f"stale-{next(self._numbers)}", age_s=_HOUR_S)
        await self._post(client, "stale", target.path(), body, headers, expected={400, 401})

    async def _wrong_provider(self, client: httpx.AsyncClient, target: Target) -> None:
        event_id = f"astray-{next(self._numbers)}"
        body, headers = self._signed(target, event_id)
        other = self._random.choice([one for one in PROVIDERS if one != target.provider])
        await self._post(client, "wrong provider", target.path(other), body, headers, expected={404})

    async def _malformed(self, client: httpx.AsyncClient, target: Target) -> None:
        event_id = f"malformed-{next(self._numbers)}"
        body = self._random.choice(
            [b"", b"{", b"[]", b"\xff\xfe\x00", b"null", b'"text"', b"[" * 5_000, b"payload=%zz"]
        )
        if target.provider == WITHOUT_IDS:
            return  # it takes bodies of every kind
        headers = sign(target.provider, target.secret, body, event_id=event_id, event="", at=time.time())
        if self._random.random() < 0.5:
            headers = {name: value[: len(value) // 2] + "\x80" for name, value in headers.items()}
        await self._post(client, "malformed", target.path(), body, headers, expected={400, 401})

    async def _oversized(self, client: httpx.AsyncClient, target: Target) -> None:
        body = b'{"a": "' + b"x" * (26 * 2**20) + b'"}'
        headers = {"content-type": "application/json"}
        await self._post(client, "oversized", target.path(), body, headers, expected={413})

    async def _post(
        self,
        client: httpx.AsyncClient,
        kind: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        *,
        expected: set[int],
    ) -> int:
        """The status; 0 when the connection broke, because the server was killed."""
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        try:
            answer = await client.post(self._url() + path, content=body, headers=raw)
        except httpx.HTTPError:
            return 0
        self.sent.answers[kind, answer.status_code] += 1
        if answer.status_code not in expected:
            self.sent.wrong.append(f"{kind} at {path}: {answer.status_code} {answer.text[:200]}")
        return answer.status_code


_WAYS: dict[str, Callable[[Senders, httpx.AsyncClient, Target], Awaitable[None]]] = {
    "valid": Senders._valid,
    "forged": Senders._forged,
    "replayed": Senders._replayed,
    "stale": Senders._stale,
    "wrong provider": Senders._wrong_provider,
    "malformed": Senders._malformed,
    "oversized": Senders._oversized,
    "without id": Senders._without_id,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the database when all is over."""

    runs: int
    lost: list[str]
    """Acknowledged events without a completed run."""
    doubled: list[str]
    """Events with several runs."""
    strange: list[str]
    """Deliveries that nobody honest has sent."""
    unnamed: int
    stray_runs: int
    """Runs that no delivery names."""


async def look(connection: Connection, targets: list[Target], sent: Sent) -> Found:
    """Compare what was acknowledged with what is there.

    Airtable's trigger asks Airtable what has changed, which is not there: its runs happen, and fail.
    """
    rows = await connection.fetch("SELECT webhook_id, event_id, run_ids FROM delivery")
    runs: dict[str, Any] = {
        row["id"]: row["status"]
        for row in await connection.fetch(
            "SELECT id, status FROM run WHERE graph_id = ANY($1)", [target.graph_id for target in targets]
        )
    }
    asking = {target.webhook_id for target in targets if target.provider == ProviderName.AIRTABLE.value}
    by_event = {(row["webhook_id"], row["event_id"]): row["run_ids"] for row in rows if row["event_id"]}
    named = [run_id for row in rows for run_id in row["run_ids"]]

    def is_done(event: tuple[str, str]) -> bool:
        ends = [runs.get(run_id) for run_id in by_event.get(event, [])]
        return ends == (["failed"] if event[0] in asking else ["completed"])

    lost = [
        f"{event} -> {by_event.get(event)}"
        for event, count in sent.events.items()
        if count and not is_done(event)
    ]
    doubled = [f"{event} -> {run_ids}" for event, run_ids in by_event.items() if len(run_ids) > 1]
    doubled += [run_id for run_id, count in Counter(named).items() if count > 1]
    strange = [str(event) for event in by_event if event not in sent.events]
    unnamed = sum(row["event_id"] is None for row in rows)
    return Found(len(runs), lost, doubled, strange, unnamed, len(set(runs) - set(named)))
