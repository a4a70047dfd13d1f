"""A provider's name in its spellings, and which names cannot be one."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_NOT_ON_WINDOWS = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
_LONGEST_LABEL = 60


class Refused(Exception):
    """It cannot be done as it was asked; the message says why, and what can be."""


@dataclass(frozen=True, slots=True)
class Names:
    """`google-maps` as it is written in each place.

    The key of the provider `example` ends in `-provider`, as its seed has it: `key` is what graphs say, `stem` what
    files are called after.
    """

    stem: str
    key: str

    @property
    def module(self) -> str:
        """`google_maps`: folders and files."""
        return self.stem.replace("-", "_")

    @property
    def constant(self) -> str:
        """`GOOGLE_MAPS`: the member of ProviderName."""
        return self.key.replace("-", "_").upper()

    @property
    def variable(self) -> str:
        """`GOOGLE_MAPS`: what the environment variables begin with."""
        return self.module.upper()

    @property
    def prefix(self) -> str:
        """`GoogleMaps`: what the names of classes begin with."""
        return "".join(word.capitalize() for word in self.stem.split("-"))

    @property
    def label(self) -> str:
        """`Google Maps`: what people call it, unless they are asked."""
        return " ".join(word.capitalize() for word in self.stem.split("-"))


def names_of(text: str) -> Names:
    """The names of a new provider.

    Raises:
        Refused: `text` cannot be one; the message has the nearest that can.
    """
    if not text:
        raise Refused("Which provider? make provider NAME=acme")
    if not _KEY.fullmatch(text) or len(text) > _LONGEST:
        near = _nearest(text)
        cure = f" Try NAME={near}." if near else ""
        raise Refused(
            f"{text!r} cannot be a provider's name: small letters, digits and single dashes, a letter first, "
            f"at most {_LONGEST} in all.{cure}"
        )
    names = Names(text, text)
    if keyword.iskeyword(names.module) or keyword.issoftkeyword(names.module):
        raise Refused(
            f"{text!r} is a word of Python's, and its folder could not be imported. Try NAME={text}-app."
        )
    if names.module in _NOT_ON_WINDOWS:
        raise Refused(f"{text!r} is no name of a folder on Windows. Try NAME={text}-app.")
    return names


def check_label(label: str) -> str:
    """What people call it.

    Raises:
        Refused: it is empty, too long, or cannot stand between quotes.
    """
    shown = label.strip()
    if (
        not shown
        or len(shown) > _LONGEST_LABEL
        or not shown.isprintable()
        or re.search(r"[\"\\{}`|<>]", shown)
    ):
        raise Refused(
            f'{label!r} cannot be a label: 1 to {_LONGEST_LABEL} printable characters, none of " \\ {{ }} ` | < >. '
            'Example: LABEL="Acme Cloud".'
        )
    return shown


def _nearest(text: str) -> str:
    near = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text).lower()).strip("-")
    near = near.lstrip("0123456789-")[:_LONGEST].rstrip("-")
    return near if _KEY.fullmatch(near) else ""
