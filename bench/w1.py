"""W1: 40 nodes in a row: pure ones that compute fibonacci(10), and ones with effects that do nothing.

Measured from accepting the run to its final state on disk. Pure nodes are journaled behind, in one commit;
of nodes with effects each is on disk before the next one starts, so their floor is a bare commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from backend.app import App
from bench import floor, graphs, node_red
from bench.engine import data_folder, durable_run, engine, settings_for
from bench.figure import Figure
from bench.timing import Turns, by_turns

NODES = 40


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        async with engine(settings_for(folder)) as app:
            pure = await pure_nodes(app)
            effects = await effect_nodes(app)
    peer_ms = await node_red.own_ms("/w1") if with_peers else None
    yield Figure(
        "W1", f"{NODES} pure nodes in a row", "ms", pure.ours_ms, pure.floor_ms, peer_ms, 3.0,
        note="floor: an asyncio task each",
    )  # fmt: skip
    yield Figure(
        "W1", "a node with effects", "ms", effects.ours_ms / NODES, effects.floor_ms / NODES, None, 0.8,
        note="floor: one row inserted and committed",
    )  # fmt: skip


async def pure_nodes(app: App, *, rounds: int = 7, times: int = 50) -> Turns:
    """Milliseconds for a run of 40 pure nodes, by turns with the same on bare asyncio."""
    ours = await durable_run(app, graphs.fibonacci_row(NODES))
    return await by_turns(ours, lambda: floor.fibonacci_row(NODES), rounds=rounds, times=times)


async def effect_nodes(app: App, *, rounds: int = 7, times: int = 8) -> Turns:
    """Milliseconds for a run of 40 nodes with effects, by turns with 40 bare commits."""
    connection = await app.database.connect()
    try:
        ours = await durable_run(app, graphs.effect_row(NODES))
        return await by_turns(ours, await floor.commits(connection, NODES), rounds=rounds, times=times)
    finally:
        await connection.close()
