"""Start a graph when something happens in Stripe."""

from __future__ import annotations

from typing import Any

from backend.data.block import Block, BlockCategory, BlockManualWebhookConfig, BlockOutput
from backend.data.json_parts import object_at, text_at
from backend.data.model import BlockSchema, SchemaField
from backend.integrations.providers import ProviderName

_EVENT = {
    "id": "evt_1NG8Du2eZvKYlo2CUI79vXWy",
    "object": "event",
    "type": "invoice.paid",
    "livemode": False,
    "data": {
        "object": {
            "id": "in_1MtHbELkdIwHu7ixl4OzzPMv",
            "object": "invoice",
            "amount_paid": 1999,
            "customer": "cus_9",
        },
        "previous_attributes": {"status": "open"},
    },
}


class StripeEventTriggerBlock(Block):
    """Starts the graph when something happens in a Stripe account: an invoice is paid, a customer is new."""

    id = "c98c0e0a-a3d6-4813-9605-943a3ec4b548"
    categories = {BlockCategory.DATA}
    icon = "credit-card"
    pure = True
    webhook_config = BlockManualWebhookConfig(
        provider=ProviderName.STRIPE.value, webhook_type="events", event_filter_input="events"
    )

    class Input(BlockSchema):
        events: list[str] = SchemaField(
            default_factory=list[str],
            description="Which events start it, such as invoice.paid; invoice stands for all of invoices. None: every "
            "event that the endpoint gets",
            examples=[["invoice.paid", "customer.subscription"]],
        )
        payload: dict[str, Any] = SchemaField(
            default_factory=dict[str, Any], description="What Stripe sent", hidden=True
        )

    class Output(BlockSchema):
        object: dict[str, Any] = SchemaField(description="What the event is about: the invoice, the customer")
        event: str = SchemaField(description="The event's name, such as invoice.paid")
        object_id: str = SchemaField(description="The object's id, such as in_123")
        customer_id: str = SchemaField(description="The customer's id, empty where the object has none")
        previous: dict[str, Any] = SchemaField(description="What an update has changed, as it was before")
        is_live: bool = SchemaField(description="False: an event of a sandbox or of test mode")
        payload: dict[str, Any] = SchemaField(description="The whole event")
        error: str = SchemaField(description="Why it failed")

    test_input = [{"events": ["invoice"], "payload": _EVENT}, {"payload": {"type": "v1.billing.meter"}}]
    test_output = [
        [
            ("object", _EVENT["data"]["object"]),  # type: ignore[index]  # the example above
            ("event", "invoice.paid"),
            ("object_id", "in_1MtHbELkdIwHu7ixl4OzzPMv"),
            ("customer_id", "cus_9"),
            ("previous", {"status": "open"}),
            ("is_live", False),
            ("payload", _EVENT),
        ],
        [
            ("object", {}),
            ("event", "v1.billing.meter"),
            ("object_id", ""),
            ("customer_id", ""),
            ("previous", {}),
            ("is_live", False),
            ("payload", {"type": "v1.billing.meter"}),
        ],
    ]

    def run(self, input_data: Input, **kwargs: Any) -> BlockOutput:
        payload = input_data.payload
        about = object_at(payload, "data", "object") or object_at(payload, "related_object")
        is_customer = text_at(about, "object") == "customer"
        yield "object", about
        yield "event", text_at(payload, "type")
        yield "object_id", text_at(about, "id")
        yield (
            "customer_id",
            text_at(about, "id")
            if is_customer
            else text_at(about, "customer") or text_at(about, "customer", "id"),
        )
        yield "previous", object_at(payload, "data", "previous_attributes")
        yield "is_live", payload.get("livemode") is True
        yield "payload", payload
