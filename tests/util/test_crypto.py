"""A sealed text opens in its place and nowhere else; what is no random key is no key."""

from __future__ import annotations

import base64
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.util.crypto import BadKey, Keyring, MasterKey, Place, UnknownKey, key_id_of
from backend.util.errors import SealBroken

PLACE = Place("credential", "row", "ada", "sealed")
NEW, OLD = MasterKey.new(), MasterKey.new()
KEYS = Keyring([NEW, OLD])


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens_again(secret: bytes) -> None:
    assert KEYS.open(PLACE, KEYS.seal(PLACE, secret, OLD.id)) == secret


def test_a_text_has_its_own_data_key_so_the_same_secret_never_looks_the_same() -> None:
    sealed = {KEYS.seal(PLACE, b"the same", NEW.id) for _ in range(20)}
    assert len({part for text in sealed for part in text.split(".")[2:]}) == 40


@pytest.mark.parametrize("field", ["table", "row", "owner", "field"])
def test_a_text_that_was_moved_to_another_place_does_not_open(field: str) -> None:
    sealed = KEYS.seal(PLACE, b"secret", NEW.id)
    elsewhere = replace(PLACE, **{field: "other"})
    with pytest.raises(SealBroken):
        KEYS.open(elsewhere, sealed)
    with pytest.raises(SealBroken):
        KEYS.rewrap(elsewhere, sealed, OLD.id)


def test_places_that_look_alike_when_written_together_are_different() -> None:
    sealed = KEYS.seal(Place("a", "b", "cd", "e"), b"secret", NEW.id)
    with pytest.raises(SealBroken):
        KEYS.open(Place("a", "bc", "d", "e"), sealed)


def test_a_text_with_any_character_changed_does_not_open() -> None:
    """Also where base64 has bits that decoding ignores: AAA== and AAB== are the same byte."""
    sealed = KEYS.seal(PLACE, b"secret", NEW.id)
    for at, letter in enumerate(sealed):
        if letter in "=.":
            continue
        changed = sealed[:at] + ("A" if letter != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(SealBroken):
            KEYS.open(PLACE, changed)


def test_parts_of_two_texts_do_not_make_a_third() -> None:
    one, two = (KEYS.seal(PLACE, secret, NEW.id).split(".") for secret in (b"one", b"two"))
    with pytest.raises(SealBroken):
        KEYS.open(PLACE, ".".join([*one[:3], two[3]]))


def test_the_id_of_the_key_cannot_be_exchanged() -> None:
    sealed = KEYS.seal(PLACE, b"secret", NEW.id)
    with pytest.raises(SealBroken):
        KEYS.open(PLACE, sealed.replace(NEW.id, OLD.id))


@pytest.mark.parametrize(
    "text", ["", "v1", "v1.a.b", "v1.a.b.c.d", "v2.a.QQ==.QQ==", "v1.a.é.QQ==", "x" * 99]
)
def test_what_is_no_sealed_text_is_refused_with_the_same_error(text: str) -> None:
    with pytest.raises(SealBroken):
        KEYS.open(PLACE, text)


def test_another_wrapping_leaves_the_secret_as_it_is() -> None:
    sealed = KEYS.seal(PLACE, b"secret", OLD.id)
    moved = KEYS.rewrap(PLACE, sealed, NEW.id)
    assert moved.split(".")[3] == sealed.split(".")[3]
    assert key_id_of(moved) == NEW.id
    assert Keyring([NEW]).open(PLACE, moved) == b"secret"
    with pytest.raises(UnknownKey, match=NEW.id):
        Keyring([OLD]).open(PLACE, moved)


def test_a_key_is_read_as_it_is_written_in_either_alphabet() -> None:
    written = NEW.written()
    for form in (written, written.rstrip("="), written.replace("+", "-").replace("/", "_"), f"  {written}\n"):
        assert MasterKey.parse(form).id == NEW.id
    several = f"# a remark\n{NEW.written()},{OLD.written()}\n"
    assert Keyring.parse(several).ids == (NEW.id, OLD.id)


RANDOM = random.Random(7)


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        RANDOM.randbytes(16),
        RANDOM.randbytes(31),
        RANDOM.randbytes(33),
        bytes(32),
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(0, 96, 3)),
        b"change-me-please-change-me-pleas",
        b"0123456789abcdef0123456789abcdef",
        RANDOM.randbytes(8) * 4,
        RANDOM.randbytes(16) + bytes(16),
    ],
)
def test_short_patterned_or_typed_keys_are_refused(secret: bytes) -> None:
    with pytest.raises(BadKey):
        MasterKey.parse(base64.b64encode(secret).decode())


@pytest.mark.parametrize("text", ["", " , ", "# only a remark", "not base64!", "é" * 43])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        Keyring.parse(text)


def test_ten_thousand_random_keys_are_all_taken() -> None:
    assert len({MasterKey.new().id for _ in range(10_000)}) == 10_000


def test_neither_a_key_nor_an_error_about_it_shows_it() -> None:
    assert NEW.written() not in f"{NEW!r} {KEYS!r}"
    with pytest.raises(BadKey) as refused:
        MasterKey.parse(base64.b64encode(b"hunter2hunter2").decode())
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None
