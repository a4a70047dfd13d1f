"""Webhooks, what they brought, and the triggers of graphs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LONGEST_SECRET = 1_000
LONGEST_KEEP_S = 7 * 86_400

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Secret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_SECRET)]
WebhookState = Literal["active", "pending", "failed", "removing"]
_ID = "01997e1c-6f0a-7b3e-9d0c-2f6f3c0a9d11"
_URL = f"https://blockyard.example.com/api/integrations/stripe/webhooks/{_ID}/ingress"
_STATE = Field(
    description="`pending`: it is being made at the provider; `failed`: see `problem`; `removing`: it is being "
    "taken away there",
    examples=["active"],
)
_PROBLEM = Field(description="Why no events come, and what to do; empty: nothing is wrong", examples=[""])
_SETUP = Field(
    description="What a person does at the provider; empty: nothing", examples=["Developers > Webhooks > Add"]
)
_SHOWN_SECRET = Field(
    description="Of a webhook that was just made: it is in this answer and nowhere else. None: there is none to be "
    "carried anywhere",
    examples=["whsec_made-once-and-shown-once"],
)


class ListeningNode(BaseModel):
    """A node that a webhook may start."""

    graph_id: str
    node_id: str
    is_live: bool = Field(description="Whether its graph is published")
    graph_version: int = Field(description="Which version is started; 0: none was published")
    events: list[str] = Field(description="Empty: all", examples=[["invoice.paid"]])


class WebhookView(BaseModel):
    id: str
    provider: str = Field(examples=["stripe"])
    title: str
    webhook_type: str = Field(examples=["invoice.paid"])
    is_automatic: bool = Field(
        description="Made through the provider's API; else a person pastes the address"
    )
    is_kept: bool = Field(description="Whether it stays when no graph listens any more")
    resource: str = Field(
        description="For which thing at the provider; empty: it says so there", examples=[""]
    )
    credential_id: str | None = Field(examples=[None])
    url: str = Field(description="Where the provider sends events", examples=[_URL])
    test_url: str = Field(
        description="Where test events go, while somebody listens", examples=[f"{_URL}?test=true"]
    )
    has_secret: bool = Field(description="Without one nothing is taken")
    state: WebhookState = _STATE
    problem: str = _PROBLEM
    next_attempt_at: datetime | None = Field(description="When it is tried again", examples=[None])
    setup: str = _SETUP
    wanted_events: list[str] = Field(description="Empty: all", examples=[["invoice.paid"]])
    registered_events: list[str] = Field(description="What the provider sends now", examples=[[]])
    last_delivery_at: datetime | None
    triggers: list[ListeningNode]
    created_at: datetime
    updated_at: datetime


class OneWebhook(WebhookView):
    """A webhook on its own page."""

    verification_token: str | None = Field(
        default=None,
        description="What the provider has brought in its first request and wants to see again in its own settings; "
        "shown for an hour, to whoever may change the webhook",
        examples=[None],
    )


class NewWebhook(WebhookView):
    """A webhook that was just made."""

    secret: str | None = _SHOWN_SECRET


class WebhookRequest(BaseModel):
    """A webhook to be made by hand; it stays until it is deleted."""

    model_config = ConfigDict(extra="forbid")

    title: Title = Field(default="", examples=["Shop"])
    secret: Secret | None = Field(
        default=None,
        description="The one that the provider has made; without it ours is made, where the provider takes one",
        examples=[None],
    )


class WebhookChange(BaseModel):
    """What is to change; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    title: Title = Field(default="", examples=["Shop"])
    is_kept: bool = False


class SecretRotation(BaseModel):
    """Another secret for a webhook."""

    model_config = ConfigDict(extra="forbid")

    secret: Secret | None = Field(
        default=None, description="The one that the provider has made; None: we make one", examples=[None]
    )
    keep_old_s: int = Field(
        default=0,
        ge=0,
        le=LONGEST_KEEP_S,
        description="So many seconds deliveries that are signed with the old one are taken too",
        examples=[3600],
    )


