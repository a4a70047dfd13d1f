"""Called by hatchling for each wheel: one that is installed elsewhere has the built page in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INDEX = Path("backend/server/page/index.html")


class PageInWheel(BuildHookInterface[BuilderConfig]):
    """Refuses to pack a wheel without the page; an editable install takes it from the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable" and not (Path(self.root) / INDEX).is_file():
            raise SystemExit("The wheel needs the built page, and there is none. Build it first: make page")
