"""What stands before every command (`--data-dir`, `--server`, `--debug`), and the settings that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.util.errors import SetupProblem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from backend.util.settings import Settings


@dataclass(slots=True)
class Options:
    """The global options of this call; `data_dir` None: as the settings say, `server` None: this machine."""

    data_dir: Path | None = None
    is_debug: bool = False
    server: str | None = None
    api_key: str | None = None


current = Options()


def load_settings(**overrides: object) -> Settings:
    """The settings of this call, in force for the whole process; `overrides` by their environment names.

    Raises:
        SetupProblem: a setting that nobody can read; all of them are named.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from backend.util.settings import Settings, use

    if current.data_dir is not None:
        overrides["BLOCKYARD_DATA_DIR"] = current.data_dir.expanduser()
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise SetupProblem("; ".join(map(_said, error.errors()))) from error
    except SettingsError as error:
        cure = "Correct it in the environment or in .env; lists and objects are written as JSON."
        raise SetupProblem(f"A setting cannot be read: {error}. {cure}") from error
    use(settings)
    return settings


def _said(detail: ErrorDetails) -> str:
    name = ".".join(map(str, detail["loc"])).upper()
    problem = f"The setting {name} is {detail['input']!r}: {detail['msg']}."
    return f"{problem} Correct it in the environment or in .env."
