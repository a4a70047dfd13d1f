"""Providers, the cards by which one connects to them, and the steps of the first run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr
from pydantic import Field as Of

QualityLevel = Literal["none", "bronze", "silver", "gold", "platinum"]
"""The highest level whose rules, and those of the levels before it, are all kept."""


class ConnectionField(BaseModel):
    """One line of a provider's form."""

    key: str = Of(examples=["api_key"])
    label: str = Of(examples=["API key"])
    type: Literal["text", "password", "url", "checkbox"] = Of(description="A password is never shown again")
    placeholder: str = Of(examples=["ex_…"])
    is_required: bool
    help: str = Of(examples=["It is in your settings there"])


class AccountView(BaseModel):
    """Whose account it is, as the provider told; what it did not tell is empty."""

    name: str = Of(default="", examples=["Ada Lovelace"])
    email: str = ""
    avatar_url: str = Of(
        examples=[""], default="", description="At the provider; `GET /api/credentials/{id}/avatar` is ours"
    )
    organization: str = Of(default="", examples=["Example Ltd"])


class LoginSupport(BaseModel):
    """OAuth 2."""

    is_set_up: bool = Of(description="Whether an operator has registered an application")
    variables: list[str] = Of(
        examples=[["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"]],
        description="The settings that an operator fills in",
    )


class WebhookSupport(BaseModel):
    """How the provider's events come in."""

    is_automatic: bool = Of(
        description="Registered through the provider's API; else a person pastes the address"
    )
    events: list[str] = Of(
        examples=[["example_event"]], description="Those that are known; empty: whatever the sender says"
    )
    ignored_events: list[str] = Of(examples=[[]], description="Sent unasked, and they start nothing")
    secret_from: str = Of(examples=["us"], description="Who makes the secret: us, provider, introduction")
    setup: str = Of(examples=["Paste address and secret"], description="What a person does at the provider")


class ProviderBlock(BaseModel):
    id: str
    name: str = Of(examples=["ExampleTriggerBlock"])
    title: str = Of(examples=["Example Trigger"])
    kind: str = Of(examples=["trigger"])


class QualityRule(BaseModel):
    """Where a provider stands with one rule of the quality scale."""

    rule: str = Of(examples=["sources"])
    level: Literal["bronze", "silver", "gold", "platinum"]
    what: str = Of(examples=["Every call names the page of the documentation it follows"])
    standing: Literal["done", "todo", "exempt"]
    reason: str = Of(examples=[""], description="Why it is exempt, or how a done one was seen")


class ProviderView(BaseModel):
    """What is known of a provider."""

    provider: str = Of(examples=["example-provider"])
    label: str = Of(examples=["Example"])
    description: str
    help_url: str = Of(examples=["https://example.com/help"])
    kinds: list[str] = Of(examples=[["api_key"]], description="Of credentials; empty: it needs none")
    fields: list[ConnectionField] = Of(description="The form, for the first kind that is not `oauth2`")
    has_test: bool = Of(description="Whether the service is asked before a connection is saved")
    tier: Literal["free", "paid", "premium"]
    is_available: bool = Of(description="Whether this installation's tier includes it")
    quality: QualityLevel = Of(
        description="The highest level whose rules, and those of the levels before it, are all kept"
    )
    quality_rules: list[QualityRule] = Of(description="All rules, from bronze on; docs/quality-scale.md")
    login: LoginSupport | None = Of(description="None: nobody logs in there")
    webhooks: WebhookSupport | None = Of(description="None: its events are not taken")
    blocks: list[ProviderBlock]


class ConnectionView(BaseModel):
    """A provider's card."""

    provider: str = Of(examples=["example-provider"])
    label: str = Of(examples=["Example"])
    description: str
    help_url: str = Of(examples=["https://example.com/help"])
    kinds: list[str] = Of(examples=[["api_key"]])
    fields: list[ConnectionField]
    has_test: bool
    tier: Literal["free", "paid", "premium"]
    is_available: bool = Of(description="Whether this installation's tier includes it")
    quality: QualityLevel = Of(description="`GET /api/providers/{provider}` has its rules")
    login: LoginSupport | None = Of(description="None: nobody logs in there")
    is_connected: bool = Of(description="Whether you have a credential of it that works, as far as is known")
    credential_id: str | None = Of(description="The credential that the card speaks of; there may be others")
    title: str = Of(examples=["Example"])
    account: AccountView | None
    problem: str = Of(
        examples=[""], description="Why it has to be connected again, or what its last test said"
    )
    has_platform_credential: bool = Of(description="Whether everybody may use the platform's own")


class ConnectionValues(BaseModel):
    """What a person filled in."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, StrictStr | StrictBool] = Of(
        examples=[{"api_key": "ex_…"}],
        max_length=100,
        description="Key of a field -> what was filled in; a checkbox is true or false",
    )


class NewConnection(ConnectionValues):
    title: str = Of(
        examples=["Work"], default="", max_length=200, description="The provider's label without one"
    )


class ConnectionComplete(BaseModel):
    """Everything that the form needs is there. Nobody was asked."""

    provider: str = Of(examples=["example-provider"])
    kind: str = Of(examples=["api_key"], description="Of the credential that it makes")


class ConnectionTried(BaseModel):
    """What the service said."""

    is_ok: bool
    is_tested: bool = Of(description="False: this provider has no test, so nobody was asked")
    reason: str = Of(examples=[""], description="Why not, in the provider's own words where it said some")
    code: str = Of(
        examples=[""], description="Of the refusal, as problem documents have it; empty when it is ok"
    )
    account: AccountView | None


class ConnectionSaved(BaseModel):
    provider: str = Of(examples=["example-provider"])
    credential_id: str
    title: str = Of(examples=["Example"])
    is_tested: bool
    account: AccountView | None
    message: str = Of(
        examples=["Example is connected as ada@example.com."], description="What was done, for the person"
    )


class WizardStep(BaseModel):
    """One step of the first run."""

    key: str = Of(examples=["graph"])
    title: str = Of(examples=["Make a graph"])
    is_done: bool
    is_optional: bool
    help: str = Of(
        examples=["Begin with a template, or with nothing."], description="What it is for, or how it is done"
    )
    href: str = Of(
        examples=["/graphs/new"],
        description="Where in the front end; empty: in the settings of the installation",
    )


class Wizard(BaseModel):
    steps: list[WizardStep]
    is_done: bool = Of(description="Nothing is open that is not optional")
    next_step: str | None = Of(
        examples=["graph"], description="The key of the first open step; None: all are done"
    )
