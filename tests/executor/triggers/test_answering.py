"""Which nodes may answer the sender of a delivery: also those whose graphs do."""

from __future__ import annotations

from backend.blocks import Catalogue
from backend.blocks.agent.run_graph import AgentExecutorBlock
from backend.blocks.basic.respond import RespondToCallerBlock
from backend.blocks.example.triggers import ExampleTriggerBlock
from backend.data.db import Database
from backend.data.graph import Graph, Node
from backend.data.graph_store import save_graph
from backend.data.user_store import LOCAL_USER_ID
from backend.executor.triggers.answering import answering_nodes

SAY = Node(id="say", block_id=RespondToCallerBlock.id)


def running(graph_id: str, **more: object) -> Node:
    return Node(id="agent", block_id=AgentExecutorBlock.id, input_default={"graph_id": graph_id, **more})


async def found(database: Database, blocks: Catalogue, *nodes: Node) -> set[str]:
    graph = Graph(
        name="parent", nodes=[Node(id="trigger", block_id=ExampleTriggerBlock.id), *nodes], links=[]
    )
    async with database.begin() as connection:
        return set(await answering_nodes(connection, LOCAL_USER_ID, graph, blocks.find))


async def stored(database: Database, graph_id: str, *nodes: Node) -> str:
    async with database.begin() as connection:
        return (
            await save_graph(
                connection, LOCAL_USER_ID, Graph(id=graph_id, name=graph_id, nodes=list(nodes), links=[])
            )
        ).id


async def test_a_block_that_answers_is_found_unless_it_is_disabled(
    database: Database, blocks: Catalogue
) -> None:
    assert await found(database, blocks, SAY) == {"say"}
    assert await found(database, blocks, SAY.model_copy(update={"disabled": True})) == set()


async def test_a_node_is_found_whose_graph_answers_however_deep(
    database: Database, blocks: Catalogue
) -> None:
    below = await stored(database, "below", SAY)
    between = await stored(database, "between", running(below))
    assert await found(database, blocks, running(between)) == {"agent"}
    assert await found(database, blocks, running(below, graph_version=1)) == {"agent"}
    assert await found(database, blocks, running(below, graph_version=2)) == set()
    assert await found(database, blocks, running("nowhere")) == set()


async def test_graphs_in_a_circle_are_looked_into_once(database: Database, blocks: Catalogue) -> None:
    await stored(database, "one", running("two"))
    await stored(database, "two", running("one"))
    assert await found(database, blocks, running("one")) == set()
