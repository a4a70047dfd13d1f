"""The vault opens with the key of its database and no other, and overwrites neither file nor row."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from structlog.testing import capture_logs

from backend.data.db import Database
from backend.data.key_file import NAME
from backend.data.setting_store import delete_setting
from backend.data.tables import setting, webhook
from backend.data.vault import CANARY, Vault, open_vault
from backend.util.crypto import MasterKey, Place
from backend.util.errors import SealBroken, SetupProblem
from backend.util.settings import Settings

PLACE = Place("credential", "row", "local", "sealed")
EXAMPLE = base64.b64encode(b"change-me-please-change-me-pleas").decode()


def with_key(settings: Settings, *keys: MasterKey | str) -> Settings:
    text = ",".join(key if isinstance(key, str) else key.written() for key in keys)
    return settings.model_copy(update={"master_key": SecretStr(text)})


async def sealed_by(vault: Vault, database: Database, secret: dict[str, Any]) -> str:
    async with database.begin() as connection:
        return await vault.seal(connection, PLACE, secret)


async def canary(database: Database) -> Any:
    async with database.begin() as connection:
        return await connection.scalar(sa.select(setting.c.value).where(setting.c.key == CANARY))


async def test_the_first_start_makes_a_key_that_only_its_owner_may_read(
    database: Database, settings: Settings
) -> None:
    with capture_logs() as said:
        vault = await open_vault(database, settings)
    file = settings.data_dir / NAME
    assert file.stat().st_mode & 0o777 == 0o600
    assert [(one["event"], one["file"]) for one in said] == [("vault.key_made", str(file))]
    assert [path.name for path in settings.data_dir.iterdir()] == [NAME]
    assert await vault.unseal(PLACE, await sealed_by(vault, database, {"a": "ü"})) == {"a": "ü"}


async def test_the_next_start_opens_what_the_first_has_sealed(database: Database, settings: Settings) -> None:
    sealed = await sealed_by(await open_vault(database, settings), database, {"a": 1})
    again = await open_vault(database, settings)
    assert await again.unseal(PLACE, sealed) == {"a": 1}


async def test_eight_first_starts_at_once_agree_on_one_key(database: Database, settings: Settings) -> None:
    vaults = await asyncio.gather(*(open_vault(database, settings) for _ in range(8)))
    sealed = [await sealed_by(vault, database, {"a": 1}) for vault in vaults]
    assert len({text.split(".")[1] for text in sealed}) == 1
    assert [await vaults[0].unseal(PLACE, text) for text in sealed] == [{"a": 1}] * 8


async def test_a_secret_that_was_moved_to_another_owner_does_not_open(
    database: Database, settings: Settings
) -> None:
    vault = await open_vault(database, settings)
    sealed = await sealed_by(vault, database, {"a": 1})
    with pytest.raises(SealBroken, match="Enter it again"):
        await vault.unseal(Place("credential", "row", "bob", "sealed"), sealed)


@pytest.mark.parametrize(
    "text",
    [EXAMPLE, "short", base64.b64encode(bytes(range(100, 116))).decode(), "not base64!", " ", "A" * 43 + "="],
)
@pytest.mark.parametrize("is_first", [True, False])
async def test_a_key_that_is_no_key_refuses_to_start(
    database: Database, settings: Settings, text: str, is_first: bool
) -> None:
    if not is_first:
        await open_vault(database, settings)
    before = await canary(database)
    with pytest.raises(SetupProblem, match=r"BLOCKYARD_MASTER_KEY .*openssl rand -base64 32") as refused:
        await open_vault(database, with_key(settings, text))
    assert text.strip() == "" or text not in str(refused.value)
    assert await canary(database) == before


async def test_a_wrong_key_refuses_to_start_and_overwrites_nothing(
    database: Database, settings: Settings
) -> None:
    right, wrong = MasterKey.new(), MasterKey.new()
    await open_vault(database, with_key(settings, right))
    before = await canary(database)
    with pytest.raises(SetupProblem, match=f"has the key '{wrong.id}'.*key '{right.id}'"):
        await open_vault(database, with_key(settings, wrong))
    assert await canary(database) == before
    assert list(settings.data_dir.iterdir()) == []


async def test_a_missing_file_refuses_to_start_and_is_not_made_anew(
    database: Database, settings: Settings
) -> None:
    await open_vault(database, settings)
    (settings.data_dir / NAME).unlink()
    with pytest.raises(SetupProblem, match=r"master.key' is missing.*from your copy"):
        await open_vault(database, settings)
    assert list(settings.data_dir.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
async def test_a_file_that_others_may_read_is_refused(
    database: Database, settings: Settings, mode: int
) -> None:
    await open_vault(database, settings)
    (settings.data_dir / NAME).chmod(mode)
    with pytest.raises(SetupProblem, match="chmod 600"):
        await open_vault(database, settings)


@pytest.mark.parametrize("content", ["", "# nothing\n", "rubbish", EXAMPLE])
async def test_a_file_without_a_key_is_refused_and_stays_as_it_is(
    database: Database, settings: Settings, content: str
) -> None:
    file: Path = settings.data_dir / NAME
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SetupProblem, match=r"master.key' cannot be used: its key"):
        await open_vault(database, settings)
    assert file.read_text() == content
    assert await canary(database) is None


async def test_a_canary_that_was_changed_is_refused(database: Database, settings: Settings) -> None:
    vault = await open_vault(database, settings)
    forged = await sealed_by(vault, database, {"a": 1})
    value = {"key_id": (await canary(database))["key_id"], "sealed": forged}
    async with database.begin() as connection:
        await connection.execute(sa.update(setting).where(setting.c.key == CANARY).values(value=value))
    with pytest.raises(SetupProblem, match="does not open the key canary"):
        await open_vault(database, settings)


async def test_secrets_without_a_canary_are_never_given_a_new_key(
    database: Database, settings: Settings, local_user: str
) -> None:
    vault = await open_vault(database, settings)
    place = Place("webhook", "w", local_user, "sealed")
    async with database.begin() as connection:
        sealed = await vault.seal(connection, place, {"secret": "x"})
        row = {"id": "w", "user_id": local_user, "provider": "github", "sealed": sealed}
        await connection.execute(sa.insert(webhook).values(**row))
        await delete_setting(connection, CANARY)
    (settings.data_dir / NAME).rename(settings.data_dir / "away")
    with pytest.raises(SetupProblem, match="which is not here, and no canary"):
        await open_vault(database, settings)
    (settings.data_dir / "away").rename(settings.data_dir / NAME)
    assert await (await open_vault(database, settings)).unseal(place, sealed) == {"secret": "x"}


async def test_the_key_in_force_is_the_one_of_the_canary_until_a_rotation_says_otherwise(
    database: Database, settings: Settings
) -> None:
    old, new = MasterKey.new(), MasterKey.new()
    await open_vault(database, with_key(settings, old))
    vault = await open_vault(database, with_key(settings, new, old))
    assert (await sealed_by(vault, database, {})).split(".")[1] == old.id


async def test_who_seals_waits_for_nobody_who_seals(database: Database, settings: Settings) -> None:
    vault = await open_vault(database, settings)
    async with database.begin() as one, database.begin() as other:
        first = await asyncio.wait_for(vault.seal(one, PLACE, {}), 5)
        second = await asyncio.wait_for(vault.seal(other, PLACE, {}), 5)
    assert first != second
