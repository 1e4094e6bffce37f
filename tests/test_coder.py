"""The shipped model on stored sentences: contracts, and a floor that a worse model would break."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dragoman
from dragoman import Coder, Report
from dragoman.errors import InputError, ModelError
from dragoman.records import Actor

EXAMPLES = Path(__file__).parent.parent / "examples"
EXPULSIONS = (EXAMPLES / "expulsions.txt").read_text("utf-8")


def test_the_public_names_are_a_handful() -> None:
    assert dragoman.__all__ == ["Coder", "DragomanError", "Event", "Report", "__version__", "load"]


def test_a_plain_expulsion_is_coded_whole(coder: Coder) -> None:
    report = Report(id="1", date="2018-03-26", text="Poland expelled four Russian diplomats on Monday.")
    (event,) = coder.code(report)
    assert (event.type, event.modes, event.quad, event.status) == ("SANCTION", ("expel",), 4, "actual")
    assert [(one.country, one.sector) for one in event.actors] == [("POL", "GOV")]
    assert [(one.country, one.sector) for one in event.recipients] == [("RUS", "GOV")]
    assert event.count is not None
    assert (event.count.value, event.count.unit) == (4, "Russian diplomats")
    assert event.date is not None
    assert str(event.date.start) == "2018-03-26"


@pytest.mark.parametrize(
    ("text", "type_name"),
    [
        ("Police detained 18 activists in Minsk.", "COERCE"),
        ("The rebels released 18 hostages.", "RETREAT"),
        ("Canada imposed sanctions on Iran.", "SANCTION"),
        ("The French president met the Chinese leader in Beijing.", "CONSULT"),
        ("Rebels shelled the airport.", "ASSAULT"),
        ("Ghana accused Togo of arming rebels.", "ACCUSE"),
    ],
)
def test_plain_sentences_have_their_type(coder: Coder, text: str, type_name: str) -> None:
    assert type_name in [event.type for event in coder.code(Report(id="1", text=text))]


@pytest.mark.parametrize("text", ["Wheat prices fell for a third week.", "The festival opens on Friday with a concert."])
def test_where_nothing_happens_nothing_is_coded(coder: Coder, text: str) -> None:
    assert coder.code(Report(id="1", text=text)) == ()


def test_every_offset_matches_the_text(coder: Coder) -> None:
    events = coder.code(Report(id="1", date="2021-04-23", text=EXPULSIONS))
    assert events
    for event in events:
        spans = [event.trigger, *event.actors, *event.recipients, event.count, event.dead, event.reason, event.place, event.joint]
        for span in spans:
            if span is not None and span.start is not None:
                assert EXPULSIONS[span.start : span.end] == span.text
        for dating in (event.date, event.deadline):
            assert dating is None or EXPULSIONS[dating.text_start : dating.text_end] == dating.text
        assert EXPULSIONS[event.sentence_start : event.sentence_start + len(event.text)] == event.text


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_reading_keeps_offsets_of_any_text(coder: Coder, text: str) -> None:
    for sent in coder.read([Report(id="1", text=text)])[0]:
        assert text[sent.start : sent.end] == sent.text
        for span in (*sent.tokens, *sent.names, *(mention.trigger for mention in sent.mentions)):
            assert text[span.start : span.end] == span.text
        assert sum(token.head < 0 for token in sent.tokens) == 1


def test_the_country_that_those_driven_out_leave_suffers_nothing(coder: Coder) -> None:
    text = "President Trump ordered the expulsion of 60 Russian diplomats from the United States on Monday."
    (event,) = coder.code(Report(id="1", date="2018-03-26", text=text))
    assert [one.country for one in event.recipients] == ["RUS"]


def test_reports_that_were_read_before_the_source_failed_are_coded(coder: Coder) -> None:
    def failing() -> Iterator[Report]:
        for number in range(20):
            yield Report(id=str(number), text="Poland expelled four Russian diplomats.")
        raise OSError("the disk is gone")

    stream = coder.stream(failing())
    assert [next(stream).report_id for _ in range(20)] == [str(number) for number in range(20)]
    with pytest.raises(OSError, match="the disk is gone"):
        next(stream)


def test_a_stream_gives_what_one_by_one_gives_and_goes_on_after_a_bad_report(coder: Coder) -> None:
    good = [Report(id=name, date="2021-04-23", text=(EXAMPLES / f"{name}.txt").read_text("utf-8")) for name in ("expulsions", "ceasefire", "protests")]
    coded = list(coder.stream([good[0], Report(id="empty", text="  "), *good[1:]]))
    assert [one.report_id for one in coded] == ["expulsions", "empty", "ceasefire", "protests"]
    assert coded[1].rejected == "empty text"
    alone = [[(e.id, e.type) for e in coder.code(report)] for report in good]
    assert [[(e.id, e.type) for e in one.events] for one in coded if not one.rejected] == alone


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a\0b", "binary"),
        ("word " * 300_000, "limit"),
        ("Der Minister sagte am Montag, dass die Regierung in Berlin keine weiteren Schritte gegen das Land plane "
         "und dass man nun auf die Antwort aus Moskau warte, die noch in dieser Woche kommen soll.", "English"),
        ("Министр заявил в понедельник", "English"),
    ],
)  # fmt: skip
def test_what_cannot_be_coded_says_why(coder: Coder, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        coder.code(Report(id="1", text=text))


def test_a_relation_is_a_distribution_over_types_and_none(coder: Coder) -> None:
    text = "Ecuador expelled the Colombian ambassador."
    likely = coder.relation(text, actor=(0, 7), recipient=(17, 41))
    assert len(likely) == 17
    assert sum(likely.values()) == pytest.approx(1.0, abs=1e-4)
    assert max(likely, key=lambda name: likely[name]) == "SANCTION"


def test_a_relation_needs_two_spans(coder: Coder) -> None:
    with pytest.raises(InputError, match="must each hold a word"):
        coder.relation("Ecuador left.", actor=(0, 7), recipient=(50, 60))


def test_an_actor_is_resolved_from_python(coder: Coder) -> None:
    found = coder.actor("the Kremlin", date="2018-03-26")
    assert isinstance(found, Actor)
    assert found.country == "RUS"


def test_a_damaged_model_is_refused(coder: Coder, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(coder.model.folder, folder)
    (folder / "labels.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match="checksum"):
        dragoman.load(folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"layout": 99}), "utf-8")
    with pytest.raises(ModelError, match="layout 99"):
        dragoman.load(folder)


def test_a_report_takes_a_date_as_text_and_refuses_nonsense() -> None:
    assert str(Report(id="1", text="x", date="2018-03-26").date) == "2018-03-26"
    with pytest.raises(InputError, match="not an ISO date"):
        Report(id="1", text="x", date="26 March")


def test_a_limit_is_a_deadline_and_no_date(coder: Coder) -> None:
    report = Report(id="1", date="2018-03-26", text="The interior ministry banned rallies until 1 June.")
    (event,) = coder.code(report)
    assert event.date is None
    assert event.deadline is not None
    assert str(event.deadline.end) == "2018-06-01"


def test_an_order_given_on_thursday_was_given_last_thursday(coder: Coder) -> None:
    events = coder.code(Report(id="1", date="2021-04-23", text=EXPULSIONS))
    dating = events[0].date
    assert dating is not None
    assert str(dating.start) == "2021-04-22"
