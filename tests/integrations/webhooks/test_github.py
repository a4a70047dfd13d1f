"""GitHub's webhooks: which deliveries are taken, and how a webhook is made, changed and removed there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from backend.data.credentials import APIKeyCredentials
from backend.data.integrations import Webhook
from backend.integrations.webhooks._request import WebhookRequest
from backend.integrations.webhooks._verify import hmac_hex
from backend.integrations.webhooks.github import GithubWebhookManager
from backend.util.errors import (
    BadInput,
    BlockyardError,
    CredentialsError,
    InvalidInput,
    ProviderForbidden,
    RateLimited,
    Unauthorized,
)
from tests.support.deliveries import deliver, webhook_of
from tests.support.github_server import NOT_FOUND, REPO, TOKEN, Github, github_server, refused
from tests.support.http_server import Answer, local_http_server, reachable

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures/webhooks/github").glob("*.json"))
EVENTS = [path for path in FIXTURES if path.stem != "ping"]
MANAGER = GithubWebhookManager()
CREDENTIALS = APIKeyCredentials(id="c", provider="github", api_key=SecretStr(TOKEN))
URL = "https://blockyard.example.com/api/integrations/github/webhooks/6f0c5ad4-webhook/ingress"
SECRET = "a phrase for signing"
HOOKS = f"/repos/{REPO}/hooks"


def _fixture(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _hook(resource: str = REPO, **more: Any) -> Webhook:
    return webhook_of("github", SECRET, resource=resource, webhook_type="repo", **more)


@pytest.fixture
def github() -> Iterator[Github]:
    with github_server() as server, reachable(origin_map=server.origin_map):
        yield server


def test_github_s_published_signature_passes_and_no_other() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation"""
    webhook = webhook_of("github", "It's a Secret to Everybody")
    published = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"X-Hub-Signature-256": f"sha256={published}", "X-GitHub-Event": "ping"}
    assert deliver(webhook, headers, b"Hello, World!").reply is not None
    for signature in (f"sha256={published[:-1]}8", f"sha1={published}", "sha256=", "", published[:-1], "ÿ"):
        with pytest.raises(Unauthorized):
            deliver(webhook, {**headers, "X-Hub-Signature-256": signature}, b"Hello, World!")
    with pytest.raises(Unauthorized):
        deliver(webhook, headers, b"Hello, World?")


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_captured_delivery_gives_payload_event_and_id(path: Path) -> None:
    sent = _fixture(path)
    read = deliver(webhook_of("github", sent["secret"]), sent["headers"], sent["body"].encode())
    assert (read.event, read.event_id) == (sent["event"], sent["event_id"])
    assert read.payload == json.loads(sent["body"])
    assert any(read.event == known or read.event.startswith(f"{known}.") for known in MANAGER.known_events())