class RotatedSecret(BaseModel):
    secret: str | None = _SHOWN_SECRET
    old_until: datetime | None = Field(description="Until when the old one is taken; None: no longer")
    setup: str = _SETUP


class PingResult(BaseModel):
    """How a webhook was tried."""

    by: Literal["provider", "ourselves"] = Field(
        description="`provider`: it was asked to send an event; `ourselves`: we have signed one and taken it in",
        examples=["provider"],
    )
    delivery_id: str | None = Field(description="What came of ours", examples=[None])
    detail: str = Field(examples=["GitHub was asked to send a ping."])


class DeliveryRow(BaseModel):
    id: str
    event_id: str | None = Field(
        description="By which the provider tells repeats; None: it does not", examples=["evt_1"]
    )
    event_type: str = Field(examples=["invoice.paid"])
    is_test: bool
    state: Literal["started", "ignored", "failed"] = Field(
        description="`ignored`: nobody listened; `failed`: the graph cannot run, see `problem`",
        examples=["started"],
    )
    problem: str = Field(examples=[""])
    run_ids: list[str] = Field(examples=[[_ID]])
    replay_of: str | None = Field(description="The delivery that this one repeats", examples=[None])
    received_at: datetime
    size_bytes: int


class DeliveryView(DeliveryRow):
    """A delivery as it came."""

    headers: dict[str, str] = Field(
        description="Signatures, tokens and cookies are hidden",
        examples=[{"content-type": "application/json"}],
    )
    body: str = Field(examples=['{"type": "invoice.paid"}'])
    body_encoding: Literal["text", "base64"] = Field(examples=["text"])
    is_cut: bool = Field(description="Whether the body is longer than what is shown: 64 KiB")


class Replayed(BaseModel):
    delivery_id: str
    run_ids: list[str] = Field(description="Empty: nobody listens to this event now", examples=[[_ID]])


class TriggerView(BaseModel):
    """A node that something from outside starts."""

    node_id: str
    label: str = Field(description="What people call it", examples=["Invoice paid"])
    kind: Literal["webhook", "poll"] = Field(examples=["webhook"])
    block_id: str
    is_live: bool = Field(description="Whether it starts the published graph")
    in_draft: bool
    in_published: bool
    state: WebhookState | Literal["none"] = Field(
        description="Of its webhook; `none`: it has none before the graph is published", examples=["active"]
    )
    problem: str = _PROBLEM
    provider: str = Field(description="Empty: a poll", examples=["stripe"])
    webhook_id: str | None = None
    is_automatic: bool = False
    url: str | None = Field(default=None, examples=[_URL])
    test_url: str | None = Field(default=None, examples=[f"{_URL}?test=true"])
    setup: str = _SETUP
    events: list[str] = Field(description="Empty: all", examples=[["invoice.paid"]])
    last_delivery_at: datetime | None = None
    next_poll_at: datetime | None = Field(default=None, examples=[None])
    secret: str | None = Field(default=None, description="Of a webhook that was just made", examples=[None])


class ScheduleBrief(BaseModel):
    """When a graph runs by the clock."""

    id: str
    name: str
    cron: str = Field(examples=["0 9 * * 1-5"])
    timezone: str = Field(examples=["Europe/Berlin"])
    is_active: bool
    next_at: datetime | None
    problem: str = Field(examples=[""])


class GraphTriggers(BaseModel):
    """All that starts a graph, of its published version and of its draft."""

    triggers: list[TriggerView]
    schedules: list[ScheduleBrief]


class NodeWebhook(BaseModel):
    """Which webhook a node of the draft listens to."""

    model_config = ConfigDict(extra="forbid")

    webhook_id: str | None = Field(
        default=None, max_length=64, description="One of yours; None: one of its own", examples=[None]
    )


class TestEvent(BaseModel):
    """What came while somebody listened."""

    __test__ = False

    delivery_id: str
    run_id: str = Field(description="The run of the draft that it has started")
    payload: object = Field(examples=[{"type": "invoice.paid"}])
