"""Stripe's webhooks: the signature of `Stripe-Signature`, events by name.

Source: https://docs.stripe.com/webhooks#verify-manually, https://docs.stripe.com/api/events/types
"""

from __future__ import annotations

from enum import StrEnum

from backend.data.integrations import Webhook
from backend.data.json_parts import text_at
from backend.data.model import JsonObject
from backend.integrations.providers import ProviderName
from backend.integrations.webhooks._manual_base import ManualWebhookManagerBase, SecretFrom
from backend.integrations.webhooks._payload import event_name, identity, json_object
from backend.integrations.webhooks._request import WebhookRequest
from backend.integrations.webhooks._verify import check_time, hmac_hex, is_same, secret_of
from backend.util.errors import Unauthorized

_HEADER = "Stripe-Signature"
_WHERE = "Copy the endpoint's signing secret (whsec_...) from Stripe and store it here."


class StripeEventType(StrEnum):
    """What events are about: `invoice` covers `invoice.paid`. Stripe adds events to these with every version."""

    ACCOUNT = "account"
    APPLICATION_FEE = "application_fee"
    BALANCE = "balance"
    BALANCE_SETTINGS = "balance_settings"
    BILLING = "billing"
    BILLING_PORTAL = "billing_portal"
    CAPABILITY = "capability"
    CASH_BALANCE = "cash_balance"
    CHARGE = "charge"
    CHECKOUT = "checkout"
    CLIMATE = "climate"
    COUPON = "coupon"
    CREDIT_NOTE = "credit_note"
    CUSTOMER = "customer"
    CUSTOMER_CASH_BALANCE_TRANSACTION = "customer_cash_balance_transaction"
    ENTITLEMENTS = "entitlements"
    FILE = "file"
    FINANCIAL_CONNECTIONS = "financial_connections"
    IDENTITY = "identity"
    INVOICE = "invoice"
    INVOICE_PAYMENT = "invoice_payment"
    INVOICEITEM = "invoiceitem"
    ISSUING_AUTHORIZATION = "issuing_authorization"
    ISSUING_CARD = "issuing_card"
    ISSUING_CARDHOLDER = "issuing_cardholder"
    ISSUING_DISPUTE = "issuing_dispute"
    ISSUING_PERSONALIZATION_DESIGN = "issuing_personalization_design"
    ISSUING_TOKEN = "issuing_token"  # noqa: S105  # an event
    ISSUING_TRANSACTION = "issuing_transaction"
    MANDATE = "mandate"
    PAYMENT_INTENT = "payment_intent"
    PAYMENT_LINK = "payment_link"
    PAYMENT_METHOD = "payment_method"
    PAYOUT = "payout"
    PERSON = "person"
    PLAN = "plan"
    PRICE = "price"
    PRODUCT = "product"
    PROMOTION_CODE = "promotion_code"
    QUOTE = "quote"
    RADAR = "radar"
    REFUND = "refund"
    REPORTING = "reporting"
    REVIEW = "review"
    SETUP_INTENT = "setup_intent"
    SIGMA = "sigma"
    SOURCE = "source"
    SUBSCRIPTION_SCHEDULE = "subscription_schedule"
    TAX = "tax"
    TAX_RATE = "tax_rate"
    TERMINAL = "terminal"
    TEST_HELPERS = "test_helpers"
    TOPUP = "topup"
    TRANSFER = "transfer"
    TREASURY = "treasury"
    V1 = "v1"
    V2 = "v2"


class StripeWebhookManager(ManualWebhookManagerBase):
    """Endpoints that a person adds in Stripe's Workbench."""

    PROVIDER_NAME = ProviderName.STRIPE
    WebhookEventType = StripeEventType
    SECRET_FROM = SecretFrom.PROVIDER
    SETUP = (
        "In Stripe, open Workbench > Webhooks > Create an event destination, choose the events and paste the address "
        "as the endpoint's URL. Then copy its signing secret (whsec_...) here."
    )

    async def verify(self, webhook: Webhook, request: WebhookRequest) -> None:
        secret = secret_of(webhook)
        moment, given = _signed(request.header(_HEADER))
        expected = hmac_hex(secret, f"{moment}.".encode() + request.raw)
        if not any(is_same(one, expected) for one in given):
            raise Unauthorized(
                f"No v1 signature in {_HEADER} matches: the endpoint has another secret. {_WHERE}"
            )
        check_time(moment, header=_HEADER)

    async def validate_payload(self, webhook: Webhook, request: WebhookRequest) -> tuple[JsonObject, str]:
        payload = await json_object(request)
        return payload, event_name(text_at(payload, "type"), "`type`")

    def event_id(self, webhook: Webhook, request: WebhookRequest, payload: JsonObject) -> str | None:
        return identity(text_at(payload, "id"))


def _signed(header: str) -> tuple[str, list[str]]:
    """The time and the v1 signatures of `t=1492774577,v1=5257a8…,v1=6ffbb5…,v0=…`.

    Raises:
        Unauthorized: one of them is missing.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    given = [value for name, _, value in parts if name == "v1"]
    if not (moments and given):
        raise Unauthorized(
            f"The header {_HEADER} must have a time and a signature: t=…,v1=…. Only deliveries of Stripe are taken. "
            f"{_WHERE}"
        )
    return moments[0], given
