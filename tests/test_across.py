"""The same report twice and the same act across reports: decisions on pairs, groups, and incidents. Pure: no model, no database."""

from __future__ import annotations

import random
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.ledger import copies
from dragoman.ledger.across import SAME, decide, decode_features, encode_features, features, own_blocks, shape_id, sought_blocks
from dragoman.ledger.grouping import MOST_WEIGHED, Said, components, groups
from dragoman.ledger.incidents import Account, build_incident, independent_sources, spanning_merges
from dragoman.records import Status
from tests.stores import told

POLAND = "Poland expelled 4 diplomats of Russia."


def pair(one: dict[str, object], other: dict[str, object]) -> tuple[bool, str]:
    """The decision on two accounts, and its reason; each is the text and fields of `told`."""
    first, second = (features(told(str(account.pop("text", POLAND)), **account).events[0]) for account in (dict(one), dict(other)))  # type: ignore[arg-type]
    decision = decide(first, second)
    assert decision == decide(second, first) or decision.score == decide(second, first).score
    return decision.same, decision.reason


SAME_ACT = [
    ({"count": 4.0}, {"text": "Warsaw ordered 4 diplomats of Russia out.", "count": 4.0}),
    ({"count": 4.0, "on": "2018-03-26"}, {"text": "Poland threw 5 diplomats of Russia out.", "count": 5.0, "day": "2018-03-27", "on": "2018-03-26"}),
    ({"status": Status.ANNOUNCED}, {"day": "2018-03-28"}),
    ({"count": 60.0}, {"text": "Poland sends 60 diplomats home.", "count": 60.0, "mode": None}),
]
OTHER_ACTS = [
    ({}, {"text": "Italy expelled 4 diplomats of Russia."}),
    ({}, {"text": "Russia expelled 4 diplomats of Poland."}),
    ({"on": "2018-03-26"}, {"on": "2018-04-05", "day": "2018-04-05"}),
    ({"count": 4.0, "on": "2018-03-26"}, {"text": "Poland jailed 90 tourists from Russia.", "count": 90.0, "mode": "convict", "on": "2018-03-27"}),
    ({"text": "Poland bombed Kazan in Russia.", "place": "Kazan"}, {"text": "Poland bombed Omsk in Russia.", "place": "Omsk", "day": "2018-03-30"}),
]


@pytest.mark.parametrize(("one", "other"), SAME_ACT)
def test_accounts_of_one_act_are_joined(one: dict[str, object], other: dict[str, object]) -> None:
    same, reason = pair(one, other)
    assert same, reason


@pytest.mark.parametrize(("one", "other"), OTHER_ACTS)
def test_accounts_of_other_acts_are_not(one: dict[str, object], other: dict[str, object]) -> None:
    same, reason = pair(one, other)
    assert not same, reason


@pytest.mark.parametrize(("counts", "same"), [((None, None), False), ((4.0, 90.0), False), ((4.0, 4.0), True)])
def test_acts_dated_by_a_year_are_one_only_where_a_number_ties_them(counts: tuple[float | None, float | None], same: bool) -> None:
    found = [features(told(POLAND, count=count).events[0]) for count in counts]
    one, other = (msgspec.structs.replace(account, first=736330, last=736694, stated=True) for account in found)
    assert decide(one, other).same is same


def test_the_reason_names_what_was_compared() -> None:
    _, reason = pair({"count": 4.0, "on": "2018-03-26"}, {"text": "Poland threw 5 diplomats of Russia out.", "count": 5.0})
    assert "count 4 and 5" in reason
    assert "2018-03-26" in reason
    assert "actors POL and POL" in reason


def accounts() -> list[dict[str, object]]:
    texts = [
        POLAND,
        "Warsaw ordered 4 diplomats of Russia out.",
        "Poland expelled 4 diplomats.",
        "Italy expelled 2 diplomats of Russia.",
        "Russia expelled 4 diplomats of Poland.",
    ]
    return [{"text": text, "day": f"2018-03-{day}", "on": on} for text in texts for day in ("20", "26", "30") for on in (None, "2018-03-25")]


def test_whom_an_account_finds_finds_it_too() -> None:
    found = [features(told(**account).events[0]) for account in accounts()]  # type: ignore[arg-type]
    for one in found:
        for other in found:
            assert finds(one, other) == finds(other, one)


def finds(one: object, other: object) -> bool:
    there = own_blocks(other)  # type: ignore[arg-type]
    return any(block == key and first <= day <= last for key, first, last in sought_blocks(one) for block, day in there)  # type: ignore[arg-type]


def test_accounts_that_could_be_one_act_meet_in_a_block() -> None:
    for one, other in SAME_ACT:
        first, second = (features(told(**({"text": POLAND} | fields)).events[0]) for fields in (one, other))  # type: ignore[arg-type]
        assert finds(first, second)


def test_features_survive_json_and_copies_share_a_shape() -> None:
    one, other = (features(told(POLAND, source=source).events[0]) for source in ("Wire", "Post"))
    assert decode_features(encode_features(one)) == one
    assert shape_id(one) == shape_id(other) != shape_id(one, salt="x")


NODES = [f"{number:02}" for number in range(9)]
SCORES = st.dictionaries(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(0.45, 1.0).map(lambda score: round(score, 4)),
    max_size=25,
)


