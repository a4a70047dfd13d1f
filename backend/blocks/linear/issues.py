"""Issues: create, change, read."""

from __future__ import annotations

from typing import Any, Literal

from backend.blocks.linear import _names as names
from backend.blocks.linear._api import LinearClient, LinearCredentials
from backend.blocks.linear._auth import LinearCredentialsField, LinearCredentialsInput
from backend.blocks.linear._base import ISSUE_HELP, MAX_ITEMS, PRIORITIES, LinearBlock, Priority
from backend.blocks.linear._samples import (
    GONE,
    ISSUE_ID,
    NAMES,
    RAW_COMMENT,
    RAW_ISSUE,
    SHORT_COMMENT,
    SHORT_ISSUE,
    answering,
    given,
    page,
)
from backend.blocks.linear._shapes import COMMENT_IN_SHORT, ISSUE_IN_SHORT, short_comment, short_issue
from backend.data.block import AsyncBlockOutput, BlockData
from backend.data.examples import says
from backend.data.json_parts import text_at
from backend.data.model import BlockSchema, JsonObject, SchemaField
from backend.util.errors import InvalidInput

_URL = RAW_ISSUE["url"]
_UNCHANGED = "unchanged"
_NOBODY = "nobody"
_ASSIGNEE_HELP = "e-mail address, name or display name; `me` is whoever is connected"
_MADE: list[BlockData] = [
    ("identifier", "LIN-123"),
    ("id", ISSUE_ID),
    ("url", _URL),
    ("issue", SHORT_ISSUE),
]


class _ChangedIssue(BlockSchema):
    identifier: str = SchemaField(description="What people call it, such as LIN-123")
    id: str = SchemaField(description="Its id")
    url: str = SchemaField(description="Its address")
    issue: JsonObject = SchemaField(description=ISSUE_IN_SHORT)
    error: str = SchemaField(description="Why it failed")


class LinearCreateIssueBlock(LinearBlock):
    """Create an issue in a team. A repetition after a crash creates no second one."""

    id = "972ddf4a-69bf-47ff-a1d6-dbc263ecc335"
    icon = "circle-plus"

    class Input(BlockSchema):
        team: str = SchemaField(description="The team: its key or its name", placeholder="ENG")
        title: str = SchemaField(description="The title", min_length=1, max_length=255)
        description: str = SchemaField(
            default="", description="The text, in Markdown", format="long-text", advanced=False
        )
        priority: Priority = SchemaField(default="none", description="How urgent it is")
        assignee: str = SchemaField(default="", description=f"Who does it: {_ASSIGNEE_HELP}; empty: nobody")
        labels: list[str] = SchemaField(
            default_factory=list[str], description="Names of labels it gets", max_length=50
        )
        project: str = SchemaField(
            default="", description="The name of the project it belongs to", advanced=True
        )
        credentials: LinearCredentialsInput = LinearCredentialsField("write")

    class Output(_ChangedIssue):
        pass

    test_input = [
        given(team="LIN", title="Größe"),
        given(
            team="Linear",
            title="Größe",
            description="It is wrong.",
            priority="high",
            assignee="ada@example.com",
            labels=["Bug"],
            project="Apollo",
        ),
        given(team="LIN", title="Größe", labels=["Bug", "Gone", "Lost"]),
        given(team="LIN", title=""),
        given(team=" ", title="Größe"),
    ]
    test_output = [
        _MADE,
        _MADE,
        [("error", says("no label", "'Gone', 'Lost'"))],
        [("error", says("title"))],
        [("error", says("team is empty", "ENG"))],
    ]
    test_mock = answering({**NAMES, "CreateIssue": {"issueCreate": {"success": True, "issue": RAW_ISSUE}}})

    async def run(
        self, input_data: Input, *, credentials: LinearCredentials, idempotency_key: str, **kwargs: Any
    ) -> AsyncBlockOutput:
        linear = self.linear(credentials)
        fields = await _new_fields(linear, input_data)
        raw = await linear.create_issue(fields, idempotency_key=idempotency_key)
        for pair in _changed(raw):
            yield pair


