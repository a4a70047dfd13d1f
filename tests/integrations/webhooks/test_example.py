"""The Example provider's webhooks: what its API sends is taken, and nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Specified

from backend.data.integrations import Webhook
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks import manager_of
from backend.integrations.webhooks._request import WebhookRequest
from backend.integrations.webhooks.example import ExampleWebhookManager
from backend.util.errors import BadInput, Unauthorized
from examples import example_api

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures/webhooks/example").glob("*.json"))
MANAGER = ExampleWebhookManager()
every_fixture = pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)


def _hook(secret: str | None) -> Webhook:
    return Webhook("w", "u", ProviderName.EXAMPLE_PROVIDER, secret=secret)


def _request(headers: dict[str, str], raw: bytes) -> WebhookRequest:
    return WebhookRequest([(name.encode(), value.encode()) for name, value in headers.items()], raw)


def _fixture(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def test_manager_is_found_and_there_is_a_fixture_for_each_of_its_events() -> None:
    assert isinstance(manager_of("Example_Provider"), ExampleWebhookManager)
    assert sorted(path.stem for path in FIXTURES) == sorted(MANAGER.known_events())


@every_fixture
async def test_captured_delivery_is_read(path: Path) -> None:
    captured = _fixture(path)
    request = _request(captured["headers"], captured["body"].encode())
    payload, event = await MANAGER.validate_payload(_hook(captured["secret"]), request)
    assert (event, payload) == (captured["event"], json.loads(captured["body"]))
    assert MANAGER.event_id(_hook(captured["secret"]), request, payload) == captured["event_id"]


@every_fixture
def test_captured_signature_is_that_of_the_example_api(path: Path) -> None:
    captured = _fixture(path)
    signed = example_api.sign(
        captured["secret"], captured["event_id"], captured["body"].encode(), captured["at"]
    )
    assert signed.items() <= captured["headers"].items()


@every_fixture
async def test_captured_delivery_is_stale_today_and_passes_when_it_is_signed_now(path: Path) -> None:
    captured = _fixture(path)
    raw, hook = captured["body"].encode(), _hook(captured["secret"])
    with pytest.raises(Unauthorized):
        await MANAGER.verify(hook, _request(captured["headers"], raw))
    await MANAGER.verify(hook, _request(example_api.sign(captured["secret"], captured["event_id"], raw), raw))


@pytest.mark.parametrize(
    "secret", ["whsec_ZXhhbXBsZSBzZWNyZXQ=", "ZXhhbXBsZSBzZWNyZXQ=", "no base64 at all!"]
)
async def test_example_api_signs_as_the_specification_says(secret: str) -> None:
    raw = b'{"n": 1}'
    headers = example_api.sign(secret, "evt_1", raw)
    assert Specified(example_api.key_of(secret)).verify(raw, headers) == {"n": 1}
    await MANAGER.verify(_hook(secret), _request(headers, raw))


@pytest.mark.parametrize("secret", [None, "", "another secret"])
async def test_other_secret_or_none_is_refused(secret: str | None) -> None:
    raw = b"{}"
    headers = example_api.sign("the secret", "evt_1", raw)
    with pytest.raises(Unauthorized):
        await MANAGER.verify(_hook(secret), _request(headers, raw))


@pytest.mark.parametrize("at_s", [-301, 301])
async def test_stale_and_future_signatures_are_refused(at_s: int) -> None:
    raw = b"{}"
    headers = example_api.sign("the secret", "evt_1", raw, int(time.time()) + at_s)
    with pytest.raises(Unauthorized):
        await MANAGER.verify(_hook("the secret"), _request(headers, raw))


@pytest.mark.parametrize("raw", [b"[]", b"1", b'"text"', b"null", b'{"webhook_type": 3}', b"{", b"\xff"])
async def test_what_is_no_event_is_bad_input(raw: bytes) -> None:
    with pytest.raises(BadInput):
        await MANAGER.validate_payload(_hook("s"), _request({}, raw))


async def test_event_without_a_name_is_an_example_event() -> None:
    _, event = await MANAGER.validate_payload(_hook("s"), _request({}, b"{}"))
    assert event == "example_event"
