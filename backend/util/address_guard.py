"""Which addresses a request may go to: spellings of URLs, public ranges, the operator's allow-list.

Everything here is pure. `http_transport` resolves a name once, asks `AddressGuard.check_answers`, and
connects to what was checked, so a name that changes its mind between the two (DNS rebinding) gains nothing.

The ranges are `recommended_v1` of Microsoft's AntiSSRF 1.0.0 (MIT, Copyright (c) Microsoft Corporation),
https://github.com/microsoft/AntiSSRF. They are carried here because the package would bring `requests` and
`urllib3`: a second HTTP client in a house that allows one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from backend.util.errors import AddressRefused, SetupProblem
from backend.util.url_target import Target, host_and_port, parse_target

_NOT_PUBLIC_V4 = {
    "0.0.0.0/8": "this machine",
    "10.0.0.0/8": "a private network",
    "100.64.0.0/10": "shared address space of a carrier",
    "127.0.0.0/8": "this machine (loopback)",
    "168.63.129.16/32": "a cloud's wire server",
    "169.254.0.0/16": "link-local, where clouds keep their metadata",
    "172.16.0.0/12": "a private network",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "reserved for documentation",
    "192.31.196.0/24": "reserved (AS112)",
    "192.52.193.0/24": "reserved (AMT)",
    "192.88.99.0/24": "reserved (old 6to4 relay)",
    "192.168.0.0/16": "a private network",
    "192.175.48.0/24": "reserved (AS112)",
    "198.18.0.0/15": "reserved for benchmarks",
    "198.51.100.0/24": "reserved for documentation",
    "203.0.113.0/24": "reserved for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
_NOT_PUBLIC_V6 = {
    "::1/128": "this machine (loopback)",
    "::/128": "this machine",
    "::ffff:0:0/96": "an IPv4 address inside an IPv6 one",
    "::/96": "an IPv4 address inside an IPv6 one",
    "64:ff9b::/96": "an IPv4 address inside an IPv6 one (NAT64)",
    "64:ff9b:1::/48": "an IPv4 address inside an IPv6 one (NAT64)",
    "100::/64": "a discard address",
    "100:0:0:1::/64": "a dummy address",
    "2001::/32": "an IPv4 address inside an IPv6 one (Teredo)",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "reserved for documentation",
    "2002::/16": "an IPv4 address inside an IPv6 one (6to4)",
    "2620:4f:8000::/48": "reserved (AS112)",
    "3fff::/20": "reserved for documentation",
    "5f00::/16": "reserved for segment routing",
    "fc00::/7": "a private network",
    "fe80::/10": "link-local",
    "fec0::/10": "a private network",
    "ff00::/8": "multicast",
}
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214, 6.1: the upper half of an interface id that holds IPv4


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Says which targets and addresses may be contacted; `allowed` are the operator's (host, port) pairs."""

    allowed: frozenset[tuple[str, int]] = field(default_factory=frozenset[tuple[str, int]])

    @classmethod
    def allowing(cls, entries: Iterable[str]) -> AddressGuard:
        """A guard from the operator's `host:port` lines. Raises SetupProblem for a line that is not one."""
        return cls(frozenset(_allowed_entry(entry) for entry in entries))

    def target(self, url: str) -> Target:
        """Where `url` leads, spelled one way. Raises AddressRefused; a name is not resolved yet."""
        target = parse_target(url)
        if target.is_address:
            self.check_answers(target.host, target.port, [target.host])
        return target

    def check_answers(self, host: str, port: int, answers: Sequence[str]) -> None:
        """Raise AddressRefused if any of the addresses that `host` resolved to is not public."""
        if (host, port) in self.allowed:
            return
        for answer in answers:
            reason = why_not_public(answer)
            if reason is not None:
                raise AddressRefused(_refusal(host, port, answer, reason))


def why_not_public(address: str) -> str | None:
    """Why a request may not go to this IP address, or None when it is a public one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "not an IP address"
    if isinstance(parsed, IPv4Address):
        return _why_not_public_v4(parsed)
    return _why_not_public_v6(parsed)


def _why_not_public_v4(address: IPv4Address) -> str | None:
    for network, reason in _ranges_v4():
        if address in network:
            return reason
    return None if address.is_global else "reserved"


def _why_not_public_v6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "bound to one network card"
    for network, reason in _ranges_v6():
        if address in network:
            return reason
    if address not in _GLOBAL_UNICAST:
        return "outside 2000::/3, the public part of IPv6"
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return "an IPv4 address inside an IPv6 one (ISATAP)"
    return None if address.is_global else "reserved"


@cache
def _ranges_v4() -> list[tuple[IPv4Network, str]]:
    return [(IPv4Network(text), reason) for text, reason in _NOT_PUBLIC_V4.items()]


@cache
def _ranges_v6() -> list[tuple[IPv6Network, str]]:
    return [(IPv6Network(text), reason) for text, reason in _NOT_PUBLIC_V6.items()]


def _allowed_entry(entry: str) -> tuple[str, int]:
    try:
        host, port = host_and_port(entry.strip())
    except AddressRefused as error:
        raise SetupProblem(f"ALLOWED_ADDRESSES has {entry!r}: {error}") from error
    if port is None:
        raise SetupProblem(
            f"ALLOWED_ADDRESSES has {entry!r}, which names no port. Write it as host:port, like 127.0.0.1:11434."
        )
    return host, port


def _refusal(host: str, port: int, answer: str, reason: str) -> str:
    pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    leads = f"{pair} is" if host == answer else f"{pair} leads to {answer}, which is"
    return (
        f"{leads} not a public address: {reason}. Requests go to public addresses only. "
        f"If this one is meant, the operator can add {pair} to the allow-list in .env: "
        f"ALLOWED_ADDRESSES='[\"{pair}\"]'"
    )
