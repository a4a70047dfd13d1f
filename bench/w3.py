"""W3: one node gives out 1,000 values, each passes 3 nodes, a last one gathers them in order.

Measured from accepting the run to its final state on disk, with every firing in the journal.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from backend.app import App
from bench import floor, graphs, node_red
from bench.engine import data_folder, durable_run, engine, settings_for
from bench.figure import Figure
from bench.timing import Turns, by_turns


async def measure(*, with_peers: bool) -> AsyncIterator[Figure]:
    with data_folder() as folder:
        async with engine(settings_for(folder)) as app:
            turns = await fan_out(app)
    peer_ms = await node_red.own_ms("/w3") if with_peers else None
    yield Figure(
        "W3", "1,000 values through 3 nodes, gathered", "ms", turns.ours_ms, turns.floor_ms, peer_ms, 50.0,
        note="floor: an asyncio task for each value",
    )  # fmt: skip


async def fan_out(app: App, *, rounds: int = 7, times: int = 8) -> Turns:
    """Milliseconds for one run, by turns with the same on bare asyncio."""
    ours = await durable_run(app, graphs.fan_out())
    return await by_turns(ours, floor.fan_out, rounds=rounds, times=times)
