"""All six providers at a real server process: they connect, and nothing secret is seen afterwards."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import sqlalchemy as sa

from backend.data.credential_store import list_credentials
from backend.data.db import Database
from backend.data.session_store import create_session
from backend.data.tables import oauth_login
from backend.data.user_store import LOCAL_USER_ID
from backend.server.auth import COOKIE, hash_of, new_token
from backend.util.clock import now
from tests.server.conftest import client_of
from tests.support.deployment import deployed
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, identity_provider
from tests.support.identity_shapes import PERSON, SHAPES
from tests.support.oauth_browser import begin, come_back, dump, said

PROVIDERS = sorted(SHAPES)
PUBLIC = "https://blockyard.example.com"
VARIABLES = {
    f"{name}_client_{part}".upper().replace("-", "_"): value
    for name in PROVIDERS
    for part, value in [("id", CLIENT_ID), ("secret", CLIENT_SECRET)]
}


@asynccontextmanager
async def _logged_in(database: Database, url: str) -> AsyncIterator[httpx.AsyncClient]:
    token = new_token()
    async with database.begin() as connection:
        await create_session(connection, LOCAL_USER_ID, hash_of(token), now() + timedelta(days=1))
    async with client_of(url) as client:
        client.cookies.set(COOKIE, token)
        yield client


async def test_all_six_providers_connect_at_a_real_server_and_nothing_secret_is_seen_afterwards(
    database_url: str, tmp_path: Path
) -> None:
    seen: list[str] = []
    with identity_provider() as idp:
        chosen = {
            "ENVIRONMENT": "test",
            "LOG_LEVEL": "DEBUG",
            "BLOCKYARD_PUBLIC_URL": PUBLIC,
            "HTTP_ORIGIN_MAP": str(idp.origin_map).replace("'", '"'),
        }
        async with deployed(database_url, tmp_path, **chosen, **VARIABLES) as deployment:
            server = await deployment.start("serve").ready()
            async with _logged_in(deployment.database, server.url) as browser:
                for provider in PROVIDERS:
                    url = await begin(browser, provider, return_to=f"/settings?tab={provider}&x=1")
                    asked = parse_qs(urlsplit(url).query)
                    assert asked["redirect_uri"] == [f"{PUBLIC}/api/oauth/{provider}/callback"]
                    async with deployment.database.begin() as connection:
                        sealed = await connection.scalar(sa.select(oauth_login.c.sealed))
                    answer = await come_back(browser, idp.consent(url))
                    assert answer.status_code == 200, answer.text
                    assert f'content="2; url=/settings?tab={provider}&amp;x=1"' in answer.text
                    assert " is connected." in said(answer)
                    seen += [answer.text, str(answer.headers), str(sealed), _without_state(url)]
                listed = await browser.get("/api/credentials")
                for one in listed.json()["items"]:
                    if one.get("kind") == "oauth2":
                        seen.append((await browser.get(f"/api/credentials/{one['id']}")).text)
                seen += [listed.text, (await browser.get("/api/audit")).text]
                seen.append(await dump(deployment.database))
                async with deployment.database.begin() as connection:
                    rows = await list_credentials(connection, LOCAL_USER_ID)
            server.tell_to_end()
            await server.ended(20)
            log = server.log.read_text()
    assert sorted(row.provider for row in rows) == PROVIDERS
    for row in rows:
        assert row.account is not None, row.provider
        assert row.account["email"] == PERSON["email"]
        assert re.fullmatch(r"(GitHub|Google|Slack|Notion|Discord|Linear) \((ada|Ada Lovelace)\)", row.title)
    assert idp.refused == []
    bodies = [one.body.decode() for one in idp.server.seen]
    verifiers = [part for body in bodies for part in re.findall(r'code_verifier["=: ]+([\w-]{43,})', body)]
    assert len(set(verifiers)) == len(PROVIDERS)
    assert len(idp.issued) == 3 * len(PROVIDERS)
    assert "/api/oauth/{provider}/callback" in log, "the log is at its most talkative"
    for secret in [*idp.issued, *verifiers, CLIENT_SECRET]:
        assert secret not in log
        assert not [text for text in seen if secret in text]


def _without_state(url: str) -> str:
    return url.replace(parse_qs(urlsplit(url).query)["state"][0], "")
