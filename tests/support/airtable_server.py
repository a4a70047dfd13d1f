"""Airtable's web API on this machine, as far as webhooks need it: one base, its tables, webhooks and their changes.

Source: https://airtable.com/developers/web/api/webhooks-overview
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

ORIGIN = "https://api.airtable.com"
BASE, TABLE, TOKEN = "app00000000000000", "tbl00000000000000", "pat-mock-airtable"
HOOKS = f"/v0/bases/{BASE}/webhooks"


class AirtableBase:
    """What the server has. `secrets` are told once, at creation; `refuse_with` answers everything."""

    def __init__(self) -> None:
        self.hooks: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, str] = {}
        self.changes: list[dict[str, Any]] = []
        self.refuse_with: tuple[int, str] | None = None
        self.refreshed: list[str] = []
        self._made = 0
        self.server = LocalServer({})

    def start(self, server: LocalServer) -> None:
        self.server = server
        server.routes |= {
            HOOKS: self._checked(self._hooks),
            f"/v0/meta/bases/{BASE}/tables": self._checked(
                lambda _: Answer.of_json({"tables": [{"id": TABLE, "name": "Orders"}]})
            ),
            "/v0/meta/whoami": self._checked(
                lambda _: Answer.of_json({"id": "usr00000000000000", "email": "ada@example.com"})
            ),
        }

    def _checked(self, answer: Any) -> Any:
        def checked(seen: Seen) -> Answer:
            if self.refuse_with is not None:
                status, kind = self.refuse_with
                return Answer.of_json({"error": {"type": kind, "message": f"{kind} it is"}}, status=status)
            if seen.headers.get("authorization") != f"Bearer {TOKEN}":
                return Answer.of_json({"error": {"type": "AUTHENTICATION_REQUIRED"}}, status=401)
            found: Answer = answer(seen)
            return found

        return checked

    def _hooks(self, seen: Seen) -> Answer:
        if seen.method == "GET":
            return Answer.of_json({"webhooks": list(self.hooks.values())})
        self._made += 1
        name = f"ach{self._made:014}"
        secret = base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()
        self.hooks[name] = {"id": name, "isHookEnabled": True, "areNotificationsEnabled": True, **seen.json()}
        self.secrets[name] = secret
        self.server.routes |= {
            f"{HOOKS}/{name}": self._checked(lambda seen: self._delete(name)),
            f"{HOOKS}/{name}/refresh": self._checked(lambda seen: self._refresh(name)),
            f"{HOOKS}/{name}/payloads": self._checked(self._payloads),
        }
        told = {"id": name, "macSecretBase64": secret, "expirationTime": "2023-01-30T00:00:00.000Z"}
        return Answer.of_json(told)

    def _delete(self, name: str) -> Answer:
        if self.hooks.pop(name, None) is None:
            return Answer.of_json({"error": "NOT_FOUND"}, status=404)
        return Answer(204)

    def _refresh(self, name: str) -> Answer:
        self.refreshed.append(name)
        return Answer.of_json({"expirationTime": "2023-02-06T00:00:00.000Z"})

    def _payloads(self, seen: Seen) -> Answer:
        """Cursors count from 1; two changes a page."""
        cursor = int(seen.query.get("cursor", ["1"])[0])
        page = self.changes[cursor - 1 : cursor + 1]
        following = cursor + len(page)
        has_more = following <= len(self.changes)
        return Answer.of_json({"payloads": page, "cursor": following, "mightHaveMore": has_more})


@contextmanager
def airtable_base() -> Iterator[AirtableBase]:
    """The base is reached under Airtable's own address until the block is left."""
    base = AirtableBase()
    with local_http_server({}) as server, reachable(server, origin_map={ORIGIN: server.base_url}):
        base.start(server)
        yield base
