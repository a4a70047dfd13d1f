"""How values are shown to people and programs: as they are, long ones as previews that say where all of it is.

    {"$preview": the beginning of the text or of its JSON, or null, "size_bytes": n, "href": where all of it is}

A value that looks like this itself is wrapped as {"$value": …}.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

import orjson

PREVIEW_FROM_BYTES = 8_192
"""Longer values are previews in pages of events, firings and values."""
PREVIEW_CHARACTERS = 1_024
_REFERENCE = {"$blob", "size", "digest"}
_SHORT = PREVIEW_FROM_BYTES // 4
"""A text of so many characters is never longer than that in UTF-8."""


class Shown:
    """Shows values of one run; those of the blob table always as previews, others over `longest_bytes`.

    `blobs` are the previews whose beginning must still be looked up, by id.
    """

    def __init__(self, run_id: str, *, longest_bytes: int | None = PREVIEW_FROM_BYTES) -> None:
        self.run_id = run_id
        self.longest_bytes = longest_bytes
        self.blobs: dict[str, list[dict[str, Any]]] = {}

    def value(self, wire: Any, value_id: str) -> Any:
        """A value as it stands in a journal; `value_id` is what `GET runs/{id}/values/…` finds it by."""
        if isinstance(wire, dict) and set(cast("dict[str, Any]", wire)) == _REFERENCE:
            return self._large(cast("dict[str, Any]", wire))
        value = unwrapped(wire)
        raw = None if self.longest_bytes is None else _long_json(value, self.longest_bytes)
        if raw is None:
            return {"$value": value} if looks_like_ours(value) else value
        return preview(
            self.run_id, value_id, len(raw), beginning(raw[:PREVIEW_CHARACTERS].decode(errors="ignore"))
        )

    def yielded(self, data: dict[str, Any], seq: int) -> dict[str, Any]:
        """The data of the `yielded` event `seq`."""
        return {**data, "value": self.value(data["value"], str(seq))}

    def fields(self, data: dict[str, Any], seq: int) -> dict[str, Any]:
        """The data of event `seq`, each field of it as a value."""
        return {name: self.value(value, f"{seq}.{name}") for name, value in data.items()}

    def _large(self, wire: dict[str, Any]) -> dict[str, Any]:
        made = preview(self.run_id, wire["$blob"], wire["size"], None)
        self.blobs.setdefault(wire["$blob"], []).append(made)
        return made

    def fill(self, beginnings: dict[str, tuple[int, str]]) -> None:
        """Put the beginnings of large values where they are missing: id -> (size, text)."""
        for blob_id, (_, text) in beginnings.items():
            for made in self.blobs.get(blob_id, ()):
                made["$preview"] = beginning(text)


def preview(run_id: str, value_id: str, size_bytes: int, beginning: str | None) -> dict[str, Any]:
    """What stands for a long value."""
    return {
        "$preview": beginning,
        "size_bytes": size_bytes,
        "href": f"/api/runs/{run_id}/values/{value_id}",
    }


def beginning(json_text: str) -> str:
    """What to show of JSON that was cut somewhere: of a text the text itself."""
    if not json_text.startswith('"'):
        return json_text
    for cut in range(len(json_text), max(len(json_text) - 12, 0), -1):  # it may end within `\\ud83d\\ude00`
        with suppress(ValueError):
            return str(orjson.loads(f'{json_text[:cut]}"'))
    return json_text[1:]


def unwrapped(wire: Any) -> Any:
    """The value that a journal had to wrap, or as it is."""
    if isinstance(wire, dict) and len(cast("dict[str, Any]", wire)) == 1 and "$value" in wire:
        return cast("dict[str, Any]", wire)["$value"]
    return cast("Any", wire)


def looks_like_ours(value: Any) -> bool:
    """Whether a value would be taken for a preview, or for a wrapped one."""
    return isinstance(value, dict) and ("$preview" in value or "$value" in value)


def _long_json(value: Any, longest_bytes: int) -> bytes | None:
    """The value's JSON if it is longer than that."""
    if not value or isinstance(value, (int, float)):
        return None
    if isinstance(value, str) and len(value) <= min(longest_bytes // 4, _SHORT):
        return None
    raw = orjson.dumps(value)
    return raw if len(raw) > longest_bytes else None
