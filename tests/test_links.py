"""Which act answers which: the words and the parties that tie two acts, with the shipped model's tree and hand-built mentions."""

from __future__ import annotations

import msgspec
import pytest

from dragoman import Coder, Report
from dragoman.records import Event, Mention, Role, Sentence, Span, Status
from dragoman.resolve.cues import Kind, cues_of
from dragoman.resolve.links import candidates, load_weights, profile


def _mention(text: str, word: str, type_name: str, **parties: str) -> Mention:
    start = text.index(word)
    roles = tuple(Role(name=name, text=words, start=text.index(words), end=text.index(words) + len(words), confidence=1.0) for name, words in parties.items())
    return Mention(
        trigger=Span(text=word, start=start, end=start + len(word)), type=type_name, mode=None, status=Status.ACTUAL, historical=False, confidence=1.0,
        roles=roles,
    )  # fmt: skip


def _coded(coder: Coder, text: str, *mentions: Mention) -> tuple[tuple[Event, ...], list[Sentence]]:
    report = Report(id="1", text=text)
    sentences = [
        msgspec.structs.replace(sent, mentions=tuple(one for one in mentions if sent.start <= one.trigger.start < sent.end)) for sent in coder.read([report])[0]
    ]
    return coder.resolve(report, sentences), sentences


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [("Norway expelled two envoys in retaliation for the raid on its mission.", Kind.ANSWER, "the raid on its mission"),
     ("Peru recalled its envoy on Monday, a day after police stormed its embassy.", Kind.AFTER, "police stormed its embassy"),
     ("Ghana expelled two envoys over the bombing of its consulate.", Kind.CAUSE, "bombing of its consulate")],
)  # fmt: skip
def test_a_cue_is_found_with_what_it_holds(coder: Coder, text: str, kind: Kind, words: str) -> None:
    (sent,) = coder.read([Report(id="1", text=text)])[0]
    verb = "recalled" if "recalled" in text else "expelled"
    trigger = Span(text=verb, start=text.index(verb), end=text.index(verb) + len(verb))
    assert any(cue.kind is kind and words in text[cue.start : cue.end] for cue in cues_of(sent, trigger, "SANCTION", None))


def test_an_expulsion_after_a_storming_answers_it(coder: Coder) -> None:
    text = "Peru recalled its envoy from Quito on Monday, a day after Ecuadorean police stormed its embassy. The weather was fine."
    events, _ = _coded(
        coder, text, _mention(text, "recalled", "SANCTION", actor="Peru", recipient="Quito"), _mention(text, "stormed", "ASSAULT", actor="Ecuadorean police")
    )
    recall, storming = events
    assert recall.response_to == (storming.id,)
    assert storming.response_to == ()


def test_a_condemnation_answers_the_act_that_it_names_and_not_the_nearest(coder: Coder) -> None:
    text = "Rebels bombed the port of Aden on Friday. Yemen opened a school on Sunday. Oman condemned the bombing."
    told = (("bombed", "ASSAULT", "Rebels"), ("opened", "AID", "Yemen"), ("condemned", "ACCUSE", "Oman"))
    events, _ = _coded(coder, text, *(_mention(text, word, type_name, actor=actor) for word, type_name, actor in told))
    assert events[2].response_to == (events[0].id,)


def test_nearness_alone_ties_nothing(coder: Coder) -> None:
    text = "Chad bought ten lorries from Japan. Fiji met Tonga in Suva."
    events, sentences = _coded(
        coder, text, _mention(text, "bought", "COOPERATE", actor="Chad", recipient="Japan"), _mention(text, "met", "CONSULT", actor="Fiji", recipient="Tonga")
    )
    profiles = [profile(event, sentences) for event in events]
    assert candidates(profiles[1], profiles, sentences) == []


def test_every_weight_is_a_number_and_plain_cues_weigh_most() -> None:
    weights = load_weights()
    assert weights["answer holds"] > weights["after holds"] > 0 > weights["bias"]
