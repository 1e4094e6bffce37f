"""The loaders of whole reports and of real news: what they read, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from dragoman.errors import InputError
from dragoman.records import Report
from training.realnews import PARTS, convert, draw_parts, examples_of, notation, read_annotations, read_parts, revise
from training.report_loader import part_of, read_document, read_documents

REPORT = """\
# date: 1998-05-12
# title: Two neighbours at odds
# e1: PER GOV | Peru
# e2: ECU GOV | Ecuador
# a1: SANCTION/expel actual | PER > ECU | count 2 | date 1998-05-11
# a2: ACCUSE/disapprove actual | ECU > PER
[Peru](actor1 e1) [expelled](t1 SANCTION/expel a1) [[two](count1) Ecuadorean envoys](recipient1 e2) on [Monday](date1). || diplomatic

[Quito](actor1 e2) [protested](t1 ACCUSE/disapprove a2 >a1), and [its](e2) ambassador left. ||
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "011-andes.txt"
    path.write_text(text, "utf-8")
    return path


def test_a_report_holds_its_text_and_its_truth(tmp_path: Path) -> None:
    document = read_document(write(tmp_path, REPORT))
    assert document.text == "Peru expelled two Ecuadorean envoys on Monday.\nQuito protested, and its ambassador left."
    assert [document.text[start:end] for start, end, entity in document.mentions if entity == "e2"] == ["two Ecuadorean envoys", "Quito", "its"]
    assert [(document.text[start:end], act) for start, end, act in document.tellings] == [("expelled", "a1"), ("protested", "a2")]
    assert document.answers == {("a2", "a1")}
    assert document.acts["a1"].values == {"count": "2", "date": "1998-05-11"}
    for begin, example in zip(document.offsets, document.sentences, strict=True):
        assert document.text[begin : begin + len(example.text)] == example.text


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("t1 SANCTION/expel a1", "t1 COERCE/deport a1", "a1 is SANCTION in the header"),
        ("actor1 e1", "actor1 e9", "e9 is not in the header"),
        (" a1) [[two]", ") [[two]", "no act of the document"),
        ("# e1: PER GOV", "# e1: PER KING", "no such sector"),
        ("expel actual |", "expel perhaps |", "no such status"),
        ("# title: Two neighbours at odds\n", "", "no title"),
        ("# e1: PER", "# e3: PER GOV | nobody\n# e1: PER", "e3 is in the header but nowhere in the text"),
    ],
)
def test_a_faulty_report_is_refused_with_its_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in REPORT
    with pytest.raises(InputError, match=reason):
        read_document(write(tmp_path, REPORT.replace(old, new)))


def test_every_report_of_the_corpus_is_sound() -> None:
    documents = read_documents()
    assert len({document.id.split("-")[0] for document in documents}) == len(documents)
    assert {part_of(document) for document in documents} >= {"train"}


NEWS = Report(id="n", text="Police in Lagos arrested two men. The two men denied it.")
SPANS = [(0, 33), (34, 56)]


def test_working_notation_becomes_offsets_into_the_sentence() -> None:
    lines = ["=== n", "0 | t1 COERCE/arrest = arrested | actor1 = Police | recipient1 = two men | arrested1 = two || crime"]
    (annotation,) = convert(lines, {"n": NEWS}, {"n": SPANS})
    first, second = examples_of(annotation, NEWS.text)
    found = [(first.text[role.start : role.end], role.name) for role in first.acts[0].roles]
    assert found == [("Police", "actor"), ("two", "arrested"), ("two men", "recipient")]
    assert first.contexts == ("crime",)
    assert (second.acts, second.contexts) == ((), None)


def test_an_annotation_is_written_as_it_was_read_and_revised_sentence_by_sentence() -> None:
    lines = ["=== n", "0 | t1 COERCE/arrest = arrested | recipient1 = two men || crime", "1 | t1 REJECT = men | actor1 = The two men || crime"]
    (annotation,) = convert(lines, {"n": NEWS}, {"n": SPANS})
    assert list(convert(list(notation(annotation, NEWS.text)), {"n": NEWS}, {"n": SPANS})) == [annotation]
    revised = revise({"n": annotation}, ["=== n", "0 | t1 COERCE/arrest = arrested | actor1 = Police || crime", "1 |"], {"n": NEWS})["n"]
    first, second = examples_of(revised, NEWS.text)
    assert [role.name for role in first.acts[0].roles] == ["actor"]
    assert (second.acts, second.contexts) == ((), None)


def test_a_word_that_stands_twice_keeps_its_place_in_the_notation() -> None:
    twice = Report(id="n", text="The men met the men.")
    (annotation,) = convert(["=== n", "0 | t1 CONSULT = met | actor1 = men ##2 || diplomatic"], {"n": twice}, {"n": [(0, 20)]})
    assert list(notation(annotation, twice.text))[-1] == "0 | t1 CONSULT = met | actor1 = men ##2 || diplomatic"


def test_an_annotation_of_another_text_is_refused() -> None:
    (annotation,) = convert(["=== n"], {"n": NEWS}, {"n": SPANS})
    with pytest.raises(InputError, match="not the one that was annotated"):
        list(examples_of(annotation, NEWS.text + " "))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0 | t1 COERCE/arrest = seized", "line 2: the sentence does not hold 'seized'"),
        ("0 | t1 COERCE/arrest = rest", "does not hold 'rest'"),
        ("9 | t1 COERCE/arrest = arrested", "no such sentence"),
        ("0 | t1 COERCE/jail = arrested", "jail"),
    ],
)
def test_a_faulty_line_is_refused_with_its_number(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        list(convert(["=== n", line], {"n": NEWS}, {"n": SPANS}))


def test_sixty_real_reports_are_kept_for_testing_and_the_draw_repeats() -> None:
    parts = read_parts()
    assert sorted(parts.values()).count("test") == 60
    assert draw_parts(dict.fromkeys(parts, NEWS)) == parts
    assert PARTS.exists()


def test_every_annotated_document_has_its_part() -> None:
    assert {annotation.id for annotation in read_annotations()} <= set(read_parts())
