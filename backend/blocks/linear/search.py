"""Find issues."""

from __future__ import annotations

from typing import Any

from backend.blocks.linear import _names as names
from backend.blocks.linear._api import LinearClient, LinearCredentials
from backend.blocks.linear._auth import LinearCredentialsField, LinearCredentialsInput
from backend.blocks.linear._base import MAX_ITEMS, LinearBlock
from backend.blocks.linear._samples import NAMES, RAW_ISSUE, SHORT_ISSUE, answering, given, page
from backend.blocks.linear._shapes import ISSUE_IN_SHORT, short_issue
from backend.data.block import AsyncBlockOutput
from backend.data.examples import says
from backend.data.model import BlockSchema, JsonObject, SchemaField

_NOBODY = "nobody"


class LinearSearchIssuesBlock(LinearBlock):
    """Find issues by words, team, state and assignee: one by one, then as a list.

    With words the best match comes first, without them what was changed last.
    """

    id = "566da356-f7d2-4b82-a48a-e3564db268b5"
    icon = "search"

    class Input(BlockSchema):
        text: str = SchemaField(
            default="", description="Words to look for; empty: all issues", max_length=1000, advanced=False
        )
        team: str = SchemaField(default="", description="Only of this team: its key or its name")
        state: str = SchemaField(default="", description="Only in the state of this name", placeholder="Todo")
        assignee: str = SchemaField(
            default="",
            description="Only of this person: e-mail address, name or display name; `me` is whoever is connected, "
            "`nobody` finds what is not assigned",
        )
        limit: int = SchemaField(
            default=50, ge=1, le=MAX_ITEMS, description="How many at most", advanced=True
        )
        credentials: LinearCredentialsInput = LinearCredentialsField("read")

    class Output(BlockSchema):
        issue: JsonObject = SchemaField(description=ISSUE_IN_SHORT, each=True)
        issues: list[JsonObject] = SchemaField(description="All of them")
        has_more: bool = SchemaField(description="Whether Linear has more than `limit`")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(text="Größe"),
        given(team="LIN", state="In Progress", assignee="ada", limit=1),
        given(assignee="nobody", limit=1),
        given(limit=0),
    ]
    test_output = [
        [("issue", SHORT_ISSUE), ("issues", [SHORT_ISSUE]), ("has_more", False)],
        [("issue", SHORT_ISSUE), ("issues", [SHORT_ISSUE]), ("has_more", True)],
        [("issue", SHORT_ISSUE), ("issues", [SHORT_ISSUE]), ("has_more", True)],
        [("error", says("limit"))],
    ]
    test_mock = answering(
        {
            **NAMES,
            "SearchIssues": {"searchIssues": page(RAW_ISSUE)},
            "Issues": {"issues": page(RAW_ISSUE, has_more=True)},
        }
    )

    async def run(
        self, input_data: Input, *, credentials: LinearCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        linear = self.linear(credentials)
        wanted = await _filter(linear, input_data)
        found = await linear.find_issues(input_data.text.strip(), wanted, most=input_data.limit)
        issues = [short_issue(raw) for raw in found.items]
        for issue in issues:
            yield "issue", issue
        yield "issues", issues
        yield "has_more", found.has_more


async def _filter(linear: LinearClient, asked: LinearSearchIssuesBlock.Input) -> JsonObject:
    """Source: https://linear.app/developers/filtering"""
    wanted: JsonObject = {}
    if asked.team.strip():
        wanted["team"] = {"id": {"eq": await names.team_id_of(linear, asked.team)}}
    if asked.state.strip():
        await names.check_state_name(linear, asked.state.strip())
        wanted["state"] = {"name": {"eqIgnoreCase": asked.state.strip()}}
    if asked.assignee.strip().lower() == _NOBODY:
        wanted["assignee"] = {"null": True}
    elif asked.assignee.strip():
        wanted["assignee"] = {"id": {"eq": await names.user_id_of(linear, asked.assignee)}}
    return wanted
