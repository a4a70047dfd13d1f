"""A table's webhook is made, prolonged, made anew and taken away, against a local Airtable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from backend.blocks.airtable._auth import test_connection as ask_who_it_is
from backend.blocks.airtable.triggers import AirtableWebhookTriggerBlock
from backend.blocks.testing import DirectContext, checked_input
from backend.data.credentials import APIKeyCredentials
from backend.data.integrations import Webhook
from backend.integrations.webhooks._request import Registration
from backend.integrations.webhooks.airtable import AirtableWebhookManager
from backend.util.errors import (
    CredentialsError,
    ProviderError,
    ProviderForbidden,
    ProviderNotFound,
)
from tests.support.airtable_server import BASE, TABLE, TOKEN, AirtableBase, airtable_base
from tests.support.deliveries import webhook_of

CREDENTIALS = APIKeyCredentials(id="c", provider="airtable", api_key=SecretStr(TOKEN))
WEBHOOK = webhook_of("airtable", "made-by-us", resource=f"{BASE}/Orders")
ADDRESS = f"https://blockyard.example.com/api/integrations/airtable/webhooks/{WEBHOOK.id}/ingress"
MANAGER = AirtableWebhookManager()


@pytest.fixture
def base() -> Iterator[AirtableBase]:
    with airtable_base() as running:
        yield running


def kept(registration: Registration, before: Webhook = WEBHOOK) -> Webhook:
    """The webhook as it is stored after a registration."""
    return replace(
        before,
        secret=registration.secret or before.secret,
        config=registration.config,
        provider_webhook_id=registration.provider_webhook_id,
    )


async def test_a_table_is_found_by_name_and_its_webhook_brings_its_own_secret(base: AirtableBase) -> None:
    made = await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    assert made.secret == base.secrets[made.provider_webhook_id]
    assert made.config["expires_at"] == "2023-01-30T00:00:00.000Z"
    hook = base.hooks[made.provider_webhook_id]
    assert hook["notificationUrl"] == ADDRESS
    assert hook["specification"]["options"]["filters"] == {
        "dataTypes": ["tableData", "tableFields", "tableMetadata"],
        "recordChangeScope": TABLE,
    }
    assert str(made.secret) not in str(made.config)


async def test_made_twice_there_is_one(base: AirtableBase) -> None:
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    made = await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    assert list(base.hooks) == [made.provider_webhook_id]


async def test_an_update_of_what_is_as_wanted_prolongs_it(base: AirtableBase) -> None:
    stored = kept(await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, []))
    updated = await MANAGER.update(stored, CREDENTIALS, ADDRESS, [])
    assert base.refreshed == [stored.provider_webhook_id]
    assert (updated.provider_webhook_id, updated.secret) == (stored.provider_webhook_id, None)
    assert updated.config["expires_at"] == "2023-02-06T00:00:00.000Z"
    assert kept(updated, stored).config["secret_sha256"] == stored.config["secret_sha256"]


@pytest.mark.parametrize("change", ["address", "secret", "table", "gone", "disabled"])
async def test_an_update_of_what_is_other_makes_it_anew(base: AirtableBase, change: str) -> None:
    stored = kept(await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, []))
    address = ADDRESS.replace("blockyard", "new-name") if change == "address" else ADDRESS
    if change == "secret":
        stored = replace(stored, secret="another")
    if change == "table":
        stored = replace(stored, resource=f"{BASE}/viw00000000000000")
    if change == "gone":
        base.hooks.clear()
    if change == "disabled":
        base.hooks[stored.provider_webhook_id]["isHookEnabled"] = False
    made = await MANAGER.update(stored, CREDENTIALS, address, [])
    assert made.provider_webhook_id != stored.provider_webhook_id
    assert list(base.hooks) == [made.provider_webhook_id]
    assert made.secret == base.secrets[made.provider_webhook_id]


async def test_removed_twice_is_removed_and_strangers_stay(base: AirtableBase) -> None:
    stored = kept(await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, []))
    base.hooks["achOther"] = {"id": "achOther", "notificationUrl": "https://other.example.com/hook"}
    await MANAGER.deregister(stored, CREDENTIALS)
    await MANAGER.deregister(stored, CREDENTIALS)
    assert list(base.hooks) == ["achOther"]


async def test_removal_of_what_was_never_stored_finds_it_by_its_address(base: AirtableBase) -> None:
    await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    assert base.hooks == {}


async def test_a_base_that_is_gone_has_no_webhooks_to_remove(base: AirtableBase) -> None:
    base.refuse_with = (404, "NOT_FOUND")
    await MANAGER.deregister(WEBHOOK, CREDENTIALS)
    assert base.hooks == {}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CredentialsError),
        (403, ProviderForbidden),
        (404, ProviderNotFound),
        (422, ProviderError),
    ],
)
async def test_a_refusal_is_typed_and_says_what_airtable_says(
    base: AirtableBase, status: int, kind: type[ProviderError]
) -> None:
    base.refuse_with = (status, "SOME_REASON")
    with pytest.raises(kind, match="SOME_REASON it is") as refusal:
        await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    assert TOKEN not in str(refusal.value)


async def test_a_table_that_is_not_there_is_refused_with_those_that_are(base: AirtableBase) -> None:
    with pytest.raises(ProviderNotFound, match=r"'Order'.*'Orders'"):
        await MANAGER.register(replace(WEBHOOK, resource=f"{BASE}/Order"), CREDENTIALS, ADDRESS, [])
    assert base.hooks == {}


async def test_without_a_token_it_says_where_to_get_one(base: AirtableBase) -> None:
    with pytest.raises(CredentialsError, match="create/tokens"):
        await MANAGER.register(WEBHOOK, None, ADDRESS, [])


async def test_the_connection_test_tells_whose_token_it_is(base: AirtableBase) -> None:
    assert (await ask_who_it_is(CREDENTIALS)).email == "ada@example.com"


async def test_the_block_reads_all_pages_from_the_cursor_on(base: AirtableBase) -> None:
    made = await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    base.changes = [{"baseTransactionNumber": number} for number in range(1, 6)]
    block = AirtableWebhookTriggerBlock()
    first = await block.read_changes(CREDENTIALS, BASE, made.provider_webhook_id, 1)
    assert [one["baseTransactionNumber"] for one in first["payloads"]] == [1, 2, 3, 4, 5]
    assert first["cursor"] == 6
    again = await block.read_changes(CREDENTIALS, BASE, made.provider_webhook_id, first["cursor"])
    assert again == {"payloads": [], "cursor": 6}


async def test_changes_that_a_run_has_taken_along_are_given_out_once(base: AirtableBase) -> None:
    made = await MANAGER.register(WEBHOOK, CREDENTIALS, ADDRESS, [])
    base.changes = [{"baseTransactionNumber": 1}, {"baseTransactionNumber": 2}]
    block, context = AirtableWebhookTriggerBlock(), DirectContext()
    ping = {"base": {"id": BASE}, "webhook": {"id": made.provider_webhook_id}}
    given = checked_input(block, {**block.test_cases()[0].input, "payload": ping})

    async def changes() -> list[Any]:
        yields = block.run(given, credentials=CREDENTIALS, context=context)  # type: ignore[arg-type]  # an Input
        return [value["baseTransactionNumber"] async for pin, value in yields if pin == "payload"]

    assert await changes() == [1, 2]
    assert await changes() == []
    base.changes.append({"baseTransactionNumber": 3})
    assert await changes() == [3]
