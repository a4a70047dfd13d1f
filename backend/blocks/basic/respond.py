"""Answer whoever started the run and waits for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from backend.data.block import Block, BlockCategory, BlockOutput, Execution, SyncContext
from backend.data.examples import says
from backend.data.model import BlockSchema, SchemaField
from backend.util.errors import BlockError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]{0,4000}")
MOST_HEADERS = 50
OURS = frozenset(
    [
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "set-cookie",
        "transfer-encoding",
        "upgrade",
    ]
)
"""Headers that the server sets itself, or that would log somebody in or out."""


class RespondToCallerBlock(Block):
    """Answer whoever started the run and waits for it; the run goes on. The first answer counts.

    A caller is a webhook that answers, or an API call with `wait`.
    """

    id = "74576eba-e1a6-417e-8fe2-74182adff1f0"
    categories = {BlockCategory.OUTPUT, BlockCategory.HTTP}
    icon = "reply"
    is_recorded = True

    class Input(BlockSchema):
        body: Any = SchemaField(default=None, description="What to answer: JSON, or a text as it is")
        status: int = SchemaField(default=200, description="The HTTP status", ge=200, le=599)
        headers: dict[str, str] = SchemaField(
            default_factory=dict[str, str], description="Headers by name", advanced=True
        )

    class Output(BlockSchema):
        is_first: bool = SchemaField(description="Whether this was the answer; false: there was one before")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        {"body": {"accepted": True, "city": "Zürich"}, "status": 202, "headers": {"X-Order": "7"}},
        {},
        {"body": "just text"},
        {"body": 1, "status": 99},
        {"headers": {"Set-Cookie": "a=b"}},
        {"headers": {"X": "a\r\nSet-Cookie: b"}},
        {"headers": {"a b": "c"}},
        {"headers": {f"X-{n}": "1" for n in range(MOST_HEADERS + 1)}},
    ]
    test_output = [
        [("is_first", True)],
        [("is_first", True)],
        [("is_first", True)],
        [("error", says("status"))],
        [("error", says("Set-Cookie"))],
        [("error", says("'X'"))],
        [("error", says("'a b'"))],
        [("error", says("50"))],
    ]

    @cached_property
    def execution(self) -> Execution:
        """Within the loop: all that it does is to say what goes into the journal."""
        return Execution.INLINE

    def run(self, input_data: Input, *, context: SyncContext, **kwargs: Any) -> BlockOutput:
        _check(input_data.headers)
        yield "is_first", context.respond(input_data.status, input_data.headers, input_data.body)


def _check(headers: Mapping[str, str]) -> None:
    """
    Raises:
        BlockError: a header cannot be sent, or not by a graph; the message names it.
    """
    if len(headers) > MOST_HEADERS:
        raise BlockError(f"There are {len(headers)} headers, and {MOST_HEADERS} are the most. Send fewer.")
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise BlockError(f"{name[:100]!r} is no name of a header. Use letters, digits and hyphens.")
        if name.lower() in OURS:
            raise BlockError(f"The header {name!r} is set by the server. Leave it out.")
        if not _VALUE.fullmatch(value):
            raise BlockError(
                f"The value of the header {name!r} is too long or has characters that none may have."
            )
