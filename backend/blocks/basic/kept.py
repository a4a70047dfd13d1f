"""Values that outlive a run: kept under a key, read by later runs."""

from __future__ import annotations

from typing import Any, Literal

from backend.data.block import AsyncBlockOutput, Block, BlockCategory, Context, KeptScope
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField

Scope = Literal["within_agent", "across_agents"]
_SCOPES: dict[Scope, KeptScope] = {"within_agent": "graph", "across_agents": "user"}
_SCOPE = "For later runs of this graph, or of all your graphs"
LONGEST_KEY = 200


class PersistInformationBlock(Block):
    """Keep a value for later runs, in place of what was kept under the key."""

    id = "1d055e55-a2b9-4547-8311-907d05b0304d"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "archive"
    differences = ("A value of more than 1 MiB is refused, and null is kept like any other value.",)

    class Input(BlockSchema):
        key: str = SchemaField(
            description="What to call the value",
            placeholder="last_order",
            min_length=1,
            max_length=LONGEST_KEY,
        )
        value: Any = SchemaField(description="What to keep")
        scope: Scope = SchemaField(default="within_agent", description=_SCOPE)

    class Output(BlockSchema):
        value: Any = SchemaField(description="The value, once it is kept")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"key": "last_order", "value": {"id": 7, "city": "Zürich 😀"}},
        {"key": "count", "value": 0, "scope": "across_agents"},
        {"key": "nothing", "value": None},
        {"key": "", "value": 1},
        {"key": "k" * (LONGEST_KEY + 1), "value": 1},
        {"key": "a", "value": 1, "scope": "everywhere"},
        {"key": "a"},
    ]
    test_output = [
        [("value", {"id": 7, "city": "Zürich 😀"})],
        [("value", 0)],
        [("value", None)],
        [("error", says("key"))],
        [("error", says("key"))],
        [("error", says("scope"))],
        [("error", says("value"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        await context.keep_value(input_data.key, input_data.value, _SCOPES[input_data.scope])
        yield "value", input_data.value


class RetrieveInformationBlock(Block):
    """Read the value that a run has kept under a key; without one, the default."""

    id = "d8710fc9-6e29-481e-a7d5-165eb16f8471"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "archive-restore"
    static_output = True

    class Input(BlockSchema):
        key: str = SchemaField(description="What the value is called", min_length=1, max_length=LONGEST_KEY)
        scope: Scope = SchemaField(default="within_agent", description=_SCOPE)
        default_value: Any = SchemaField(default=None, description="Given when nothing is kept there")

    class Output(BlockSchema):
        value: Any = SchemaField(description="The value, for as long as the run lasts")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"key": "never kept", "default_value": {"é": []}},
        {"key": "never kept"},
        {"key": "never kept", "scope": "across_agents", "default_value": 0},
        {"key": ""},
        {"key": "a", "scope": 5},
    ]
    test_output = [
        [("value", {"é": []})],
        [("value", None)],
        [("value", 0)],
        [("error", says("key"))],
        [("error", says("scope"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        yield (
            "value",
            await context.kept_value(input_data.key, _SCOPES[input_data.scope], input_data.default_value),
        )


class ForgetInformationBlock(Block):
    """Forget the value that is kept under a key."""

    id = "6b567462-8d89-48a8-83d3-cd867a8a37b1"
    categories = {BlockCategory.BASIC, BlockCategory.DATA}
    icon = "archive-x"

    class Input(BlockSchema):
        key: str = SchemaField(description="What the value is called", min_length=1, max_length=LONGEST_KEY)
        scope: Scope = SchemaField(default="within_agent", description=_SCOPE)

    class Output(BlockSchema):
        was_kept: bool = SchemaField(description="Whether there was one")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"key": "größe"},
        {"key": "größe", "scope": "across_agents"},
        {"key": ""},
        {"key": "a", "scope": "nowhere"},
    ]
    test_output = [
        [("was_kept", False)],
        [("was_kept", False)],
        [("error", says("key"))],
        [("error", says("scope"))],
    ]

    async def run(self, input_data: Input, *, context: Context, **kwargs: Any) -> AsyncBlockOutput:
        yield "was_kept", await context.forget_value(input_data.key, _SCOPES[input_data.scope])
