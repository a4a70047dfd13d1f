"""Blocks for dates and times: formats, zones, changes of the clocks, waiting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.parser import parse as parse_slowly
from hypothesis import given
from hypothesis import strategies as st

from backend.blocks import Catalogue, catalogue
from backend.blocks.basic.outputs import AgentOutputBlock
from backend.blocks.testing import DirectContext, run_block_directly
from backend.blocks.time._common_forms import read_common_form
from backend.blocks.time._moments import add_working_days, iso_or_unix, read_moment, working_days_between
from backend.blocks.time._strftime import format_moment
from backend.blocks.time._strptime import parse_by_formats
from backend.blocks.time._zones import find_zone
from backend.blocks.time.add_to_date import AddToDateBlock
from backend.blocks.time.date_difference import DateDifferenceBlock
from backend.blocks.time.now import GetCurrentDateAndTimeBlock, GetCurrentDateBlock, GetCurrentTimeBlock
from backend.blocks.time.wait_until import WaitUntilBlock
from backend.data.block import Block, BlockData, TestCase
from backend.data.model import JsonObject
from backend.executor.worker import Worker
from backend.util.errors import BlockError
from tests.support.engine import execute
from tests.support.graphs import graph, node

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = [
    datetime(2026, 3, 1, 0, 5, 9, 7, tzinfo=BERLIN),
    datetime(2024, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2023, 1, 1, 12, 0, tzinfo=ZoneInfo("Asia/Kolkata")),
    datetime(1999, 10, 10, 13, 30, tzinfo=ZoneInfo("America/St_Johns")),
    datetime(2020, 2, 29, 11, 0),
]


@pytest.fixture
def blocks() -> Catalogue:
    return catalogue()


def outputs(block: Block, **given: Any) -> list[BlockData]:
    return run_block_directly(block, TestCase(given, []))


def value_of(block: Block, pin: str, **given: Any) -> Any:
    return dict(outputs(block, **given)).get(pin)


# -- formats ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("flag", ["", "-", "_", "0", "^", "#"])
def test_formats_say_what_the_c_library_says(moment: datetime, flag: str) -> None:
    codes = "aAbBCdeGgHhIjklmMpSuUVwWyY" + ("" if flag else "cDFnrRtTxX%")
    pattern = "".join(f"<%{flag}{code}>" for code in codes)
    assert format_moment(moment, pattern) == moment.strftime(pattern)


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_formats_know_fractions_and_zones(moment: datetime) -> None:
    assert format_moment(moment, "%f %z %Z") == moment.strftime("%f %z %Z")


def test_the_unix_time_of_a_format_does_not_depend_on_the_server() -> None:
    assert format_moment(datetime(1970, 1, 2, tzinfo=UTC), "%s") == "86400"


def test_a_year_has_four_digits() -> None:
    assert format_moment(datetime(7, 1, 2, tzinfo=UTC), "%Y %F %G") == "0007 0007-01-02 0007"


@pytest.mark.parametrize("pattern", ["%", "%%%", "%5d", "%-05d", "%Q", "%é", "%😀", "%\0", "%E", "%:z"])
def test_what_is_no_code_is_named(pattern: str) -> None:
    with pytest.raises(BlockError, match="The format has"):
        format_moment(MOMENTS[0], pattern)


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)))
def test_what_was_formatted_is_read_again(moment: datetime) -> None:
    for pattern in ("%d/%m/%Y %H:%M:%S.%f %z", "%A, %-d. %B %Y %I:%M:%S %p.%f%z", "%G-W%V-%u %T,%f %z"):
        assert parse_by_formats(format_moment(moment, pattern), [pattern]) == moment


# -- reading ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day_first", [False, True])
@pytest.mark.parametrize(
    "clock", ["", " 10:30", ", 10:30:15", " 6:05 pm", " 12:00 AM", " 12:30pm -05:30", " 23:59 Z"]
)
@pytest.mark.parametrize(
    "day",
    [
        "03/04/2026", "3.4.2026", "25-12-1999", "12/25/1999", "4 March 2026", "1st of may, 2026", "Wed, 4 Mar 2026",
        "Sept. 30th 2026", "Friday, December 31, 1999", "JAN 1 2000",
    ],
)  # fmt: skip
def test_common_forms_mean_what_they_mean_to_dateutil(day: str, clock: str, day_first: bool) -> None:
    quick = read_common_form(day + clock, day_first=day_first)
    assert quick is not None
    slow = parse_slowly(day + clock, dayfirst=day_first, default=datetime(2000, 1, 1))
    assert (quick, quick.utcoffset()) == (slow, slow.utcoffset())


@pytest.mark.parametrize(
    "text", ["31/02/2026", "0/1/2026", "4 Marching 2026", "1/2/26", "3 March", "1/2-2026", "10:30"]
)
def test_other_forms_are_no_common_ones(text: str) -> None:
    assert read_common_form(text, day_first=True) is None


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("20260301", datetime(2026, 3, 1)),
        (1772359200, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1772359200", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("1772359200000", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (1772359200000, datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (-1.5, datetime(1969, 12, 31, 23, 59, 58, 500_000, tzinfo=UTC)),
        ("2026", None),
        ("202603011000", None),
        ("20260301100000", None),
        ("10", None),
        ("", None),
        (1e300, None),
        (True, None),
    ],
)
def test_a_moment_is_iso_or_unix(given: Any, moment: datetime | None) -> None:
    assert iso_or_unix(given) == moment


def test_a_time_that_the_clocks_skip_is_behind_the_gap() -> None:
    moment = read_moment("2026-03-29T02:30:00", BERLIN)
    assert moment.isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_true_value_is_no_date() -> None:
    assert "no date" in value_of(AddToDateBlock(), "error", date_time=True)


# -- zones -----------------------------------------------------------------------------------------------


def test_every_zone_is_found_whatever_its_case() -> None:
    moment = datetime(2026, 7, 1, tzinfo=UTC)
    for name in available_timezones():
        assert (
            moment.astimezone(find_zone(name.upper())).isoformat()
            == moment.astimezone(ZoneInfo(name)).isoformat()
        )


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("", 0),
        ("Z", 0),
        (" utc ", 0),
        ("+02:00", 2),
        ("-0530", -5.5),
        ("UTC+2", 2),
        ("gmt-11", -11),
        ("+5", 5),
    ],
)
def test_offsets_are_zones(name: str, hours: float) -> None:
    assert find_zone(name).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("Europe/Berln", "'Europe/Berlin'"),
        ("Tokyo", "'Asia/Tokyo'"),
        ("new york", "'America/New_York'"),
        ("Xyzzy", "name like"),
        ("+24:00", "offset like"),
        ("../../etc/passwd", "name like"),
        ("Europe/Berlin\0", "Europe/Berlin"),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest(name: str, cure: str) -> None:
    with pytest.raises(BlockError, match="There is no time zone") as refusal:
        find_zone(name)
    assert cure in str(refusal.value)


# -- calculating -----------------------------------------------------------------------------------------


def _counted(start: date, end: date) -> int:
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return sum(day.weekday() < 5 for day in days)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_are_those_that_one_counts(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    assert working_days_between(start, end) == _counted(start, end)
    assert working_days_between(end, start) == -_counted(start, end)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 400))
def test_so_many_working_days_later_there_lie_as_many_between(start: date, count: int) -> None:
    day = datetime(start.year, start.month, start.day, tzinfo=UTC)
    later = add_working_days(day, count)
    assert later.weekday() < 5
    assert _counted(start + timedelta(days=1), later.date() + timedelta(days=1)) == count
    earlier = add_working_days(day, -count)
    assert earlier.weekday() < 5
    assert _counted(earlier.date(), start) == count


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),
    st.integers(-500_000, 500_000),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_what_was_added_is_the_difference(start: datetime, minutes: int, zone: str) -> None:
    given = start.isoformat()
    later = value_of(AddToDateBlock(), "date_time", date_time=given, minutes=minutes, timezone=zone)
    counted = value_of(
        DateDifferenceBlock(), "difference", start=given, end=later, unit="minutes", timezone=zone
    )
    assert counted == minutes


def test_seconds_do_not_depend_on_whose_clocks_are_looked_at() -> None:
    given: JsonObject = {"start": "2026-10-25T00:30:00Z", "end": "2026-10-25T01:30:00Z"}
    for zone in ("", "Europe/Berlin", "Asia/Tokyo"):
        assert value_of(DateDifferenceBlock(), "seconds", timezone=zone, **given) == 3600


# -- the present -----------------------------------------------------------------------------------------


class Recording(DirectContext):
    """A context that keeps what steps gave, as a run does over a crash."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[str, Any] = {}

    async def step(self, key: str, fn: Any) -> Any:
        if key not in self.steps:
            self.steps[key] = await fn()
        return self.steps[key]


