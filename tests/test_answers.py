"""Denials, tolls, limits and status by the words of a sentence, with the shipped model's tree."""

from __future__ import annotations

import msgspec
import pytest

from dragoman import Coder, Report
from dragoman.records import Mention, Sentence, Span, Stance, Status
from dragoman.resolve.attribution import denials
from dragoman.resolve.status import fold
from dragoman.resolve.tolls import toll_of


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
