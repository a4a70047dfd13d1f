"""Graphs that go live: what their trigger nodes want becomes rows, and goes when they are taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import poll_store, schedule_store, trigger_store, webhook_store
from backend.data.credential_store import find_credential
from backend.data.draft_store import read_draft
from backend.data.graph import Graph
from backend.data.vault import Vault
from backend.executor.program import FindBlock
from backend.executor.triggers.answering import answering_nodes
from backend.executor.triggers.polls import go_live_polls
from backend.executor.triggers.settling import settle
from backend.executor.triggers.webhooks import new_secret, seal_secret
from backend.executor.triggers.wishes import Wish, trigger_nodes, wishes_of
from backend.integrations.credentials_store import is_platform_credential
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._base import SecretFrom
from backend.util.clock import new_id
from backend.util.errors import GraphInvalid, Problem


@dataclass(slots=True)
class Touched:
    """What going live, or being taken back, did to webhooks.

    `webhook_ids` are those that changed in any way; `for_keeper` of these the ones that it has work with; `secrets`
    the fresh ones that a person has to carry to a provider, by webhook: they are shown once.
    """

    webhook_ids: set[str]
    for_keeper: set[str] = field(default_factory=set[str])
    secrets: dict[str, str] = field(default_factory=dict[str, str])


async def trigger_problems(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock
) -> list[Problem]:
    """What keeps the triggers of a graph from going live."""
    wishes, problems = wishes_of(graph, find_block)
    for wish in wishes:
        if not await _has_credential(connection, user_id, wish.credential_id):
            problems.append(
                Problem(
                    "The credential with which this trigger's webhook would be made is not there any more.",
                    "Choose another.",
                    wish.node_id,
                )
            )
    return problems


async def _has_credential(connection: AsyncConnection, user_id: str, credential_id: str | None) -> bool:
    if credential_id is None or is_platform_credential(credential_id):
        return True
    return await find_credential(connection, user_id, credential_id) is not None


async def go_live(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock, vault: Vault
) -> Touched:
    """Let the triggers of this version start it, in place of those of another.

    Raises:
        GraphInvalid: see `trigger_problems`.
    """
    problems = await trigger_problems(connection, user_id, graph, find_block)
    if problems:
        raise GraphInvalid(tuple(problems))
    await webhook_store.lock_webhooks(connection, user_id)
    known = await trigger_store.triggers_of_graph(connection, user_id, graph.id)
    touched = Touched({str(row["webhook_id"]) for row in known.values()})
    answering = await answering_nodes(connection, user_id, graph, find_block)
    wishes, _ = wishes_of(graph, find_block, answering)
    for wish in wishes:
        webhook_id = await webhook_for(connection, user_id, wish, known.get(wish.node_id), vault, touched)
        await listen(connection, user_id, graph, wish, webhook_id, is_live=True)
    await _take_back(connection, user_id, graph, find_block, set(known) - {wish.node_id for wish in wishes})
    await go_live_polls(connection, user_id, graph, find_block)
    touched.for_keeper = await settle(connection, user_id, touched.webhook_ids)
    return touched


async def _take_back(
    connection: AsyncConnection, user_id: str, graph: Graph, find_block: FindBlock, node_ids: set[str]
) -> None:
    """Forget nodes that are gone from the graph and from its draft; the others only stop."""
    if not node_ids:
        return
    draft = (await read_draft(connection, user_id, graph.id)).graph
    there = {node.id for one in (graph, draft) for node, _ in trigger_nodes(one, find_block)}
    await trigger_store.stop_triggers(connection, user_id, graph.id, node_ids & there)
    await trigger_store.delete_triggers(connection, user_id, graph.id, node_ids - there)


async def stop(connection: AsyncConnection, user_id: str, graph_id: str) -> Touched:
    """Let nothing start the graph any more; addresses that people have pasted stay."""
    await webhook_store.lock_webhooks(connection, user_id)
    touched = await trigger_store.stop_triggers(connection, user_id, graph_id)
    await poll_store.stop_polls(connection, user_id, graph_id)
    return Touched(touched, await settle(connection, user_id, touched))


async def remove(connection: AsyncConnection, user_id: str, graph_id: str) -> Touched:
    """Forget all that starts a graph, which is being deleted."""
    await webhook_store.lock_webhooks(connection, user_id)
    touched = await trigger_store.delete_triggers(connection, user_id, graph_id)
    await poll_store.stop_polls(connection, user_id, graph_id)
    await schedule_store.stop_schedules(connection, user_id, graph_id)
    return Touched(touched, await settle(connection, user_id, touched))


async def listen(
    connection: AsyncConnection, user_id: str, graph: Graph, wish: Wish, webhook_id: str, *, is_live: bool
) -> None:
    """Let a node listen to a webhook; a live one starts this version of the graph, others none yet."""
    await trigger_store.put_trigger(
        connection,
        user_id,
        graph.id,
        wish.node_id,
        block_id=wish.block_id,
        webhook_id=webhook_id,
        events=list(wish.events),
        graph_version=graph.version if is_live else 0,
        is_live=is_live,
        answer_within_s=wish.answer_within_s,
    )


async def webhook_for(
    connection: AsyncConnection,
    user_id: str,
    wish: Wish,
    known: dict[str, Any] | None,
    vault: Vault,
    touched: Touched,
) -> str:
    """The webhook that a node wants: the one that it has where that still fits, a shared one, or a new one."""
    webhook_id: str | None = None
    if wish.is_automatic:
        webhook_id = await webhook_store.find_shared(
            connection,
            user_id,
            provider=wish.provider,
            credential_id=wish.credential_id,
            webhook_type=wish.webhook_type,
            resource=wish.resource,
        )
    elif (
        known is not None and not known["webhook_is_automatic"] and known["webhook_provider"] == wish.provider
    ):
        webhook_id = str(known["webhook_id"])
    if webhook_id is None:
        webhook_id, secret = await create_webhook(connection, user_id, wish, vault)
        if secret is not None and not wish.is_automatic:
            touched.secrets[webhook_id] = secret
    touched.webhook_ids.add(webhook_id)
    return webhook_id


async def create_webhook(
    connection: AsyncConnection, user_id: str, wish: Wish, vault: Vault
) -> tuple[str, str | None]:
    """A webhook of its own for a wish, and its secret where we make that."""
    webhook_id, secret, sealed = new_id(), None, None
    manager = manager_of(wish.provider)
    if manager is not None and (wish.is_automatic or manager.SECRET_FROM is SecretFrom.US):
        secret = new_secret()
        sealed = await seal_secret(connection, vault, user_id, webhook_id, secret)
    await webhook_store.create_webhook(
        connection,
        user_id,
        webhook_id,
        {
            "provider": wish.provider,
            "webhook_type": wish.webhook_type,
            "is_automatic": wish.is_automatic,
            "resource": wish.resource,
            "credential_id": wish.credential_id,
            "sealed": sealed,
            "state": "pending" if wish.is_automatic else "active",
        },
    )
    return webhook_id, secret