@given(scores=SCORES, seed=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_groups_do_not_depend_on_any_order(scores: dict[tuple[str, str], float], seed: int) -> None:
    nodes, items = list(NODES), list(scores.items())
    random.Random(seed).shuffle(nodes)
    random.Random(seed).shuffle(items)
    found = groups(NODES, scores)
    assert groups(nodes, dict(items)) == found
    assert sorted(node for group in found for node in group) == NODES
    assert all(len(group) == 1 or any(score >= SAME for pair, score in scores.items() if set(pair) <= set(group)) for group in found)


@given(scores=SCORES, apart=st.sets(st.sampled_from([(one, other) for one in NODES for other in NODES if one < other]), max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_a_person_separates_stays_apart(scores: dict[tuple[str, str], float], apart: set[tuple[str, str]]) -> None:
    for group in groups(NODES, scores, Said(apart=frozenset(apart))):
        assert not any(one in group and other in group for one, other in apart)


def test_a_chain_of_likenesses_is_not_one_act() -> None:
    assert groups(["a", "b", "c", "d"], {("a", "b"): 0.7, ("b", "c"): 0.65, ("c", "d"): 0.7}) == [["a", "b"], ["c", "d"]]


def test_what_a_person_joins_brings_the_groups_together() -> None:
    scores = {("a", "b"): 0.9, ("c", "d"): 0.9}
    assert groups(["a", "b", "c", "d"], scores, Said(joined=frozenset({("b", "c")}))) == [["a", "b", "c", "d"]]


def test_a_very_large_component_is_still_split_where_nothing_says_same() -> None:
    nodes = [f"{number:04}" for number in range(MOST_WEIGHED + 50)]
    scores = {(one, other): 0.7 if index % 2 else 0.5 for index, (one, other) in enumerate(pairwise(nodes))}
    assert {len(group) for group in groups(nodes, scores)} == {1, 2}


def test_components_are_named_by_their_smallest() -> None:
    assert components("dcba", [("d", "b"), ("a", "c")]) == [["a", "c"], ["b", "d"]]


WORDS = " ".join(f"word{number}" for number in range(120))


@pytest.mark.parametrize(
    ("other", "is_copy"),
    [
        (WORDS, True), (WORDS.upper().replace(" ", "  "), True), (WORDS + " and one more sentence came in later", True), ("(Wire) " + WORDS, True),
        (WORDS.replace("word60", "changed").replace("word90", "changed"), True),
        (" ".join(reversed(WORDS.split())), False), ("other words altogether", False), ("", False),
    ],
)  # fmt: skip
def test_near_copies_are_told_from_other_texts(other: str, is_copy: bool) -> None:
    one, two = copies.shingles(WORDS), copies.shingles(other)
    assert copies.likeness(one, two).copies == is_copy
    assert not is_copy or set(copies.bands(one)) & set(copies.bands(two))


def test_a_long_text_is_compared_by_a_sample_that_is_fair() -> None:
    rng = random.Random(3)
    words = [str(rng.randrange(10**9)) for _ in range(20_000)]
    one, other = copies.shingles(" ".join(words)), copies.shingles(" ".join(words[:16_000]))
    assert len(one) == copies.SKETCH
    assert copies.likeness(one, other).jaccard == pytest.approx(0.8, abs=0.05)


@given(text=st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_sketches_survive_bytes(text: str) -> None:
    sketch = copies.shingles(text)
    assert np.array_equal(copies.unpack(copies.pack(sketch)), sketch)
    assert copies.likeness(sketch, sketch).jaccard in (0.0, 1.0)


def account(text: str, source: str | None, cluster: str, **fields: object) -> Account:
    event = told(text, source=source, **fields).events[0]  # type: ignore[arg-type]
    return Account(event=event, source=source, cluster=cluster, shape=event.id)


def test_a_cluster_and_an_outlet_count_once() -> None:
    made = [
        account(POLAND, "Wire", "c1"),
        account(POLAND, "Post", "c1"),
        account(POLAND, "Post", "c2", day="2018-03-27"),
        account(POLAND, None, "c3", day="2018-03-28"),
    ]
    for seed in range(5):
        random.Random(seed).shuffle(made)
        assert independent_sources(made) == 2


def test_an_incident_is_the_same_in_any_order_and_averages_nothing() -> None:
    made = [
        account("Poland expelled 60 diplomats of Russia.", "Wire", "c1", count=60.0, status=Status.ANNOUNCED),
        account("Poland expelled 48 diplomats of Russia.", "Post", "c2", count=48.0, day="2018-03-27"),
        account("Poland expelled 60 diplomats of Russia.", "Radio", "c3", count=60.0, day="2018-03-29"),
    ]
    found = build_incident(made)
    assert build_incident(made[::-1]) == found
    assert [(value.value, value.sources) for value in found.values] == [("48", ("Post",)), ("60", ("Radio", "Wire"))]
    assert found.disputed
    assert [step.status for step in found.timeline] == [Status.ANNOUNCED, Status.ACTUAL, Status.ACTUAL]
    assert (found.status, found.independent) == (Status.ACTUAL, 3)


def test_the_reasons_of_a_group_reach_each_of_its_events() -> None:
    ties = {("s1", "s2"): (0.9, "near"), ("s2", "s3"): (0.7, "less near"), ("s1", "s3"): (0.65, "far")}
    merges = spanning_merges({"e1": "s1", "e2": "s2", "e3": "s3", "e4": "s1"}, ties)
    assert {merge.event_id: (merge.with_event, merge.reason) for merge in merges} == {
        "e2": ("e1", "near"), "e3": ("e2", "less near"), "e4": ("e1", "told with the same words, values and day"),
    }  # fmt: skip
