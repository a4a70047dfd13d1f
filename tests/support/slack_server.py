"""A local Slack: the Web API over real HTTP with tokens and scopes, errors on demand, uploads, signed events.

with slack_server() as slack:
    ...  # slack.token, slack.workspace, slack.origin_map for HTTP_ORIGIN_MAP, slack.calls("chat.postMessage")
    slack.refuse("chat.postMessage", "not_in_channel")           # the next call, as often as codes are given
    await slack.deliver(ingress_url, "a signing secret", {"type": "app_mention", "text": "<@U0BOT0000> hi"})
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx
from pydantic import SecretStr

from backend.blocks.slack._auth import SCOPES
from backend.data.credentials import OAuth2Credentials
from tests.support.http_server import Answer, LocalServer, Route, Seen, local_http_server
from tests.support.slack_workspace import METHODS, Arguments, Refused, Workspace

TOKEN = "token-of-a-bot-7f3a9c"
USER_TOKEN = "token-of-a-user-51d2e8"


class SlackServer:
    """What a test sees of the running server."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.token = TOKEN
        self.scopes: dict[str, set[str]] = {TOKEN: set(SCOPES), USER_TOKEN: {*SCOPES, "search:read"}}
        self.revoked: dict[str, str] = {}
        """Token -> the code with which it is refused."""
        self.seen: list[tuple[str, Arguments, Seen]] = []
        self.local = LocalServer({})
        self._next: dict[str, list[Answer]] = defaultdict(list)
        self._lost: set[str] = set()
        self._lock = threading.Lock()
        self._events = 0

    @property
    def origin_map(self) -> dict[str, str]:
        """For `Settings(http_origin_map=…)`."""
        return dict.fromkeys(("https://slack.com", "https://files.slack.com"), self.local.base_url)

    def credentials(self, token: str = TOKEN) -> OAuth2Credentials:
        """As OAuth would have brought them."""
        return OAuth2Credentials(
            id="11111111-2222-4333-8444-555555555555",
            provider="slack",
            access_token=SecretStr(token),
            scopes=sorted(self.scopes.get(token, ())),
        )

    def refuse(self, method: str, *codes: str, **beside: Any) -> None:
        """Answer the next calls of the method with these errors, one each."""
        self.answer(method, *(Answer.of_json({"ok": False, "error": code, **beside}) for code in codes))

    def limit(self, method: str, *, retry_after_s: int, times: int = 1) -> None:
        """Source: https://docs.slack.dev/apis/web-api/rate-limits (responding to rate limiting conditions)."""
        headers = {"Retry-After": str(retry_after_s)}
        body = {"ok": False, "error": "ratelimited"}
        self.answer(method, *[Answer.of_json(body, status=429, headers=headers)] * times)

    def answer(self, method: str, *answers: Answer) -> None:
        """Answer the next calls of the method with exactly this."""
        self._next[method].extend(answers)

    def lose(self, method: str) -> None:
        """Do what the next call of the method asks for, and hang up instead of saying so."""
        self._lost.add(method)

    def calls(self, method: str) -> list[Arguments]:
        """The arguments of each call, in order."""
        return [arguments for name, arguments, _ in self.seen if name == method]

    async def deliver(
        self,
        url: str,
        signing_secret: str,
        event: dict[str, Any],
        *,
        event_id: str | None = None,
        timestamp: int | None = None,
        retry_num: int = 0,
    ) -> httpx.Response:
        """Send an event to an ingress as the Events API does, signed with v0.

        Source: https://docs.slack.dev/apis/events-api (callback), https://docs.slack.dev/authentication/verifying-requests-from-slack.
        """
        self._events += 1
        envelope = {
            "token": "the-old-verification-token",
            "team_id": self.workspace.team["id"],
            "api_app_id": "A0LOCAL00",
            "event": {"event_ts": self.workspace.ts(), **event},
            "type": "event_callback",
            "event_id": event_id or f"Ev{self._events:09d}",
            "event_time": int(time.time()),
            "authorizations": [
                {"team_id": self.workspace.team["id"], "user_id": self.workspace.bot, "is_bot": True}
            ],
            "is_ext_shared_channel": False,
        }
        return await self._post(url, signing_secret, envelope, timestamp, retry_num)

    async def verify_url(self, url: str, signing_secret: str, challenge: str) -> httpx.Response:
        """Slack's first request to a Request URL.

        Source: https://docs.slack.dev/reference/events/url_verification.
        """
        body = {"token": "the-old-verification-token", "challenge": challenge, "type": "url_verification"}
        return await self._post(url, signing_secret, body, None, 0)

    async def _post(
        self, url: str, signing_secret: str, body: dict[str, Any], timestamp: int | None, retry_num: int
    ) -> httpx.Response:
        raw = json.dumps(body).encode()
        moment = str(int(time.time()) if timestamp is None else timestamp)
        headers = {
            "Content-Type": "application/json",
            "X-Slack-Request-Timestamp": moment,
            "X-Slack-Signature": signature(signing_secret, moment, raw),
        }
        if retry_num:
            headers |= {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": "http_timeout"}
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            return await client.post(url, content=raw, headers=headers)

    # -- the Web API -----------------------------------------------------------------------------------

    def routes(self) -> dict[str, Route]:
        return {f"/api/{method}": self._api for method in METHODS}

    def _api(self, request: Seen) -> Answer:
        method = request.path.removeprefix("/api/")
        arguments = _arguments(request)
        with self._lock:
            self.seen.append((method, arguments, request))
            if self._next[method]:
                return self._next[method].pop(0)
            try:
                self._check_token(request, method)
                body = METHODS[method][1](self.workspace, arguments)
                self._open_upload(body)
            except Refused as refused:
                return Answer.of_json(refused.body)
            if method in self._lost:
                self._lost.remove(method)
                return Answer(hang_up=True)
            return Answer.of_json({"ok": True, **body})

    def _check_token(self, request: Seen, method: str) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not token:
            raise Refused("not_authed")
        if token in self.revoked:
            raise Refused(self.revoked[token])
        if token not in self.scopes:
            raise Refused("invalid_auth")
        if method == "search.messages" and token == TOKEN:
            raise Refused("not_allowed_token_type")
        needed, provided = METHODS[method][0], self.scopes[token]
        if needed and needed not in provided:
            raise Refused("missing_scope", needed=needed, provided=",".join(sorted(provided)))

    def _open_upload(self, body: dict[str, Any]) -> None:
        """The address takes the bytes, once.

        Source: https://docs.slack.dev/messaging/working-with-files (uploading files).
        """
        if "upload_url" in body:
            self.local.routes[f"/upload/v1/{body['file_id']}"] = self._upload

    def _upload(self, request: Seen) -> Answer:
        with self._lock:
            self.seen.append(("upload", {}, request))
            if self._next["upload"]:
                return self._next["upload"].pop(0)
            self.workspace.uploaded[request.path.rpartition("/")[2]] = request.body
        return Answer(200, f"OK - {len(request.body)}".encode())


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    """A fresh workspace until the block is left."""
    slack = SlackServer()
    with local_http_server(slack.routes()) as local:
        slack.local = local
        yield slack


def signature(signing_secret: str, timestamp: str, raw: bytes) -> str:
    """Source: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    base = b"v0:" + timestamp.encode() + b":" + raw
    return "v0=" + hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()


def _arguments(request: Seen) -> Arguments:
    """Of the query and of a form; a JSON body is not what this client sends."""
    form = parse_qs(request.body.decode(), keep_blank_values=True) if request.body else {}
    return {name: values[-1] for name, values in {**request.query, **form}.items()}
