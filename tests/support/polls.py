"""A block that polls what a test gives it, and graphs that go live."""

from __future__ import annotations

from typing import Any

from backend.data import poll_store
from backend.data.block import Block, BlockCategory, BlockOutput, BlockPollConfig, PollRecord, PollResult
from backend.data.graph import Graph
from backend.data.graph_store import save_graph
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.data.user_store import LOCAL_USER_ID
from backend.data.version_store import set_published
from backend.executor.triggers.polls import go_live_polls
from backend.executor.worker import Worker
from tests.support import graphs


class NewsBlock(Block):
    """Gives what `answers` hold, one after the other; an exception is raised. Its `poll` is a plain function."""

    id = "0d8f4a52-6f1c-4a3d-9d5e-2b8b7f6f1b01"
    categories = {BlockCategory.LOGIC}
    pure = True
    poll_config = BlockPollConfig(interval_s=120)

    class Input(BlockSchema):
        topic: str = SchemaField(default="all")
        payload: JsonObject = SchemaField(hidden=True)

    class Output(BlockSchema):
        item: JsonObject = SchemaField()

    answers: list[Any] = []
    cursors: list[Any] = []

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        yield "item", input_data.payload

    def poll(self, input_data: Any, *, cursor: Any, **kwargs: Any) -> Any:
        self.cursors.append(cursor)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer


def listing(*ids: str, cursor: Any = None) -> PollResult:
    return PollResult([PollRecord(one, {"is": one}) for one in ids], cursor)


async def live(worker: Worker, graph: Graph) -> str:
    """Store, publish and let it go live; the id of its only poll."""
    async with worker.database.begin() as connection:
        saved = await save_graph(connection, LOCAL_USER_ID, graph)
        await set_published(connection, LOCAL_USER_ID, saved.id, saved.version)
        await go_live_polls(connection, LOCAL_USER_ID, saved, worker.programs._find_block)
        [row] = await poll_store.list_polls(connection, LOCAL_USER_ID, limit=2, graph_id=saved.id)
    return str(row["id"])


def news_graph(**constants: Any) -> Graph:
    made = graphs.graph([graphs.node("news", NewsBlock, **constants)], name="news")
    made.id = "01997e1c-0000-7000-8000-00000000aaaa"
    return made
