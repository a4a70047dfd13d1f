"""Cron in time zones: against a clock that is read minute by minute, and at the hours that are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from backend.data.cron import NICKNAMES, Cron, parse_cron
from backend.util.errors import BadInput

BERLIN, NEW_YORK, LORD_HOWE, KOLKATA = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
ZONES = [BERLIN, NEW_YORK, LORD_HOWE, KOLKATA, "UTC", "America/Santiago", "Africa/Casablanca"]
MINUTE = timedelta(minutes=1)


def local(text: str, zone: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def shown(cron: str, zone: str, start: str, end: str) -> list[str]:
    """The times between two of the zone's clock, as that shows them, with the offset from UTC."""
    last = local(end, zone)
    found: list[str] = []
    for due in parse_cron(cron, zone).times(local(start, zone) - timedelta(seconds=1)):
        if due >= last.astimezone(UTC):
            return found
        found.append(due.astimezone(ZoneInfo(zone)).strftime("%d %H:%M %z"))
    return found


# -- the hours that are changed ------------------------------------------------------------------------------

CHANGES = [
    # Spring in Berlin: 02:00 to 03:00 on 30 March 2025 does not exist.
    ("30 2 * * *", BERLIN, "2025-03-29", "2025-04-01", ["29 02:30 +0100", "30 03:00 +0200", "31 02:30 +0200"]),
    ("0,30 2 * * *", BERLIN, "2025-03-30", "2025-03-31", ["30 03:00 +0200"]),
    ("0 2,3 * * *", BERLIN, "2025-03-30", "2025-03-31", ["30 03:00 +0200"]),
    ("0 * * * *", BERLIN, "2025-03-30", "2025-03-30T05:00",
     ["30 00:00 +0100", "30 01:00 +0100", "30 03:00 +0200", "30 04:00 +0200"]),
    ("*/30 2 * * *", BERLIN, "2025-03-30", "2025-03-31", []),
    ("0 */2 * * *", BERLIN, "2025-03-30", "2025-03-30T06:00", ["30 00:00 +0100", "30 04:00 +0200"]),
    # Autumn in Berlin: 02:00 to 03:00 on 26 October 2025 comes twice.
    ("30 2 * * *", BERLIN, "2025-10-25", "2025-10-28", ["25 02:30 +0200", "26 02:30 +0200", "27 02:30 +0100"]),
    ("0 1-4 * * *", BERLIN, "2025-10-26", "2025-10-27",
     ["26 01:00 +0200", "26 02:00 +0200", "26 03:00 +0100", "26 04:00 +0100"]),
    ("0 * * * *", BERLIN, "2025-10-26T01:00", "2025-10-26T04:00",
     ["26 01:00 +0200", "26 02:00 +0200", "26 02:00 +0100", "26 03:00 +0100"]),
    ("*/30 2 * * *", BERLIN, "2025-10-26", "2025-10-27",
     ["26 02:00 +0200", "26 02:30 +0200", "26 02:00 +0100", "26 02:30 +0100"]),
    # New York: 9 March and 2 November 2025.
    ("30 2 * * *", NEW_YORK, "2025-03-09", "2025-03-11", ["09 03:00 -0400", "10 02:30 -0400"]),
    ("30 1 * * *", NEW_YORK, "2025-11-02", "2025-11-04", ["02 01:30 -0400", "03 01:30 -0500"]),
    ("30 * * * *", NEW_YORK, "2025-11-02T01:00", "2025-11-02T03:00",
     ["02 01:30 -0400", "02 01:30 -0500", "02 02:30 -0500"]),
    # Lord Howe changes by half an hour: 6 April and 5 October 2025, at 02:00.
    ("0 */2 * * *", LORD_HOWE, "2025-04-06", "2025-04-06T06:00",
     ["06 00:00 +1100", "06 02:00 +1030", "06 04:00 +1030"]),
    ("45 1 * * *", LORD_HOWE, "2025-04-06", "2025-04-07", ["06 01:45 +1100"]),
    ("*/15 1 * * *", LORD_HOWE, "2025-04-06", "2025-04-07",
     ["06 01:00 +1100", "06 01:15 +1100", "06 01:30 +1100", "06 01:45 +1100", "06 01:30 +1030",
      "06 01:45 +1030"]),
    ("15 2 * * *", LORD_HOWE, "2025-10-05", "2025-10-06", ["05 02:30 +1100"]),
    ("0 * * * *", LORD_HOWE, "2025-10-05T01:00", "2025-10-05T04:00", ["05 01:00 +1030", "05 03:00 +1100"]),
    # Nothing is changed there.
    ("30 2 * * *", KOLKATA, "2025-03-30", "2025-04-01", ["30 02:30 +0530", "31 02:30 +0530"]),
    # In Santiago the day of the change has no midnight.
    ("0 0 * * *", "America/Santiago", "2025-09-07T00:00", "2025-09-08T12:00",
     ["07 01:00 -0300", "08 00:00 -0300"]),
]  # fmt: skip


