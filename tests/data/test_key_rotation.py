"""The master key is exchanged while processes work: nothing is lost, nothing stays behind."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from backend.data.db import Database
from backend.data.key_file import NAME
from backend.data.key_rotation import BATCH, report_keys, rotate_keys
from backend.data.sealed_store import SEALED_COLUMNS
from backend.data.tables import metadata, oauth_login, webhook
from backend.data.vault import open_vault
from backend.util.clock import now
from backend.util.crypto import MasterKey, Place
from backend.util.errors import Conflict, SetupProblem
from backend.util.settings import Settings
from tests.support.command_line import ROOT


def silent(_: str) -> None:
    """Tell nobody."""


async def sealed_rows(database: Database, settings: Settings, user_id: str, count: int) -> None:
    vault = await open_vault(database, settings)
    async with database.begin() as connection:
        rows: list[dict[str, Any]] = []
        for number in range(count):
            place = Place("webhook", f"w{number:04d}", user_id, "sealed")
            sealed = await vault.seal(connection, place, {"secret": str(number)})
            rows.append({"id": place.row, "user_id": user_id, "provider": "github", "sealed": sealed})
        await connection.execute(sa.insert(webhook), rows)


async def opened(database: Database, settings: Settings, user_id: str) -> list[str]:
    vault = await open_vault(database, settings)
    async with database.begin() as connection:
        rows = await connection.execute(sa.select(webhook.c.id, webhook.c.sealed).order_by(webhook.c.id))
        texts = [(Place("webhook", row[0], user_id, "sealed"), row[1]) for row in rows]
    return [(await vault.unseal(place, str(text)))["secret"] for place, text in texts]


async def test_every_column_called_sealed_is_rotated() -> None:
    named = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
    sealed = {name for name in named if name.endswith(".sealed")}
    assert {f"{column.table.name}.{column.name}" for column in SEALED_COLUMNS} == sealed


async def test_all_is_sealed_with_the_new_key_and_the_old_one_is_kept(
    database: Database, settings: Settings, local_user: str
) -> None:
    count = 2 * BATCH + 7
    await sealed_rows(database, settings, local_user, count)
    before = (await report_keys(database, settings)).current
    said: list[str] = []
    done = await rotate_keys(database, settings, progress=said.append)
    report = await report_keys(database, settings)
    assert (done.rewrapped, done.went_on, done.broken) == (count, False, ())
    assert report.counts == {done.current: count}
    assert report.here == (done.current, before)
    assert report.is_settled
    assert len([line for line in said if line.startswith("webhook:")]) == 3
    assert (settings.data_dir / NAME).stat().st_mode & 0o777 == 0o600
    assert await opened(database, settings, local_user) == [str(number) for number in range(count)]


async def test_forget_old_takes_the_old_key_out_of_the_file(
    database: Database, settings: Settings, local_user: str
) -> None:
    await sealed_rows(database, settings, local_user, 3)
    done = await rotate_keys(database, settings, forget_old=True, progress=silent)
    assert (await report_keys(database, settings)).here == (done.current,)
    assert await opened(database, settings, local_user) == ["0", "1", "2"]


async def test_forget_old_keeps_the_old_key_while_something_does_not_open(
    database: Database, settings: Settings, local_user: str
) -> None:
    await sealed_rows(database, settings, local_user, 3)
    async with database.begin() as connection:
        moved = sa.select(webhook.c.sealed).where(webhook.c.id == "w0000").scalar_subquery()
        await connection.execute(sa.update(webhook).where(webhook.c.id == "w0001").values(sealed=moved))
    with pytest.raises(Conflict, match=r"kept: 1 texts do not open \(webhook/w0001\)"):
        await rotate_keys(database, settings, forget_old=True, progress=silent)
    report = await report_keys(database, settings)
    assert len(report.here) == 2
    assert report.broken == ("webhook/w0001",)


async def test_a_process_that_has_only_the_old_key_finds_the_new_one_in_the_file(
    database: Database, settings: Settings, local_user: str
) -> None:
    old = await open_vault(database, settings)
    place = Place("webhook", "w0000", local_user, "sealed")
    await sealed_rows(database, settings, local_user, 1)
    done = await rotate_keys(database, settings, progress=silent)
    async with database.begin() as connection:
        sealed = await old.seal(connection, place, {"secret": "new"})
        text = await connection.scalar(sa.select(webhook.c.sealed))
    assert sealed.split(".")[1] == done.current
    assert await old.unseal(place, str(text)) == {"secret": "0"}


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("after", ["has a new key", "is in force", "webhook:"])
async def test_a_rotation_that_was_broken_off_goes_on_with_its_own_key(
    database: Database, settings: Settings, local_user: str, after: str
) -> None:
    await sealed_rows(database, settings, local_user, BATCH + 5)

    def killed(line: str) -> None:
        if after in line:
            raise Killed

    with pytest.raises(Killed):
        await rotate_keys(database, settings, progress=killed)
    assert len(await opened(database, settings, local_user)) == BATCH + 5
    done = await rotate_keys(database, settings, progress=silent)
    report = await report_keys(database, settings)
    assert done.went_on
    assert len(report.here) == 2
    assert report.counts == {done.current: BATCH + 5}


async def test_only_one_rotates_at_a_time(database: Database, settings: Settings, local_user: str) -> None:
    await sealed_rows(database, settings, local_user, BATCH * 3)
    results = await asyncio.gather(
        *(rotate_keys(database, settings, progress=silent) for _ in range(3)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, Conflict)]
    assert [one for one in results if isinstance(one, BaseException) and one not in refused] == []
    assert len(refused) < 3
    assert (await report_keys(database, settings)).is_settled


async def test_keys_of_the_environment_are_rotated_to_the_first_of_the_list(
    database: Database, settings: Settings, local_user: str
) -> None:
    old, new = MasterKey.new(), MasterKey.new()

    def having(*keys: MasterKey) -> Settings:
        text = ",".join(key.written() for key in keys)
        return settings.model_copy(update={"master_key": SecretStr(text)})

    await sealed_rows(database, having(old), local_user, 3)
    with pytest.raises(Conflict, match="openssl rand -base64 32"):
        await rotate_keys(database, having(old), progress=silent)
    done = await rotate_keys(database, having(new, old), progress=silent)
    assert (done.current, done.rewrapped) == (new.id, 3)
    assert await opened(database, having(new), local_user) == ["0", "1", "2"]
    with pytest.raises(SetupProblem):
        await open_vault(database, having(old))
    assert list(settings.data_dir.iterdir()) == []


async def test_rewrapping_leaves_what_changed_meanwhile_alone(
    database: Database, settings: Settings, local_user: str
) -> None:
    """A login's secret is replaced after the batch was read and before it is written."""
    vault = await open_vault(database, settings)
    place = Place("oauth_login", "l", local_user, "sealed")
    async with database.begin() as connection:
        values = {"id": "l", "user_id": local_user, "session_hash": "", "provider": "github"}
        sealed = await vault.seal(connection, place, {"v": "old"})
        more = {"redirect_uri": "", "expires_at": now(), "sealed": sealed}
        await connection.execute(sa.insert(oauth_login).values(**values, **more))
    holder = await database.connect()
    await holder.execute("BEGIN; UPDATE oauth_login SET title = 'held' WHERE id = 'l'")
    rotating = asyncio.create_task(rotate_keys(database, settings, progress=silent))
    while (await report_current(database)) == sealed.split(".")[1]:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    async with database.begin() as connection:
        new = await vault.seal(connection, place, {"v": "new"})
    await holder.execute("UPDATE oauth_login SET sealed = $1 WHERE id = 'l'", new)
    await holder.execute("COMMIT")
    await holder.close()
    done = await rotating
    assert done.rewrapped == 0
    async with database.begin() as connection:
        assert await connection.scalar(sa.select(oauth_login.c.sealed)) == new


