"""What the log hides, and that libraries' lines go the same way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import structlog

from backend.util.log import HIDDEN, configure, scrub


@pytest.fixture
def quiet_afterwards() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


SECRETS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"password": "p"}, {"password": HIDDEN}),
    ({"api_key": "k", "Authorization": "x"}, {"api_key": HIDDEN, "Authorization": HIDDEN}),
    ({"headers": {"cookie": "c", "host": "h"}}, {"headers": {"cookie": HIDDEN, "host": "h"}}),
    ({"event": "key by_" + "a" * 43 + " came"}, {"event": f"key {HIDDEN} came"}),
    ({"event": "Bearer abcdefghij"}, {"event": HIDDEN}),
    ({"error": "postgresql://ada:hunter2@db/x is away"}, {"error": f"postgresql://{HIDDEN}@db/x is away"}),
    ({"many": ["sk-" + "a" * 20, 7, None]}, {"many": [HIDDEN, 7, None]}),
]


def test_what_is_named_or_looks_like_a_secret_is_hidden() -> None:
    for given, expected in SECRETS:
        assert scrub(None, "info", dict(given)) == expected


def test_what_is_no_secret_stays() -> None:
    event = {"event": "run.taken_over", "run_id": "0190-7", "count": 3, "at": ["a", {"b": "by_id"}]}
    assert scrub(None, "info", dict(event)) == event


@pytest.mark.usefixtures("quiet_afterwards")
def test_production_writes_one_line_of_json_also_for_libraries_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(is_production=True)
    structlog.get_logger("x").warning("our.event", token="t", run_id="r")
    try:
        raise ValueError("by_" + "s" * 43)
    except ValueError as error:
        logging.getLogger("library").error("failed %s", "here", exc_info=error)
    ours, theirs = [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (ours["event"], ours["run_id"], ours["token"], ours["level"]) == (
        "our.event",
        "r",
        HIDDEN,
        "warning",
    )
    assert theirs["event"] == "failed here"
    assert "ValueError" in theirs["exception"]
    assert "sss" not in theirs["exception"]
