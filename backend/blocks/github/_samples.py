"""A GitHub of a few answers, for the blocks' examples: the client is the real one, only the wire is replaced."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from backend.blocks.github._auth import TEST_CREDENTIALS_INPUT, GithubCredentials
from backend.data.model import JsonObject
from backend.integrations.github.client import GithubClient
from backend.util.http_messages import Headers, Reply, Send

if TYPE_CHECKING:
    from backend.util.http_transport import AsyncTransport

REPO = "https://github.com/octocat/hello"
ISSUE = f"{REPO}/issues/1"
PULL = f"{REPO}/pull/2"
OCTOCAT: JsonObject = {"login": "octocat", "id": 583231, "type": "User"}
_TIMES: JsonObject = {"created_at": "2025-07-01T10:00:00Z", "updated_at": "2025-07-01T11:00:00Z"}

RAW_ISSUE: JsonObject = {
    "number": 1, "title": "Größe", "body": "It is wrong.", "html_url": ISSUE, "state": "open", "user": OCTOCAT,
    "labels": [{"name": "bug"}], "assignees": [OCTOCAT], "comments": 1, **_TIMES,
}  # fmt: skip
SHORT_ISSUE: JsonObject = {
    "title": "Größe", "url": ISSUE, "number": 1, "state": "open", "user": "octocat", "labels": ["bug"],
    "assignees": ["octocat"], "comments": 1, "is_pull_request": False, **_TIMES,
}  # fmt: skip
RAW_PULL: JsonObject = {
    "number": 2, "title": "Mend it", "body": "Closes #1", "html_url": PULL, "state": "open", "user": OCTOCAT,
    "head": {"ref": "mend", "sha": "abc"}, "base": {"ref": "main", "sha": "def"}, "draft": False, "labels": [],
    "merged": False, **_TIMES,
}  # fmt: skip
SHORT_PULL: JsonObject = {
    "title": "Mend it", "url": PULL, "number": 2, "state": "open", "user": "octocat", "head": "mend",
    "base": "main", "is_draft": False, "labels": [], **_TIMES,
}  # fmt: skip
COMMENT_URL = f"{ISSUE}#issuecomment-7"
RAW_COMMENT: JsonObject = {
    "id": 7, "body": "Yes", "user": OCTOCAT, "html_url": COMMENT_URL, "created_at": "2025-07-01T10:30:00Z",
}  # fmt: skip
SHORT_COMMENT: JsonObject = {
    "id": 7, "body": "Yes", "user": "octocat", "url": COMMENT_URL, "created_at": "2025-07-01T10:30:00Z",
}  # fmt: skip
GONE = "https://github.com/octocat/gone"


def given(**inputs: Any) -> JsonObject:
    """Inputs of an example, with its credential."""
    return {**inputs, "credentials": TEST_CREDENTIALS_INPUT}


def answering(routes: Mapping[str, Any]) -> dict[str, Any]:
    """A `test_mock`: `"GET /repos/a/b"` -> JSON, `(status, JSON)`, or the bytes themselves.

    A route with a query serves only that; one without serves any. What is not there is a 404.
    """

    def github(credentials: GithubCredentials) -> GithubClient:
        return GithubClient(credentials, transport=cast("AsyncTransport", _Wire(routes)))

    return {"github": github}


class _Wire:
    """Stands for `AsyncTransport`."""

    def __init__(self, routes: Mapping[str, Any]) -> None:
        self._routes = routes

    async def send(self, send: Send) -> Reply:
        key = f"{send.hop.method} {send.hop.target.path_and_query}"
        found = self._routes.get(
            key, self._routes.get(key.partition("?")[0], (404, {"message": "Not Found"}))
        )
        status, body = cast("tuple[int, Any]", found) if isinstance(found, tuple) else (200, found)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Reply(status, Headers([("content-type", "application/json")]), content)
