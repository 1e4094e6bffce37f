"""Who, when and how many: tables of cases, no model."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.resolve.actors import resolve_actor
from dragoman.resolve.dates import resolve_date, resolve_deadline
from dragoman.resolve.places import resolve_place
from dragoman.resolve.quantities import quantity, read_amount
from dragoman.resolve.tables import load_tables

MONDAY = dt.date(2018, 3, 26)


@pytest.mark.parametrize(
    ("text", "country", "sector"),
    [
        ("The Kremlin", "RUS", "GOV"),
        ("four Russian diplomats", "RUS", "GOV"),
        ("60 Russians", "RUS", "CVL"),
        ("the Israeli army", "ISR", "MIL"),
        ("four Saudi men", "SAU", "CVL"),
        ("the former president of Peru", "PER", "ELI"),
        ("UN peacekeepers", "UNO", "MIL"),
        ("NATO", "IGO", None),
        ("14 European Union member nations", "EUR", "GOV"),
        ("gunmen", None, "UAF"),
        ("Moscow-backed separatists in Donetsk", "UKR", "REB"),
        ("Kosovo", "KOS", "GOV"),
        ("the U.S. embassy in Cairo", "USA", "GOV"),
        ("Michael Jordan", None, None),
        ("us", None, None),
        ("Ms. Xyzzy", None, None),
    ],
)
def test_a_phrase_names_its_country_and_sector(text: str, country: str | None, sector: str | None) -> None:
    found = resolve_actor(text)
    assert (found.country, found.sector) == (country, sector)
    assert found.decided


def test_a_leader_is_government_in_office_and_elite_after_it() -> None:
    assert resolve_actor("Mr. Obama", date=dt.date(2012, 5, 1)).sector == "GOV"
    assert resolve_actor("Mr. Obama", date=dt.date(2019, 5, 1)).sector == "ELI"
    assert resolve_actor("Mr. Obama").country is None


def test_the_report_says_who_an_unknown_person_is() -> None:
    context = "The Polish foreign minister, Jacek Kowal, spoke. Later Mr. Kowal left."
    found = resolve_actor("Mr. Kowal", context=context)
    assert (found.country, found.sector) == ("POL", "GOV")


@given(st.text())
def test_any_text_resolves_to_something_or_to_unknown(text: str) -> None:
    assert resolve_actor(text, date=MONDAY).text == text


def test_no_two_countries_share_a_key() -> None:
    names = {key: {named.entry.code for named in found if named.entry.kind == "name"} for key, found in load_tables().entries.items()}
    assert names["congo"] == {"COD"}
    assert {key: codes for key, codes in names.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("words", "start", "end", "precision"),
    [
        ("Monday", "2018-03-26", "2018-03-26", "day"),
        ("late on Tuesday", "2018-03-20", "2018-03-20", "day"),
        ("March 15", "2018-03-15", "2018-03-15", "day"),
        ("15 December", "2017-12-15", "2017-12-15", "day"),
        ("last week", "2018-03-19", "2018-03-25", "week"),
        ("earlier this month", "2018-03-01", "2018-03-26", "month"),
        ("three days ago", "2018-03-23", "2018-03-23", "day"),
        ("the 1990s", "1990-01-01", "1999-12-31", "decade"),
        ("in August 1990", "1990-08-01", "1990-08-31", "month"),
        ("yesterday", "2018-03-25", "2018-03-25", "day"),
        ("half a year ago", "2017-09-01", "2017-09-30", "month"),
        ("over the past half year", "2017-09-26", "2018-03-26", "month"),
        ("a year and a half ago", "2016-01-01", "2016-12-31", "year"),
    ],
)
def test_a_date_is_an_interval_with_its_precision(words: str, start: str, end: str, precision: str) -> None:
    found = resolve_date(words, MONDAY)
    assert found is not None
    assert (str(found.start), str(found.end), found.precision) == (start, end, precision)


def test_since_leaves_the_end_open() -> None:
    found = resolve_date("since Friday", MONDAY)
    assert found is not None
    assert (found.start, found.end) == (dt.date(2018, 3, 23), None)


def test_tense_turns_an_ambiguous_weekday() -> None:
    past, future = resolve_date("Friday", MONDAY), resolve_date("Friday", MONDAY, tense="future")
    assert past is not None
    assert future is not None
    assert (past.start, future.start) == (dt.date(2018, 3, 23), dt.date(2018, 3, 30))


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("by Friday", "2018-03-30"),
        ("until April 3", "2018-04-03"),
        ("within 72 hours", "2018-03-29"),
        ("seven days to leave", "2018-04-02"),
        ("within the next week", "2018-04-02"),
        ("by the end of the month", "2018-03-31"),
        ("over the next two weeks", "2018-04-09"),
        ("half a year", "2018-09-26"),
        ("within half a month", "2018-04-10"),
    ],
)
def test_a_deadline_is_the_last_day(words: str, end: str) -> None:
    found = resolve_deadline(words, MONDAY)
    assert found is not None
    assert str(found.end) == end


def test_a_condition_is_no_deadline() -> None:
    assert resolve_deadline("until a ransom is paid", MONDAY) is None


@given(st.text(), st.dates())
def test_no_text_breaks_the_dates(text: str, day: dt.date) -> None:
    for found in (resolve_date(text, day), resolve_date(text, day, tense="future"), resolve_deadline(text, day)):
        assert found is None or found.start is None or found.end is None or found.start <= found.end


@pytest.mark.parametrize(
    ("words", "value", "low", "high", "approximate"),
    [
        ("60", 60, None, None, False),
        ("1,200", 1200, None, None, False),
        ("twenty-three", 23, None, None, False),
        ("several", None, 3, 9, False),
        ("more than 100", None, 101, None, False),
        ("at least 17", None, 17, None, False),
        ("up to 40", None, None, 40, False),
        ("nearly 500", 500, None, None, True),
        ("about a dozen", 12, None, None, True),
        ("dozens", None, 24, 99, False),
        ("hundreds", None, 200, 999, False),
        ("tens of thousands", None, 20000, 99999, False),
        ("half a million", 500000, None, None, False),
        ("two to three hundred", None, 200, 300, False),
        ("both", 2, None, None, False),
        ("another 13", 13, None, None, False),
    ],
)
def test_a_number_phrase_is_a_value_or_bounds(words: str, value: float | None, low: float | None, high: float | None, approximate: bool) -> None:
    found = read_amount(words)
    assert found is not None
    assert (found.value, found.min, found.max, found.approximate) == (value, low, high, approximate)


@pytest.mark.parametrize(
    ("text", "words", "value", "least"),
    [
        ("They handed over 46 prisoners.", "46", 46, None),
        ("Talks over three islands failed.", "three", 3, None),
        ("They fired over 46 rockets.", "46", None, 47),
        ("They detained some thirty of them.", "some", 30, None),
        ("Sixteen men were wounded and eight others were dragged off.", "eight others", 8, None),
    ],
)
def test_a_number_is_read_with_the_words_that_are_its_own(text: str, words: str, value: float | None, least: float | None) -> None:
    start = text.index(words)
    found = quantity(text, start, start + len(words))
    assert found is not None
    assert (found.value, found.min) == (value, least)


@pytest.mark.parametrize(("name", "country"), [("Islamabad", "PAK"), ("Banjul", "GMB"), ("Dili", "TLS"), ("Apia", "WSM")])
def test_a_capital_is_the_city_where_nothing_speaks_for_a_namesake(name: str, country: str) -> None:
    found = resolve_place(name, context=f"He spoke in {name}.")
    assert found is not None
    assert (found.country, found.precision) == (country, "city")


@given(st.text())
def test_no_text_breaks_the_quantities(text: str) -> None:
    found = read_amount(text)
    assert found is None or found.min is None or found.max is None or found.min <= found.max
