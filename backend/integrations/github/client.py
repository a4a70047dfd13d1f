"""One call to GitHub's REST API: headers, JSON, pages, refusals.

Source: https://docs.github.com/en/rest (2022-11-28).
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from backend.data.credentials import APIKeyCredentials, Credentials, OAuth2Credentials
from backend.data.json_types import as_list, as_object
from backend.data.model import JsonObject
from backend.integrations.github.refusals import refusal
from backend.util.errors import AddressRefused, CredentialsError, ProviderError
from backend.util.off_loop import off_loop
from backend.util.request import AsyncRequests, Response

if TYPE_CHECKING:
    from backend.util.http_transport import AsyncTransport

ORIGIN = "https://api.github.com"
VERSION = "2022-11-28"
JSON_TYPE = "application/vnd.github+json"
RAW_TYPE = "application/vnd.github.raw+json"
PAGE_SIZE = 100
"""The most that a page of GitHub's has."""
_NEXT = re.compile(r'<([^<>]*)>\s*;[^<]*\brel="next"')

Params = Mapping[str, str | int]


class GithubClient:
    """Speaks for one credential. Reads and repeatable changes are sent again as `AsyncRequests` does it.

    Every method raises CredentialsError (401: connect again), ProviderForbidden (403), ProviderNotFound (404),
    RateLimited (403 or 429 with a limit; `retry_after_s`), ProviderUnavailable (5xx, no answer) or ProviderError.
    """

    def __init__(self, credentials: Credentials | None, *, transport: AsyncTransport | None = None) -> None:
        self._secret = _token(credentials)
        headers = {"Authorization": f"Bearer {self._secret}", "X-GitHub-Api-Version": VERSION}
        self._requests = AsyncRequests(headers, [ORIGIN], raise_for_status=False, transport=transport)

    async def call(
        self, method: str, path: str, body: JsonObject | None = None, *, accept: str = JSON_TYPE
    ) -> Response:
        """One answer of less than 400. `path` begins with `/`, or is a whole address of the API."""
        url = path if path.startswith(f"{ORIGIN}/") else f"{ORIGIN}{path}"
        headers = {"Accept": accept}
        response = await (
            self._requests.request(method, url, headers=headers)
            if body is None
            else self._requests.request(method, url, headers=headers, json=body)
        )
        if not response.ok:
            raise refusal(response, secret=self._secret, now_s=time.time())
        return response

    async def send(self, method: str, path: str, body: JsonObject | None = None) -> Any:
        """The answer's JSON; None where it has no content."""
        response = await self.call(method, path, body)
        return await off_loop(len(response.content), response.json) if response.content else None

    async def change(self, method: str, path: str, body: JsonObject) -> JsonObject:
        """The object that GitHub answers with."""
        return _object(await self.send(method, path, body), path)

    async def get(self, path: str, params: Params | None = None) -> JsonObject:
        """One object."""
        return _object(await self.send("GET", with_query(path, params)), path)

    async def page(self, path: str, params: Params | None = None) -> list[JsonObject]:
        """One page of a list."""
        return _items(await self.send("GET", with_query(path, params)), path)

    async def pages(self, path: str, params: Params | None = None, *, limit: int) -> list[JsonObject]:
        """The first `limit` items of a list, over as many pages as that takes."""
        return (await self.search(path, params, limit=limit))[1]

    async def search(
        self, path: str, params: Params | None = None, *, limit: int
    ) -> tuple[int, list[JsonObject]]:
        """How many there are in all, where GitHub says so, else 0; and the first `limit`.

        Source: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
        """
        found: list[JsonObject] = []
        total = 0
        following: str | None = with_query(path, {**(params or {}), "per_page": min(limit, PAGE_SIZE)})
        while following is not None and len(found) < limit:
            response = await self.call("GET", following)
            answer = await off_loop(len(response.content), response.json)
            found += _items(answer, path)
            counted = (as_object(answer) or {}).get("total_count")
            total = counted if isinstance(counted, int) else 0
            following = next_page(response)
        return total, found[:limit]


def next_page(response: Response) -> str | None:
    """The address of the page after this one, None after the last.

    Raises:
        AddressRefused: it is not at GitHub.
    """
    match = _NEXT.search(response.headers.get("link", ""))
    if match is None:
        return None
    if not match[1].startswith(f"{ORIGIN}/"):
        raise AddressRefused(
            "GitHub's answer names a next page that is not at api.github.com. Try again later."
        )
    return match[1]


def with_query(path: str, params: Params | None) -> str:
    """The path with those parameters that are not empty."""
    said = {name: value for name, value in (params or {}).items() if value != ""}
    return f"{path}?{urlencode(said)}" if said else path


def _token(credentials: Credentials | None) -> str:
    if isinstance(credentials, APIKeyCredentials):
        return credentials.api_key.get_secret_value().strip()
    if isinstance(credentials, OAuth2Credentials):
        return credentials.access_token.get_secret_value()
    raise CredentialsError(
        "GitHub needs a personal access token or a connected account. Choose a credential of GitHub."
    )


def _object(value: Any, path: str) -> JsonObject:
    found = as_object(value)
    if found is None:
        raise ProviderError(f"GitHub answered {path} with something that is no object. Try again later.")
    return found


def _items(value: Any, path: str) -> list[JsonObject]:
    """Of a list, or of a search's answer."""
    listed = as_list(value)
    if listed is None:
        listed = as_list((as_object(value) or {}).get("items"))
    if listed is None:
        raise ProviderError(f"GitHub answered {path} with something that is no list. Try again later.")
    return [one for one in map(as_object, listed) if one is not None]
