"""The Example API: a small service to try connections, blocks and webhooks with, on your own machine.

    python examples/example_api.py --port 8099

It needs nothing but Python, and keeps everything in memory. All of it asks for `Authorization: Bearer <API key>`:

    GET  /v1/me                whose key it is
    GET  /v1/resources         all resources: {"items": [...]}
    POST /v1/resources         {"name": ..., "type": ...} -> 201; a repeated `Idempotency-Key` makes nothing new
    GET  /v1/resources/<id>    one of them; 404 for others
    POST /v1/webhooks          {"target": <address>, "secret": ...} -> 201: events go there from now on
    GET  /v1/webhooks          the addresses, without the secrets
    DELETE /v1/webhooks/<id>   204
    POST /v1/events            {"webhook_type": "example_event", "data": {...}} -> 202 when all have been told

A resource called `fail-with-429` (or any other status from 400 to 599) is refused with that status, to see what a
block makes of it. A webhook is signed as Standard Webhooks 1.0 says, so that a receiver can check who sent it and
when, and tell a repeat from another event: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
Whoever answers with something else than 2xx is asked again, three times in all.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API_KEY = "ex_demo"
ATTEMPTS = 3
WAIT_S = 0.5
TIMEOUT_S = 40.0
LONGEST_BODY = 1_000_000
EVENTS = ("example_event", "another_example_event")


class RefusedError(Exception):
    """An answer of 4xx or 5xx."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Store:
    """Everything that the service knows."""

    api_key: str = API_KEY
    resources: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    by_key: dict[str, str] = field(default_factory=dict[str, str])
    webhooks: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    lock: threading.Lock = field(default_factory=threading.Lock)


# -- resources ---------------------------------------------------------------------------------------------


def create_resource(store: Store, body: dict[str, Any], idempotency_key: str | None) -> dict[str, Any]:
    """Make a resource; with a key that was used before, the one that was made then."""
    name, kind = body.get("name"), body.get("type", "thing")
    if not isinstance(name, str) or not name or not isinstance(kind, str):
        raise RefusedError(422, "A resource has a name and a type, both of them texts.")
    if asked := re.fullmatch(r"fail-with-([45]\d\d)\b.*", name):
        raise RefusedError(int(asked[1]), f"You asked for {asked[1]}.")
    with store.lock:
        if idempotency_key in store.by_key:
            return store.resources[store.by_key[idempotency_key]]
        made = {
            "id": f"res_{uuid.uuid4().hex}",
            "name": name,
            "type": kind,
            "message": f"{name} (from Example)",
        }
        store.resources[made["id"]] = made
        if idempotency_key:
            store.by_key[idempotency_key] = made["id"]
        return made


def read_resource(store: Store, resource_id: str) -> dict[str, Any]:
    """One resource."""
    if resource_id not in store.resources:
        raise RefusedError(404, f"There is no resource {resource_id!r}.")
    return store.resources[resource_id]


# -- webhooks ----------------------------------------------------------------------------------------------


def register(store: Store, body: dict[str, Any]) -> dict[str, str]:
    """Send events to another address from now on."""
    target, secret = body.get("target"), body.get("secret")
    if not isinstance(target, str) or not target.startswith(("http://", "https://")):
        raise RefusedError(422, "`target` is the address to which events go.")
    if not isinstance(secret, str) or not secret:
        raise RefusedError(422, "`secret` is the text by which the receiver knows us.")
    webhook_id = f"wh_{uuid.uuid4().hex}"
    store.webhooks[webhook_id] = {"id": webhook_id, "target": target, "secret": secret}
    return {"id": webhook_id, "target": target}


def send_event(store: Store, body: dict[str, Any]) -> dict[str, Any]:
    """Tell every webhook; what came of it, one by one."""
    kind, data = body.get("webhook_type", EVENTS[0]), body.get("data", {})
    if kind not in EVENTS:
        raise RefusedError(422, f"`webhook_type` is one of {', '.join(EVENTS)}.")
    event = {"id": f"evt_{uuid.uuid4().hex}", "webhook_type": kind, "data": data}
    deliveries = [deliver(webhook, event) for webhook in list(store.webhooks.values())]
    return {"id": event["id"], "deliveries": deliveries}