@pytest.mark.parametrize(("cron", "zone", "start", "end", "expected"), CHANGES)
def test_where_the_clock_is_changed_a_time_is_due_as_documented(
    cron: str, zone: str, start: str, end: str, expected: list[str]
) -> None:
    assert shown(cron, zone, start, end) == expected


def test_from_within_the_repeated_hour_a_time_that_has_been_is_not_due_again() -> None:
    second_pass = local("2025-10-26T02:10", BERLIN, fold=1)
    [due] = parse_cron("30 2 * * *", BERLIN).next_times(second_pass, 1)
    assert due == local("2025-10-27T02:30", BERLIN)


SHOWN_CRONS = ["*/7 * * * *", "0 */3 * * *", "* 1 * * *", "15 * * * SUN", "*/20 0-3 * * 0,6", "45 * 26 10 *"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", SHOWN_CRONS)
def test_a_repeating_cron_is_due_exactly_when_the_clock_of_its_zone_shows_it(cron: str, zone: str) -> None:
    for start in (
        "2025-03-01",
        "2025-03-28",
        "2025-04-04",
        "2025-09-05",
        "2025-10-03",
        "2025-10-24",
        "2025-11-01",
    ):
        first = datetime.fromisoformat(start).replace(tzinfo=UTC)
        last = first + timedelta(days=3)
        assert _until(parse_cron(cron, zone), first, last) == _by_clock(cron, zone, first, last)


def _until(cron: Cron, first: datetime, last: datetime) -> list[datetime]:
    found: list[datetime] = []
    for due in cron.times(first):
        if due > last:
            break
        found.append(due)
    return found


def _by_clock(cron: str, zone: str, first: datetime, last: datetime) -> list[datetime]:
    """By looking at the clock every minute."""
    fields, found = CronSim(cron, datetime(2025, 1, 1)), []
    moment = first + MINUTE
    while moment <= last:
        wall = moment.astimezone(ZoneInfo(zone))
        is_shown = wall.minute in fields.minutes and wall.hour in fields.hours and wall.month in fields.months
        if is_shown and fields.match_day(wall.date()):
            found.append(moment)
        moment += MINUTE
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["30 2 * * *", "0 0 * * *", "15,45 1-3 * * *", "59 23 * * 6"])
def test_a_fixed_time_comes_once_on_each_of_its_days(cron: str, zone: str) -> None:
    first, last = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    found = _until(parse_cron(cron, zone), first, last)
    assert found == sorted(set(found))
    days = [due.astimezone(ZoneInfo(zone)).date() for due in found]
    a_day = 1 if "," not in cron else 6
    most = max(days.count(day) for day in days[a_day:-a_day])
    assert most == a_day
    naive = CronSim(cron, datetime(2025, 1, 2))
    expected = {next(naive).date() for _ in range(300 * a_day if "6" not in cron else 50)}
    assert expected <= set(days)


