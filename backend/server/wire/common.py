"""Answers of every kind: pages of lists, refusals, amounts of money."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="None after the last page")


class ProblemView(BaseModel):
    """One thing that is wrong, where it is, and what to do about it."""

    message: str
    cure: str = ""
    node_id: str | None = None
    pin: str | None = None
    path: str | None = None


class ProblemDetails(BaseModel):
    """Every refusal (RFC 9457). Branch on `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemView] = []


class Cost(BaseModel):
    usd_micros: int
    credits: float = Field(description="One credit is 10,000 micro-dollars")