async def run_in(context: DirectContext, block: Any, **given: Any) -> list[BlockData]:
    return [pair async for pair in block.run(block.Input.model_validate(given), context=context)]


@pytest.mark.parametrize(
    "block", [GetCurrentDateBlock(), GetCurrentTimeBlock(), GetCurrentDateAndTimeBlock()]
)
async def test_a_repeated_firing_says_the_same_time(block: Block) -> None:
    context, shown = Recording(), {"format": "%s %f"}
    first = await run_in(context, block, format_type=shown)
    assert first == await run_in(context, block, format_type=shown)
    context.steps["now"] = "2001-01-01T00:00:00+00:00"
    assert await run_in(context, block, format_type=shown) != first


async def test_the_present_is_the_present() -> None:
    before = datetime.now(UTC)
    [(_, text)] = await run_in(
        DirectContext(),
        GetCurrentDateAndTimeBlock(),
        format_type={"discriminator": "iso8601", "include_microseconds": True, "timezone": "Asia/Tokyo"},
    )
    assert before <= datetime.fromisoformat(text) <= datetime.now(UTC)


# -- waiting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "clock", "zone", "until"),
    [
        ("2026-03-28T12:00:00+00:00", "13:00", "Europe/Berlin", "2026-03-29T13:00:00+02:00"),
        ("2026-03-28T12:00:00+00:00", "13:00:01", "Europe/Berlin", "2026-03-28T13:00:01+01:00"),
        ("2026-03-28T23:30:00+00:00", "02:30", "Europe/Berlin", "2026-03-29T03:30:00+02:00"),
        ("2026-10-25T00:45:00+00:00", "02:30", "Europe/Berlin", "2026-10-26T02:30:00+01:00"),
        ("2026-03-28T12:00:00+00:00", "0:00", "Pacific/Kiritimati", "2026-03-30T00:00:00+14:00"),
    ],
)
async def test_a_time_of_day_is_the_next_one_there(present: str, clock: str, zone: str, until: str) -> None:
    context = Recording()
    context.steps["now"] = present
    given = await run_in(context, WaitUntilBlock(), value=1, time_of_day=clock, timezone=zone)
    assert given == [("value", 1), ("date_time", until)]
    assert context.waited == [datetime.fromisoformat(until)]


async def test_a_run_waits_until_the_moment_and_no_longer(worker: Worker) -> None:
    until = datetime.now(UTC) + timedelta(seconds=0.5)
    made = graph(
        [
            node("past", WaitUntilBlock, value="past", date_time="2001-01-01"),
            node("soon", WaitUntilBlock, value="soon", date_time=until.isoformat()),
            node("out", AgentOutputBlock, name="out"),
        ],
        ["past.value -> out.value", "soon.value -> out.value"],
    )
    run = await execute(worker, made)
    assert (run.status, run.output["out"]) == ("completed", ["past", "soon"])
    assert until <= datetime.now(UTC)
