"""Dates, formats, zones and numbers that would hold up whoever works them out."""

from __future__ import annotations

from tests.torture.bombs.bomb import Bomb

_DAY = "2026-03-04"

BOMBS: list[Bomb] = [
    Bomb(
        "a width for which the C library takes a gigabyte",
        "FormatDateBlock",
        lambda: {"date_time": _DAY, "format": "%999999999d"},
        "width",
    ),
    Bomb(
        "a width in a format for the present date",
        "GetCurrentDateBlock",
        lambda: {"format_type": {"format": "%2147483647Y"}},
        "width",
    ),
    Bomb(
        "a format of a mebibyte",
        "FormatDateBlock",
        lambda: {"date_time": _DAY, "format": "%c" * 524_288},
        "at most 512",
    ),
    Bomb(
        "the longest text of the longest format",
        "FormatDateBlock",
        lambda: {"date_time": _DAY, "format": "%c" * 256},
        None,
    ),
    Bomb(
        "a Unix time beyond all years",
        "FormatDateBlock",
        lambda: {"date_time": 1e308},
        "no date",
    ),
    Bomb(
        "an offset of four hundred digits",
        "GetCurrentDateBlock",
        lambda: {"offset": "9" * 400},
        "offset",
    ),
    Bomb(
        "a number of days of four hundred thousand digits",
        "GetCurrentDateBlock",
        lambda: {"offset": "9" * 400_000},
        "offset",
    ),
    Bomb(
        "a date of a mebibyte of digits",
        "ParseDateBlock",
        lambda: {"text": "9" * 1_048_576},
        "at most 200",
    ),
    Bomb(
        "two hundred characters of numbers for the guess",
        "ParseDateBlock",
        lambda: {"text": "12 " * 66},
        "no date",
    ),
    Bomb(
        "twenty formats with every code, and digits that nearly fit",
        "ParseDateBlock",
        lambda: {
            "text": "1" * 199,
            "formats": [f"%y%m%d%H%I%M%S%f%j%U%W%w {number}" for number in range(20)],
        },
        "none of the forms",
    ),
    Bomb(
        "a text of spaces for a format of spaces",
        "ParseDateBlock",
        lambda: {"text": " " * 100_000, "formats": [" %Y %m %d %H %M %S" + " " * 400]},
        "none of the forms",
    ),
    Bomb(
        "one code two hundred times",
        "ParseDateBlock",
        lambda: {"text": "1" * 200, "formats": ["%d" * 200]},
        "twice",
    ),
    Bomb(
        "a mebibyte of a time zone",
        "ConvertTimeZoneBlock",
        lambda: {"date_time": _DAY, "timezone": "Europe/" * 150_000},
        "no time zone",
    ),
    Bomb(
        "working days one by one to the end of time",
        "AddToDateBlock",
        lambda: {"date_time": _DAY, "working_days": 10**18},
        "9999",
    ),
    Bomb(
        "months to the end of time",
        "AddToDateBlock",
        lambda: {"date_time": _DAY, "months": 10**18, "years": -(10**18)},
        "9999",
    ),
    Bomb(
        "working days of ten thousand years",
        "DateDifferenceBlock",
        lambda: {"start": "0001-01-01", "end": "9999-12-31", "unit": "working_days"},
        None,
    ),
    Bomb(
        "a tower of powers",
        "CalculatorBlock",
        lambda: {"operation": "Power", "a": 10**10, "b": 10**10},
        "too large",
    ),
    Bomb(
        "a power with three hundred digits as its exponent",
        "CalculatorBlock",
        lambda: {"operation": "Power", "a": "9" * 300, "b": "9" * 300},
        "too large",
    ),
    Bomb(
        "the largest number, rounded to a whole one",
        "CalculatorBlock",
        lambda: {"operation": "Multiply", "a": 1.7e308, "b": 1, "round_result": True},
        None,
    ),
    Bomb(
        "the largest number with twenty decimals",
        "RoundNumberBlock",
        lambda: {"number": 1.7e308, "decimals": 20},
        None,
    ),
    Bomb(
        "the largest number with long separators",
        "FormatNumberBlock",
        lambda: {"number": 1.7e308, "decimals": 20, "thousands_separator": "x" * 10},
        None,
    ),
    Bomb(
        "a separator of a mebibyte",
        "FormatNumberBlock",
        lambda: {"number": 1.7e308, "thousands_separator": "x" * 1_048_576},
        "thousands_separator",
    ),
    Bomb(
        "half a million numbers",
        "StatisticsBlock",
        lambda: {"numbers": [5] * 500_000},
        "10,000",
    ),
    Bomb(
        "numbers that add up to infinity",
        "StatisticsBlock",
        lambda: {"numbers": [1.7e308] * 10_000},
        "too large",
    ),
    Bomb(
        "a raffle of half a million",
        "RandomChoiceBlock",
        lambda: {"items": [0] * 500_000, "shuffle": True},
        "100,000",
    ),
    Bomb(
        "a hundred thousand cases",
        "SwitchByValueBlock",
        lambda: {"value": "x", "cases": dict.fromkeys(map(str, range(100_000)))},
        "100 are the most",
    ),
    Bomb(
        "a case of a hundred thousand brackets for a list",
        "SwitchByValueBlock",
        lambda: {"value": [1], "cases": {"deep": "[" * 100_000}},
        None,
    ),
]
