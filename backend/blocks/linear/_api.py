"""Linear's GraphQL API: one `query`, and above it what the blocks do.

Source: https://linear.app/developers/graphql
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.blocks.linear import _queries as queries
from backend.blocks.linear._errors import error_of
from backend.data.credentials import APIKeyCredentials, OAuth2Credentials
from backend.data.json_parts import object_at, objects_at, text_at, value_at
from backend.data.json_types import as_object
from backend.data.model import JsonObject
from backend.util.clock import now
from backend.util.errors import (
    BadInput,
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
    RateLimited,
)
from backend.util.json_text import parse_json
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, Response

if TYPE_CHECKING:
    from backend.util.http_transport import AsyncTransport

LinearCredentials = APIKeyCredentials | OAuth2Credentials

ORIGIN = "https://api.linear.app"
ENDPOINT = f"{ORIGIN}/graphql"
PAGE_ITEMS = 50
"""Linear's own default. Twice as many cost twice the points of its budget, and 250 is the most."""
_OPERATION = re.compile(r"^(query|mutation) (\w+)")


@dataclass(frozen=True, slots=True)
class Found:
    """Items of a list, and whether Linear has more."""

    items: list[JsonObject]
    has_more: bool


class LinearClient:
    """One workspace, as one key or one connected account sees it.

    Every method raises CredentialsError (the key or the token is refused), ProviderForbidden, ProviderNotFound,
    RateLimited (`retry_after_s` is what is known of the budget), ProviderUnavailable (5xx, no answer in time) or
    ProviderError (any other refusal), each with Linear's own sentence.
    """

    def __init__(self, credentials: LinearCredentials, *, transport: AsyncTransport | None = None) -> None:
        header = _header(credentials)
        self._secrets = (header.removeprefix("Bearer "),)
        self._requests = AsyncRequests(
            {"Authorization": header}, [ORIGIN], raise_for_status=False, transport=transport
        )

    async def query(self, document: str, **variables: Any) -> JsonObject:
        """The `data` of the answer. Reads are sent again when the connection or Linear fails, changes are not.

        Errors beside data count as errors: what is asked for here is of use only as a whole.
        Source: https://linear.app/developers/graphql (errors come with status 200 too).
        """
        kind, operation = _operation(document)
        body = {"query": document, "variables": variables, "operationName": operation}
        response = await self._requests.post(ENDPOINT, json=body, is_read=kind == "query")
        answer = await _object(response)
        data = as_object(answer.get("data"))
        if not response.ok or answer.get("errors") or data is None:
            raise error_of(
                operation,
                answer,
                http_status=response.status,
                headers=response.headers,
                now=now(),
                secrets=self._secrets,
            )
        return data

    async def pages(self, document: str, *path: str, most: int, **variables: Any) -> Found:
        """At most `most` items of the connection at `path`, page after page.

        Source: https://linear.app/developers/pagination
        """
        kept: list[JsonObject] = []
        after: str | None = None
        while True:
            first = min(most - len(kept), PAGE_ITEMS)
            page = object_at(await self.query(document, first=first, after=after, **variables), *path)
            kept += objects_at(page, "nodes")[:first]
            cursor = text_at(page, "pageInfo", "endCursor")
            has_more = value_at(page, "pageInfo", "hasNextPage") is True
            if not has_more or len(kept) == most:
                return Found(kept, has_more)
            if not cursor or cursor == after or not objects_at(page, "nodes"):
                raise ProviderError("Linear gives pages without end. Ask for less: a smaller `limit`.")
            after = cursor

    async def read_viewer(self) -> JsonObject:
        """Whose key it is: `viewer` and `organization`.

        Source: https://linear.app/developers/graphql (queries and mutations: viewer).
        """
        return await self.query(queries.VIEWER)

    async def read_issue(self, issue_id: str) -> JsonObject:
        """By identifier (LIN-123) or id.

        Source: https://linear.app/developers/graphql (queries: issue).
        """
        return object_at(await self.query(queries.ISSUE, id=issue_id), "issue")

    async def read_comments(self, issue_id: str, *, most: int) -> Found:
        """The newest first, as Linear orders by `createdAt`.

        Source: https://linear.app/developers/pagination (ordering results).
        """
        return await self.pages(queries.ISSUE_COMMENTS, "issue", "comments", most=most, id=issue_id)

    async def find_issues(self, text: str, issue_filter: JsonObject, *, most: int) -> Found:
        """With a text the best first, without one those that changed last.

        Sources: https://linear.app/developers/filtering, and `searchIssues` in the schema.
        """
        if text:
            return await self.pages(
                queries.SEARCH_ISSUES, "searchIssues", most=most, term=text, filter=issue_filter
            )
        return await self.pages(queries.ISSUES, "issues", most=most, filter=issue_filter)

    async def find(self, document: str, key: str, item_filter: JsonObject, *, most: int) -> list[JsonObject]:
        """The first `most` (250 at the most) things of a kind that fit: teams, users, states, labels, projects.

        Source: https://linear.app/developers/filtering
        """
        return objects_at(await self.query(document, filter=item_filter, first=most), key, "nodes")

    async def create_issue(self, fields: JsonObject, *, idempotency_key: str) -> JsonObject:
        """Make an issue; with the key of an earlier call that one's issue comes back.

        Source: https://linear.app/developers/graphql (mutations: issueCreate; `id` in IssueCreateInput).
        """
        made_id = stable_id("issue", idempotency_key)
        try:
            return await self._change(
                queries.CREATE_ISSUE, "issueCreate", "issue", input={**fields, "id": made_id}
            )
        except ProviderError as refusal:
            return await self._made_before(refusal, queries.ISSUE, "issue", made_id)

    async def update_issue(self, issue_id: str, fields: JsonObject) -> JsonObject:
        """Source: https://linear.app/developers/graphql (mutations: issueUpdate, by id or identifier)."""
        return await self._change(queries.UPDATE_ISSUE, "issueUpdate", "issue", id=issue_id, input=fields)

    async def create_comment(self, fields: JsonObject, *, idempotency_key: str) -> JsonObject:
        """Write a comment; with the key of an earlier call that one's comment comes back.

        Source: https://linear.app/developers/graphql (`commentCreate` and CommentCreateInput in the schema).
        """
        made_id = stable_id("comment", idempotency_key)
        try:
            return await self._change(
                queries.CREATE_COMMENT, "commentCreate", "comment", input={**fields, "id": made_id}
            )
        except ProviderError as refusal:
            return await self._made_before(refusal, queries.COMMENT, "comment", made_id)

    async def _change(self, document: str, mutation: str, made: str, **variables: Any) -> JsonObject:
        payload = object_at(await self.query(document, **variables), mutation)
        found = as_object(payload.get(made))
        if payload.get("success") is not True or found is None:
            raise ProviderError(f"Linear did not carry out {mutation}, and does not say why. Try again.")
        return found

    async def _made_before(self, refusal: ProviderError, document: str, key: str, made_id: str) -> JsonObject:
        """What an earlier try has made although its answer was lost; if there is nothing, the refusal stands.

        Linear documents that the id may be ours, and not how it refuses one that it has: so we look.
        """
        if isinstance(refusal, CredentialsError | ProviderForbidden | ProviderNotFound | RateLimited):
            raise refusal
        try:
            found = as_object((await self.query(document, id=made_id)).get(key))
        except ProviderError:
            found = None
        if found is None:
            raise refusal
        return found


def stable_id(kind: str, idempotency_key: str) -> str:
    """An id of the shape that Linear asks for (UUID v4), the same for the same key."""
    drawn = uuid5(NAMESPACE_URL, f"blockyard:linear:{kind}:{idempotency_key}")
    return str(UUID(bytes=drawn.bytes, version=4))


def _header(credentials: LinearCredentials) -> str:
    """A personal key stands alone, a token after `Bearer`.

    Source: https://linear.app/developers/graphql (authentication).
    """
    if isinstance(credentials, APIKeyCredentials):
        return credentials.api_key.get_secret_value().strip()
    return credentials.auth_header()


def _operation(document: str) -> tuple[str, str]:
    """`query` or `mutation`, and its name."""
    match = _OPERATION.match(document)
    if match is None:
        raise ValueError("A document begins with its operation: `query Name` or `mutation Name`.")
    return match[1], match[2]


async def _object(response: Response) -> JsonObject:
    """The answer as an object; empty where it is none, so that the status decides."""
    try:
        return as_object(await off_loop(len(response.content), parse_json, response.content)) or {}
    except BadInput:
        return {}
