"""Secrets of webhooks: what is no whole one lets nobody in, and only the one that a provider brought is shown again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook as Signer

from backend.app import App
from backend.data.key_file import KeySource
from backend.data.tables import webhook
from backend.integrations.webhooks._request import Introduction, Registration

MADE = "made-up-by-somebody-else"


async def _made(client: httpx.AsyncClient, provider: str, **body: Any) -> tuple[str, str]:
    """A webhook made by hand: its path, and the secret that was shown."""
    answer = await client.post(f"/api/integrations/{provider}/webhooks", json=body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return f"/api/integrations/{provider}/webhooks/{told['id']}", str(told["secret"])


@pytest.mark.parametrize("path", ["github/webhooks/%00", "%00/webhooks/a", "github/webhooks/%ff%0a"])
async def test_no_address_fails_us(nobody: httpx.AsyncClient, path: str) -> None:
    answer = await nobody.post(f"/api/integrations/{path}/ingress", json={})
    assert answer.status_code == 404, answer.text


async def test_secret_that_was_copied_masked_lets_nobody_in(ada: httpx.AsyncClient) -> None:
    path, _ = await _made(ada, "standard_webhooks", secret="whsec_ab****************************")
    moment, codes = str(int(time.time())), set[int]()
    for key in range(256):  # all that are left of it when what is no base64 is skipped
        signed = hmac.new(bytes([key]), f"m.{moment}.{{}}".encode(), hashlib.sha256).digest()
        headers = {
            "webhook-id": "m",
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        answer = await ada.post(f"{path}/ingress", content=b"{}", headers=headers)
        codes.add(answer.status_code)
        assert "copy it whole" in answer.text
    assert codes == {401}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
async def test_standard_signature_is_good_for_any_body(ada: httpx.AsyncClient, kind: str) -> None:
    path, secret = await _made(ada, "generic_webhook")
    moment = datetime.now(UTC)
    headers = {
        "content-type": kind,
        "webhook-id": "m",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Signer(secret).sign("m", moment, "a=b"),
    }
    taken = await ada.post(f"{path}/ingress", content=b"a=b", headers=headers)
    assert taken.status_code == 200, taken.text
    forged = await ada.post(f"{path}/ingress", content=b"a=c", headers=headers)
    assert forged.status_code == 401


async def test_what_was_rotated_in_is_not_shown_as_the_providers_token(ada: httpx.AsyncClient) -> None:
    path, _ = await _made(ada, "notion")
    assert (await ada.post(f"{path}/ingress", json={"verification_token": "brought"})).status_code == 200
    assert (await ada.get(path)).json()["verification_token"] == "brought"
    assert (await ada.post(f"{path}/rotate-secret", json={"secret": MADE})).status_code == 200
    assert (await ada.get(path)).json()["verification_token"] is None


async def test_secret_that_does_not_open_can_be_replaced(app: App, ada: httpx.AsyncClient) -> None:
    path, _ = await _made(ada, "generic_webhook")
    other, _ = await _made(ada, "generic_webhook")
    async with app.database.begin() as connection:
        sealed = sa.select(webhook.c.sealed).where(webhook.c.id == other.rpartition("/")[2]).scalar_subquery()
        own = webhook.c.id == path.rpartition("/")[2]
        await connection.execute(sa.update(webhook).where(own).values(sealed=sealed))
    answer = await ada.post(f"{path}/rotate-secret", json={"secret": MADE, "keep_old_s": 60})
    assert (answer.status_code, answer.json()["old_until"]) == (200, None)
    sent = await ada.post(f"{path}/ingress", json={}, headers={"x-webhook-token": MADE})
    assert sent.status_code == 200, sent.text


@pytest.mark.parametrize(
    "thing",
    [KeySource(MADE, None), Introduction(MADE), Registration("7", MADE)],
    ids=lambda one: type(one).__name__,
)
def test_what_holds_a_secret_does_not_print_it(thing: object) -> None:
    assert MADE not in f"{thing!r} {thing}"
