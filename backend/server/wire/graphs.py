"""Graphs and what is wrong with them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from backend.data.graph import Graph
from backend.server.wire.common import ProblemView


class GraphSaved(BaseModel):
    id: str
    version: int
    problems: list[ProblemView] = Field(description="What keeps it from running; empty when it can run")


class GraphView(Graph):
    """A version of a graph."""

    problems: list[ProblemView] = []


class GraphRow(BaseModel):
    id: str
    name: str
    description: str
    latest_version: int
    updated_at: datetime


class GraphProblems(BaseModel):
    problems: list[ProblemView]