async def report_current(database: Database) -> str:
    async with database.begin() as connection:
        return str(await connection.scalar(sa.text("SELECT value ->> 'key_id' FROM setting")))


# -- with real processes -----------------------------------------------------------------------------------


@asynccontextmanager
async def sealing(settings: Settings, names: list[str]) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Processes that seal and open all the time."""
    pipe = asyncio.subprocess.PIPE
    module = [sys.executable, "-m", "tests.support.sealing_process"]
    where = [settings.database_url, str(settings.data_dir)]
    processes = [
        await asyncio.create_subprocess_exec(*module, *where, name, cwd=ROOT, stdin=pipe, stdout=pipe)
        for name in names
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_three_rotations_under_four_processes_that_seal_and_open(
    database: Database, settings: Settings
) -> None:
    current = []
    async with sealing(settings, ["a", "b", "c", "d"]) as processes:
        for is_last in (False, False, True):
            await asyncio.sleep(0.5)
            done = await rotate_keys(database, settings, forget_old=is_last, progress=silent)
            assert done.broken == ()
            current.append(done.current)
        await asyncio.sleep(0.5)
        ends = await asyncio.wait_for(
            asyncio.gather(*(process.communicate(b"") for process in processes)), 60
        )
    told = [json.loads(out) for out, _ in ends]
    assert [process.returncode for process in processes] == [0] * 4, "nobody failed to seal or to open"
    assert all(one["rounds"] > 20 for one in told), told
    assert all(one["keys"][-3:] == current for one in told), "and everybody used each key in its turn"
    report = await report_keys(database, settings)
    assert (report.broken, report.is_settled, report.here) == ((), True, (current[-1],))
