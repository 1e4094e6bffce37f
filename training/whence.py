"""Learn the weights by which the report decides of which country somebody is (src/dragoman/resolve/data/whence.json).

    python -m training.whence                prints what held-out folds give
    python -m training.whence --write        learns from all and writes the weights

Examples are the mentions of the corpus's train and dev reports whose own words give no country, actors and recipients with a greater weight, each
with the countries that its report names. Chains come from a reading by coreference weights that have not seen the report.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import dragoman
from dragoman.resolve.actors import resolve_actor
from dragoman.resolve.parties import Parties
from dragoman.resolve.ranking import is_pronoun
from dragoman.resolve.whence import kind_of, seen_unknown
from evaluation.actors import ActorScores, document_cases
from training.coreference import FOLDS, Choices, fold_weights, judge_of, learn, merged, read_texts, write_weights
from training.report_loader import Document, part_of, read_documents

TARGET = Path(dragoman.__file__).parent / "resolve" / "data" / "whence.json"
# A mention that is no actor or recipient teaches as well, but the shares are reported on those.
OTHERS_WEIGHT = 0.5
COMMON_PENALTY, TYPED_PENALTY = 1.0, 2.0


def roles_of(document: Document) -> set[tuple[int, int]]:
    """Where the actors and recipients of a report stand."""
    return {
        (offset + role.start, offset + role.end)
        for offset, example in zip(document.offsets, document.sentences, strict=True)
        for act in example.acts
        for role in act.roles
        if role.name in ("actor", "recipient")
    }


def gather(document: Document, parties: Parties) -> Choices:
    """The choices of a report."""
    choices = Choices()
    roles = roles_of(document)
    for start, end, entity in document.mentions:
        text = document.text[start:end]
        own = resolve_actor(text, date=document.date, start=start, end=end, tables=parties.tables)
        sent = next((one for one in parties.sentences if one.start <= start < one.end), None)
        if own.country is not None or sent is None:
            continue
        case = parties.case(own, sent)
        options = parties.scene.options(case.own, case.hints)
        country = document.entities[entity].country
        right = [code == country for code in options]
        choices.types.append(kind_of(case.own, is_pronoun(case.own.text)))
        names = [parties.scene.seen(code, case.own, case.sent, case.hints) for code in options]
        choices.options.append([*names, seen_unknown(case.own, case.hints, parties.scene)])
        choices.right.append([*right, not any(right)])
        choices.weights.append(1.0 if (start, end) in roles else OTHERS_WEIGHT)
    return choices


def learn_whence(choices: Sequence[Choices]) -> dict[str, dict[str, float]]:
    """The weights that make the right countries likely."""
    return learn(merged(choices), common=COMMON_PENALTY, typed=TYPED_PENALTY)


def main() -> None:
    """Print what held-out folds give, or write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    coder = dragoman.load()
    documents = [document for document in read_documents() if part_of(document) != "test"]
    texts = read_texts(coder)
    chains = fold_weights(texts)
    parties = [Parties(text.report, text.sentences, coder.tables, judge=judge_of(chains[index % FOLDS])) for index, text in enumerate(texts)]
    choices = [gather(document, one) for document, one in zip(documents, parties, strict=True)]
    if write:
        write_weights(TARGET, {kind: {name: value for name, value in mine.items() if value} for kind, mine in learn_whence(choices).items()})
        return
    scores = ActorScores()
    for fold in range(FOLDS):
        weights = learn_whence([one for index, one in enumerate(choices) if index % FOLDS != fold])
        for document, one in list(zip(documents, parties, strict=True))[fold::FOLDS]:
            one.weights = weights
            for case, found in document_cases(document, one):
                scores.add(case, found)
    print(f"{FOLDS} held-out folds of the train and dev reports: {scores}")


if __name__ == "__main__":
    main()
