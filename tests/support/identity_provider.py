"""An identity provider that the tests start: all providers at once, each with its own addresses and shapes.

with identity_provider() as idp:     # a real HTTP server; idp.origin_map leads our client there
    idp.expires_in_s = 60; idp.is_rotating = True; idp.refresh_with = "down"
    callback = idp.consent(url)      # what a browser would be sent back to

It checks what a real one checks: the client, the redirect address, the code (once), the code verifier.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.http_server import Answer, LocalServer, Route, Seen, local_http_server
from tests.support.identity_shapes import SHAPES, AsTheStandard, Grant, Shape

CLIENT_ID, CLIENT_SECRET = "client-of-blockyard", "the-client-secret-of-blockyard"
ORIGINS = (
    "https://github.com",
    "https://api.github.com",
    "https://accounts.google.com",
    "https://oauth2.googleapis.com",
    "https://openidconnect.googleapis.com",
    "https://slack.com",
    "https://api.notion.com",
    "https://discord.com",
    "https://linear.app",
    "https://api.linear.app",
)


@dataclass
class _Code:
    grant: Grant
    redirect_uri: str
    challenge: str


@dataclass
class IdentityProvider:
    """What a test sees of it, and sets."""

    server: LocalServer
    expires_in_s: float | None = 3600
    is_rotating: bool = False
    """A refresh gives another refresh token, and the old one is void."""
    grace: bool = False
    """A void refresh token is answered once more with what it was answered with (as Linear does)."""
    gives_refresh_token: bool = True
    refresh_with: str = ""
    """How refreshes are answered: "" as usual, down, limit, invalid_grant, invalid_client, hang_up."""
    refresh_delay_s: float = 0.0
    account_with: str = ""
    revoke_with: str = ""
    refreshes: int = 0
    refused: list[str] = field(default_factory=list[str])
    """Why it refused token requests."""
    issued: list[str] = field(default_factory=list[str])
    """All tokens, codes and refresh tokens that it gave: none of them may be seen anywhere else."""
    revoked: list[str] = field(default_factory=list[str])
    live: dict[str, float | None] = field(default_factory=dict[str, "float | None"])
    _codes: dict[str, _Code] = field(default_factory=dict[str, "_Code"])
    _refresh: dict[str, Grant] = field(default_factory=dict[str, "Grant"])
    _answered: dict[str, Answer] = field(default_factory=dict[str, Answer])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    others: dict[str, str] = field(default_factory=dict[str, str])
    """Where the origins of providers lead that have a server to themselves."""

    @property
    def origin_map(self) -> dict[str, str]:
        return {**dict.fromkeys(ORIGINS, self.server.base_url), **self.others}

    # -- the person at the provider ------------------------------------------------------------------------

    def consent(self, url: str, *, denied: bool = False) -> str:
        """The person agrees (or not): where their browser is sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        shape = next(one for one in SHAPES.values() if url.startswith(one.authorize_url + "?"))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 43
        shape.check_authorize(asked)
        if denied:
            back = {
                "error": "access_denied",
                "error_description": "The <b>user</b> said no",
                "state": asked["state"],
            }
            return f"{asked['redirect_uri']}?{urlencode(back)}"
        code = self._new("code")
        scopes = asked.get("scope", "").replace(",", " ").split()
        of_person = asked.get("user_scope", "").replace(",", " ").split()
        grant = Grant(shape.name, tuple(scopes), tuple(of_person))
        self._codes[code] = _Code(grant, asked["redirect_uri"], asked["code_challenge"])
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def is_live(self, token: str) -> bool:
        """Whether an access token is taken now."""
        ends_at = self.live.get(token, 0.0)
        return token in self.live and (ends_at is None or ends_at > time.time())

    def grant_directly(self, provider: str, scopes: tuple[str, ...] = ("read",)) -> tuple[str, str]:
        """An access and a refresh token, as if somebody had logged in before."""
        refresh = self._new("refresh")
        self._refresh[refresh] = Grant(provider, scopes)
        return self._access(), refresh

    def forget(self) -> None:
        """All refresh tokens become void, as when the person takes the grant back."""
        self._refresh.clear()

    # -- what it is asked ----------------------------------------------------------------------------------

    def token(self, shape: Shape, seen: Seen) -> Answer:
        form = _fields(seen)
        problem = shape.check_client(seen, form, CLIENT_ID, CLIENT_SECRET)
        if problem:
            return self._refuse(shape, shape.wrong_client, problem)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(shape, form)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(shape, form)
        return self._refuse(shape, "unsupported_grant_type", "which?")

    def _exchange(self, shape: Shape, form: dict[str, str]) -> Answer:
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.grant.provider != shape.name:
            return self._refuse(shape, shape.bad_code, "unknown or used code")
        if form.get("redirect_uri") != code.redirect_uri:
            return self._refuse(shape, shape.bad_code, "another redirect_uri")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return self._refuse(shape, shape.bad_code, "wrong code_verifier")
        return self._tokens(shape, code.grant, self._new("refresh") if self.gives_refresh_token else None)

    def _refreshed(self, shape: Shape, form: dict[str, str]) -> Answer:
        with self._lock:
            self.refreshes += 1
        time.sleep(self.refresh_delay_s)
        canned = self._canned(shape)
        if canned is not None:
            return canned
        given = form.get("refresh_token", "")
        with self._lock:
            grant = self._refresh.get(given)
            if grant is None and self.grace and given in self._answered:
                return self._answered[given]
            if grant is None or grant.provider != shape.name:
                return self._refuse(shape, shape.bad_refresh, "unknown or used refresh token")
            if not self.is_rotating:
                return self._tokens(shape, grant, None)
            del self._refresh[given]
            answer = self._answered[given] = self._tokens(shape, grant, self._new("refresh"))
            return answer

    def _canned(self, shape: Shape) -> Answer | None:
        if self.refresh_with == "down":
            return Answer(503, b"<html>busy</html>")
        if self.refresh_with == "limit":
            return Answer(429, b"{}", headers={"Retry-After": "7"})
        if self.refresh_with == "hang_up":
            return Answer(hang_up=True)
        if self.refresh_with == "invalid_client":
            return self._refuse(shape, shape.wrong_client, "told to")
        if self.refresh_with == "invalid_grant":
            return self._refuse(shape, shape.bad_refresh, "told to")
        return None

    def _tokens(self, shape: Shape, grant: Grant, refresh: str | None) -> Answer:
        if refresh is not None:
            self._refresh[refresh] = grant
        return Answer.of_json(shape.tokens(grant, self._access(), refresh, self.expires_in_s))

    def _access(self) -> str:
        token = self._new("access")
        self.live[token] = None if self.expires_in_s is None else time.time() + self.expires_in_s
        return token

    def _refuse(self, shape: Shape, code: str, why: str) -> Answer:
        self.refused.append(why)
        return shape.refusal(code)

    def _new(self, kind: str) -> str:
        token = f"{kind}-of-the-idp-{secrets.token_hex(16)}"
        self.issued.append(token)
        return token

    def account(self, shape: Shape, seen: Seen) -> Answer:
        if self.account_with == "down":
            return Answer(503)
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        return shape.account(seen) if self.is_live(token) else shape.refusal("invalid_auth", status=401)

    def revoke(self, shape: Shape, seen: Seen) -> Answer:
        if self.revoke_with == "down":
            return Answer(503)
        bearer = seen.headers.get("authorization", "").removeprefix("Bearer ")
        form = _fields(seen)
        token = form.get("token") or form.get("access_token") or bearer
        self.revoked.append(token)
        self.live.pop(token, None)
        self._refresh.pop(token, None)
        return shape.revoked()


