"""Why a file of blocks does not load, and where. In development the others go on without it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.util.clock import now
from backend.util.errors import BlockyardError

FOLDER = Path(__file__).parent
_ROOT = FOLDER.parent.parent


@dataclass(frozen=True, slots=True)
class LoadError:
    """`file` is named as in the checkout; `line` is None where the whole file is meant."""

    file: str
    line: int | None
    message: str
    at: datetime

    def is_same(self, other: LoadError) -> bool:
        """Whether it says the same, whenever it was seen."""
        return (self.file, self.line, self.message) == (other.file, other.line, other.message)


def load_error(error: Exception, file: Path, line: int | None = None) -> LoadError:
    """What a person is told of it. The place is the last one among the files of blocks, else what is given."""
    if isinstance(error, SyntaxError) and error.filename:
        place, line = Path(error.filename), error.lineno
    else:
        place, line = _last_place(error) or (file, line)
    return LoadError(shown(place), line, _said(error), now())


def shown(file: Path) -> str:
    """The file as it is named in the checkout."""
    return file.relative_to(_ROOT).as_posix() if file.is_relative_to(_ROOT) else str(file)


def _last_place(error: Exception) -> tuple[Path, int | None] | None:
    frames = reversed(traceback.extract_tb(error.__traceback__))
    own = FOLDER / "__init__.py"
    for frame in frames:
        file = Path(frame.filename)
        if file.is_relative_to(FOLDER) and file != own:
            return file, frame.lineno
    return None


def _said(error: Exception) -> str:
    if isinstance(error, BlockyardError):
        return str(error)
    what = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {what}"
