"""Takes secrets out of texts and values, however they are written there."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from backend.data.json_types import is_list, is_object
from backend.data.model import JsonObject

SHORTEST = 6
"""What is shorter cannot be told from other text."""
MASK = "***"


class Scrubber:
    """Knows some secrets. Values that hold none of them are handed back as they are."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        ordered = sorted(forms, key=len, reverse=True)
        self._texts = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        self._raw = [form.encode() for form in ordered]

    def text(self, text: str) -> str:
        """The text with a mask for each secret."""
        return text if self._texts is None else self._texts.sub(MASK, text)

    def raw(self, content: bytes) -> bytes:
        """The same for bytes."""
        for form in self._raw:
            if form in content:
                content = content.replace(form, MASK.encode())
        return content

    def value(self, value: Any) -> Any:
        """The same for all texts in a JSON value, names of its members included."""
        if isinstance(value, str):
            return self.text(value)
        if is_object(value):
            made = {self.text(name): self.value(one) for name, one in value.items()}
            return value if _is_same(made, value) else made
        if is_list(value):
            cleaned = [self.value(one) for one in value]
            return value if all(a is b for a, b in zip(cleaned, value, strict=True)) else cleaned
        return value


def _is_same(made: JsonObject, given: JsonObject) -> bool:
    return made.keys() == given.keys() and all(made[name] is given[name] for name in made)


def _forms(secret: str) -> Iterator[str]:
    """How a secret may be spelled in an answer that repeats it."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield from (quote(raw, safe=""), quote(raw), quote_plus(raw))
    yield from (
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    )
    yield from (raw.hex(), raw.hex().upper())
