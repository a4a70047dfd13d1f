"""Files that were uploaded, or made by runs."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

_ID = "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"


class FileView(BaseModel):
    id: str = Field(examples=[_ID])
    reference: str = Field(
        examples=[f"file:{_ID}"], description="How inputs, constants and outputs name the file"
    )
    run_id: str | None = Field(examples=[None], description="The run that made it; None for an upload")
    name: str = Field(examples=["report.pdf"])
    media_type: str = Field(examples=["application/pdf"], description="As declared, or by the name")
    size_bytes: int = Field(examples=[48_213])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    created_at: datetime
    used_at: datetime = Field(description="To the hour; an unused upload is deleted some day")


class FilesStored(BaseModel):
    """What an upload came to, in the order of the form."""

    items: list[FileView]
