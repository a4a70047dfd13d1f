"""What the providers answer to token, account and revocation requests, as they document it.

Sources: the addresses in backend/integrations/oauth/<provider>.py.
"""

from __future__ import annotations

import base64
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from backend.integrations.oauth import OAuthHandler, handlers
from tests.support.http_server import Answer, Seen

PERSON = {"name": "Ada Lovelace", "email": "ada@example.com", "organization": "Analytical Engines"}


@dataclass(frozen=True)
class Grant:
    provider: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...] = ()


def _basic(seen: Seen) -> str:
    kind, _, text = seen.headers.get("authorization", "").partition(" ")
    return base64.b64decode(text).decode() if kind == "Basic" else ""


class Shape(ABC):
    """The standard's own; each provider says where it differs."""

    name: str
    authorize_url: str
    token_path: str
    revoke_path: str
    account_paths: tuple[str, ...]
    wrong_client = "invalid_client"
    bad_code = "invalid_grant"
    bad_refresh = "invalid_grant"
    scope_separator = " "

    def check_authorize(self, asked: dict[str, str]) -> None:
        assert asked["scope"]

    def check_client(self, seen: Seen, form: dict[str, str], client_id: str, secret: str) -> str:
        """Why the client is refused; empty when it is not."""
        is_right = form.get("client_id") == client_id and form.get("client_secret") == secret
        return "" if is_right else "client id and secret are not in the form"

    def refusal(self, code: str, *, status: int = 400) -> Answer:
        return Answer.of_json({"error": code, "error_description": f"Said no: {code}"}, status=status)

    def tokens(
        self, grant: Grant, access: str, refresh: str | None, expires_in_s: float | None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "access_token": access,
            "token_type": "bearer",
            "scope": self.scope_separator.join(grant.scopes),
        }
        if refresh is not None:
            answer["refresh_token"] = refresh
        if expires_in_s is not None:
            answer["expires_in"] = expires_in_s
        return answer

    @abstractmethod
    def account(self, seen: Seen) -> Answer:
        """Who has logged in, in the provider's own shape."""

    def revoked(self) -> Answer:
        return Answer.of_json({})


class _InBasic(Shape):
    def check_client(self, seen: Seen, form: dict[str, str], client_id: str, secret: str) -> str:
        return "" if _basic(seen) == f"{client_id}:{secret}" else "client is not in HTTP Basic"


class GitHub(Shape):
    name = "github"
    authorize_url = "https://github.com/login/oauth/authorize"
    token_path, revoke_path, account_paths = "/login/oauth/access_token", "/github/revoke", ("/user",)
    wrong_client, bad_code, bad_refresh = (
        "incorrect_client_credentials",
        "bad_verification_code",
        "bad_refresh_token",
    )
    scope_separator = ","

    def check_client(self, seen: Seen, form: dict[str, str], client_id: str, secret: str) -> str:
        if seen.headers.get("accept") != "application/json":
            return "JSON was not asked for, so the answer would be a form"
        return super().check_client(seen, form, client_id, secret)

    def refusal(self, code: str, *, status: int = 400) -> Answer:
        return super().refusal(code, status=401 if status == 401 else 200)

    def tokens(
        self, grant: Grant, access: str, refresh: str | None, expires_in_s: float | None
    ) -> dict[str, Any]:
        if expires_in_s is None:
            return super().tokens(grant, access, None, None)
        answer = super().tokens(grant, access, refresh, expires_in_s)
        return {**answer, "refresh_token_expires_in": 15_897_600} if refresh else answer

    def account(self, seen: Seen) -> Answer:
        return Answer.of_json(
            {
                "login": "ada",
                "id": 1,
                "avatar_url": "https://avatars.githubusercontent.com/u/1",
                "name": PERSON["name"],
                "company": PERSON["organization"],
                "email": PERSON["email"],
            }
        )

    def revoked(self) -> Answer:
        return Answer(204)


class Google(Shape):
    name = "google"
    authorize_url = "https://accounts.google.com/o/oauth2/v2/auth"
    token_path, revoke_path, account_paths = "/token", "/revoke", ("/v1/userinfo",)

    def check_authorize(self, asked: dict[str, str]) -> None:
        assert asked["access_type"] == "offline"
        assert asked["prompt"] == "consent"
        assert {"openid", "email", "profile"} <= set(asked["scope"].split())

    def tokens(
        self, grant: Grant, access: str, refresh: str | None, expires_in_s: float | None
    ) -> dict[str, Any]:
        claims = base64.urlsafe_b64encode(json.dumps({"sub": "108"}).encode()).rstrip(b"=").decode()
        return {**super().tokens(grant, access, refresh, expires_in_s), "id_token": f"e30.{claims}.c2ln"}

    def account(self, seen: Seen) -> Answer:
        picture = "https://lh3.googleusercontent.com/a/ada"
        person = {"sub": "108", "name": PERSON["name"], "email": PERSON["email"], "picture": picture}
        return Answer.of_json({**person, "email_verified": True, "hd": "engines.example.com"})