def test_one_after_the_other_gives_the_same_times_as_all_at_once() -> None:
    cron = parse_cron("*/45 */2 * * *", LORD_HOWE)
    moment = local("2025-04-05T20:00", LORD_HOWE)
    at_once = cron.next_times(moment, 30)
    one_by_one: list[datetime] = []
    for _ in range(30):
        due = cron.after(moment)
        assert due is not None
        one_by_one.append(due)
        moment = due
    assert one_by_one == at_once


def test_29_february_is_found_years_ahead() -> None:
    due = parse_cron("* 12 29 2 *", BERLIN).after(datetime(2025, 1, 1, tzinfo=UTC))
    assert due == local("2028-02-29T12:00", BERLIN)


# -- what is accepted, and what is said of the rest ----------------------------------------------------------


@pytest.mark.parametrize("nickname", NICKNAMES)
def test_a_nickname_stands_for_its_five_fields(nickname: str) -> None:
    assert parse_cron(nickname.upper(), "utc") == parse_cron(NICKNAMES[nickname], "UTC")


def test_names_and_spaces_are_read_in_any_case_and_number() -> None:
    cron = parse_cron("  30   9 * jan-mar   mon-FRI ", " europe/BERLIN ")
    assert (cron.fields, cron.zone.key) == ("30 9 * JAN-MAR MON-FRI", "Europe/Berlin")


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("60 * * * *", ["minute", "'60'", "0 to 59"]),
        ("* 24 * * *", ["hour", "'24'", "0 to 23"]),
        ("* * 0 * *", ["day of the month", "1 to 31"]),
        ("* * * JANUARY *", ["month", "'JANUARY'", "JAN to DEC"]),
        ("* * * * 8", ["day of the week", "Sunday"]),
        ("*/0 * * * *", ["minute", "'*/0'"]),
        ("5-1 * * * *", ["minute", "'5-1'"]),
        ("1,,2 * * * *", ["minute"]),
        ("61 25 * * *", ["minute", "hour"]),
        ("* * * *", ["five fields", "has 4"]),
        ("0 * * * * *", ["has 6", "Seconds"]),
        ("", ["has 0"]),
        ("   ", ["has 0"]),
        ("@reboot", ["'@reboot'", "@daily"]),
        ("0 0 31 2 *", ["never due"]),
        ("0 0 30 FEB */1", ["never due"]),
        ("* " * 200, ["too long"]),
        ("١ * * * *", ["minute"]),
        ("0 0 * * ²L", ["day of the week"]),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(cron: str, words: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_cron(cron, "UTC")
    assert [word for word in words if word not in str(refused.value)] == []
    assert {problem.path for problem in refused.value.problems} == {"cron"}


@pytest.mark.parametrize(
    ("zone", "word"),
    [("Berlin", "'Europe/Berlin'"), ("Europe/Berln", "'Europe/Berlin'"), ("", "UTC"), ("../etc/passwd", "UTC"),
     ("Europe", "time zone"), ("+02:00", "time zone"), ("x" * 5000, "UTC"), ("\0", "UTC")],
)  # fmt: skip
def test_an_unknown_time_zone_is_refused_with_a_known_one(zone: str, word: str) -> None:
    with pytest.raises(BadInput, match="time zone") as refused:
        parse_cron("0 9 * * *", zone)
    assert word in str(refused.value)
    assert [problem.path for problem in refused.value.problems] == ["timezone"]


def test_cron_and_zone_that_are_both_wrong_are_both_named() -> None:
    with pytest.raises(BadInput) as refused:
        parse_cron("99 * * * *", "Nowhere")
    assert [problem.path for problem in refused.value.problems] == ["timezone", "cron"]


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("0 9 * * MON-FRI", "At 09:00 on Monday through Friday"),
        ("*/15 * * * *", "Every 15th minute of every hour"),
        ("0 0 13 * 5", ""),
    ],
)
def test_words_are_given_where_they_cannot_mislead(cron: str, words: str) -> None:
    assert parse_cron(cron, "UTC").describe() == words
