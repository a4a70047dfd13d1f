"""The server's configuration: a file of ours, included by postgresql.conf and written again when it differs.

A person's own changes belong into `ALTER SYSTEM`, which PostgreSQL reads after every file.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psutil

from backend.data.postgres.account import Account

FILE_NAME = "blockyard.conf"
MIB = 1024 * 1024
MAX_SHARED_BUFFERS_MIB = 512
SMALL_DISK_BYTES = 40 * 1024 * MIB

SETTINGS = """\
# Written by Blockyard at every start. To change a setting use ALTER SYSTEM, which wins over this file.
listen_addresses = ''
unix_socket_directories = '.'
unix_socket_permissions = 0700
port = 5432
password_encryption = 'scram-sha-256'
max_connections = 100
cluster_name = 'blockyard'

shared_buffers = {shared_buffers_mib}MB
huge_pages = off
wal_buffers = 16MB
max_wal_size = {max_wal_size}
min_wal_size = {min_wal_size}
checkpoint_timeout = 15min
synchronous_commit = on
fsync = on
full_page_writes = on
jit = off
autovacuum = on

# Few idle processes: one reader, no replication launcher; parallel queries would need a large /dev/shm.
io_workers = 1
max_logical_replication_workers = 0
max_parallel_workers_per_gather = 0

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'

# One file a weekday, emptied when its turn comes again; a failed statement is the caller's to log.
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_file_mode = 0600
log_min_messages = log
log_checkpoints = off
log_autovacuum_min_duration = -1
log_startup_progress_interval = 5s
"""


def configuration(folder: Path) -> str:
    """The text for this machine: an eighth of its memory for buffers, less write-ahead log on a small disk."""
    shared_buffers_mib = max(16, min(MAX_SHARED_BUFFERS_MIB, memory_bytes() // 8 // MIB))
    is_small = shutil.disk_usage(folder).total < SMALL_DISK_BYTES
    return SETTINGS.format(
        shared_buffers_mib=shared_buffers_mib,
        max_wal_size="1GB" if is_small else "4GB",
        min_wal_size="128MB" if is_small else "1GB",
    )


def memory_bytes() -> int:
    """What this process may use: the machine's memory, or less where a container limits it (cgroup v2)."""
    total: int = psutil.virtual_memory().total
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return total
    return min(total, int(limit)) if limit.isdecimal() else total


def write_configuration(cluster: Path, account: Account) -> None:
    """Bring `cluster`'s file of ours up to date; the server must not be running."""
    text = configuration(cluster)
    target = cluster / FILE_NAME
    if read_nofollow(target) == text:
        return
    temporary = cluster / f"{FILE_NAME}.new"
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "w") as file:
        account.give(file.fileno())
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)


def read_nofollow(path: Path) -> str | None:
    """The text of a file in the cluster, None without one.

    The cluster may belong to a less privileged account, so a link planted there is not followed.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    with os.fdopen(fd, encoding="utf-8", errors="replace") as file:
        return file.read()
