"""A collector of traces on this machine: OTLP over HTTP, as protobuf."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Received:
    """A span as it came over the wire; ids in hex, `parent_id` empty without one."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    is_error: bool


@dataclass
class Collector:
    """What has come, and where to send it."""

    endpoint: str
    bodies: list[bytes] = field(default_factory=list[bytes])

    @property
    def spans(self) -> list[Received]:
        found: list[Received] = []
        for body in self.bodies:
            request: Any = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    found += [_received(span) for span in scope.spans]
        return found

    def named(self, name: str) -> Received:
        """The one span of this name."""
        [span] = [span for span in self.spans if span.name == name]
        return span


def _received(span: Any) -> Received:
    return Received(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes},
        span.status.code == 2,
    )


@contextmanager
def collecting() -> Generator[Collector]:
    """Run a collector on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            assert self.path == "/v1/traces"
            collector.bodies.append(
                gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw
            )
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