class Slack(_InBasic):
    name = "slack"
    authorize_url = "https://slack.com/oauth/v2/authorize"
    token_path, revoke_path = "/api/oauth.v2.access", "/api/auth.revoke"
    account_paths = ("/api/auth.test", "/api/users.info")
    wrong_client, bad_code, bad_refresh = "bad_client_secret", "invalid_code", "invalid_refresh_token"

    def check_authorize(self, asked: dict[str, str]) -> None:
        assert asked.get("scope") or asked.get("user_scope")

    def refusal(self, code: str, *, status: int = 400) -> Answer:
        return Answer.of_json({"ok": False, "error": code})

    def tokens(
        self, grant: Grant, access: str, refresh: str | None, expires_in_s: float | None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "ok": True,
            "app_id": "A0KRD7HC3",
            "team": {"name": PERSON["organization"], "id": "T9TK3CUKW"},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": "U1234"},
        }
        given: dict[str, Any] = {"access_token": access}
        if refresh is not None and expires_in_s is not None:
            given["refresh_token"] = refresh
        if expires_in_s is not None:
            given["expires_in"] = int(expires_in_s)
        if grant.user_scopes:
            answer["authed_user"] |= {**given, "scope": ",".join(grant.user_scopes), "token_type": "user"}
            return answer
        scope = ",".join(grant.scopes)
        return {**answer, **given, "token_type": "bot", "scope": scope, "bot_user_id": "U0KRQLJ9H"}

    def account(self, seen: Seen) -> Answer:
        if seen.path == "/api/auth.test":
            names = {
                "team": PERSON["organization"],
                "user": "ada",
                "team_id": "T9TK3CUKW",
                "user_id": "U1234",
            }
            return Answer.of_json({"ok": True, "url": "https://engines.slack.com/", **names})
        picture = "https://avatars.slack-edge.com/ada_192.jpg"
        profile = {"email": PERSON["email"], "image_192": picture, "real_name": PERSON["name"]}
        return Answer.of_json({"ok": True, "user": {"id": "U1234", "profile": profile}})

    def revoked(self) -> Answer:
        return Answer.of_json({"ok": True, "revoked": True})


class Notion(_InBasic):
    name = "notion"
    authorize_url = "https://api.notion.com/v1/oauth/authorize"
    token_path, revoke_path, account_paths = "/v1/oauth/token", "/v1/oauth/revoke", ("/v1/users/me",)

    def check_authorize(self, asked: dict[str, str]) -> None:
        assert asked["owner"] == "user"
        assert "scope" not in asked

    def tokens(
        self, grant: Grant, access: str, refresh: str | None, expires_in_s: float | None
    ) -> dict[str, Any]:
        return {
            "access_token": access,
            "token_type": "bearer",
            "refresh_token": refresh,
            "bot_id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
            "workspace_icon": "https://www.notion.so/images/engine.png",
            "workspace_name": PERSON["organization"],
            "workspace_id": "3c90c3cc-0d44-4b50-8888-8dd25736052b",
            "owner": {"type": "user", "user": _notion_user()},
            "duplicated_template_id": None,
            "request_id": "3c90c3cc-0d44-4b50-8888-8dd25736052c",
        }

    def account(self, seen: Seen) -> Answer:
        assert seen.headers["notion-version"]
        owner = {"type": "user", "user": _notion_user()}
        bot = {"owner": owner, "workspace_name": PERSON["organization"]}
        return Answer.of_json({"object": "user", "id": "b1", "type": "bot", "bot": bot})


def _notion_user() -> dict[str, Any]:
    person = {"email": PERSON["email"]}
    picture = "https://s3.example.com/ada.png"
    return {
        "object": "user",
        "id": "u1",
        "type": "person",
        "person": person,
        "name": PERSON["name"],
        "avatar_url": picture,
    }


class Discord(_InBasic):
    name = "discord"
    authorize_url = "https://discord.com/oauth2/authorize"
    token_path, revoke_path = "/api/oauth2/token", "/api/oauth2/token/revoke"
    account_paths = ("/api/users/@me",)

    def account(self, seen: Seen) -> Answer:
        names = {"username": "ada", "global_name": PERSON["name"], "email": PERSON["email"]}
        return Answer.of_json(
            {"id": "80351110224678912", "avatar": "8342729096ea3675442027381ff50dfe", **names}
        )


class Linear(Shape):
    name = "linear"
    authorize_url = "https://linear.app/oauth/authorize"
    token_path, revoke_path, account_paths = "/oauth/token", "/oauth/revoke", ("/graphql",)

    def check_authorize(self, asked: dict[str, str]) -> None:
        assert " " not in asked["scope"]
        assert "read" in asked["scope"].split(",")
        assert asked["actor"] in ("user", "app")

    def account(self, seen: Seen) -> Answer:
        assert "viewer" in seen.json()["query"]
        picture = "https://public.linear.app/ada.png"
        viewer = {"name": PERSON["name"], "email": PERSON["email"], "avatarUrl": picture}
        return Answer.of_json({"data": {"viewer": viewer, "organization": {"name": PERSON["organization"]}}})


class AsTheStandard(Shape):
    """A provider that does nothing otherwise: what its handler says is enough to play it."""

    def __init__(self, handler: type[OAuthHandler]) -> None:
        self.name = handler.PROVIDER.value
        self.authorize_url = handler.AUTHORIZE_URL
        self.token_path = urlsplit(handler.TOKEN_URL).path
        self.revoke_path = urlsplit(getattr(handler, "REVOKE_URL", "")).path
        self.account_paths = (urlsplit(getattr(handler, "USER_URL", "")).path,)
        self.origins = _origins(handler)

    def account(self, seen: Seen) -> Answer:
        return Answer.of_json({**PERSON, "avatar_url": "https://avatars.example.com/ada.png"})


def _origins(handler: type[OAuthHandler]) -> tuple[str, ...]:
    addresses = [str(value) for name, value in vars(handler).items() if name.endswith("_URL")]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in map(urlsplit, addresses)))


def _shapes() -> dict[str, Shape]:
    """Those above, and the standard's for every other handler."""
    own: tuple[Shape, ...] = (GitHub(), Google(), Slack(), Notion(), Discord(), Linear())
    known: dict[str, Shape] = {shape.name: shape for shape in own}
    others = [AsTheStandard(handler) for name, handler in handlers().items() if name.value not in known]
    return {**known, **{shape.name: shape for shape in others}}


SHAPES = _shapes()
