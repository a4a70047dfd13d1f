"""What the log hides, and that libraries' lines go the same way."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
import structlog
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from backend.util.log import HIDDEN, OURS, configure, current_request, said, scrub


@pytest.fixture
def quiet_afterwards() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.getLogger(OURS).setLevel("NOTSET")
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


CANARY = "canary-4711"


class Pair(BaseModel):
    number: int


def _errors() -> Iterator[Exception]:
    """Whatever quotes the value that was its trouble."""
    refused = asyncpg.UniqueViolationError('duplicate key value violates unique constraint "users_email_key"')
    refused.detail, refused.constraint_name = f"Key (email)=({CANARY}) already exists.", "users_email_key"
    yield refused
    yield IntegrityError("INSERT INTO users …", {"email": CANARY}, refused)
    yield asyncpg.DataError(f"invalid input for query argument $1: '{CANARY}' (an integer is required)")
    for broken in (
        lambda: dict[str, int]()[CANARY],
        lambda: int(CANARY),
        lambda: Pair.model_validate({"number": CANARY}),
        lambda: Pair.model_validate_json(f'{{"number": "{CANARY}"}}'),
        lambda: f"it's {CANARY}".index(f"\n{CANARY}"),
        lambda: Path(f"/nowhere/'{CANARY}'").read_bytes(),
        lambda: CANARY.encode().decode("utf-16"),
        lambda: ipaddress.ip_address(CANARY),
    ):
        try:
            broken()
        except Exception as error:
            yield error


@pytest.mark.usefixtures("quiet_afterwards")
def test_errors_are_told_by_type_and_place_and_not_by_the_values_they_quote(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(is_production=True)
    log = structlog.get_logger("backend.test")
    count = 0
    for error in _errors():
        count += 1
        log.error("as.exc_info", exc_info=error)
        log.error("as.value", error=error)
        try:
            raise RuntimeError("while it was handled") from error
        except RuntimeError as outer:
            log.exception("as.cause")
            log.error("in.group", exc_info=ExceptionGroup("many", [outer, error]))
        text = f"Task exception was never retrieved\nfuture: <Task exception={error!r}>"
        logging.getLogger("asyncio").error(text, exc_info=error)
    said = capsys.readouterr().err
    lines = [orjson.loads(line) for line in said.splitlines()]
    assert len(lines) == 5 * count
    assert CANARY not in said
    assert CANARY.encode().hex() not in said
    assert {line.get("error", line.get("exception", ""))[:1] != "" for line in lines} == {True}
    assert any("(users_email_key)" in line.get("error", "") for line in lines)
    assert all(__file__ in line["exception"] for line in lines if line["event"] == "as.cause")


def test_what_errors_say_of_our_code_stays() -> None:
    assert said_of(lambda: None.missing) == "AttributeError: 'NoneType' object has no attribute 'missing'"  # type: ignore[attr-defined]
    assert said_of(lambda: len(3)) == "TypeError: object of type 'int' has no len()"  # type: ignore[arg-type]
    assert said_of(lambda: 1 / 0) == "ZeroDivisionError: division by zero"


def said_of(broken: Callable[[], Any]) -> str:
    with pytest.raises(Exception) as caught:
        broken()
    return said(caught.value)


@pytest.mark.usefixtures("quiet_afterwards")
def test_libraries_are_not_heard_below_warning_and_ours_at_the_level_that_is_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for level, expected in [("DEBUG", 2), ("INFO", 1), ("ERROR", 0)]:
        configure(is_production=True, level=level)
        for name in ("websockets.server", "httpcore", "sqlalchemy.engine", "python_multipart.multipart"):
            logging.getLogger(name).info(CANARY)
            logging.getLogger(name).debug(CANARY)
        log = structlog.get_logger(f"backend.{level}")
        log.debug("seen")
        log.info("seen")
        assert len(capsys.readouterr().err.splitlines()) == expected


@pytest.mark.usefixtures("quiet_afterwards")
def test_objects_and_bytes_are_named_by_their_type_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure(is_production=True)
    given = {"model": Pair(number=4711), "raw": CANARY.encode(), "deep": {"list": [{CANARY.encode()}]}}
    structlog.get_logger("backend.x").error("odd", **given)
    line = orjson.loads(capsys.readouterr().err)
    assert (line["model"], line["raw"], line["deep"]) == ("<Pair>", "<bytes>", {"list": [["<bytes>"]]})


@pytest.mark.usefixtures("quiet_afterwards")
async def test_lines_say_which_request_and_run_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    configure(is_production=True)

    async def one(number: int) -> None:
        current_request.set(f"request-{number}")
        structlog.contextvars.bind_contextvars(run_id=f"run-{number}")
        await asyncio.sleep(0)
        structlog.get_logger("backend.x").error("here", number=number)

    await asyncio.gather(*(asyncio.create_task(one(number)) for number in range(20)))
    lines = [orjson.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 20
    for line in lines:
        assert (line["request_id"], line["run_id"]) == (f"request-{line['number']}", f"run-{line['number']}")
