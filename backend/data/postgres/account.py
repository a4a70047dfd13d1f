"""The account the server runs as. PostgreSQL refuses root, so root lends it an unprivileged one.

That account may not be able to reach the data folder (`/root` is 0700), and nobody's folders are opened
for it. On Linux it does not need to: the server is started with the cluster as its working folder and
`-D /proc/self/cwd`, a link that the kernel follows without walking the folders above (proc(5)).
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backend.data.postgres.programs import MAJOR, clean_environment, program_dir
from backend.util.errors import SetupProblem

PREFERRED_ACCOUNTS = ("blockyard", "nobody")
SHARED_PROGRAMS = Path("/var/lib/blockyard")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group; `lent` when it is not the one this process runs as."""

    uid: int
    gid: int
    lent: bool

    @property
    def data_argument(self) -> str:
        """The server's `-D`; its working folder is always the cluster."""
        return "/proc/self/cwd" if self.lent else "."

    def give(self, fd: int) -> None:
        """Make this account the owner of an open file or folder."""
        if self.lent:
            os.fchown(fd, self.uid, self.gid)


def run_as(
    account: Account,
    arguments: list[str],
    *,
    folder: Path,
    stdin: int | IO[bytes],
    stderr: int,
    pass_fds: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `account`, in `folder`, out of reach of our terminal's signals."""
    return subprocess.run(
        arguments,
        cwd=folder,
        env=clean_environment(),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        pass_fds=pass_fds,
        start_new_session=True,
        umask=0o077,
        text=True,
        errors="replace",
        check=False,
        user=account.uid if account.lent else None,
        group=account.gid if account.lent else None,
        extra_groups=[] if account.lent else None,
    )


def account_for(cluster: Path) -> Account:
    """The owner of an existing cluster, or for a new one: ourselves, or as root an unprivileged account.

    Raises:
        SetupProblem: the cluster is somebody else's, or root has nobody to lend.
    """
    ours = os.geteuid()
    owner = cluster.stat() if cluster.exists() else None
    if ours != 0:
        if owner is not None and owner.st_uid != ours:
            raise SetupProblem(
                f"The database in {str(cluster)!r} belongs to the user {_name(owner.st_uid)!r}, and this is "
                f"{_name(ours)!r}. Start Blockyard as that user (or as root), or give another --data-dir."
            )
        return Account(ours, os.getegid(), lent=False)
    if not sys.platform.startswith("linux"):
        raise SetupProblem(
            "The embedded PostgreSQL cannot run as root here. Start Blockyard as another user."
        )
    if owner is None:
        return _unprivileged()
    if owner.st_uid == 0:
        raise SetupProblem(
            f"The database in {str(cluster)!r} belongs to root, and PostgreSQL refuses to run as root. "
            "Give the folder to an unprivileged user with `chown -R`."
        )
    return Account(owner.st_uid, owner.st_gid, lent=True)


def _unprivileged() -> Account:
    for name in PREFERRED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, lent=True)
    raise SetupProblem(
        "PostgreSQL refuses to run as root, and this system has neither a user 'blockyard' nor 'nobody'. "
        "Make one with `useradd --system blockyard`, or start Blockyard as another user."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def programs_for(account: Account, *, shared: Path = SHARED_PROGRAMS) -> Path:
    """The folder of `postgres` and `initdb` that `account` can run.

    A virtual environment under `/root` is closed to it; then the programs (38 MB) are copied once to
    `shared`. They hold no data, so a lost copy is only made again.
    """
    programs = program_dir()
    if not account.lent or is_reachable(programs / "postgres", account):
        return programs
    return copy_programs(programs, shared)


def is_reachable(path: Path, account: Account) -> bool:
    """Whether the mode bits let `account` walk to `path` and execute it."""
    real = path.resolve()
    return all(_may_execute(part.stat(), account) for part in (real, *real.parents))


def _may_execute(entry: os.stat_result, account: Account) -> bool:
    if entry.st_uid == account.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == account.gid:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def copy_programs(programs: Path, shared: Path) -> Path:
    """Copy what `programs` needs to run into `shared`, once a version; the copy's folder."""
    package = programs.parents[1]
    size = (programs / "postgres").stat().st_size
    target = shared / f"postgresql-{MAJOR}-{size}"
    finished = target / package.name / programs.parent.name / "bin"
    if finished.is_dir() and target.stat().st_uid == os.geteuid():
        return finished
    try:
        shared.mkdir(mode=0o755, parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix="copy-", dir=shared))
        shutil.copytree(programs.parent, building / package.name / programs.parent.name)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, building / libraries.name)
        building.chmod(0o755)
        building.rename(target)
    except OSError as error:
        raise SetupProblem(
            f"The user that runs PostgreSQL for root cannot reach {str(programs)!r}, and a copy in "
            f"{str(shared)!r} failed: {error}. Install Blockyard outside of root's home, or start it as another "
            "user."
        ) from error
    return finished
