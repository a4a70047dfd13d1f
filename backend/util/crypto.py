"""Sealed texts: AES-256-GCM envelopes that open only in the place that they were made for.

Each has a random data key of its own, wrapped by a master key. The place (table, row, owner, field) is
additional data of both, and the id of the master key of the wrapping, so a text that was moved to another row or
owner does not open. Source: NIST SP 800-38D (GCM), RFC 5869 (HKDF).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.util.errors import SealBroken

KEY_BYTES = 32
_VERSION = "v1"
_NONCE_BYTES = 12
_FEWEST_VALUES = 18
"""Of 32 random bytes, fewer have different values once in more than 10^10 keys."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text is stored; it opens nowhere else. `owner` is "" for what is nobody's."""

    table: str
    row: str
    owner: str
    field: str

    def bound(self, *more: str) -> bytes:
        """The place as additional data; two places never give the same bytes."""
        return json.dumps([_VERSION, self.table, self.row, self.owner, self.field, *more]).encode()


class BadKey(ValueError):
    """A master key that must not be used; says why and never what it is."""


class UnknownKey(SealBroken):
    """The text was sealed with a key that this keyring does not have."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"A stored secret is sealed with the master key {key_id!r}, which is not here. Put that key back: "
            "beside the others in BLOCKYARD_MASTER_KEY, or the old file master.key into the data folder."
        )
        self.key_id = key_id


class MasterKey:
    """A key that wraps data keys. `id` is derived from it and may be shown."""

    __slots__ = ("_secret", "_wrap", "id")

    def __init__(self, secret: bytes) -> None:
        _refuse_weak(secret)
        self._secret = secret
        self.id = _derived(secret, "id", 8).hex()
        self._wrap = AESGCM(_derived(secret, "wrap", KEY_BYTES))

    @classmethod
    def new(cls) -> MasterKey:
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def parse(cls, text: str) -> MasterKey:
        """A key as it is written: base64, in either alphabet, padded or not.

        Raises:
            BadKey: it is something else, or no random 32 bytes.
        """
        written = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            secret = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
        except (binascii.Error, ValueError):
            raise BadKey("is not base64") from None
        return cls(secret)

    def written(self) -> str:
        """As `parse` reads it. A secret."""
        return base64.b64encode(self._secret).decode()

    def __repr__(self) -> str:
        return f"MasterKey({self.id!r})"

    def wrap(self, data_key: bytes, place: Place) -> bytes:
        return _encrypt(self._wrap, data_key, place.bound(self.id))

    def unwrap(self, wrapped: bytes, place: Place) -> bytes:
        return _decrypt(self._wrap, wrapped, place.bound(self.id))


class Keyring:
    """The master keys of an installation, the newest first."""

    def __init__(self, keys: Iterable[MasterKey]) -> None:
        self._keys = {key.id: key for key in keys}
        if not self._keys:
            raise BadKey("is missing")

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Keys with commas or line breaks between them; lines that begin with `#` are remarks.

        Raises:
            BadKey: there is none, or one is not fit.
        """
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        parts = [part for line in lines for part in line.split(",") if part.strip()]
        return cls(MasterKey.parse(part) for part in parts)

    @property
    def first(self) -> MasterKey:
        return next(iter(self._keys.values()))

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    @property
    def keys(self) -> tuple[MasterKey, ...]:
        return tuple(self._keys.values())

    def __contains__(self, key_id: object) -> bool:
        return key_id in self._keys

    def beside(self, other: Keyring) -> Keyring:
        """These keys, and behind them those that only the other has."""
        return Keyring((*self.keys, *other.keys))

    def seal(self, place: Place, secret: bytes, key_id: str) -> str:
        """The sealed text.

        Raises:
            UnknownKey: no such key is here.
        """
        data_key = AESGCM.generate_key(bit_length=8 * KEY_BYTES)
        wrapped = self._key(key_id).wrap(data_key, place)
        return _joined(key_id, wrapped, _encrypt(AESGCM(data_key), secret, place.bound()))

    def open(self, place: Place, sealed: str) -> bytes:
        """What was sealed.

        Raises:
            UnknownKey: its key is not here.
            SealBroken: it was made for another place, changed, or is no sealed text.
        """
        key_id, wrapped, secret = _parted(sealed)
        return _decrypt(AESGCM(self._key(key_id).unwrap(wrapped, place)), secret, place.bound())

    def rewrap(self, place: Place, sealed: str, key_id: str) -> str:
        """The same secret under another master key; the encrypted secret itself stays as it is.

        Raises:
            UnknownKey, SealBroken: as `open`.
        """
        old_id, wrapped, secret = _parted(sealed)
        data_key = self._key(old_id).unwrap(wrapped, place)
        return _joined(key_id, self._key(key_id).wrap(data_key, place), secret)

    def _key(self, key_id: str) -> MasterKey:
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKey(key_id) from None


def key_id_of(sealed: str) -> str:
    """Which master key wraps it.

    Raises:
        SealBroken: it is no sealed text.
    """
    return _parted(sealed)[0]


def sealed_prefix(key_id: str) -> str:
    """How every text begins that the key has sealed."""
    return f"{_VERSION}.{key_id}."


def _joined(key_id: str, wrapped: bytes, secret: bytes) -> str:
    return sealed_prefix(key_id) + ".".join(
        base64.urlsafe_b64encode(part).decode() for part in (wrapped, secret)
    )


def _parted(sealed: str) -> tuple[str, bytes, bytes]:
    parts = sealed.split(".")
    if len(parts) != 4 or parts[0] != _VERSION:
        raise _broken()
    try:
        wrapped, secret = (base64.b64decode(part, altchars=b"-_", validate=True) for part in parts[2:])
    except (binascii.Error, ValueError):
        raise _broken() from None
    if sealed != _joined(parts[1], wrapped, secret):  # base64 has bits that decoding ignores
        raise _broken()
    return parts[1], wrapped, secret


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def _decrypt(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise _broken() from None


def _broken() -> SealBroken:
    return SealBroken(
        "A stored secret does not open: it was changed, or moved from where it was stored. Enter it again."
    )


def _derived(secret: bytes, purpose: str, size_bytes: int) -> bytes:
    return HKDF(SHA256(), size_bytes, salt=None, info=f"blockyard {purpose} v1".encode()).derive(secret)


def _refuse_weak(secret: bytes) -> None:
    """What a person typed, copied from a page or counted out is no key."""
    if len(secret) != KEY_BYTES:
        raise BadKey(f"has {len(secret)} bytes; it must have {KEY_BYTES}")
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    is_text = all(32 <= byte < 127 for byte in secret)
    if is_text or len(set(secret)) < _FEWEST_VALUES or len(steps) < _FEWEST_VALUES - 2:
        raise BadKey("is not random: it is a text, an example or a pattern")
