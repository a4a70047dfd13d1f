"""A Linear of a few answers, for the blocks' examples: the client is the real one, only the wire is replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from backend.blocks.linear._api import LinearClient, LinearCredentials
from backend.blocks.linear._auth import TEST_CREDENTIALS_INPUT
from backend.blocks.linear._shapes import short_comment, short_issue
from backend.data.model import JsonObject
from backend.util.http_messages import Headers, Reply, Send

if TYPE_CHECKING:
    from backend.util.http_transport import AsyncTransport

ISSUE_ID = "539068e2-ae88-4d09-bd75-22eb4a59612f"
TEAM_ID = "9cfb482a-81e3-4154-b5b9-2c805e70a02d"
STATE_ID = "2b8d4f3e-0c3a-4d55-8f2e-57a9b1c5d901"
USER_ID = "b5ea5f1f-8adc-4f52-b4bd-ab4e84cf51ba"
LABEL_ID = "7f0c5c02-3d1f-4b4b-9d57-0f4a1a9a6a11"
PROJECT_ID = "e3b2f0a4-6c0d-4f0e-8a8e-1d2c3b4a5f60"
GONE = "LIN-404"
COMMENT_ID = "41f2a0c5-9b0e-4c8a-8a53-6b2c1d0e9f87"
ADA: JsonObject = {"id": USER_ID, "name": "Ada Lovelace", "email": "ada@example.com"}

RAW_ISSUE: JsonObject = {
    "id": ISSUE_ID, "identifier": "LIN-123", "title": "Größe", "description": "It is wrong.",
    "url": "https://linear.app/acme/issue/LIN-123/groesse", "branchName": "ada/lin-123-groesse", "priority": 2.0,
    "priorityLabel": "High", "estimate": None, "dueDate": None, "createdAt": "2025-07-01T10:00:00.000Z",
    "updatedAt": "2025-07-01T11:00:00.000Z", "completedAt": None,
    "state": {"id": STATE_ID, "name": "In Progress", "type": "started"},
    "team": {"id": TEAM_ID, "key": "LIN", "name": "Linear"}, "assignee": ADA, "creator": ADA, "project": None,
    "labels": {"nodes": [{"id": LABEL_ID, "name": "Bug"}]},
}  # fmt: skip
SHORT_ISSUE = short_issue(RAW_ISSUE)
RAW_COMMENT: JsonObject = {
    "id": COMMENT_ID, "body": "Yes", "url": f"{RAW_ISSUE['url']}#comment-41f2a0c5",
    "createdAt": "2025-07-01T10:30:00.000Z", "updatedAt": "2025-07-01T10:30:00.000Z", "user": ADA,
    "botActor": None, "externalUser": None, "parent": None,
}  # fmt: skip
SHORT_COMMENT = short_comment(RAW_COMMENT)

_NO_ISSUE: JsonObject = {
    "data": None,
    "errors": [
        {
            "message": "Entity not found: Issue",
            "path": ["issue"],
            "extensions": {
                "type": "invalid input",
                "code": "INPUT_ERROR",
                "statusCode": 400,
                "userError": True,
                "userPresentableMessage": "Could not find referenced Issue.",
            },
        }
    ],
}


def given(**inputs: Any) -> JsonObject:
    """Inputs of an example, with its credential."""
    return {**inputs, "credentials": TEST_CREDENTIALS_INPUT}


def page(*nodes: JsonObject, has_more: bool = False) -> JsonObject:
    """A page of a list."""
    cursor = nodes[-1]["id"] if nodes else None
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": has_more, "endCursor": cursor}}


def named(key: str, *nodes: JsonObject) -> JsonObject:
    """What a search for a name finds."""
    return {key: {"nodes": list(nodes)}}


NAMES: dict[str, JsonObject] = {
    "Teams": named("teams", {"id": TEAM_ID, "key": "LIN", "name": "Linear"}),
    "Users": named("users", {**ADA, "displayName": "ada"}),
    "WorkflowStates": named(
        "workflowStates", {"id": STATE_ID, "name": "In Progress", "team": {"id": TEAM_ID}}
    ),
    "IssueLabels": named("issueLabels", {"id": LABEL_ID, "name": "Bug", "team": None}),
    "Projects": named("projects", {"id": PROJECT_ID, "name": "Apollo"}),
}
"""By operation: what every name stands for."""


def answering(operations: Mapping[str, JsonObject]) -> dict[str, Any]:
    """A `test_mock`: the data of each operation. The issue `GONE` is not there."""

    def linear(credentials: LinearCredentials) -> LinearClient:
        return LinearClient(credentials, transport=cast("AsyncTransport", _Wire(operations)))

    return {"linear": linear}


class _Wire:
    """Stands for `AsyncTransport`."""

    def __init__(self, operations: Mapping[str, JsonObject]) -> None:
        self._operations = operations

    async def send(self, send: Send) -> Reply:
        asked = json.loads(send.hop.body)
        is_gone = asked["variables"].get("id") == GONE
        answer = _NO_ISSUE if is_gone else {"data": self._operations[asked["operationName"]]}
        return Reply(200, Headers([("content-type", "application/json")]), json.dumps(answer).encode())
