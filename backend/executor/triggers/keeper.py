"""Brings automatic webhooks to what is wanted: made at the provider, changed there, taken away.

Whoever changes what is wanted writes it into the row and sends `webhooks`. A process that takes queued runs leases
the row, speaks with the provider without holding a lock, and writes down what came of it. A crash between the two
leaves the lease to run out; the next one finds the webhook at the provider, because managers look for it first.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import structlog

from backend.data import keeper_store, webhook_store
from backend.data.away import is_away
from backend.data.credentials import Credentials
from backend.data.integrations import Webhook
from backend.data.keeper_store import Registered
from backend.data.vault import Vault
from backend.executor.triggers.settling import settle
from backend.executor.triggers.webhooks import as_webhook, ingress_url, own_url, seal_secret
from backend.executor.worker import Worker
from backend.integrations.credentials_store import DEFAULT_CREDENTIALS, StoredCredentials
from backend.integrations.secret_values import scrubber_for
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._auto_base import AutoWebhookManagerBase
from backend.integrations.webhooks._request import Registration
from backend.util.errors import (
    BlockyardError,
    Conflict,
    CredentialsError,
    NotFound,
    ProviderError,
    ProviderNotFound,
    SealBroken,
)

log = structlog.get_logger(__name__)

WAKE, KEPT = "webhooks", "webhook_kept"
"""Messages between processes: there is work; there was."""
_LEASE_S = 90.0
_CALL_S = 60.0
_LOOK_EVERY_S = 30.0
_PROLONG_AHEAD_S = 2 * 86_400.0
_LANES = 8
_FIRST_BACK_OFF_S = 5.0
_LONGEST_BACK_OFF_S = 1800.0
_GIVE_UP_REMOVING_AFTER = 20
"""Attempts, which with the back-off are some nine hours."""


class Keeper:
    """Works until cancelled: `run`, beside a worker."""

    def __init__(self, worker: Worker, vault: Vault, credentials: StoredCredentials) -> None:
        self._worker = worker
        self._vault = vault
        self._credentials = credentials
        self._awake = asyncio.Event()
        self._next_sweep = 0.0
        worker.hearers[WAKE].append(lambda _: self._awake.set())

    async def run(self) -> None:
        """Lease, do, write down; as many side by side as there are lanes."""
        room = asyncio.Semaphore(_LANES)
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    self._awake.clear()
                    await self._sweep_if_due()
                    if not await self._begin_one(tasks, room):
                        await self._rest()
                except Exception as error:  # not even a bug of ours here may end the worker
                    self._tell(error)
                    await asyncio.sleep(1)

    async def _begin_one(self, tasks: asyncio.TaskGroup, room: asyncio.Semaphore) -> bool:
        """Begin with the next that is due, once there is room; False: none is."""
        await room.acquire()
        lease = None
        try:
            lease = await self.lease()
        finally:
            if lease is None:
                room.release()
        if lease is None:
            return False
        tasks.create_task(self.keep(lease)).add_done_callback(lambda _: room.release())
        return True

    async def keep_due(self) -> int:
        """Do all that is due now, one after the other; how many there were. For tests and commands."""
        count = 0
        while (lease := await self.lease()) is not None:
            await self.keep(lease)
            count += 1
        return count

    async def _sweep_if_due(self) -> None:
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _LOOK_EVERY_S
            await self.sweep()

    async def sweep(self) -> None:
        """Find what no message tells of.

        Webhooks that nobody listens to any more (a wait ended with its process), those that end soon at their
        provider, those whose credential was deleted, and those that are registered under another address than this server has now.
        """
        database = self._worker.database
        async with database.begin() as connection:
            unheard = await keeper_store.unheard(connection)
            await keeper_store.mark_expiring(connection, _PROLONG_AHEAD_S)
            await keeper_store.mark_without_credential(connection, [one.id for one in DEFAULT_CREDENTIALS])
            if self._worker.settings.public_url:
                await keeper_store.mark_moved(connection, own_url(self._worker.settings))
        for user_id, webhook_id in unheard:
            async with database.begin() as connection:
                await webhook_store.lock_webhooks(connection, user_id)
                await settle(connection, user_id, [webhook_id])

    async def lease(self) -> dict[str, Any] | None:
        """Take the next webhook that is due; None: none is."""
        async with self._worker.database.begin() as connection:
            return await keeper_store.lease_webhook(connection, _LEASE_S)

    async def _rest(self) -> None:
        async with self._worker.database.begin() as connection:
            due_s = await keeper_store.next_due_s(connection)
        rest_s = _LOOK_EVERY_S if due_s is None else min(max(due_s, 0.05), _LOOK_EVERY_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), rest_s)

    async def keep(self, lease: dict[str, Any]) -> None:
        """Bring a webhook that was leased to what is wanted, and write down what came of it."""
        try:
            async with asyncio.timeout(_CALL_S):
                await self._do(lease)
        except (BlockyardError, TimeoutError) as error:
            await self._failed(lease, error)
        except Exception as error:  # a manager's bug must not stop the webhooks of others
            self._tell(error)
            await self._failed(lease, error)
        self._worker.send(KEPT, lease["id"])

    async def _do(self, lease: dict[str, Any]) -> None:
        manager = manager_of(lease["provider"])
        if not isinstance(manager, AutoWebhookManagerBase):
            raise Conflict(f"Webhooks of {lease['provider']!r} are not made here any more.")
        events = sorted(lease["wanted_events"])
        webhook = await as_webhook(self._vault, lease, events=events)
        credentials = await self._credentials_of(lease)
        if lease["state"] == "removing":
            await self._deregister(manager, webhook, credentials, is_new=lease["attempts"] == 1)
            async with self._worker.database.begin() as connection:
                await keeper_store.note_removed(connection, lease)
            return
        await self._note(lease, webhook, await self._register(manager, webhook, credentials), events)

    async def _deregister(
        self,
        manager: AutoWebhookManagerBase,
        webhook: Webhook,
        credentials: Credentials | None,
        *,
        is_new: bool,
    ) -> None:
        """Take it away. Where an attempt to make it had an unknown end, it is looked for by making it."""
        if not webhook.provider_webhook_id:
            if is_new:
                return
            found = await self._register(manager, webhook, credentials)
            webhook = replace(webhook, provider_webhook_id=found.provider_webhook_id)
        await manager.deregister(webhook, credentials)

    async def _register(
        self, manager: AutoWebhookManagerBase, webhook: Webhook, credentials: Credentials | None
    ) -> Registration:
        address = ingress_url(self._worker.settings, webhook.provider.value, webhook.id)
        if webhook.provider_webhook_id:
            with contextlib.suppress(ProviderNotFound):  # somebody has deleted it there
                return await manager.update(webhook, credentials, address, webhook.events)
            webhook = replace(webhook, provider_webhook_id="")
        return await manager.register(webhook, credentials, address, webhook.events)

    async def _note(
        self, lease: dict[str, Any], webhook: Webhook, said: Registration, events: list[str]
    ) -> None:
        async with self._worker.database.begin() as connection:
            sealed = None
            if said.secret is not None and said.secret != webhook.secret:
                sealed = await seal_secret(connection, self._vault, webhook.user_id, webhook.id, said.secret)
            config = {**said.config, keeper_store.ADDRESS: own_url(self._worker.settings)}
            done = Registered(said.provider_webhook_id, events, config, sealed)
            await keeper_store.note_registered(connection, lease, done)

    async def _credentials_of(self, lease: dict[str, Any]) -> Credentials | None:
        if lease["credential_id"] is None:
            return None
        return await self._credentials.by_id(
            lease["user_id"], lease["credential_id"], provider=lease["provider"]
        )

    async def _failed(self, lease: dict[str, Any], error: Exception) -> None:
        is_leaving = lease["state"] == "removing"
        log.warning(
            "webhook.not_kept", webhook_id=lease["id"], state=lease["state"], error=type(error).__name__
        )
        try:
            async with self._worker.database.begin() as connection:
                if is_leaving and _is_hopeless(lease, error):
                    await keeper_store.note_removed(connection, lease)
                else:
                    again_in_s = None if isinstance(error, NotFound) else back_off_s(lease["attempts"], error)
                    problem = await self._scrubbed(lease, told(lease, error))
                    await keeper_store.note_failed(connection, lease, problem, again_in_s)
        except Exception as away:
            self._tell(away)

    async def _scrubbed(self, lease: dict[str, Any], text: str) -> str:
        """Without the secret of the credential, which a provider may repeat."""
        try:
            credentials = await self._credentials_of(lease)
        except BlockyardError:
            return text
        return text if credentials is None else scrubber_for([credentials]).text(text)

    def _tell(self, error: Exception) -> None:
        if is_away(error) or isinstance(error, BlockyardError):
            log.warning("keeper.database_away", error=str(error))
        else:
            log.error("keeper.failed", exc_info=error)


def back_off_s(attempts: int, error: Exception) -> float:
    """How long to wait after so many attempts; at least as long as the provider asks for."""
    doubled = min(_FIRST_BACK_OFF_S * 2.0 ** min(attempts - 1, 20), _LONGEST_BACK_OFF_S)
    asked = error.retry_after_s if isinstance(error, ProviderError) else None
    return float(max(doubled, asked or 0.0))


def told(lease: dict[str, Any], error: Exception) -> str:
    """What the person reads who looks why there are no events."""
    if isinstance(error, TimeoutError):
        return f"{lease['provider']} did not answer in time. It is tried again."
    if isinstance(error, NotFound):
        return keeper_store.NO_CREDENTIAL
    if isinstance(error, CredentialsError):
        return f"{error} Reconnect the credential; then it is tried again."
    if isinstance(error, BlockyardError):
        return str(error)
    return f"The manager of {lease['provider']} failed ({type(error).__name__}). See the server's log."


def _is_hopeless(lease: dict[str, Any], error: Exception) -> bool:
    """Whether a webhook cannot be taken away at the provider: what it sends is answered 404 from now on."""
    return isinstance(error, NotFound | Conflict | SealBroken) or lease["attempts"] >= _GIVE_UP_REMOVING_AFTER


def tell_webhooks(worker: Worker, webhook_ids: Collection[str]) -> None:
    """Let all processes know that these have changed, this one at once; after the transaction."""
    for webhook_id in webhook_ids:
        for hear in worker.hearers[WAKE]:
            hear(webhook_id)
        worker.send(WAKE, webhook_id)


async def try_again(worker: Worker, user_id: str, credential_id: str) -> None:
    """Let the keeper try what failed with a credential that has another secret now."""
    async with worker.database.begin() as connection:
        webhook_ids = await keeper_store.try_again(connection, user_id, credential_id)
    tell_webhooks(worker, webhook_ids)


async def await_kept(worker: Worker, user_id: str, webhook_ids: Collection[str], timeout_s: float) -> None:
    """Wait until the keeper has tried these webhooks, or the time is over."""
    if not webhook_ids:
        return
    heard = asyncio.Event()

    def hear(webhook_id: str) -> None:
        if webhook_id in webhook_ids:
            heard.set()

    worker.hearers[KEPT].append(hear)
    try:
        async with asyncio.timeout(timeout_s):
            while await _are_pending(worker, user_id, webhook_ids):
                heard.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(heard.wait(), 1.0)
    except TimeoutError:
        return
    finally:
        worker.hearers[KEPT].remove(hear)


async def _are_pending(worker: Worker, user_id: str, webhook_ids: Collection[str]) -> bool:
    async with worker.database.begin() as connection:
        rows = await webhook_store.read_webhooks(connection, user_id, webhook_ids)
    return any(row["state"] == "pending" for row in rows)


__all__ = ["KEPT", "WAKE", "Keeper", "await_kept", "back_off_s", "tell_webhooks", "told", "try_again"]
