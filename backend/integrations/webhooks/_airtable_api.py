"""What we ask of Airtable's web API. Errors are the client's own, with Airtable's message in them.

Source: https://airtable.com/developers/web/api/webhooks-overview
"""

from __future__ import annotations

from urllib.parse import quote

from backend.data.credentials import APIKeyCredentials, Credentials, OAuth2Credentials
from backend.data.json_parts import object_at, objects_at, text_at, value_at
from backend.data.model import JsonObject
from backend.util.errors import CredentialsError, ProviderNotFound
from backend.util.request import AsyncRequests

ORIGIN = "https://api.airtable.com"
PAGE = 50
MAX_PAGES = 20


class AirtableApi:
    """One account."""

    def __init__(self, credentials: Credentials | None) -> None:
        """
        Raises:
            CredentialsError: there is no token.
        """
        if not isinstance(credentials, APIKeyCredentials | OAuth2Credentials):
            raise CredentialsError(
                "Airtable needs a personal access token. Make one at airtable.com/create/tokens."
            )
        self._requests = AsyncRequests(
            extra_headers={"Authorization": credentials.auth_header()}, trusted_origins=[ORIGIN]
        )

    async def who_am_i(self) -> JsonObject:
        """Source: https://airtable.com/developers/web/api/get-user-id-scopes"""
        return await self._get("/v0/meta/whoami")

    async def table_id(self, base_id: str, table: str) -> str:
        """The id of a table by its id, its name, or a view's id.

        Raises:
            ProviderNotFound: no table has the name; the message has those that are there.
        Source: https://airtable.com/developers/web/api/get-base-schema
        """
        if table.startswith(("tbl", "viw")) and len(table) == 17:
            return table
        tables = objects_at(await self._get(f"/v0/meta/bases/{quote(base_id, safe='')}/tables"), "tables")
        for one in tables:
            if table in (text_at(one, "name"), text_at(one, "id")):
                return text_at(one, "id")
        names = ", ".join(repr(text_at(one, "name")) for one in tables[:20]) or "none"
        raise ProviderNotFound(f"The base {base_id} has no table {table!r}. Its tables: {names}.")

    async def webhooks(self, base_id: str) -> list[JsonObject]:
        """Source: https://airtable.com/developers/web/api/list-webhooks"""
        return objects_at(await self._get(_hooks(base_id)), "webhooks")

    async def create_webhook(self, base_id: str, address: str, specification: JsonObject) -> JsonObject:
        """`{"id", "macSecretBase64", "expirationTime"}`; the secret is told this once.

        Source: https://airtable.com/developers/web/api/create-a-webhook
        """
        response = await self._requests.post(
            ORIGIN + _hooks(base_id), json={"notificationUrl": address, "specification": specification}
        )
        return object_at(response.json())

    async def refresh_webhook(self, base_id: str, webhook_id: str) -> JsonObject:
        """Let it live for another seven days.

        Source: https://airtable.com/developers/web/api/refresh-a-webhook
        """
        response = await self._requests.post(f"{ORIGIN}{_hooks(base_id, webhook_id)}/refresh", json={})
        return object_at(response.json())

    async def delete_webhook(self, base_id: str, webhook_id: str) -> None:
        """Nothing happens if it is gone.

        Source: https://airtable.com/developers/web/api/delete-a-webhook
        """
        try:
            await self._requests.delete(ORIGIN + _hooks(base_id, webhook_id))
        except ProviderNotFound:
            return

    async def payloads(self, base_id: str, webhook_id: str, cursor: int) -> tuple[list[JsonObject], int]:
        """What changed from `cursor` (1 at first) on, oldest first, and the cursor after it; 1,000 at most.

        Source: https://airtable.com/developers/web/api/list-webhook-payloads
        """
        found: list[JsonObject] = []
        for _ in range(MAX_PAGES):
            page = await self._get(f"{_hooks(base_id, webhook_id)}/payloads", cursor=cursor, limit=PAGE)
            found += objects_at(page, "payloads")
            following = value_at(page, "cursor")
            cursor = following if isinstance(following, int) else cursor
            if value_at(page, "mightHaveMore") is not True:
                break
        return found, cursor

    async def _get(self, path: str, **params: int) -> JsonObject:
        response = await self._requests.get(
            ORIGIN + path, params={name: str(one) for name, one in params.items()}
        )
        return object_at(response.json())


def _hooks(base_id: str, webhook_id: str = "") -> str:
    path = f"/v0/bases/{quote(base_id, safe='')}/webhooks"
    return f"{path}/{quote(webhook_id, safe='')}" if webhook_id else path
