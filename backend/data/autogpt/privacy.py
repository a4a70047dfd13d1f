"""Takes out of a foreign file what belongs to whoever made it: credentials, secrets, ids of accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from backend.data.autogpt.elements import FileGraph, FileNode
from backend.data.autogpt.findings import Findings
from backend.data.autogpt.known_blocks import AGENT, KnownBlock
from backend.data.json_types import as_list, as_object, is_list, is_object
from backend.data.model import JsonObject, is_credentials_name
from backend.data.pins import base_name

_TELLING = re.compile(r"credentials|api[-_ ]?key|token|secret|passw", re.IGNORECASE)
_TELLING_HEADER = re.compile(r"authorization|cookie|key|token|secret|passw", re.IGNORECASE)
_FILE_OF_AN_ACCOUNT = ("_credentials_id", "credentials_id")
_OLD_CREDENTIALS = frozenset({"api_key", "discord_bot_token"})
_CONTAINERS = (list, dict)
_SCHEMAS = frozenset({"input_schema", "output_schema"})
_OF_OTHERS = frozenset({"user_id", "nodes_input_masks"})
"""A graph runs as whoever starts it."""
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_LEFT_OUT = "It looks like a secret. Enter it again."


def takes_credential(node: FileNode, pin: str) -> bool:
    """Whether the pin is, or was before there were credentials, the place of one."""
    base = base_name(pin)
    is_old = base in _OLD_CREDENTIALS and node.known is not None and base not in node.known.inputs
    return is_credentials_name(base) or is_old


def without_private(graph: FileGraph, node: FileNode, findings: Findings) -> None:
    """Take out of the node's constants what nobody else may have, and say so; ask for its credentials."""
    kept: JsonObject = {}
    look = _Look(node)
    for pin, value in node.constants.items():
        if node.block_id == AGENT and pin in _OF_OTHERS:
            continue
        if node.block_id == AGENT and pin in _SCHEMAS:
            kept[pin] = value
            continue
        cleaned, why = _cleaned(look, pin, value)
        if why:
            findings.change(graph, node, pin, why)
        if not why or cleaned is not None:
            kept[pin] = cleaned
    _ask(graph, node, findings)
    node.constants = kept


class _Look:
    """A node whose constants are looked through; what it declares is found out once, if at all."""

    def __init__(self, node: FileNode) -> None:
        self.node = node

    @cached_property
    def open_inputs(self) -> frozenset[str]:
        return self.node.open_inputs()


def _cleaned(look: _Look, pin: str, value: Any) -> tuple[Any, str]:
    """What stays of a constant, and why the rest went; nothing to say where nothing was there."""
    node = look.node
    if _TELLING.search(pin):
        if takes_credential(node, pin):
            return None, "Credentials do not travel with a graph. Choose one again." if value else ""
        if _may_be_secret(pin, value) and pin not in look.open_inputs:
            return None, _LEFT_OUT
    if node.known is not None and _is_marked(node, node.known, pin) and value not in (None, ""):
        return None, "It is secret. Enter it again."
    is_headers = pin.startswith("headers") and base_name(pin) == "headers"
    if is_headers and _is_secret_entry(pin.removeprefix("headers"), value, is_headers):
        return None, _LEFT_OUT
    if not _has_telling_name(value, is_headers=is_headers):
        return value, ""
    try:
        cleaned = _without_entries(value, is_headers=is_headers)
    except _FileOfAnAccountError:
        return None, "The file belongs to somebody's account. Choose one again."
    return (
        cleaned,
        "" if cleaned is value else "Entries that look like secrets were left out. Enter them again.",
    )


def _is_marked(node: FileNode, known: KnownBlock, pin: str) -> bool:
    """Whether the block, or whoever made the input, calls it secret."""
    return pin in known.secret or (
        pin == "value" and known.kind == "input" and node.constants.get("secret") is True
    )


class _FileOfAnAccountError(Exception):
    """A value holds a file that only the author's account opens: half of it is of no use."""


def _has_telling_name(value: Any, *, is_headers: bool) -> bool:
    """Whether a key at any depth looks like one of those that are left out; most values have none."""
    search = (_TELLING_HEADER if is_headers else _TELLING).search
    rest: list[Any] = [value] if isinstance(value, _CONTAINERS) else []
    while rest:
        one = rest.pop()
        entries = as_object(one)
        if entries and search("\n".join(entries)):
            return True
        inner: Iterable[Any] = one if entries is None else entries.values()
        rest += [held for held in inner if isinstance(held, _CONTAINERS)]
    return False


def _without_entries(value: Any, *, is_headers: bool) -> Any:
    """The value without references and secrets at any depth; the value itself where there are none."""
    if is_list(value):
        items = [_without_entries(one, is_headers=is_headers) for one in value]
        return value if all(map(_is_same, items, value)) else items
    if not is_object(value):
        return value
    if any(value.get(key) is not None for key in _FILE_OF_AN_ACCOUNT):
        raise _FileOfAnAccountError
    entries = {
        key: _without_entries(one, is_headers=is_headers)
        for key, one in value.items()
        if not (is_credentials_name(key) and as_object(one)) and not _is_secret_entry(key, one, is_headers)
    }
    is_whole = len(entries) == len(value) and all(map(_is_same, entries.values(), value.values()))
    return value if is_whole else entries


def _is_same(one: Any, other: Any) -> bool:
    return one is other


def _is_secret_entry(name: str, value: Any, is_headers: bool) -> bool:
    telling = _TELLING_HEADER if is_headers else _TELLING
    return bool(telling.search(name)) and _may_be_secret(name, value)


def _may_be_secret(name: str, value: Any) -> bool:
    """Nothing, a switch, and how many tokens may be used, are none."""
    if value is None or value == "" or isinstance(value, bool):
        return False
    return not (isinstance(value, int | float) and "token" in name.lower())


def _ask(graph: FileGraph, node: FileNode, findings: Findings) -> None:
    """Name the credentials that the node needs: from what is known of its block, else from what the file had."""
    if node.known is not None:
        for one in node.known.credentials:
            findings.want(graph, node, one.pin, list(one.providers), list(one.types))
        return
    for pin, value in node.constants.items():
        if is_credentials_name(pin):
            reference = as_object(value) or {}
            providers, types = _plain(reference.get("provider")), _plain(reference.get("type"))
            findings.want(graph, node, pin, providers, types)


def _plain(name: Any) -> list[str]:
    """The name of a provider or of a kind, when it is one."""
    listed = as_list(name) or [name]
    return [one for one in listed if isinstance(one, str) and _PROVIDER.fullmatch(one)][:10]