def _fields(seen: Seen) -> dict[str, str]:
    if seen.headers.get("content-type", "").startswith("application/json"):
        value: dict[str, Any] = json.loads(seen.body)
        return {name: str(one) for name, one in value.items()}
    return {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}


def _routes_of(idp: IdentityProvider, shape: Shape) -> dict[str, Route]:
    def token(seen: Seen) -> Answer:
        return idp.token(shape, seen)

    def revoke(seen: Seen) -> Answer:
        return idp.revoke(shape, seen)

    def account(seen: Seen) -> Answer:
        return idp.account(shape, seen)

    return {shape.token_path: token, shape.revoke_path: revoke, **dict.fromkeys(shape.account_paths, account)}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """Start it on a free port."""
    with ExitStack() as servers:
        server = servers.enter_context(local_http_server({}))
        idp = IdentityProvider(server)
        for shape in SHAPES.values():
            routes = _routes_of(idp, shape)
            if isinstance(shape, AsTheStandard):  # whose paths may be those of another
                own = servers.enter_context(local_http_server(routes))
                idp.others |= dict.fromkeys(shape.origins, own.base_url)
            else:
                server.routes |= routes
        server.routes[f"/applications/{CLIENT_ID}/token"] = server.routes["/github/revoke"]
        yield idp
