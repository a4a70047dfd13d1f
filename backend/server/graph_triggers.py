"""What starts a graph from outside, told node by node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backend.data import poll_store, schedule_store, trigger_store
from backend.data.draft_store import read_draft
from backend.data.graph import Graph, Node
from backend.data.model import JsonObject
from backend.data.version_store import load_graph
from backend.executor.program import FindBlock
from backend.executor.triggers import polls
from backend.executor.triggers.keeper import await_kept, tell_webhooks
from backend.executor.triggers.live import Touched
from backend.integrations.webhooks import manager_of
from backend.server.state import App
from backend.server.webhook_views import address_of, problem_of, setup_of
from backend.util.settings import Settings

_MOST = 200
_KEPT_WITHIN_S = 10.0
_NONE: JsonObject = {"state": "none", "problem": "", "provider": "", "setup": "", "events": []}


async def triggers_told(
    connection: AsyncConnection,
    settings: Settings,
    user_id: str,
    graph_id: str,
    published_version: int | None,
    find_block: FindBlock,
) -> list[JsonObject]:
    """The trigger nodes of the published version and of the draft, in their order."""
    draft = (await read_draft(connection, user_id, graph_id)).graph
    published = None
    if published_version is not None:
        published = await load_graph(connection, user_id, graph_id, published_version)
    in_draft, in_published = _nodes(draft, find_block), _nodes(published, find_block)
    rows = await trigger_store.triggers_of_graph(connection, user_id, graph_id)
    last = await trigger_store.last_deliveries(
        connection, user_id, {row["webhook_id"] for row in rows.values()}
    )
    asked = await poll_store.list_polls(connection, user_id, limit=_MOST, graph_id=graph_id)
    by_node = {row["node_id"]: row for row in asked}
    told: list[JsonObject] = []
    for node_id, node in {**in_published, **in_draft}.items():
        block = find_block(node.block_id)
        is_webhook = block is not None and block.webhook_config is not None
        row = rows.get(node_id) if is_webhook else None
        seen = _poll(by_node.get(node_id)) if not is_webhook else _webhook(settings, row, _provider(block))
        told.append(
            {
                **_NONE,
                "node_id": node_id,
                "label": node.label,
                "kind": "webhook" if is_webhook else "poll",
                "block_id": node.block_id,
                "in_draft": node_id in in_draft,
                "in_published": node_id in in_published,
                **seen,
                "last_delivery_at": None if row is None else last.get(row["webhook_id"]),
            }
        )
    return told


async def told_live(
    app: App, user_id: str, graph_id: str, published_version: int | None, touched: Touched
) -> list[JsonObject]:
    """The triggers of a graph that went live or was taken back, once the keeper has tried what it has to do.

    Fresh secrets are told here, once.
    """
    tell_webhooks(app.worker, touched.webhook_ids)
    if published_version is not None:
        app.worker.send(polls.SIGNAL, graph_id)
        await await_kept(app.worker, user_id, touched.for_keeper, _KEPT_WITHIN_S)
    async with app.database.begin() as connection:
        told = await triggers_told(
            connection, app.settings, user_id, graph_id, published_version, app.catalogue.find
        )
    return [{**one, "secret": touched.secrets.get(one.get("webhook_id", ""))} for one in told]


async def schedules_told(connection: AsyncConnection, user_id: str, graph_id: str) -> list[JsonObject]:
    """When the graph runs by the clock."""
    return await schedule_store.list_schedules(connection, user_id, limit=_MOST, graph_id=graph_id)


def _nodes(graph: Graph | None, find_block: FindBlock) -> dict[str, Node]:
    """The trigger nodes by id."""
    found: dict[str, Node] = {}
    for node in graph.nodes if graph is not None else ():
        block = find_block(node.block_id)
        if block is not None and (block.webhook_config or block.poll_config):
            found[node.id] = node
    return found


def _provider(block: Any) -> str:
    manager = manager_of(block.webhook_config.provider)
    return "" if manager is None else manager.PROVIDER_NAME.value


def _webhook(settings: Settings, row: Mapping[str, Any] | None, provider: str) -> JsonObject:
    if row is None:
        return {"provider": provider, "is_live": False}
    webhook = {
        "id": row["webhook_id"],
        "provider": row["webhook_provider"],
        "is_automatic": row["webhook_is_automatic"],
        "problem": row["webhook_problem"],
    }
    return {
        "is_live": row["is_live"],
        "state": row["webhook_state"],
        "problem": problem_of(webhook, has_secret=row["webhook_has_secret"]),
        "provider": row["webhook_provider"],
        "webhook_id": row["webhook_id"],
        "is_automatic": row["webhook_is_automatic"],
        "setup": setup_of(webhook),
        "events": row["events"],
        **address_of(settings, row["webhook_provider"], row["webhook_id"]),
    }


def _poll(row: Mapping[str, Any] | None) -> JsonObject:
    if row is None:
        return {"is_live": False}
    return {
        "is_live": True,
        "state": "failed" if row["problem"] else "active",
        "problem": row["problem"],
        "next_poll_at": row["next_at"],
    }
