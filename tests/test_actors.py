"""Who: tables of rows, phrases, lists, the report as a source, the user's own actors."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman import Coder, Report
from dragoman.errors import ConfigError
from dragoman.ontology import load_ontology
from dragoman.resolve.actors import resolve_actor
from dragoman.resolve.coreference import find_chains
from dragoman.resolve.groups import is_reciprocal, split_group
from dragoman.resolve.tables import GROUPS, country_codes, load_tables, with_own_actors, word_group
from evaluation.actors import read_cases, score_actors
from evaluation.coverage import page

MONDAY = dt.date(2018, 3, 26)
EXPULSIONS = (
    "Jacek Czaputowicz, the Polish foreign minister, announced the measure on Monday. Mr. Czaputowicz said Poland was not alone. "
    "The minister thanked his colleagues. Russia denied the charge. The Kremlin said it would answer. The two countries have quarrelled before."
)


def test_every_row_of_the_tables_has_a_country_or_a_group_and_a_known_sector() -> None:
    tables = load_tables()
    sectors = set(load_ontology().sectors)
    countries = {named.entry.code for found in tables.entries.values() for named in found if named.entry.kind == "name"}
    assert len(countries) >= 195
    for found in tables.entries.values():
        for named in found:
            assert named.entry.code in countries | GROUPS, named
            assert set(named.entry.sectors) <= sectors
            assert named.entry.since <= named.entry.until
    for terms in tables.persons.values():
        assert all(term.country in countries | GROUPS and term.sector in sectors | {"-"} for term in terms)


def test_the_tables_are_as_large_as_the_coverage_page_says() -> None:
    tables = load_tables()
    organisations = {named.entry.name for found in tables.entries.values() for named in found if named.entry.kind == "organisation"}
    assert len(organisations) >= 600
    assert len(tables.sectors) >= 1500
    assert len({term.name for terms in tables.persons.values() for term in terms}) >= 1500


def test_the_coverage_page_is_that_of_the_tables() -> None:
    written = Path(__file__).parent.parent / "docs" / "actors.md"
    assert written.read_text("utf-8") == "\n".join(page()) + "\n", "run: python -m evaluation.coverage > docs/actors.md"


def test_every_country_has_a_person_in_office_at_some_time() -> None:
    tables = load_tables()
    led = {term.country for terms in tables.persons.values() for term in terms}
    states = {named.entry.code for found in tables.entries.values() for named in found if named.entry.kind == "name"} - {"ATA", "HKG", "ESH"}
    assert sorted(states - led) == []


def test_iso_codes_are_those_of_cldr() -> None:
    territories = pytest.importorskip("babel").Locale("en").territories
    for code in {named.entry.code for found in load_tables().entries.values() for named in found if named.entry.kind == "name"}:
        iso2 = country_codes(code).iso2
        assert iso2 in territories, (code, iso2)


@pytest.mark.parametrize(
    ("code", "date", "number", "letters", "ward"),
    [
        ("POL", "2018-03-26", 290, "POL", 290),
        ("RUS", "1985-01-01", 365, "RUS", 365),
        ("DEU", "2000-01-01", 255, "GMY", 260),
        ("SRB", "1995-01-01", 345, "YUG", 345),
        ("KOS", "2001-01-01", None, None, None),
        ("HKG", "2019-01-01", None, None, None),
        ("TON", "2005-01-01", 955, "TON", 972),
    ],
)
def test_a_country_has_the_codes_of_its_date(code: str, date: str, number: int | None, letters: str | None, ward: int | None) -> None:
    found = country_codes(code, dt.date.fromisoformat(date))
    assert (found.cow_number, found.cow_letters, found.gleditsch_ward) == (number, letters, ward)


def test_the_hand_written_cases_stand_above_their_floors(coder: Coder) -> None:
    for part in ("dev", "apart", "last"):
        scores = score_actors(coder, [case for case in read_cases() if case.part == part])
        assert scores.countries / scores.cases >= 0.95
        assert scores.sectors / scores.cases >= 0.90


@pytest.mark.parametrize(
    ("text", "date", "country", "sector"),
    [
        ("the Taliban", "1999-05-05", "AFG", "GOV"),
        ("the Taliban", "2005-05-05", "AFG", "REB"),
        ("Angela Merkel", "2010-01-01", "DEU", "GOV"),
        ("Angela Merkel", "2023-01-01", "DEU", "ELI"),
        ("President Bush", "1991-02-01", "USA", "GOV"),
        ("Israel's neighbours", "1967-06-05", None, "CVL"),
        ("Paris Hilton", "2006-01-01", None, None),
        ("King Constantine", "1968-01-01", None, "GOV"),
        ("King Abdullah", "1985-01-01", None, "GOV"),
        ("King Hussein", "1985-01-01", "JOR", "GOV"),
        ("Labour lawmakers", "2006-01-01", "GBR", "LEG"),
        ("the Labour Court", "2006-01-01", None, "JUD"),
        ("the European Commission", "1968-01-01", "EUR", None),
        ("the European Commission of Human Rights", "1968-01-01", None, "GOV"),
        ("Paris, Texas", "2006-01-01", "USA", None),
        ("pro-Russian separatists", "2014-05-01", None, "REB"),
        ("former Soviet officials", "1995-05-01", "RUS", "ELI"),
        ("a spokesman for the Indian army", "2001-01-01", "IND", "MIL"),
        ("Latin American leaders", "2001-01-01", None, "GOV"),
        ("the Hamas-led government in Gaza", "2007-01-01", "PSE", "GOV"),
    ],
)
def test_grammar_and_dates_decide(text: str, date: str, country: str | None, sector: str | None) -> None:
    found = resolve_actor(text, date=dt.date.fromisoformat(date))
    assert (found.country, found.sector) == (country, sector)
    assert found.decided


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("Poland, Italy, Denmark, France and Germany", ["POL", "ITA", "DNK", "FRA", "DEU"]),
        ("Russian and Belarusian soldiers", ["RUS", "BLR"]),
        ("soldiers and police officers from Kenya", ["KEN", "KEN"]),
        ("Washington and its allies", ["USA", None]),
        ("Bosnia and Herzegovina", ["BIH"]),
        ("14 European Union member nations", ["EUR"]),
        ("the Ministry of Trade and Industry", [None]),
    ],
)
def test_a_list_is_its_members(text: str, members: list[str | None]) -> None:
    parts = split_group(text, 10, date=MONDAY)
    assert [resolve_actor(part.read_as, date=MONDAY).country for part in parts] == members
    assert all(text[part.start - 10 : part.end - 10] == part.text for part in parts)


@given(st.text(alphabet="Poland, Italy and Russian soldiers of", max_size=60))
def test_members_of_any_phrase_lie_in_it(text: str) -> None:
    for part in split_group(text):
        assert text[part.start : part.end] == part.text


def test_each_other_is_nobody() -> None:
    assert is_reciprocal("each other")
    assert not is_reciprocal("the other")


def test_chains_join_name_title_and_pronoun(coder: Coder) -> None:
    report = Report(id="1", text=EXPULSIONS, date=MONDAY)
    chains = find_chains(report, coder.read([report])[0])
    minister = next(chain for chain in chains if any(mention.text == "Mr. Czaputowicz" for mention in chain.mentions))
    assert {"Jacek Czaputowicz", "The minister"} <= {mention.text for mention in minister.mentions}
    assert (minister.actor.country, minister.actor.sector) == ("POL", "GOV")
    russia = next(chain for chain in chains if any(mention.text == "The Kremlin" for mention in chain.mentions))
    assert [mention.text for mention in russia.mentions] == ["Russia", "The Kremlin", "it"]
    for chain in chains:
        assert all(report.text[mention.start : mention.end] == mention.text for mention in chain.mentions)


def test_an_acronym_that_the_report_defines_is_its_name(coder: Coder) -> None:
    text = "The National Movement for the Liberation of Wagadou (MNLW), a Malian rebel group, took the town. The MNLW later left."
    assert coder.actor("the MNLW", date="2012-03-26", context=text).country == "MLI"


def test_a_person_never_seen_before_is_what_the_report_says(coder: Coder) -> None:
    found = coder.actor("he", date="2012-03-26", context="Israel's tourism minister, Uri Shamgad, left. Later he apologised.")
    assert (found.country, found.sector) == ("ISR", "GOV")
    assert "Uri Shamgad" in found.decided or "tourism minister" in found.decided


OWN = """name,country,sectors,identifier,valid_from,valid_to
Freedonia,FRD,,,,
Freedonian,FRD,,,,
Sylvanian Guard,SYL,MIL;PRM,guard-1,1999,2005-06
/^Brigade \\d+$/,FRD,REB,,,
"""


def test_the_users_own_actors_override_ours(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(OWN + "Poland,PLX,GOV,,,\n", "utf-8")
    tables = with_own_actors(load_tables(), path)
    assert resolve_actor("Freedonia", tables=tables).country == "FRD"
    assert (found := resolve_actor("two Freedonian soldiers", tables=tables)).country == "FRD"
    assert found.sector == "MIL"
    guard = resolve_actor("the Sylvanian Guard", date=dt.date(2001, 1, 1), tables=tables)
    assert (guard.country, guard.sector, guard.other_sectors, guard.identifier) == ("SYL", "MIL", ("PRM",), "guard-1")
    assert resolve_actor("Brigade 9", tables=tables).sector == "REB"
    assert resolve_actor("Poland", tables=tables).country == "PLX"
    assert resolve_actor("Poland").country == "POL"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Freedonia,Fr,GOV,,,", "own.csv:2: country 'Fr'"),
        ("Freedonia,FRD,ZZZ,,,", "own.csv:2: no such sector: 'ZZZ'"),
        ("Freedonia,FRD,GOV,,soon,", "own.csv:2: not a year or an ISO date: 'soon'"),
        ("Freedonia,FRD,GOV,,2001,1999", "own.csv:2: valid_to is before valid_from"),
        ("/(/,FRD,GOV,,,", "own.csv:2: the pattern"),
        ("Freedonia,FRD,GOV,,,,7", "own.csv:2: more cells than columns"),
    ],
)
def test_a_bad_line_of_the_users_actors_is_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text("name,country,sectors,identifier,valid_from,valid_to\n" + line + "\n", "utf-8")
    with pytest.raises(ConfigError, match=r"own\.csv:2") as caught:
        with_own_actors(load_tables(), path)
    assert says in str(caught.value)


def test_word_groups_are_not_empty() -> None:
    assert "of" in word_group("cuts")
    assert len(word_group("female_names")) > 100
