"""Cards: the form is checked, the service is asked, and only what passed is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from backend.app import App
from backend.data.credentials import Credentials
from backend.data.tables import credential
from backend.integrations import connections as known
from backend.integrations.connections import Account, Connection, Field, connection_of, declare
from backend.integrations.providers import ProviderName
from backend.server.access import Scope
from backend.util.settings import Settings
from tests.server.conftest import client_of, graph_json, make_person, node, stored
from tests.support.http_server import Answer, LocalServer, Seen, local_http_server, reachable

EXAMPLE_BLOCK = "c6fed5c4-1978-46b7-a835-02425735fd39"
GOOD = {"fields": {"api_key": "ex_good_key_1234"}}
BAD = {"fields": {"api_key": "ex_wrong_key_9876"}}


def _me(seen: Seen) -> Answer:
    if seen.headers.get("authorization") != "Bearer ex_good_key_1234":
        said = f"I do not know the key {seen.headers.get('authorization')}."
        return Answer.of_json({"error": said}, status=401)
    return Answer.of_json({"name": "Ada", "email": "ada@example.com", "organization": "Example Ltd"})


def _greet(seen: Seen) -> Answer:
    return Answer.of_json({"message": f"{seen.json()['name']} ({seen.headers['authorization'][-4:]})"})


@pytest.fixture
def api() -> Iterator[LocalServer]:
    with local_http_server({"/v1/me": _me, "/v1/resources": _greet}) as server:
        with reachable(server, origin_map={"https://api.example.com": server.base_url}):
            yield server


@pytest.fixture
def untested() -> Iterator[Connection]:
    """A provider whose connection nobody can test, of the tier premium."""
    before = known.connection_of("linear")
    yield declare(
        Connection(
            ProviderName.LINEAR,
            "Linear",
            ("api_key",),
            (Field("api_key", "Key", "password"),),
            tier="premium",
        )
    )
    if before is not None:
        declare(before)
    else:
        known._connections.pop(ProviderName.LINEAR)


async def _count(app: App) -> int:
    async with app.database.begin() as connection:
        return int(await connection.scalar(sa.select(sa.func.count()).select_from(credential)) or 0)


async def _card(client: httpx.AsyncClient, provider: str = "example-provider") -> dict[str, Any]:
    items = (await client.get("/api/connections")).json()["items"]
    return next(item for item in items if item["provider"] == provider)


async def test_card_is_drawn_from_what_the_provider_declares(ada: httpx.AsyncClient) -> None:
    card = await _card(ada)
    assert (card["label"], card["kinds"], card["has_test"]) == ("Example", ["api_key"], True)
    (field,) = card["fields"]
    assert (field["key"], field["type"], field["is_required"]) == ("api_key", "password", True)
    assert (card["is_connected"], card["credential_id"], card["account"]) == (False, None, None)


async def test_connect_names_what_is_missing_and_asks_nobody(
    ada: httpx.AsyncClient, api: LocalServer
) -> None:
    path = "/api/connections/example-provider/connect"
    refused = await ada.post(path, json={"fields": {}})
    assert refused.status_code == 400
    assert [error["path"] for error in refused.json()["errors"]] == ["fields.api_key"]
    complete = await ada.post(path, json=BAD)
    assert complete.json() == {"provider": "example-provider", "kind": "api_key"}
    assert api.seen == []


async def test_test_gives_the_account_and_stores_nothing(
    app: App, ada: httpx.AsyncClient, api: LocalServer
) -> None:
    answer = await ada.post("/api/connections/example-provider/test", json=GOOD)
    assert answer.json() == {
        "is_ok": True,
        "is_tested": True,
        "reason": "",
        "code": "",
        "account": {
            "name": "Ada",
            "email": "ada@example.com",
            "avatar_url": "",
            "organization": "Example Ltd",
        },
    }
    assert await _count(app) == 0


async def test_no_is_an_answer_in_the_services_own_words_without_the_secret(
    ada: httpx.AsyncClient, api: LocalServer
) -> None:
    answer = await ada.post("/api/connections/example-provider/test", json=BAD)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["is_ok"], told["code"], told["account"]) == (False, "credentials_refused", None)
    assert "I do not know the key" in told["reason"]
    assert "ex_wrong_key_9876" not in answer.text


async def test_service_that_is_away_is_a_no(ada: httpx.AsyncClient, api: LocalServer) -> None:
    api.routes["/v1/me"] = Answer(503)
    told = (await ada.post("/api/connections/example-provider/test", json=GOOD)).json()
    assert (told["is_ok"], told["code"]) == (False, "provider_unavailable")


async def test_nothing_is_stored_when_the_test_fails(
    app: App, ada: httpx.AsyncClient, api: LocalServer
) -> None:
    refused = await ada.put("/api/connections/example-provider", json=BAD)
    assert (refused.status_code, refused.json()["code"]) == (422, "credentials_refused")
    assert "ex_wrong_key_9876" not in refused.text
    assert await _count(app) == 0


async def test_saving_stores_a_credential_with_its_account_and_shows_no_secret(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient, api: LocalServer
) -> None:
    saved = await ada.put("/api/connections/Example_Provider", json={**GOOD, "title": "Work"})
    assert saved.status_code == 200, saved.text
    told = saved.json()
    assert told["message"] == "Example is connected as ada@example.com."
    assert (told["title"], told["is_tested"]) == ("Work", True)
    card = await _card(ada)
    assert (card["is_connected"], card["credential_id"]) == (True, told["credential_id"])
    assert card["account"]["email"] == "ada@example.com"
    assert "ex_good" not in (await ada.get("/api/connections")).text
    assert (await _card(bob))["is_connected"] is False


async def test_saving_again_replaces_the_secret_and_keeps_the_credential(
    app: App, ada: httpx.AsyncClient, api: LocalServer
) -> None:
    first = (await ada.put("/api/connections/example-provider", json={**GOOD, "title": "Work"})).json()
    api.routes["/v1/me"] = Answer.of_json({"name": "Grace"})
    again = (await ada.put("/api/connections/example-provider", json=BAD)).json()
    assert again["credential_id"] == first["credential_id"]
    assert (again["title"], again["account"]["name"]) == ("Work", "Grace")
    assert await _count(app) == 1


async def test_two_people_have_two_credentials(
    app: App, ada: httpx.AsyncClient, bob: httpx.AsyncClient, api: LocalServer
) -> None:
    one, two = [(await who.put("/api/connections/example-provider", json=GOOD)).json() for who in (ada, bob)]
    assert one["credential_id"] != two["credential_id"]
    assert await _count(app) == 2


async def test_what_is_connected_is_used_by_a_run(ada: httpx.AsyncClient, api: LocalServer) -> None:
    saved = (await ada.put("/api/connections/example-provider", json=GOOD)).json()
    told = await _run(ada, saved["credential_id"])
    assert told["status"] == "completed"
    assert api.seen[-1].headers["authorization"] == "Bearer ex_good_key_1234"


async def _run(client: httpx.AsyncClient, credential_id: str) -> dict[str, Any]:
    reference = {"id": credential_id, "provider": "example-provider", "type": "api_key", "title": "Work"}
    one = node("greet", EXAMPLE_BLOCK, name="Ada", greetings=["Hello"], credentials=reference)
    graph_id = await stored(client, graph_json("greet", [one], []))
    answer = await client.post(f"/api/graphs/{graph_id}/runs", json={"wait": 20})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_provider_without_a_test_is_saved_unchecked_and_says_so(
    app: App, ada: httpx.AsyncClient, untested: Connection
) -> None:
    path, body = "/api/connections/linear", {"fields": {"api_key": "abc"}}
    tried = (await ada.post(f"{path}/test", json=body)).json()
    assert (tried["is_ok"], tried["is_tested"]) == (True, False)
    saved = (await ada.put(path, json=body)).json()
    assert (saved["is_tested"], saved["account"]) == (False, None)
    assert "nobody knows yet" in saved["message"]
    assert await _count(app) == 1


@pytest.mark.parametrize("provider", ["exmple-provider", "standard-webhooks", "%E2%82%AC"])
async def test_what_nobody_connects_to_is_404(ada: httpx.AsyncClient, provider: str) -> None:
    for method, end in [("POST", "/connect"), ("POST", "/test"), ("PUT", "")]:
        answer = await ada.request(method, f"/api/connections/{provider}{end}", json={"fields": {}})
        assert answer.status_code == 404, answer.text
        assert ("Did you mean 'example-provider'?" in answer.text) is (provider == "exmple-provider")


async def test_keys_without_the_scope_save_nothing(app: App, url: str) -> None:
    reader = await make_person(app, "reader", scopes=[Scope.CREDENTIALS_READ])
    async with client_of(url, reader.key) as client:
        assert (await client.get("/api/connections")).status_code == 200
        for method, end in [("POST", "/connect"), ("POST", "/test"), ("PUT", "")]:
            answer = await client.request(method, f"/api/connections/example-provider{end}", json=GOOD)
            assert answer.status_code == 403


class TestFreeTier:
    """An installation with the lowest tier, and a provider that needs the highest."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"tier": "free"})

    @pytest.fixture
    def premium(self, blocks: Any) -> Iterator[None]:
        before = connection_of("example-provider")
        assert before is not None

        async def whose(credentials: Credentials) -> Account:
            raise AssertionError("nobody may be asked")

        declare(Connection(before.provider, before.label, before.kinds, before.fields, whose, tier="premium"))
        yield
        declare(before)

    async def test_provider_above_the_tier_is_refused_everywhere(
        self, app: App, ada: httpx.AsyncClient, premium: None
    ) -> None:
        for method, end in [("POST", "/connect"), ("POST", "/test"), ("PUT", "")]:
            answer = await ada.request(method, f"/api/connections/example-provider{end}", json=GOOD)
            assert answer.status_code == 403
            assert "Example needs the tier 'premium', and this installation has 'free'" in answer.text
        assert await _count(app) == 0

    async def test_cards_and_providers_say_so(self, ada: httpx.AsyncClient, premium: None) -> None:
        card = await _card(ada)
        assert (card["tier"], card["is_available"]) == ("premium", False)
        told = (await ada.get("/api/providers/example-provider")).json()
        assert (told["tier"], told["is_available"]) == ("premium", False)

    async def test_run_with_a_credential_above_the_tier_fails_with_the_same_sentence(
        self, ada: httpx.AsyncClient, api: LocalServer, blocks: Any
    ) -> None:
        saved = (await ada.put("/api/connections/example-provider", json=GOOD)).json()
        before = connection_of("example-provider")
        assert before is not None
        declare(
            Connection(before.provider, before.label, before.kinds, before.fields, before.test, tier="paid")
        )
        try:
            told = await _run(ada, saved["credential_id"])
        finally:
            declare(before)
        assert told["status"] == "failed"
        assert "needs the tier 'paid', and this installation has 'free'" in told["errors"][0]["message"]
        assert [seen.path for seen in api.seen] == ["/v1/me"]


async def test_card_says_when_the_platforms_own_credential_is_there(
    ada: httpx.AsyncClient, settings: Settings
) -> None:
    assert (await _card(ada))["has_platform_credential"] is False
    settings.secrets.example_api_key = "ex_platform_key"
    assert (await _card(ada))["has_platform_credential"] is True
