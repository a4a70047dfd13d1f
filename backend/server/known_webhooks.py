"""The webhooks that this process has been asked for, remembered for seconds: a burst of events asks once."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from backend.data.db import Database
from backend.data.integrations import Webhook
from backend.data.vault import Vault
from backend.data.webhook_secret import secret_place
from backend.data.webhook_store import IngressTrigger, IngressWebhook, load_for_ingress
from backend.executor.worker import Worker
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._base import WebhookManager

CHANGED = "webhooks"
"""The message between processes that a webhook, or who listens to it, has changed; about its id."""
_KNOWN_FOR_S = 4.0
"""How long another process may still go by what has changed here."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class KnownWebhook:
    """A webhook with its secret in clear, its manager, and the nodes that it may start.

    `old_secret` is taken as well until `old_until` (Unix time in seconds), after a change of the secret.
    """

    webhook: Webhook
    manager: WebhookManager
    triggers: tuple[IngressTrigger, ...]
    old_secret: str | None = field(default=None, repr=False)
    old_until: float = 0.0


class KnownWebhooks:
    """Finds webhooks by their ids; those that do not exist are remembered too."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._known: OrderedDict[str, tuple[KnownWebhook | None, float]] = OrderedDict()
        self._looking: dict[str, asyncio.Future[KnownWebhook | None]] = {}
        """Look-ups under way: a burst whose webhook is just being forgotten shares one."""
        self._forgotten = 0

    def listen(self, worker: Worker) -> KnownWebhooks:
        """Hear of changes from all processes."""
        worker.hearers[CHANGED].append(self.forget)
        return self

    def forget(self, webhook_id: str) -> None:
        """It has changed; what is being looked up meanwhile may be as it was before."""
        self._forgotten += 1
        self._known.pop(webhook_id, None)
        self._looking.pop(webhook_id, None)

    async def find(self, webhook_id: str) -> KnownWebhook | None:
        """The webhook of whichever user; None: there is none, or it is being removed.

        Raises:
            Unavailable: the database is away.
        """
        if "\x00" in webhook_id:
            return None  # no id has it, and PostgreSQL cannot even look for it
        known = self._known.get(webhook_id)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        looking = self._looking.get(webhook_id)
        if looking is None:
            looking = self._looking[webhook_id] = asyncio.ensure_future(self._look(webhook_id))
            looking.add_done_callback(lambda done: self._looked(webhook_id, done))
        return await asyncio.shield(looking)

    async def _look(self, webhook_id: str) -> KnownWebhook | None:
        until, forgotten = time.monotonic() + _KNOWN_FOR_S, self._forgotten
        async with self._database.begin() as connection:
            stored = await load_for_ingress(connection, webhook_id)
        found = None if stored is None or stored.state == "removing" else await self._opened(stored)
        if forgotten != self._forgotten:
            return found
        self._known[webhook_id] = (found, until)
        self._known.move_to_end(webhook_id)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)
        return found

    def _looked(self, webhook_id: str, looking: asyncio.Future[KnownWebhook | None]) -> None:
        if self._looking.get(webhook_id) is looking:
            del self._looking[webhook_id]
        if not looking.cancelled():
            looking.exception()  # those who wait for it are told; nobody may be left

    async def _opened(self, stored: IngressWebhook) -> KnownWebhook | None:
        manager = manager_of(stored.provider)
        if manager is None:
            return None
        place = secret_place(stored.user_id, stored.id)
        secrets = {} if stored.sealed is None else await self._vault.unseal(place, stored.sealed)
        webhook = Webhook(
            id=stored.id,
            user_id=stored.user_id,
            provider=ProviderName.parse(stored.provider),
            webhook_type=stored.webhook_type,
            resource=stored.resource,
            credentials_id=stored.credential_id,
            secret=secrets.get("secret"),
            events=stored.wanted_events,
            config=stored.config,
            provider_webhook_id=stored.provider_webhook_id,
        )
        return KnownWebhook(
            webhook, manager, stored.triggers, secrets.get("old"), float(secrets.get("old_until") or 0)
        )
