"""Where the master keys are: in BLOCKYARD_MASTER_KEY, or in the file `master.key` of the data folder (0600)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from backend.util.crypto import BadKey, Keyring, MasterKey
from backend.util.errors import SetupProblem
from backend.util.settings import Settings

NAME = "master.key"
_HEAD = "# Opens all secrets that Blockyard has stored. Keep a copy apart from backups of the database.\n"
_MAKE = "`openssl rand -base64 32` makes one"
_KEEP = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class KeySource:
    """Reads the keys, and writes them where that is a file. `file` is None when the environment has them."""

    text: str = field(repr=False)
    file: Path | None

    @classmethod
    def of(cls, settings: Settings) -> KeySource:
        text = settings.master_key.get_secret_value()
        return cls(text, None if text else settings.data_dir / NAME)

    @property
    def name(self) -> str:
        return "BLOCKYARD_MASTER_KEY" if self.file is None else f"The file {str(self.file)!r}"

    def read(self) -> Keyring | None:
        """The keys, the newest first; None when the file is not there.

        Raises:
            SetupProblem: they cannot be used, or others may read the file.
        """
        text = self.text if self.file is None else _text_of(self.file)
        if text is None:
            return None
        try:
            return Keyring.parse(text)
        except BadKey as error:
            raise self._unfit(error) from None

    def make(self) -> Keyring:
        """A file with a new key; one that somebody else has made meanwhile is read instead.

        Raises:
            SetupProblem: it cannot be written.
        """
        made = Keyring([MasterKey.new()])
        try:
            self._write(made.keys, is_new=True)
        except FileExistsError:
            return self.read() or made
        return made

    def replace(self, keys: Iterable[MasterKey]) -> None:
        """Write the keys in place of those in the file, all or nothing.

        Raises:
            SetupProblem: it cannot be written; it is as it was.
        """
        self._write(keys, is_new=False)

    def _write(self, keys: Iterable[MasterKey], *, is_new: bool) -> None:
        assert self.file is not None, "keys of the environment are the operator's to write"
        partial = self.file.with_name(f".{NAME}.{os.getpid()}.partial")
        content = _HEAD + "".join(f"{key.written()}\n" for key in keys)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            _write_synced(partial, content)
            if is_new:
                os.link(partial, self.file)
            else:
                partial.replace(self.file)
            _sync_folder(self.file.parent)
        except FileExistsError:
            raise
        except OSError as error:
            cure = "Make the data folder writable, or set BLOCKYARD_MASTER_KEY."
            raise SetupProblem(f"{self.name} cannot be written: {error.strerror}. {cure}") from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)

    def _unfit(self, error: BadKey) -> SetupProblem:
        cure = (
            f"A key is 32 random bytes as base64 ({_MAKE}); if secrets are stored already, it must be theirs."
        )
        return SetupProblem(f"{self.name} cannot be used: its key {error}. {cure} {_KEEP}")


def _text_of(file: Path) -> str | None:
    """Its content, looked at through one handle, so that nothing is exchanged in between."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        cure = "Start Blockyard as the user that owns it."
        raise SetupProblem(f"The file {str(file)!r} cannot be read: {error.strerror}. {cure}") from error
    with os.fdopen(handle, encoding="ascii", errors="replace") as opened:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode) or mode & 0o077:
            raise SetupProblem(
                f"The file {str(file)!r} opens all stored secrets, and others may read it. "
                f"`chmod 600` it; if somebody may have read it, `blockyard keys rotate` after that. {_KEEP}"
            )
        return opened.read(65_536)


def _write_synced(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
