"""The label sets of every head, in the order of their scores. Written beside the model as `labels.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from dragoman.ontology import load_ontology
from training.corpus_loader import ROLES, STATUSES
from training.treebank import Tree

NAME_TYPES = (
    "PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE",
    "DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL",
)  # fmt: skip
STANCES_SCORED = ("claims", "estimates", "quotes", "denies")


@dataclass(frozen=True, slots=True)
class Labels:
    """Index is meaning: `types[0]` and `modes[0]` are NONE, `names[0]` is O."""

    tags: tuple[str, ...]
    fine_tags: tuple[str, ...]
    relations: tuple[str, ...]
    names: tuple[str, ...]
    types: tuple[str, ...]
    modes: tuple[str, ...]
    statuses: tuple[str, ...]
    contexts: tuple[str, ...]
    role_labels: tuple[str, ...]

    def as_dict(self) -> dict[str, tuple[str, ...]]:
        """For `labels.json`."""
        return asdict(self)


def make_labels(trees: Sequence[Tree]) -> Labels:
    """Labels of the treebanks as found in their training part, the others from the ontology."""
    ontology = load_ontology()
    return Labels(
        tags=tuple(sorted({tag for tree in trees for tag in tree.tags})),
        fine_tags=tuple(sorted({tag for tree in trees for tag in tree.fine_tags})),
        relations=tuple(sorted({relation for tree in trees for relation in tree.relations})),
        names=("O", *(f"{prefix}-{name}" for name in NAME_TYPES for prefix in "BI")),
        types=("NONE", *ontology.types),
        modes=("NONE", *ontology.modes),
        statuses=STATUSES,
        contexts=ontology.contexts,
        # For each role whether a word begins a span and whether it is inside one: spans of different roles may nest.
        role_labels=(
            *(f"{prefix}-{role}" for role in ROLES for prefix in ("begin", "inside")),
            *(f"stance-{stance}" for stance in STANCES_SCORED),
            "answers",
        ),
    )
