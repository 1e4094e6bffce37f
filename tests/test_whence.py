"""Of which country somebody is whose words do not say, and which party a mention joins: the weighing, not the weights."""

from __future__ import annotations

import datetime as dt

import pytest

from dragoman import Coder, Report
from dragoman.records import Actor, Sentence
from dragoman.resolve.coreference import find_chains
from dragoman.resolve.groups import split_group
from dragoman.resolve.parties import Parties
from dragoman.resolve.ranking import load_weights, score
from dragoman.resolve.whence import Hints, Named, Scene, whence
from dragoman.resolve.whence import load_weights as whence_weights
from evaluation.actors import together

NOTHING = Hints(None, None, None, ())
SENTENCE = Sentence(index=4, text="Police broke it up.", start=400, end=419, tokens=())
POLICE = Actor(text="Police", start=400, end=406, sector="COP", decided="sector word 'police'")
SAID = {"named most": 2.0, "the rest of the chain": 4.0, "of the dateline": 1.0, "unknown": 0.5}
WEIGHTS = dict.fromkeys(("armed", "state", "people", "phrase", "name", "pronoun"), SAID)


def _scene(*codes: str, dateline: str | None = None) -> Scene:
    return Scene([Named(code, 10 * place, 0, False) for place, code in enumerate(codes)], dateline)


def test_the_country_that_the_report_names_most_is_that_of_its_police() -> None:
    found = whence(POLICE, SENTENCE, NOTHING, _scene("PER", "PER", "CHL"), pronoun=False, weights=WEIGHTS)
    assert found.country == "PER"
    assert found.reasons == ("named most",)


def test_what_the_rest_of_the_chain_says_outweighs_it() -> None:
    found = whence(POLICE, SENTENCE, Hints("CHL", None, None, ()), _scene("PER", "PER", "CHL"), pronoun=False, weights=WEIGHTS)
    assert found.country == "CHL"


def test_whoever_drives_out_envoys_is_not_of_their_country_and_whoever_arrests_may_be() -> None:
    weights = {kind: SAID | {"the other side of SANCTION": -3.0} for kind in WEIGHTS}
    scene = _scene("PER", "PER", "CHL")
    expelled, arrested = (Hints(None, None, None, (), (("PER", act),)) for act in ("SANCTION", "COERCE"))
    assert whence(POLICE, SENTENCE, expelled, scene, pronoun=False, weights=weights).country is None
    assert whence(POLICE, SENTENCE, arrested, scene, pronoun=False, weights=weights).country == "PER"


@pytest.mark.parametrize(("beside", "american"), [("", False), (" The United States looked on.", True)])
def test_a_body_of_a_generic_name_is_the_best_known_one_only_where_its_country_is_named(coder: Coder, beside: str, american: bool) -> None:
    text = f"Peru's president dissolved the assembly on Monday. Congress rejected the decree, and Lima was calm.{beside}"
    parties = Parties(Report(id="1", text=text), coder.read([Report(id="1", text=text)])[0], coder.tables)
    start = text.index("Congress")
    found = parties.actors(parties.sentences[1], "Congress", start, start + len("Congress"))[0]
    assert (found.country == "USA") == american


def test_two_countries_with_the_same_claim_leave_it_unknown() -> None:
    weights = {kind: {"unknown": 0.5} for kind in WEIGHTS}
    assert whence(POLICE, SENTENCE, NOTHING, _scene("PER", "CHL", "BOL"), pronoun=False, weights=weights).country is None


def test_one_place_says_nothing_about_where_somebody_belongs() -> None:
    place = [Named("PER", 0, 0, True)]
    assert whence(POLICE, SENTENCE, NOTHING, Scene(place, None), pronoun=False, weights=WEIGHTS).country is None
    assert whence(POLICE, SENTENCE, NOTHING, Scene(place, "PER"), pronoun=False, weights=WEIGHTS).country == "PER"


def test_the_same_scene_gives_the_same_options_in_the_same_order() -> None:
    scene = _scene("CHL", "PER", "PER", dateline="BOL")
    assert scene.options(POLICE, Hints("ARG", None, None, ("PER",))) == ["PER", "CHL", "BOL", "ARG"]


def test_the_police_are_of_no_body_of_states_unless_the_report_says_so() -> None:
    scene = _scene("UNO", "UNO", "PER")
    assert scene.options(POLICE, NOTHING) == ["PER"]
    assert scene.options(POLICE, Hints(None, None, "UNO", ())) == ["UNO", "PER"]


def test_every_kind_of_mention_has_weights() -> None:
    assert {"he", "she", "it", "they", "we", "i", "the", "thes", "bare", "bares", "name", "person", "owned", "set"} <= set(load_weights())
    assert set(whence_weights()) == set(WEIGHTS)
    assert score(["a", "b", "never seen"], {"a": 1.0, "b": -0.5}) == pytest.approx(0.5)


def test_a_title_between_commas_and_its_name_are_two_mentions_of_one_person(coder: Coder) -> None:
    report = Report(id="1", text="The president, Ilona Varga, left for Oslo. Sweden had invited Norway too.", date=dt.date(2014, 5, 6))
    chains = find_chains(report, coder.read([report])[0])
    assert any({"The president", "Ilona Varga"} <= {mention.text for mention in chain.mentions} for chain in chains)


def test_a_judge_may_decide_instead_of_the_weights(coder: Coder) -> None:
    report = Report(id="1", text="Peru closed its border. Peru said so.", date=dt.date(2014, 5, 6))
    sentences = coder.read([report])[0]
    alone = find_chains(report, sentences, judge=lambda facts, parties, names, none: None)
    assert max(len(chain.mentions) for chain in alone) == 1
    assert max(len(chain.mentions) for chain in find_chains(report, sentences)) > 1


def test_a_nationality_before_the_first_noun_holds_for_the_bare_nouns_after_it() -> None:
    assert [member.read_as for member in split_group("Australian police and soldiers")] == ["Australian police", "Australian soldiers"]
    assert [member.read_as for member in split_group("Turkish troops and the rebels")] == ["Turkish troops", "the rebels"]


def test_a_set_of_several_countries_has_no_country_of_its_own() -> None:
    pair = (Actor(text="both", country="PER", decided="x"), Actor(text="both", country="CHL", decided="x"))
    assert together(pair).country is None
    assert together(pair[:1]).country == "PER"


def test_an_abbreviation_of_the_tables_right_behind_what_it_is_names_the_party(coder: Coder) -> None:
    text = "The West African bloc ECOWAS lifted its sanctions on Mali on Sunday. The bloc imposed sanctions on Mali in January. Mali welcomed the step."
    report = Report(id="1", text=text, date=dt.date(2022, 7, 4))
    chains = find_chains(report, coder.read([report])[0])
    bloc = next(chain for chain in chains if any(mention.text == "The bloc" for mention in chain.mentions))
    assert any("ECOWAS" in mention.text for mention in bloc.mentions)