def deliver(webhook: dict[str, str], event: dict[str, Any]) -> dict[str, Any]:
    """Send the event until somebody says 2xx. Each attempt has the event's id, and a signature of its own time."""
    raw, status, said = json.dumps(event).encode(), 0, ""
    for attempt in range(1, ATTEMPTS + 1):
        headers = {"content-type": "application/json", **sign(webhook["secret"], event["id"], raw)}
        status, said = post(webhook["target"], headers, raw)
        if 200 <= status < 300:
            break
        if attempt < ATTEMPTS:
            time.sleep(WAIT_S * 2 ** (attempt - 1))
    return {"webhook_id": webhook["id"], "status": status, "attempts": attempt, "answer": said}


def sign(secret: str, message_id: str, raw: bytes, at: int | None = None) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0."""
    seconds = str(int(time.time()) if at is None else at)
    signed = b".".join([message_id.encode(), seconds.encode(), raw])
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def key_of(secret: str) -> bytes:
    """The key in a secret such as whsec_<base64>; what is no base64 is the key itself."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (ValueError, binascii.Error):
        return secret.encode()


def post(target: str, headers: dict[str, str], raw: bytes) -> tuple[int, str]:
    """Status and beginning of the answer; 0 and the reason when there is none."""
    request = urllib.request.Request(target, data=raw, headers=headers, method="POST")  # noqa: S310  # see register
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return answer.status, answer.read(2000).decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(2000).decode(errors="replace")
    except OSError as error:
        return 0, str(error)


# -- the server --------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """Answers one request after the other on a connection."""

    store: Store
    protocol_version = "HTTP/1.1"

    def route(self) -> tuple[int, Any]:
        """Status and body of the answer."""
        body = self.body()
        store, path = self.store, self.path.partition("?")[0].strip("/").split("/")
        if self.headers.get("Authorization") != f"Bearer {store.api_key}":
            raise RefusedError(401, "This API key is not known.")
        match self.command, path:
            case "GET", ["v1", "me"]:
                return 200, {
                    "name": "Ada Lovelace",
                    "email": "ada@example.com",
                    "organization": "Example Ltd",
                }
            case "GET", ["v1", "resources"]:
                return 200, {"items": list(store.resources.values())}
            case "POST", ["v1", "resources"]:
                return 201, create_resource(store, body, self.headers.get("Idempotency-Key"))
            case "GET", ["v1", "resources", resource_id]:
                return 200, read_resource(store, resource_id)
            case "GET", ["v1", "webhooks"]:
                known = [{"id": one["id"], "target": one["target"]} for one in store.webhooks.values()]
                return 200, {"items": known}
            case "POST", ["v1", "webhooks"]:
                return 201, register(store, body)
            case "DELETE", ["v1", "webhooks", webhook_id]:
                store.webhooks.pop(webhook_id, None)
                return 204, None
            case "POST", ["v1", "events"]:
                return 202, send_event(store, body)
            case _:
                raise RefusedError(404, f"There is no {self.command} {self.path}.")

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; an empty one without a body."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            raise RefusedError(413, f"At most {LONGEST_BODY:,} bytes.")
        raw = self.rfile.read(length)
        try:
            found = json.loads(raw) if raw else {}
        except ValueError as error:
            raise RefusedError(400, f"This is no JSON: {error}.") from error
        if not isinstance(found, dict):
            raise RefusedError(400, "Send a JSON object.")
        return found

    def answer(self) -> None:
        headers: dict[str, str] = {}
        try:
            status, body = self.route()
        except RefusedError as refused:
            status, body = refused.status, {"error": str(refused)}
            headers = {"Retry-After": "1"} if status == 429 else {}
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_DELETE = answer  # noqa: N815  # the standard library's names


def make_server(host: str, port: int, api_key: str = API_KEY) -> ThreadingHTTPServer:
    """The service, listening; `port` 0 takes a free one."""
    store = Store(api_key)
    return ThreadingHTTPServer((host, port), type("ExampleHandler", (Handler,), {"store": store}))


def main() -> None:
    """Serve until somebody presses Ctrl+C."""
    parser = argparse.ArgumentParser(description="The Example API, on this machine only.")
    parser.add_argument("--port", type=int, default=8099, help="0: any that is free")
    parser.add_argument("--api-key", default=API_KEY, help=f"who has it may use the API ({API_KEY})")
    given = parser.parse_args()
    server = make_server("127.0.0.1", given.port, given.api_key)
    print(
        f"The Example API listens on http://127.0.0.1:{server.server_address[1]}/v1; API key {given.api_key}",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("Bye.")


if __name__ == "__main__":
    main()
