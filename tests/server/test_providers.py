"""What is told of the providers."""

from __future__ import annotations

from typing import Any

import httpx

from backend.app import App
from backend.integrations.providers import ProviderName
from backend.integrations.quality import quality_of
from backend.util.settings import Settings


async def _provider(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    answer = await client.get(f"/api/providers/{name}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_every_provider_is_listed_by_label(ada: httpx.AsyncClient) -> None:
    items = (await ada.get("/api/providers")).json()["items"]
    assert {item["provider"] for item in items} == {name.value for name in ProviderName}
    labels = [item["label"].lower() for item in items]
    assert labels == sorted(labels)


async def test_example_has_everything_that_a_provider_can_have(ada: httpx.AsyncClient) -> None:
    told = await _provider(ada, "EXAMPLE_PROVIDER")
    assert (told["label"], told["kinds"]) == ("Example", ["api_key"])
    assert [block["name"] for block in told["blocks"]] == ["ExampleBlock", "ExampleTriggerBlock"]
    assert told["webhooks"]["events"] == ["example_event", "another_example_event"]
    assert (told["webhooks"]["is_automatic"], told["webhooks"]["secret_from"]) == (False, "us")
    assert told["webhooks"]["setup"]
    assert told["login"] is None


async def test_login_says_which_settings_an_operator_fills_in(
    ada: httpx.AsyncClient, settings: Settings
) -> None:
    told = await _provider(ada, "github")
    assert told["login"] == {"is_set_up": False, "variables": ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"]}
    settings.secrets.github_client_id, settings.secrets.github_client_secret = "id", "of a test"
    assert (await _provider(ada, "github"))["login"]["is_set_up"] is True
    assert "of a test" not in (await ada.get("/api/providers")).text


async def test_block_with_a_credential_of_a_host_belongs_to_http(ada: httpx.AsyncClient) -> None:
    names = [block["name"] for block in (await _provider(ada, "http"))["blocks"]]
    assert "SendAuthenticatedWebRequestBlock" in names


async def test_quality_is_the_same_at_the_provider_its_card_and_its_blocks(ada: httpx.AsyncClient) -> None:
    cards = {card["provider"]: card for card in (await ada.get("/api/connections")).json()["items"]}
    blocks = (await ada.get("/api/blocks")).json()["items"]
    for told in (await ada.get("/api/providers")).json()["items"]:
        name, level = told["provider"], told["quality"]
        assert level == quality_of(ProviderName(name)).level, name
        assert cards.get(name, told)["quality"] == level, name
        assert {block["quality"] for block in blocks if block["provider"] == name} <= {level}, name
    assert cards["github"]["quality"] != "none"
    assert {block["quality"] for block in blocks if block["provider"] is None} == {None}


async def test_quality_has_every_rule_with_where_the_provider_stands(ada: httpx.AsyncClient) -> None:
    told = await _provider(ada, "example-provider")
    rules = {rule["rule"]: rule for rule in told["quality_rules"]}
    assert list(dict.fromkeys(rule["level"] for rule in rules.values())) == [
        "bronze",
        "silver",
        "gold",
        "platinum",
    ]
    assert (rules["sources"]["standing"], rules["sources"]["reason"]) == ("done", "")
    assert rules["logo"]["standing"] == "exempt"
    assert rules["logo"]["reason"] == "It is no company"


async def test_unknown_provider_is_404_with_the_nearest(ada: httpx.AsyncClient) -> None:
    answer = await ada.get("/api/providers/gihub")
    assert answer.status_code == 404
    assert "Did you mean 'github'?" in answer.json()["detail"]


async def test_whoever_is_signed_in_may_look(
    app: App, ada: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    assert (await nobody.get("/api/providers")).status_code == 401
