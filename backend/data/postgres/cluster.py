"""The cluster's folder: what lies where, made whole or not at all, its password and its version."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backend.data.postgres.account import Account, account_for, programs_for, run_as
from backend.data.postgres.configuration import FILE_NAME, read_nofollow, write_configuration
from backend.data.postgres.locks import open_private
from backend.data.postgres.programs import MAJOR, SUPERUSER
from backend.util.errors import SetupProblem

NEEDED_BYTES = 300 * 1024 * 1024
BUILD_PREFIX = "build-"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie under a data folder. Only `cluster` may belong to another account."""

    data_dir: Path

    @property
    def home(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def password(self) -> Path:
        return self.home / "password"

    @property
    def lock(self) -> Path:
        """Held while somebody decides to start or stop the server."""
        return self.home / "lock"

    @property
    def alive(self) -> Path:
        """Held by the server itself: it inherits the locked file, so the lock ends with its last process."""
        return self.home / "alive"

    @property
    def users(self) -> Path:
        return self.home / "users"

    @property
    def start_log(self) -> Path:
        return self.home / "start.log"


def make_folders(layout: Layout) -> None:
    """Make what is missing, 0700. Folders that were there keep their mode.

    Raises:
        SetupProblem: the data folder cannot be made or written.
    """
    try:
        layout.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (layout.home, layout.users):
            folder.mkdir(mode=0o700, exist_ok=True)
            if os.geteuid() == 0:
                owner = folder.parent.stat()
                os.chown(folder, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise SetupProblem(
            f"The data folder {str(layout.data_dir)!r} cannot be made or written: {error.strerror}. Give another "
            "one with --data-dir, or make this one writable for the user that runs Blockyard."
        ) from error


def ensure_cluster(layout: Layout) -> Account:
    """Make the cluster if there is none, and check its version and its owner. Needs the starter's lock.

    Raises:
        SetupProblem: no room, another major version, somebody else's files, or initdb failed.
    """
    for leftover in layout.home.glob(f"{BUILD_PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    account = account_for(layout.cluster)
    if not layout.cluster.exists():
        _build(layout, account)
    check_version(layout)
    return account


def cluster_version(layout: Layout) -> int | None:
    """The major version that made the cluster, None when PG_VERSION cannot be read."""
    text = (read_nofollow(layout.cluster / "PG_VERSION") or "").strip()
    return int(text) if text.isdecimal() else None


def check_version(layout: Layout) -> None:
    """Raise SetupProblem unless our programs can serve the cluster."""
    version = cluster_version(layout)
    if version == MAJOR:
        return
    if version is None:
        raise SetupProblem(
            f"The folder {str(layout.cluster)!r} is not a whole PostgreSQL cluster. Move it away and put a backup "
            "back with `blockyard restore`."
        )
    raise SetupProblem(
        f"The database in {str(layout.cluster)!r} was made by PostgreSQL {version}, and this Blockyard brings "
        f"{MAJOR}. Run `blockyard backup` with the Blockyard that made it, move the folder away, then "
        "`blockyard restore` with this one."
    )


def read_password(layout: Layout) -> str:
    """Raise SetupProblem when the file is gone."""
    try:
        password = layout.password.read_text().strip()
    except OSError:
        password = ""
    if not password:
        raise SetupProblem(
            f"The database's password file {str(layout.password)!r} is missing or empty. Put it back from a copy "
            "of the data folder; or move the data folder away and `blockyard restore` a backup."
        )
    return password


def check_room(folder: Path, *, needed_bytes: int = NEEDED_BYTES) -> None:
    """Raise SetupProblem when the disk is too full for a new cluster."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise SetupProblem(
            f"The disk of {str(folder)!r} has {free // 2**20} MiB free and the database needs "
            f"{needed_bytes // 2**20} MiB. Free some space, or give another --data-dir."
        )


def _build(layout: Layout, account: Account) -> None:
    check_room(layout.home)
    _ensure_password(layout)
    building = Path(tempfile.mkdtemp(prefix=BUILD_PREFIX, dir=layout.home))
    if account.lent:
        os.chown(building, account.uid, account.gid)
    _initdb(building, layout, account)
    with (building / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude = '{FILE_NAME}'\n")
    write_configuration(building, account)
    building.rename(layout.cluster)
    _sync_folder(layout.home)


def _ensure_password(layout: Layout) -> None:
    if layout.password.exists() and layout.password.read_text().strip():
        return
    with os.fdopen(open_private(layout.password), "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _initdb(building: Path, layout: Layout, account: Account) -> None:
    arguments = [
        str(programs_for(account) / "initdb"),
        f"--pgdata={account.data_argument}",
        f"--username={SUPERUSER}",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--pwfile=/dev/stdin",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
    with tempfile.TemporaryFile(dir=layout.home) as words:
        words.write(f"{read_password(layout)}\n".encode())
        words.seek(0)
        account.give(words.fileno())
        done = run_as(account, arguments, folder=building, stdin=words, stderr=subprocess.PIPE)
    if done.returncode != 0:
        shutil.rmtree(building, ignore_errors=True)
        check_room(layout.home)
        raise SetupProblem(
            f"The database could not be made (initdb ended with {done.returncode}): {done.stderr.strip()!r}. Check "
            f"that {str(layout.data_dir)!r} lies on a local disk with room, or set DATABASE_URL."
        )


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
