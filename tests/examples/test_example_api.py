"""The Example API answers as its first page says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.example_api import ExampleApi, example_api
from tests.support.http_server import Answer, local_http_server


@pytest.fixture(scope="module")
def api() -> Iterator[ExampleApi]:
    with example_api() as running:
        yield running


def test_nobody_gets_in_without_the_key(api: ExampleApi) -> None:
    for headers in ({"authorization": "Bearer other"}, {"authorization": ""}):
        assert api.client.get("/v1/me", headers=headers).status_code == 401
    assert api.client.get("/v1/me").json()["name"] == "Ada Lovelace"


def test_resource_is_made_once_for_each_key(api: ExampleApi) -> None:
    body = {"name": "Hello", "type": "greeting"}
    first, again, other = (
        api.client.post("/v1/resources", json=body, headers={"idempotency-key": key}).json()
        for key in ("k1", "k1", "k2")
    )
    assert first["message"] == "Hello (from Example)"
    assert (again["id"] == first["id"], other["id"] == first["id"]) == (True, False)
    assert api.client.get(f"/v1/resources/{first['id']}").json() == first
    assert {one["id"] for one in api.client.get("/v1/resources").json()["items"]} == {
        first["id"],
        other["id"],
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/resources/none", None, 404),
        ("GET", "/nowhere", None, 404),
        ("POST", "/v1/resources", {}, 422),
        ("POST", "/v1/resources", {"name": "fail-with-429"}, 429),
        ("POST", "/v1/resources", {"name": "fail-with-503 please"}, 503),
        ("POST", "/v1/resources", ["no object"], 400),
        ("POST", "/v1/webhooks", {"target": "file:///etc/passwd", "secret": "s"}, 422),
        ("POST", "/v1/webhooks", {"target": "http://127.0.0.1:9"}, 422),
        ("POST", "/v1/events", {"webhook_type": "unheard of"}, 422),
    ],
)
def test_refusals_have_the_status_and_a_sentence(
    api: ExampleApi, method: str, path: str, body: object, status: int
) -> None:
    answer = api.client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert ("retry-after" in answer.headers) is (status == 429)


def test_event_is_sent_until_somebody_says_yes_with_the_same_id_each_time(api: ExampleApi) -> None:
    with local_http_server({"/hook": [Answer(500), Answer(202, b"thanks")]}) as receiver:
        made = api.post("/v1/webhooks", {"target": f"{receiver.base_url}/hook", "secret": "s"})
        sent = api.post("/v1/events", {"webhook_type": "example_event", "data": {"n": 1}})
        api.client.delete(f"/v1/webhooks/{made['id']}")
    (delivery,) = sent["deliveries"]
    assert (delivery["status"], delivery["attempts"], delivery["answer"]) == (202, 2, "thanks")
    assert [seen.headers["webhook-id"] for seen in receiver.seen] == [sent["id"]] * 2
    assert receiver.seen[1].json() == {"id": sent["id"], "webhook_type": "example_event", "data": {"n": 1}}


def test_secret_of_a_webhook_is_not_told(api: ExampleApi) -> None:
    made = api.post("/v1/webhooks", {"target": "http://127.0.0.1:9/", "secret": "do not tell"})
    assert "do not tell" not in api.client.get("/v1/webhooks").text
    api.client.delete(f"/v1/webhooks/{made['id']}")
    assert api.client.get("/v1/webhooks").json() == {"items": []}
