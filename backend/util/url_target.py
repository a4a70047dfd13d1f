"""One strict reading of a URL, so that what was checked is what is contacted.

Parsers that disagree about a URL are how guards are walked around, so a spelling that could be read in two
ways is refused here and never repaired. The authority goes through no other parser after this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

from backend.util.errors import AddressRefused

_AS_WRITTEN = "%/?:@!$&'()*+,;=~[]|"  # RFC 3986's own characters, and % because it may be encoded already
_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(?:#.*)?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_AUTHORITY = re.compile(r"(\[[^\[\]@]*\]|[^\[\]:@]+)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


@dataclass(frozen=True, slots=True)
class Target:
    """Where one request goes.

    `host` is a lower-case ASCII name or a canonical IP address without brackets; `rest` is path and query,
    percent-encoded, without the fragment.
    """

    scheme: str
    host: str
    port: int
    rest: str = ""

    @property
    def is_address(self) -> bool:
        return ":" in self.host or _is_number(self.host.rpartition(".")[2])

    @property
    def authority(self) -> str:
        """The value of the Host header: the default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.path_and_query

    @property
    def path_and_query(self) -> str:
        return self.rest if self.rest.startswith("/") else "/" + self.rest

    @property
    def shown(self) -> str:
        """The URL as messages show it: without the query, which may hold a key."""
        return self.url.partition("?")[0]


def parse_target(url: str) -> Target:
    """Where an absolute http or https URL leads. Raises AddressRefused for any spelling but a plain one."""
    match = _URL.fullmatch(url.strip(" \t\r\n"))
    if match is None:
        raise _refused(
            url, "it is not a full URL", "Write it with its scheme, like https://example.com/path."
        )
    scheme = match[1].lower()
    if scheme not in _PORTS:
        raise _refused(url, f"its scheme is {scheme!r}", "Use http or https.")
    if _CONTROL.search(url.strip(" \t\r\n")):
        raise _refused(url, "it holds a control character", "Remove line breaks and tabs from it.")
    if "@" in match[2]:
        raise _refused(url, "it holds a user name", "Put the credentials in a header, not in the URL.")
    host, port = host_and_port(match[2])
    return Target(scheme, host, _PORTS[scheme] if port is None else port, quote(match[3], safe=_AS_WRITTEN))


def host_and_port(authority: str) -> tuple[str, int | None]:
    """The host spelled one way, and the port or None. Raises AddressRefused."""
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise _refused(authority, "its host cannot be read", "Write it as host or host:port.")
    port = None if match[2] is None else int(match[2])
    if port is not None and not 0 < port < 65536:
        raise _refused(authority, "its port is not between 1 and 65535", "Correct the port.")
    return _host(match[1]), port


def covers(pattern: str, target: Target) -> bool:
    """Whether `example.com`, `*.example.com` (any name below it) or one of them with a port is the target's.

    Raises:
        AddressRefused: the pattern cannot be read.
    """
    is_below = pattern.startswith("*.")
    host, port = host_and_port(pattern.strip().removeprefix("*."))
    if port is not None and port != target.port:
        return False
    return target.host.endswith(f".{host}") if is_below else target.host == host


def _host(text: str) -> str:
    if text.startswith("["):
        return _address_v6(text[1:-1])
    name = _ascii_name(text).removesuffix(".")
    if _is_number(name.rpartition(".")[2]):
        return _address_v4(name, text)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise _refused(text, "its host is not a valid name", "Check the spelling.")
    return name


def _ascii_name(text: str) -> str:
    """The name in lower-case ASCII: international names as IDNA 2008 with the mapping of UTS 46."""
    if text.isascii():
        return text.lower()
    import idna  # 10 ms of tables that few URLs need

    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
    except UnicodeError as error:
        raise _refused(text, "its host is not a valid international name", "Check the spelling.") from error
    if _is_number(name.removesuffix(".").rpartition(".")[2]):
        raise _refused(text, "it hides an IP address in unusual characters", "Write it in plain digits.")
    return name


def _is_number(label: str) -> bool:
    """What a resolver may take for a number: then the whole host is an address (WHATWG URL, "ends in a number")."""
    return _NUMBER.fullmatch(label) is not None


def _address_v4(name: str, written: str) -> str:
    try:
        return str(IPv4Address(name))
    except ValueError as error:
        cure = "Write it as four decimal numbers, like 93.184.216.34."
        raise _refused(written, "its host is an unusual spelling of an IP address", cure) from error


def _address_v6(text: str) -> str:
    try:
        address = IPv6Address(text)
    except ValueError as error:
        raise _refused(text, "its host is not an IPv6 address", "Check the address in brackets.") from error
    if address.scope_id is not None:
        raise _refused(text, "its address is bound to a network card", "Leave out the part after %.")
    return str(address)


def _refused(written: str, reason: str, cure: str) -> AddressRefused:
    return AddressRefused(f"Cannot go to {_harmless(written)!r}: {reason}. {cure}")


def _harmless(written: str) -> str:
    """What may be repeated of a text that could not be read: no query, no user name, not endless."""
    scheme, mark, rest = re.split(r"[?#]", written, maxsplit=1)[0].rpartition("://")
    return (scheme + mark + rest.rpartition("@")[2])[:100]
