"""Traces by OpenTelemetry: off, its SDK not even imported, unless the settings name a collector.

What goes out are ids, names and codes; never a value, an input or the text of an error. Everything else is
set by the standard variables (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` …).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from backend.util.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

_FIRST_SERVER_ERROR = 500


class Tracing:
    """One process's tracer, and how it reads and writes the header `traceparent`."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._propagator = TraceContextTextMapPropagator()
        self.tracer = provider.get_tracer("blockyard")

    def context_of(self, traceparent: str, tracestate: str = "") -> Context:
        """What the header says; an empty context when it says nothing that is valid."""
        from opentelemetry.context import Context

        headers = {"traceparent": traceparent, "tracestate": tracestate}
        return self._propagator.extract(headers, context=Context())

    def traceparent_of(self, context: Context) -> str:
        """The header that names the span of the context."""
        headers: dict[str, str] = {}
        self._propagator.inject(headers, context=context)
        return headers.get("traceparent", "")

    @contextmanager
    def request(self, scope: MutableMapping[str, Any]) -> Generator[None]:
        """A span over a request by ASGI; the caller's own span is its parent.

        Reads at the end what the scope then has: `route_name` and `status`.
        """
        from opentelemetry.trace import SpanKind, Status, StatusCode

        headers: dict[bytes, bytes] = dict(scope["headers"])
        said = [headers.get(name, b"").decode("latin-1") for name in (b"traceparent", b"tracestate")]
        with self.tracer.start_as_current_span(
            scope["method"],
            context=self.context_of(*said),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            finally:
                route, status = scope.get("route_name", "none"), scope.get("status", 0)
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes({"http.request.method": scope["method"], "http.route": route})
                if status:
                    span.set_attribute("http.response.status_code", status)
                if status >= _FIRST_SERVER_ERROR:
                    span.set_status(Status(StatusCode.ERROR))

    def close(self) -> None:
        """Send what is left; a collector that is away is waited for some seconds."""
        self._provider.shutdown()


def open_tracing(settings: Settings, version: str) -> Tracing | None:
    """Trace to the collector of the settings; None without one."""
    endpoint = settings.otel_exporter_otlp_endpoint.rstrip("/")
    if not endpoint:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = {
        "service.name": os.environ.get("OTEL_SERVICE_NAME", "blockyard"),
        "service.version": version,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
    }
    provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    return Tracing(provider)
