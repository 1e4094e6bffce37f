"""Denials, tolls, limits and status by the words of a sentence, with the shipped model's tree."""

from __future__ import annotations

import msgspec
import pytest

from dragoman import Coder, Report
from dragoman.records import Mention, Sentence, Span, Stance, Status
from dragoman.resolve.attribution import denials
from dragoman.resolve.limits import is_comparison
from dragoman.resolve.status import fold
from dragoman.resolve.tolls import counts_nobody, toll_of


@pytest.mark.parametrize(
    ("type_name", "status", "folded"),
    [("AID", Status.PLANNED, "AGREE"), ("CONSULT", Status.ANNOUNCED, "AGREE"), ("RETREAT", Status.PLANNED, "CONCEDE"), ("AID", Status.ACTUAL, "AID"),
     ("SANCTION", Status.PLANNED, "SANCTION"), ("CONCEDE", Status.PLANNED, "CONCEDE")],
)  # fmt: skip
def test_future_acts_fold_as_the_codebook_says(type_name: str, status: Status, folded: str) -> None:
    assert fold(type_name, None, status).type == folded


def test_a_denial_names_who_denies_and_what(coder: Coder) -> None:
    report = Report(id="1", text="A spy was poisoned in the park. The palace has maintained that it had nothing to do with the poisoning.")
    (denial,) = denials(coder.read([report])[0])
    assert report.text[denial.voice.start : denial.voice.end] == "The palace"
    assert denial.voice.stance is Stance.DENIES
    assert "poison" in denial.stems


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [("A bomb killed twelve people and wounded 30.", "dead", "twelve"), ("A bomb killed twelve people and wounded 30.", "injured", "30"),
     ("A bomb went off and at least 20 were killed.", "dead", "at least 20"), ("A bomb damaged 40 houses.", "dead", None)],
)  # fmt: skip
def test_a_toll_is_read_from_plain_words(coder: Coder, text: str, name: str, number: str | None) -> None:
    (sent,) = coder.read([Report(id="1", text=text)])[0]
    trigger = Span(text="bomb", start=2, end=6)
    mention = Mention(trigger=trigger, type="ASSAULT", mode="explosives", status=Status.ACTUAL, historical=False, confidence=1.0, roles=())
    found = toll_of(_with(sent, mention), mention, name)
    assert (text[found[0] : found[1]] if found else None) == number


def _with(sent: Sentence, mention: Mention) -> Sentence:
    return msgspec.structs.replace(sent, mentions=(mention,))


def test_what_an_attack_cost_is_no_act_of_its_own_and_a_number_belongs_to_one_act(coder: Coder) -> None:
    text = "Russia, which expelled 20 Czech diplomats last week, denied any role in the explosions, which killed two people in the village of Vrbetice."
    events = coder.code(Report(id="1", text=text))
    tolls = [event.dead.value for event in events if event.type == "ASSAULT" and event.dead]
    assert 20 not in tolls
    assert len([event for event in events if event.type == "ASSAULT"]) <= 1


@pytest.mark.parametrize(
    ("text", "number", "nobody"),
    [("They bombed it 43 times.", "43", True), ("a volunteer of 25, a student", "25", True), ("a band of 25 rebels", "25", False),
     ("killed 43 men", "43", False)],
)  # fmt: skip
def test_times_and_ages_count_nobody(text: str, number: str, nobody: bool) -> None:
    start = text.index(number)
    assert counts_nobody(text, start, start + len(number)) is nobody


def test_a_comparison_until_a_day_sets_no_limit() -> None:
    assert is_comparison("its most significant action against Moscow ")
    assert not is_comparison("They will hold the arrested men ")