class LinearUpdateIssueBlock(LinearBlock):
    """Change an issue: its state, assignee, priority, title, text, labels or project. What is left alone stays."""

    id = "a64fe093-c752-4f70-ad2f-814668f4b0c9"
    icon = "pencil"

    class Input(BlockSchema):
        issue: str = SchemaField(description=ISSUE_HELP, placeholder="LIN-123")
        state: str = SchemaField(
            default="", description="The name of its new state; empty: as it is", placeholder="In Progress"
        )
        assignee: str = SchemaField(
            default="", description=f"Who does it: {_ASSIGNEE_HELP}; `nobody` takes it away; empty: as it is"
        )
        priority: Literal["unchanged", "none", "urgent", "high", "medium", "low"] = SchemaField(
            default="unchanged", description="How urgent it is"
        )
        title: str = SchemaField(
            default="", description="The new title; empty: as it is", max_length=255, advanced=True
        )
        description: str = SchemaField(
            default="",
            description="The new text, in Markdown; empty: as it is",
            format="long-text",
            advanced=True,
        )
        add_labels: list[str] = SchemaField(
            default_factory=list[str], description="Labels it gets", max_length=50, advanced=True
        )
        remove_labels: list[str] = SchemaField(
            default_factory=list[str], description="Labels it loses", max_length=50, advanced=True
        )
        project: str = SchemaField(
            default="", description="The name of its new project; empty: as it is", advanced=True
        )
        credentials: LinearCredentialsInput = LinearCredentialsField("write")

    class Output(_ChangedIssue):
        pass

    test_input = [
        given(issue="lin-123", state="in progress", assignee="Ada Lovelace", priority="high"),
        given(issue=_URL, assignee="nobody", add_labels=["bug"], remove_labels=["Bug"], project="Apollo"),
        given(issue="LIN-123", state="Nowhere"),
        given(issue="LIN-123"),
        given(issue="the first one", title="Größe"),
        given(issue=GONE, title="Größe"),
    ]
    test_output = [
        _MADE,
        _MADE,
        [("error", says("no state 'Nowhere'", "In Progress"))],
        [("error", says("nothing to change"))],
        [("error", says("'the first one'", "LIN-123"))],
        [("error", says("Could not find referenced Issue", "identifier"))],
    ]
    test_mock = answering(
        {
            **NAMES,
            "Issue": {"issue": RAW_ISSUE},
            "UpdateIssue": {"issueUpdate": {"success": True, "issue": RAW_ISSUE}},
        }
    )

    async def run(
        self, input_data: Input, *, credentials: LinearCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        linear = self.linear(credentials)
        issue_id = names.issue_id_of(input_data.issue)
        fields = await _changed_fields(linear, issue_id, input_data)
        if not fields:
            raise InvalidInput("There is nothing to change. Give a state, an assignee or another input.")
        for pair in _changed(await linear.update_issue(issue_id, fields)):
            yield pair


class LinearReadIssueBlock(LinearBlock):
    """Read an issue with its comments, the oldest comment first. What is empty emits nothing."""

    id = "cc2f8a7d-5f25-456d-9a74-fd3230f271e5"
    icon = "circle-dot"

    class Input(BlockSchema):
        issue: str = SchemaField(description=ISSUE_HELP, placeholder="LIN-123")
        comment_limit: int = SchemaField(
            default=50,
            ge=0,
            le=MAX_ITEMS,
            description="How many comments at most: the newest ones",
            advanced=True,
        )
        credentials: LinearCredentialsInput = LinearCredentialsField("read")

    class Output(BlockSchema):
        title: str = SchemaField(description="The title")
        description: str = SchemaField(description="The text, in Markdown")
        state: str = SchemaField(description="The name of its state")
        assignee: str = SchemaField(description="The name of who does it")
        url: str = SchemaField(description="Its address")
        issue: JsonObject = SchemaField(description=ISSUE_IN_SHORT)
        comment: JsonObject = SchemaField(description=COMMENT_IN_SHORT, each=True)
        comments: list[JsonObject] = SchemaField(description="All of the comments")
        error: str = SchemaField(description="Why it failed")

    test_input = [
        given(issue="LIN-123"),
        given(issue="LIN-123", comment_limit=0),
        given(issue="123"),
        given(issue=GONE),
    ]
    test_output = [
        [
            ("title", "Größe"),
            ("description", "It is wrong."),
            ("state", "In Progress"),
            ("assignee", "Ada Lovelace"),
            ("url", _URL),
            ("issue", SHORT_ISSUE),
            ("comment", SHORT_COMMENT),
            ("comments", [SHORT_COMMENT]),
        ],
        [
            ("title", "Größe"),
            ("description", "It is wrong."),
            ("state", "In Progress"),
            ("assignee", "Ada Lovelace"),
            ("url", _URL),
            ("issue", SHORT_ISSUE),
            ("comments", []),
        ],
        [("error", says("'123'", "LIN-123"))],
        [("error", says("Could not find referenced Issue", "identifier"))],
    ]
    test_mock = answering(
        {"Issue": {"issue": RAW_ISSUE}, "IssueComments": {"issue": {"comments": page(RAW_COMMENT)}}}
    )

    async def run(
        self, input_data: Input, *, credentials: LinearCredentials, **kwargs: Any
    ) -> AsyncBlockOutput:
        linear, issue_id = self.linear(credentials), names.issue_id_of(input_data.issue)
        issue = short_issue(await linear.read_issue(issue_id))
        for pin in ("title", "description", "state", "assignee", "url"):
            if issue[pin]:
                yield pin, issue[pin]
        yield "issue", issue
        comments = await _comments(linear, issue_id, input_data.comment_limit)
        for comment in comments:
            yield "comment", comment
        yield "comments", comments


def _changed(raw: JsonObject) -> list[BlockData]:
    issue = short_issue(raw)
    return [*((pin, issue[pin]) for pin in ("identifier", "id", "url")), ("issue", issue)]


async def _comments(linear: LinearClient, issue_id: str, limit: int) -> list[JsonObject]:
    """Linear gives the newest first."""
    if not limit:
        return []
    found = await linear.read_comments(issue_id, most=limit)
    return [short_comment(raw) for raw in reversed(found.items)]


async def _new_fields(linear: LinearClient, asked: LinearCreateIssueBlock.Input) -> JsonObject:
    team_id = await names.team_id_of(linear, asked.team)
    fields: JsonObject = {
        "teamId": team_id,
        "title": asked.title,
        "priority": PRIORITIES.index(asked.priority),
    }
    if asked.description:
        fields["description"] = asked.description
    if asked.assignee.strip():
        fields["assigneeId"] = await names.user_id_of(linear, asked.assignee)
    if asked.labels:
        fields["labelIds"] = await names.label_ids_of(linear, asked.labels, team_id)
    if asked.project.strip():
        fields["projectId"] = await names.project_id_of(linear, asked.project)
    return fields


async def _changed_fields(
    linear: LinearClient, issue_id: str, asked: LinearUpdateIssueBlock.Input
) -> JsonObject:
    fields: JsonObject = {
        key: value for key, value in (("title", asked.title), ("description", asked.description)) if value
    }
    if asked.priority != _UNCHANGED:
        fields["priority"] = PRIORITIES.index(asked.priority)
    if asked.assignee.strip():
        is_nobody = asked.assignee.strip().lower() == _NOBODY
        fields["assigneeId"] = None if is_nobody else await names.user_id_of(linear, asked.assignee)
    if asked.project.strip():
        fields["projectId"] = await names.project_id_of(linear, asked.project)
    return fields | await _fields_of_team(linear, issue_id, asked)


async def _fields_of_team(
    linear: LinearClient, issue_id: str, asked: LinearUpdateIssueBlock.Input
) -> JsonObject:
    """States and labels belong to teams, so the issue is read for them."""
    if not (asked.state.strip() or asked.add_labels or asked.remove_labels):
        return {}
    team_id = text_at(await linear.read_issue(issue_id), "team", "id")
    fields: JsonObject = {}
    if asked.state.strip():
        fields["stateId"] = await names.state_id_of(linear, asked.state, team_id)
    for key, labels in (("addedLabelIds", asked.add_labels), ("removedLabelIds", asked.remove_labels)):
        if labels:
            fields[key] = await names.label_ids_of(linear, labels, team_id)
    return fields
