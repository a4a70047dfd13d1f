"""Which webhook a node of a draft listens to, before its graph is published."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import trigger_store, webhook_store
from backend.data.draft_store import read_draft
from backend.data.graph import Graph
from backend.data.version_store import lock_graph
from backend.executor.triggers import live
from backend.executor.triggers.answering import answering_nodes
from backend.executor.triggers.keeper import tell_webhooks
from backend.executor.triggers.settling import settle
from backend.executor.triggers.wishes import Wish, wish_of
from backend.server.graph_triggers import triggers_told
from backend.server.state import App
from backend.util.errors import Conflict, NotFound


async def give_webhook(
    app: App, user_id: str, graph_id: str, node_id: str, webhook_id: str | None
) -> dict[str, Any]:
    """Let a node of the draft listen to a webhook of its own, or to one that is named; how it stands then.

    Raises:
        NotFound: the graph or the webhook is not there, or another user's.
        BadInput: the node is no trigger, or something is wrong with it.
        Conflict: the webhook is another provider's, or is made through the provider's API.
    """
    async with app.database.begin() as connection:
        row = await lock_graph(connection, user_id, graph_id)
        draft = (await read_draft(connection, user_id, graph_id)).graph
        answering = await answering_nodes(connection, user_id, draft, app.catalogue.find)
        wish = wish_of(draft, node_id, app.catalogue.find, answering)
        if wish.is_automatic:
            raise Conflict(
                f"The webhook of {node_id!r} is made through the API of {wish.provider}: publish the graph, or listen "
                "for a test event."
            )
        await webhook_store.lock_webhooks(connection, user_id)
        known = (await trigger_store.triggers_of_graph(connection, user_id, graph_id)).get(node_id)
        touched = live.Touched({str(known["webhook_id"])} if known else set())
        if webhook_id is None:
            webhook_id = await live.webhook_for(connection, user_id, wish, known, app.vault, touched)
        else:
            await _check(connection, user_id, wish, webhook_id)
            touched.webhook_ids.add(webhook_id)
        await point(connection, user_id, draft, wish, webhook_id, known)
        await settle(connection, user_id, touched.webhook_ids)
        told = await triggers_told(
            connection, app.settings, user_id, graph_id, row["published_version"], app.catalogue.find
        )
    tell_webhooks(app.worker, touched.webhook_ids)
    here = next(one for one in told if one["node_id"] == node_id)
    return {**here, "secret": touched.secrets.get(webhook_id)}


async def _check(connection: AsyncConnection, user_id: str, wish: Wish, webhook_id: str) -> None:
    found = await webhook_store.find_webhook(connection, user_id, webhook_id)
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id!r}.")
    if found["provider"] != wish.provider or found["is_automatic"]:
        raise Conflict(
            f"The webhook {webhook_id!r} is not one of {wish.provider} that was made by hand or for a graph. Choose "
            f"one of GET /api/integrations/{wish.provider}/webhooks."
        )


async def point(
    connection: AsyncConnection,
    user_id: str,
    graph: Graph,
    wish: Wish,
    webhook_id: str,
    known: dict[str, Any] | None,
) -> None:
    """Let a node listen to this webhook; one that is live goes on starting the published version."""
    if known is not None:
        changes: dict[str, Any] = {"webhook_id": webhook_id}
        if not known["is_live"]:
            changes |= {
                "events": list(wish.events),
                "block_id": wish.block_id,
                "answer_within_s": wish.answer_within_s,
            }
        await trigger_store.change_trigger(connection, user_id, graph.id, wish.node_id, changes)
        return
    await live.listen(connection, user_id, graph, wish, webhook_id, is_live=False)
