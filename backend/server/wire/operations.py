"""How the installation is."""

from __future__ import annotations

from pydantic import BaseModel, Field

from backend.server.wire.runs import RunRow


class Health(BaseModel):
    status: str
    problems: list[str] = Field(default=[], description="What is wrong, and the cure")
    warnings: list[str] = Field(default=[], description="What somebody should look at before it goes wrong")


class Status(BaseModel):
    """What is running."""

    version: str
    database: str = Field(description="embedded or external")
    uptime_s: float
    blocks: int
    workers: int = Field(description="Alive, in all processes")
    queue: int = Field(description="Runs that nobody has taken")
    runs: dict[str, int] = Field(description="Status -> how many of yours; of everybody for an owner")
    last_runs: list[RunRow]
    graph_names: dict[str, str]
    open_reviews: int
