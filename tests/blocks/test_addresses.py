"""Every block that takes an address of the web: none of them gets around the address guard."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

import httpcore
import pytest
from pydantic import SecretStr

from backend.blocks import catalogue
from backend.blocks.testing import DirectContext, checked_input
from backend.data.block import Block
from backend.data.credentials import HostScopedCredentials
from backend.data.file_source import FromAnywhere
from backend.util import http_exchange
from backend.util.address_guard import _NOT_PUBLIC_V4  # pyright: ignore[reportPrivateUsage]  # the list itself
from backend.util.errors import BlockError
from backend.util.url_target import parse_target
from tests.support.http_server import reachable
from tests.util.test_address_guard import LEGAL, REFUSED_SPELLINGS

PUBLIC = "93.184.216.34"
_TEMPLATES = (
    "http://{0}/", "https://{0}:8443/x?y=1", "http://{0}.:80/", "http://{1}/", "http://{2}/", "http://{3}/",
    "http://[::ffff:{0}]/", "http://[::{0}]/", "http://[64:ff9b::{0}]/", "http://a@{0}/", "//{0}/", "ftp://{0}/",
    "http://{0}\\@example.com/", "http://{4}/",
)  # fmt: skip


def _spellings() -> Iterator[str]:
    """Refused addresses: the guard's own list, and many addresses of each range in many spellings."""
    yield from REFUSED_SPELLINGS
    for network, step in itertools.product(_NOT_PUBLIC_V4, (0, 1, 77, 255)):
        base, _, bits = network.partition("/")
        number = int(IPv4Address(base)) + step % (1 << (32 - int(bits)))
        written = str(IPv4Address(number))
        octal = ".".join(f"{int(part):04o}" for part in written.split("."))
        forms = (written, number, hex(number), octal, written.replace(".", "。"))
        yield from (template.format(*forms) for template in _TEMPLATES)


PAYLOADS = list(dict.fromkeys(_spellings()))


def _address_pins(block: Block) -> Iterator[str]:
    """Pins whose text is an address that the block goes to."""
    if block.pure:
        return
    for name, pin in block.pins({}).inputs.items():
        is_url = (name == "url" or name.endswith("_url")) and name != "base_url"
        if is_url or (isinstance(block, FromAnywhere) and pin.schema.get("format") == "file"):
            yield name


PLACES = [(block, pin) for block in catalogue() for pin in _address_pins(block)]
FREE = [(block, pin) for block, pin in PLACES if not block.name.startswith("Github")]
"""Blocks that go where they are told. Addresses of GitHub only name a thing, for which its own API is asked."""


def _required(block: Block) -> dict[str, Any]:
    """What else the block cannot do without, from its first example."""
    example = next((case.input for case in block.test_cases()), {})
    pins = block.pins({}).inputs.values()
    return {pin.name: example[pin.name] for pin in pins if pin.is_required and pin.name in example}


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """What the process would have connected to; every name resolves to a public address."""
    seen: list[tuple[str, int]] = []

    async def connect(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        seen.append((host, port))
        raise httpcore.ConnectError

    def answer(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        try:
            socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        except OSError:
            host = PUBLIC
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))]

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(http_exchange, "wait_s", lambda *_, **__: 0.0)
    with reachable():
        yield seen


async def go(block: Block, pin: str, url: str) -> None:
    """Run the block with this address.

    Raises:
        BlockError: it fails, as it must.
    """
    given = {**_required(block), pin: url}
    offered: dict[str, Any] = {"idempotency_key": "key", "context": DirectContext()}
    if block.Input.credentials_pins():
        secret = block.test_credentials
        if isinstance(secret, HostScopedCredentials):
            headers = {"X-Key": SecretStr("sesame")}
            secret = HostScopedCredentials(id="c", provider="http", host=_host_of(url), headers=headers)
        given["credentials"] = {"id": secret.id, "provider": secret.provider, "type": secret.type}
        offered["credentials"] = secret
    keywords = {name: value for name, value in offered.items() if name in block.wanted_keywords}
    made: Any = block.run(checked_input(block, given), **keywords)
    async for name, value in made:
        if name == "error":
            raise BlockError(value)


def _host_of(url: str) -> str:
    try:
        return parse_target(url).authority
    except BlockError:
        return "example.com"


def test_there_are_a_thousand_addresses_and_all_blocks_that_fetch() -> None:
    assert len(PAYLOADS) >= 1000
    names = {block.name for block, _ in PLACES}
    assert names >= {
        "SendWebRequestBlock",
        "SendAuthenticatedWebRequestBlock",
        "HttpRequestBlock",
        "ReadRSSFeedBlock",
        "ReadWebPageBlock",
        "FileStoreBlock",
    }


@pytest.mark.parametrize(("block", "pin"), PLACES, ids=lambda one: getattr(one, "name", one))
async def test_no_refused_address_is_connected_to(
    block: Block, pin: str, connects: list[tuple[str, int]]
) -> None:
    is_file = not (pin == "url" or pin.endswith("_url"))
    for url in PAYLOADS:
        if is_file and url.startswith("data:"):
            continue  # such a pin takes the content itself too
        with pytest.raises(BlockError):
            await go(block, pin, url)
    assert connects == []


@pytest.mark.parametrize(("block", "pin"), FREE, ids=lambda one: getattr(one, "name", one))
async def test_every_legal_address_is_connected_to(
    block: Block, pin: str, connects: list[tuple[str, int]]
) -> None:
    legal = [url.strip() for url in LEGAL]
    for place, url in enumerate(legal):
        with pytest.raises(BlockError):
            await go(block, pin, url)
        assert len(connects) > place, url
    assert {host for host, _ in connects} <= {
        PUBLIC,
        "1.1.1.1",
        "8.8.8.8",
        "172.32.0.1",
        "2606:4700:4700::1111",
    }
