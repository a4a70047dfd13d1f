"""What the sender of a delivery is told."""

from __future__ import annotations

from pydantic import BaseModel, Field


class DeliveryTaken(BaseModel):
    """A delivery that is on disk, with the runs that it started."""

    delivery_id: str
    run_ids: list[str] = Field(description="Empty where nobody listens for the event")
    is_repeat: bool = Field(default=False, description="The event had come before, and started nothing now")
    ignored: str | None = Field(
        default=None, description="The name of an event that nobody listens for", examples=[None]
    )
