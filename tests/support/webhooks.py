"""Webhooks put straight into the database, and graphs that listen to them."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.data.trigger_store import put_trigger
from backend.data.vault import Vault
from backend.data.webhook_secret import secret_place
from backend.data.webhook_store import create_webhook
from backend.executor.worker import Worker
from backend.server.state import App
from backend.util.clock import new_id

SECRET = "a secret that only the two of us know"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook that somebody has."""

    id: str
    provider: str
    user_id: str
    secret: str = SECRET

    @property
    def path(self) -> str:
        return f"/api/integrations/{self.provider}/webhooks/{self.id}/ingress"

    def signed(self, event_id: str | None = None, body: Any = None, **headers: str) -> dict[str, Any]:
        """What httpx is to post: JSON, signed with an HMAC of the body."""
        raw = (
            body
            if isinstance(body, bytes)
            else json.dumps({"said": "hello"} if body is None else body).encode()
        )
        signature = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        said = {"content-type": "application/json", "x-webhook-signature": f"sha256={signature}"}
        known = {} if event_id is None else {"webhook-id": event_id}
        return {"url": self.path, "content": raw, "headers": {**said, **known, **headers}}


async def make_hook(
    app: App, user_id: str, provider: str = "example-provider", secret: str | None = SECRET, **columns: Any
) -> Hook:
    """A webhook of the user, with this secret; None: without one."""
    return await _make(app.worker, app.vault, user_id, provider, secret, columns)


async def _make(
    worker: Worker, vault: Vault, user_id: str, provider: str, secret: str | None, columns: dict[str, Any]
) -> Hook:
    webhook_id = new_id()
    async with worker.database.begin() as connection:
        if secret is not None:
            place = secret_place(user_id, webhook_id)
            columns = {"sealed": await vault.seal(connection, place, {"secret": secret}), **columns}
        await create_webhook(connection, user_id, webhook_id, {"provider": provider, **columns})
    return Hook(webhook_id, provider, user_id, secret or SECRET)


async def listen(
    app: App,
    hook: Hook,
    graph_id: str,
    node_id: str = "trigger",
    *,
    events: Sequence[str] = (),
    version: int = 1,
    answer_within_s: float | None = None,
    is_live: bool = True,
) -> None:
    """Let a node of a stored graph be started by the webhook."""
    async with app.database.begin() as connection:
        await put_trigger(
            connection,
            hook.user_id,
            graph_id,
            node_id,
            block_id="",
            webhook_id=hook.id,
            events=list(events),
            graph_version=version,
            is_live=is_live,
            answer_within_s=answer_within_s,
        )
