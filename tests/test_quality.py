"""The quality gate: the shipped model against pinned floors. A floor is lowered only with a reason in its file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from dragoman import Coder
from evaluation.evaluate import held_out_examples
from evaluation.events import score_events
from evaluation.syntax import read_trees, score_gold_words
from training.corpus_loader import read_corpus, training_part

ROOT = Path(__file__).parent.parent
FLOORS = tomllib.loads((ROOT / "evaluation" / "floors.toml").read_text("utf-8"))
DATA = ROOT.parent / "shared" / "data"


def test_the_held_out_tenth_is_not_trained_on() -> None:
    held = {example.text for example in held_out_examples()}
    assert len(held) >= 40
    assert not held & {example.text for example in training_part(read_corpus())}


def test_events_stand_above_their_floors(coder: Coder) -> None:
    scores = score_events(coder.model, held_out_examples())
    found = {
        "triggers": scores.triggers.f1,
        "types": scores.types.overall.f1,
        "modes": scores.modes.overall.f1,
        "statuses": scores.statuses.overall.f1,
        "roles": scores.roles.overall.f1,
    }
    assert {name: round(value, 3) for name, value in found.items() if value < FLOORS["events"][name]} == {}


@pytest.mark.parametrize("bank", ["ud_ewt", "ud_gum"])
def test_trees_stand_above_their_floors(coder: Coder, bank: str) -> None:
    if not DATA.exists():
        pytest.skip("the treebanks are not beside the repository")
    found = score_gold_words(coder.model, read_trees(DATA, bank, "dev")[:200])
    assert found.las >= FLOORS["trees"][bank]
