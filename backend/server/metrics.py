"""What this process counts, as Prometheus reads it; docs/operations.md lists the names.

Each process has its own figures: one that runs several of them scrapes each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from prometheus_client import CollectorRegistry, ProcessCollector, exposition
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool

from backend.data.worker_store import Workload
from backend.executor.metrics import Histogram, WorkerMetrics

if TYPE_CHECKING:
    from backend.server.site import Site
    from backend.server.state import App

HTTP_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(slots=True)
class SiteMetrics:
    """What the HTTP side of a process counts. Routes are named by their template, whatever was asked for."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter[tuple[str, str, int]])
    """By method, route and status."""
    requests_s: dict[str, Histogram] = field(default_factory=dict[str, Histogram])
    """By route."""
    problems: Counter[str] = field(default_factory=Counter[str])
    """Refusals and bugs by their code."""

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request is over."""
        self.requests[method, route, status] += 1
        histogram = self.requests_s.get(route)
        if histogram is None:
            histogram = self.requests_s[route] = Histogram(HTTP_BOUNDS_S)
        histogram.observe(seconds)


def text_of(site: Site, load: Workload | None, accept: str) -> tuple[bytes, str]:
    """All figures, and the content type that `accept` asks for. `load` None: the database is away."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Figures(site, load))
    encode, content_type = exposition.choose_encoder(accept)
    return encode(registry), content_type


class _Figures(Collector):
    """Reads the plain numbers when Prometheus asks."""

    def __init__(self, site: Site, load: Workload | None) -> None:
        self._app = site.app
        self._site = site
        self._load = load

    def collect(self) -> Iterable[Metric]:
        """See prometheus_client."""
        yield from _of_runs(self._app.worker.metrics)
        yield _gauge("runs_active", "Runs in the memory of this process", len(self._app.worker.loops))
        yield from _of_requests(self._site.metrics)
        yield _gauge("live_connections", "Open WebSockets and streams", self._site.sockets.count)
        yield from _of_installation(self._load)
        yield from _of_pool(self._app)


def _of_runs(counted: WorkerMetrics) -> Iterator[Metric]:
    yield _counter("runs_started", "Runs begun here, by level", ["level"], _single(counted.started))
    yield _counter("runs_taken", "Queued runs taken from the queue", [], {(): counted.taken})
    yield _counter("runs_ended", "Runs that ended here", ["level", "status"], counted.ended)
    yield _histogram("run_seconds", "Root runs from accepted to ended", counted.run_s)
    yield _counter("run_errors", "Errors that ended runs name", ["code"], _single(counted.run_errors))
    yield _counter("runs_pruned", "Runs that retention removed", [], {(): counted.pruned_runs})
    yield _counter("firings", "Firings on disk", ["block", "outcome"], counted.firings)
    yield _counter(
        "firing_errors", "Attempts of firings that failed", ["code"], _single(counted.firing_errors)
    )
    yield _counter("journal_events", "Events written", [], {(): counted.events})
    yield _histogram("journal_commit_seconds", "Commits of the journal", counted.commits_s)
    yield _histogram("journal_commit_runs", "Runs whose records one commit held", counted.commit_runs)
    yield _histogram("event_loop_lag_seconds", "By how much the event loop was late", counted.lag_s)


def _of_requests(site: SiteMetrics) -> Iterator[Metric]:
    labelled = {(method, route, str(status)): n for (method, route, status), n in site.requests.items()}
    yield _counter("http_requests", "Requests answered", ["method", "route", "status"], labelled)
    seconds = HistogramMetricFamily(
        "blockyard_http_request_seconds",
        "From the request's first byte to the answer's end",
        labels=["route"],
    )
    for route, histogram in site.requests_s.items():
        seconds.add_metric([route], _buckets(histogram), histogram.sum)
    yield seconds
    yield _counter("http_problems", "Answers that are refusals", ["code"], _single(site.problems))


def _of_installation(load: Workload | None) -> Iterator[Metric]:
    """What all processes share: each tells the same."""
    yield _gauge("database_up", "Whether the database answers", load is not None)
    if load is None:
        return
    runs = GaugeMetricFamily("blockyard_runs", "Root runs that have not ended, of all", labels=["status"])
    for status in ("queued", "running", "waiting"):
        runs.add_metric([status], getattr(load, status))
    yield runs
    yield _gauge("queue_depth", "Runs that nobody has taken, of all", load.queued)
    yield _gauge("queue_oldest_seconds", "Age of the oldest of them", load.oldest_queued_s)
    yield _gauge("queue_held_jobs", "Jobs that failed and are held", load.held_jobs)
    yield _gauge("runs_stuck", "Runs said to run that nobody alive has", load.stuck)


def _of_pool(app: App) -> Iterator[Metric]:
    pool = cast("QueuePool", app.database.engine.pool)
    yield _gauge("database_pool_in_use", "Connections of the pool at work", pool.checkedout())
    yield _gauge("database_pool_idle", "Connections of the pool at rest", pool.checkedin())


def _single(counts: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {(label,): count for label, count in counts.items()}


def _counter(name: str, text: str, labels: list[str], counts: Mapping[Any, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"blockyard_{name}", text, labels=labels)
    for values, count in counts.items():
        family.add_metric(list(values), count)
    return family


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"blockyard_{name}", text, value=value)


def _histogram(name: str, text: str, histogram: Histogram) -> HistogramMetricFamily:
    return HistogramMetricFamily(
        f"blockyard_{name}", text, buckets=_buckets(histogram), sum_value=histogram.sum
    )


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Cumulative, as Prometheus wants them."""
    buckets: list[tuple[str, float]] = []
    total = 0
    for bound, count in zip([*histogram.bounds, float("inf")], histogram.counts, strict=True):
        total += count
        buckets.append(("+Inf" if bound == float("inf") else repr(float(bound)), total))
    return buckets
