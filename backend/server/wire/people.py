"""Who one is and what one may do; who else is here."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from backend.server.access import Scope

SHORTEST_PASSWORD = 10
_LONGEST_NAME = 200
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


def _address(text: str) -> str:
    """In the one form under which it is stored."""
    text = text.strip().lower()
    name, _, host = text.rpartition("@")
    if not name or not host or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise ValueError("this is no e-mail address: write it as name@example.com")
    return text


def _one_line(text: str) -> str:
    """Without what would break or colour the line in which it is shown."""
    text = " ".join(text.split())
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError("this holds control characters: remove them")
    return text


def _not_blank(text: str) -> str:
    if not text:
        raise ValueError("this is empty: write a name")
    return text


def _within_reach(moment: datetime) -> datetime:
    """A moment that every clock and the database can tell, in UTC."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("this moment is out of reach: choose one between 1970 and 9997")
    return moment


Email = Annotated[
    str, Field(min_length=3, max_length=254, examples=["ada@example.com"]), AfterValidator(_address)
]
Password = Annotated[
    str, Field(min_length=SHORTEST_PASSWORD, max_length=1000, examples=["correct horse battery"])
]
Name = Annotated[str, Field(max_length=_LONGEST_NAME, examples=["Ada Lovelace"]), AfterValidator(_one_line)]
GivenName = Annotated[Name, AfterValidator(_not_blank)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Role = Literal["owner", "editor", "viewer"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SetupState(BaseModel):
    is_open: bool = Field(description="Whether this installation waits for its owner")


class Setup(_Body):
    """Who is to own this installation."""

    token: str = Field(min_length=1, max_length=200, description="Printed by `blockyard serve`")
    email: Email
    password: Password
    name: Name = Field(default="", description="Empty: what stands before the @")


class Login(_Body):
    """Who one is, and the proof."""

    email: str = Field(max_length=254, examples=["ada@example.com"])
    password: str = Field(max_length=1000, examples=["correct horse battery"])


class PasswordChange(_Body):
    """The password that one has, and the one that one wants."""

    current: str = Field(max_length=1000, examples=["correct horse battery"])
    new: Password


class UserView(BaseModel):
    id: str
    email: str
    name: str
    role: str = Field(description="owner, editor or viewer")


class Me(UserView):
    scopes: list[Scope] = Field(description="What this session or key may do")


class MeChange(_Body):
    """What one may change about oneself."""

    name: GivenName


class SessionView(BaseModel):
    """A browser that is logged in."""

    id: str
    created_at: datetime
    expires_at: datetime
    address: str = Field(description="Where it was opened from; empty when that is no longer known")
    is_current: bool = Field(description="Whether it is the one that asks")


class PersonView(UserView):
    """A user as owners see them."""

    is_active: bool = Field(description="False: they are shut out")
    created_at: datetime


class NewPerson(_Body):
    """Who is to have an account."""

    email: Email
    name: Name = Field(default="", description="Empty: what stands before the @")
    role: Role = "editor"
    password: Password | None = Field(default=None, description="None: one is made, and shown in the answer")


def name_for(body: Setup | NewPerson) -> str:
    """How they are called."""
    return body.name or body.email.partition("@")[0][:_LONGEST_NAME]


class PersonMade(PersonView):
    password: str | None = Field(
        description="The one that was made, shown this once; None when you chose it, or repeated the request"
    )


class PersonChange(_Body):
    """What an owner may change; what is left out or null stays."""

    name: GivenName | None = None
    role: Role | None = None
    is_active: bool | None = Field(default=None, description="False shuts them out, and keeps what is theirs")


class PasswordMade(BaseModel):
    password: str = Field(description="Shown this once")
    sessions_ended: int


class ApiKeyRequest(_Body):
    """What a key is for."""

    name: GivenName = Field(examples=["laptop"])
    scopes: list[Scope] | None = Field(
        default=None, min_length=1, max_length=20, description="None: all that you may do but `admin`"
    )
    expires_at: Moment | None = Field(default=None, description="None: never")


class ApiKeyView(BaseModel):
    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute")


class NewApiKey(ApiKeyView):
    key: str | None = Field(description="Shown this once; None when you repeated the request")
