"""The same act in one report, and the analyst's sheet: hand-built events, no model."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dragoman.ledger.same import merged
from dragoman.ledger.sheet import Kind, ledger
from dragoman.records import Actor, Event, Joint, Quantity, Span, Status

DAY = dt.date(2018, 3, 26)


def _count(value: float, **more: Any) -> Quantity:
    return Quantity(value=value, text=str(value), start=0, end=1, **more)


def _event(number: int, actor: str | None, count: Quantity | None = None, **more: Any) -> Event:
    """An expulsion of Russians told in sentence `number`."""
    fields: dict[str, Any] = {
        "id": f"e{number}", "report_id": "r", "report_date": DAY, "sentence": number, "text": "They expelled them.", "sentence_start": number * 100,
        "trigger": Span(text="expelled", start=number * 100 + 5, end=number * 100 + 13), "type": "SANCTION", "modes": ("expel",), "contexts": (), "quad": 4,
        "scale": -5.5, "cameo": None, "actors": (Actor(text=actor, country=actor, sector="GOV"),) if actor else (),
        "recipients": (Actor(text="Russians", country="RUS", sector="GOV"),), "status": Status.ANNOUNCED, "historical": False, "count": count,
        "dead": None, "injured": None, "arrested": None, "date": None, "deadline": None, "place": None, "reason": None, "attribution": (), "joint": None,
        "response_to": (), "confidence": 0.9, "coder": "test",
    }  # fmt: skip
    return Event(**(fields | more))


def test_an_act_told_twice_is_one_and_keeps_both_tellings() -> None:
    (event,) = merged([_event(0, "USA", _count(60)), _event(3, "USA")])
    assert event.count is not None
    assert event.count.value == 60
    assert [one.sentence for one in event.mentions] == [3]


def test_a_further_recipient_in_one_telling_of_a_number_is_a_slip() -> None:
    both = (Actor(text="Russians", country="RUS", sector="GOV"), Actor(text="the two countries", country="GBR", sector="GOV"))
    (event,) = merged([_event(0, "GBR", _count(23), recipients=both), _event(3, "GBR", _count(23))])
    assert [one.country for one in event.recipients] == ["RUS"]
    assert len(merged([_event(0, "GBR", _count(2), recipients=both), _event(3, "GBR", _count(2))])) == 2


def test_different_numbers_countries_and_a_denied_act_stay_apart() -> None:
    events = [_event(0, "USA", _count(60)), _event(1, "USA", _count(23)), _event(2, "CAN", _count(60)), _event(3, "USA", status=Status.NEGATED)]
    assert len(merged(events)) == 4


def test_a_part_joins_its_act_and_is_not_its_number() -> None:
    (event,) = merged([_event(0, "USA", _count(60)), _event(3, "USA", _count(12, subset_of="the American order"))])
    assert event.count is not None
    assert (event.count.value, [part.value for part in event.parts]) == (60, [12])


def test_an_answer_to_a_later_telling_points_at_the_act() -> None:
    events = merged([_event(0, "USA", _count(60)), _event(3, "USA"), _event(5, "RUS", _count(60), response_to=("e3",), recipients=())])
    assert [one.response_to for one in events] == [(), ("e0",)]


def test_a_total_adds_no_part_no_group_no_running_total_and_nothing_recalled() -> None:
    group = Joint(group="14 members", size=14, text="14 members", start=0, end=10, members=("POL", "ITA"))
    lines = ledger([
        _event(0, "USA", _count(60), parts=(_count(12, subset_of="60 Russians"),)), _event(1, "EUR", None, joint=group), _event(2, "POL", _count(4)),
        _event(3, "GBR", _count(23), historical=True), _event(4, "UKR", _count(153, cumulative=True)), _event(5, "FRA", _count(4), status=Status.NEGATED),
    ])  # fmt: skip
    (total,) = [line for line in lines if line.kind is Kind.TOTAL]
    assert (total.least, total.most) == (64, 64)
    assert "GBR 23 (act 4, recalled)" in total.note
    assert [line.how_many for line in lines if line.kind is Kind.PART] == ["12"]


def test_a_group_says_who_is_named_and_whose_number_is_known() -> None:
    group = Joint(group="14 members", size=14, text="14 members", start=0, end=10, members=("POL", "ITA"))
    lines = ledger([_event(1, "EUR", None, joint=group), _event(2, "POL", _count(4))])
    (line,) = [line for line in lines if line.kind is Kind.GROUP]
    assert line.note == "14 members announced; 2 named; counts known for 1: POL 4; not known: ITA; 12 not named"


def test_a_noun_of_its_kind_takes_up_the_one_act_that_it_can_mean() -> None:
    text = "Officials described the expulsions on Friday."
    taken = Span(text="expulsions", start=300 + text.index("expulsions"), end=300 + text.index("expulsions") + 10)
    told = {"text": text, "trigger": taken, "recipients": ()}
    assert len(merged([_event(0, "USA", _count(60)), _event(3, None, None, **told)])) == 1


def test_a_sentence_that_names_an_act_and_tells_it_tells_one() -> None:
    text = "He spoke of the attack, in which two were attacked."
    first, second = text.index("attack"), text.index("attacked")
    parts = {"text": text, "type": "ASSAULT", "modes": (), "sentence": 2}
    named = _event(2, None, **parts, trigger=Span(text="attack", start=200 + first, end=200 + first + 6), recipients=())
    told = _event(2, None, **parts, trigger=Span(text="attacked", start=200 + second, end=200 + second + 8), id="other")
    assert len(merged([named, told])) == 1


def test_a_pronoun_for_nobody_known_does_not_hide_a_members_number() -> None:
    group = Joint(group="14 members", size=14, text="14 members", start=0, end=10, members=("POL",))
    both = (Actor(text="Poland", country="POL", sector="GOV"), Actor(text="it"))
    (line,) = [line for line in ledger([_event(1, "EUR", None, joint=group), _event(2, "POL", _count(4), actors=both)]) if line.kind is Kind.GROUP]
    assert "counts known for 1: POL 4" in line.note