def test_a_ping_is_answered_and_starts_nothing() -> None:
    sent = _fixture(next(path for path in FIXTURES if path.stem == "ping"))
    read = deliver(webhook_of("github", sent["secret"]), sent["headers"], sent["body"].encode())
    assert read.reply is not None
    assert read.reply.status == 200
    with pytest.raises(Unauthorized):
        deliver(webhook_of("github", "another"), sent["headers"], sent["body"].encode())


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_form_gives_what_json_gives(path: Path) -> None:
    sent = _fixture(path)
    form = urlencode({"payload": sent["body"]}).encode()
    headers = {
        **sent["headers"],
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Hub-Signature-256": f"sha256={hmac_hex(sent['secret'], form)}",
    }
    read = deliver(webhook_of("github", sent["secret"]), headers, form)
    assert (read.payload, read.event) == (json.loads(sent["body"]), sent["event"])


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"[]", {"X-GitHub-Event": "push"}),
        (b"{", {"X-GitHub-Event": "push"}),
        (b"{}", {}),
        (b"{}", {"X-GitHub-Event": ""}),
        (b"payload=1", {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded"}),
        (b"other={}", {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded"}),
        (b"payload=%ff", {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded"}),
        (
            b"payload={}&a" * 2000,
            {"X-GitHub-Event": "push", "Content-Type": "application/x-www-form-urlencoded"},
        ),
    ],
)
def test_a_signed_delivery_that_cannot_be_read_is_bad_input(body: bytes, headers: dict[str, str]) -> None:
    signed = {**headers, "X-Hub-Signature-256": f"sha256={hmac_hex(SECRET, body)}"}
    with pytest.raises(BadInput):
        deliver(_hook(), signed, body)


def test_an_action_that_is_no_text_is_left_out_of_the_event() -> None:
    for body in (b'{"action": 1}', b'{"action": ""}', b'{"action": null}', b"{}"):
        headers = {"X-GitHub-Event": "push", "X-Hub-Signature-256": f"sha256={hmac_hex(SECRET, body)}"}
        read = deliver(_hook(), headers, body)
        assert (read.event, read.event_id) == ("push", None)


async def test_a_webhook_is_made_once_with_whole_events_address_and_secret(github: Github) -> None:
    events = ["pull_request.opened", "pull_request.closed", "push"]
    first = await MANAGER.register(_hook(), CREDENTIALS, URL, events)
    again = await MANAGER.register(_hook(), CREDENTIALS, URL, ["star"])
    assert first.provider_webhook_id == again.provider_webhook_id == "12345678"
    assert first.secret is None
    posted = github.asked("POST", HOOKS)[0].json()
    assert (posted["name"], posted["active"], posted["events"]) == ("web", True, ["pull_request", "push"])
    assert posted["config"] == {"url": URL, "content_type": "json", "insecure_ssl": "0", "secret": SECRET}
    ((place, made),) = github.hooks.values()
    assert (place, made["events"]) == (f"repos/{REPO}", ["star"])


async def test_without_a_filter_all_events_are_asked_for(github: Github) -> None:
    await MANAGER.register(_hook(), CREDENTIALS, URL, [])
    assert github.hooks[12345678][1]["events"] == ["*"]


async def test_one_that_is_found_only_by_the_refusal_is_taken_over(github: Github) -> None:
    await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    github.next("GET", HOOKS, Answer.of_json([]))
    found = await MANAGER.register(_hook(), CREDENTIALS, URL, ["star"])
    assert found.provider_webhook_id == "12345678"
    assert github.hooks[12345678][1]["events"] == ["star"]


async def test_one_under_our_former_address_is_pointed_here_and_one_of_others_is_left(github: Github) -> None:
    for address in (URL.replace("6f0c5ad4", "another"), URL.replace("https://blockyard", "http://old")):
        github.hooks[len(github.hooks) + 1] = (f"repos/{REPO}", {"events": ["*"], "config": {"url": address}})
    found = await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    assert found.provider_webhook_id == "2"
    assert [said["events"] for _, said in github.hooks.values()] == [["*"], ["push"]]
    assert github.hooks[2][1]["config"]["url"] == URL


async def test_among_hundreds_of_others_it_is_found(github: Github) -> None:
    for number in range(1, 251):
        url = URL if number == 1 else f"https://example.com/{number}"
        github.hooks[number] = (f"repos/{REPO}", {"events": ["*"], "config": {"url": url}})
    assert (await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])).provider_webhook_id == "1"


async def test_an_update_points_it_elsewhere_or_makes_the_lost_one_anew(github: Github) -> None:
    made = await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    known = _hook(provider_webhook_id=made.provider_webhook_id)
    elsewhere = URL.replace("blockyard", "new")
    changed = await MANAGER.update(known, CREDENTIALS, elsewhere, ["issues.opened"])
    assert changed.provider_webhook_id == made.provider_webhook_id
    assert github.hooks[12345678][1]["config"]["url"] == elsewhere
    assert github.hooks[12345678][1]["events"] == ["issues"]
    github.hooks.clear()
    await MANAGER.update(known, CREDENTIALS, URL, ["push"])
    assert [said["config"]["url"] for _, said in github.hooks.values()] == [URL]


async def test_it_is_removed_and_gone_is_fine(github: Github) -> None:
    made = await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    known = _hook(provider_webhook_id=made.provider_webhook_id)
    await MANAGER.deregister(known, CREDENTIALS)
    assert github.hooks == {}
    await MANAGER.deregister(known, CREDENTIALS)
    await MANAGER.deregister(_hook(), CREDENTIALS)


async def test_an_organization_has_its_own_webhooks(github: Github) -> None:
    webhook = webhook_of("github", SECRET, resource="octo-org", webhook_type="org")
    made = await MANAGER.register(webhook, CREDENTIALS, URL, ["team"])
    assert github.hooks[int(made.provider_webhook_id)][0] == "orgs/octo-org"


async def test_what_github_refuses_is_told(github: Github) -> None:
    github.next("GET", HOOKS, NOT_FOUND)
    with pytest.raises(BlockyardError, match="private repository"):
        await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    github.next("POST", HOOKS, refused(403, "Must have admin rights to Repository."))
    with pytest.raises(ProviderForbidden, match="Must have admin rights"):
        await MANAGER.register(_hook(), CREDENTIALS, URL, ["push"])
    github.next("DELETE", f"{HOOKS}/1", refused(403, "secondary rate limit", {"Retry-After": "5"}))
    with pytest.raises(RateLimited):
        await MANAGER.deregister(_hook(provider_webhook_id="1"), CREDENTIALS)
    github.next(
        "POST", HOOKS, refused(422, "Validation Failed", errors=[{"message": "url is not supported"}])
    )
    with pytest.raises(BlockyardError, match="url is not supported"):
        await MANAGER.register(_hook(), CREDENTIALS, "http://127.0.0.1", ["push"])
    with pytest.raises(CredentialsError):
        await MANAGER.register(_hook(), None, URL, ["push"])
    with pytest.raises(InvalidInput):
        await MANAGER.register(_hook(resource="a/b/c"), CREDENTIALS, URL, ["push"])


async def test_what_a_registered_webhook_sends_is_taken(github: Github) -> None:
    with local_http_server({"/ingress": Answer(202)}) as ours:
        await MANAGER.register(_hook(), CREDENTIALS, f"{ours.base_url}/ingress", ["star.created"])
        assert github.deliver("push", {"ref": "refs/heads/main"}) == []
        assert github.deliver("star", {"action": "created"}, delivery="a-b") == [202]
        (seen,) = ours.seen
    webhook = _hook()
    pairs = [(name.encode(), value.encode()) for name, value in seen.headers.items()]
    received = WebhookRequest(pairs, seen.body)
    await MANAGER.verify(webhook, received)
    payload, event = await MANAGER.validate_payload(webhook, received)
    assert (payload, event, MANAGER.event_id(webhook, received, payload)) == (
        {"action": "created"},
        "star.created",
        "a-b",
    )
