"""Every score of the shipped model: `python -m evaluation.evaluate --data ../shared/data --out evaluation/results`.

Treebanks and Universal NER: test parts, gold words and raw text. Events: the held-out tenth of the invented sentences (lines whose number
ends in 7), the reports of the test part, and the test part of the real news.
Relations: a published set of marked pairs, measured only. Results are written to `OUT/YYYY-MM-DD.json` with the model's checksum.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dragoman.coder import load
from dragoman.model.session import Model
from evaluation.events import EventScores, calibration_error, score_events
from evaluation.relations import score_relations
from evaluation.scorer import Counts, SpanScores
from evaluation.syntax import read_trees, read_uner, score_gold_words, score_names, score_raw_text
from training.corpus_loader import Example, held_out, read_corpus
from training.realnews import read_real
from training.report_loader import read_documents, report_examples


def held_out_examples() -> list[Example]:
    """The tenth of the corpus that is not trained on."""
    return [example for example in read_corpus() if held_out(example)]


def evaluate(model: Model, data: Path) -> dict[str, Any]:
    """All scores as plain numbers; what the data folder lacks is left out."""
    results: dict[str, Any] = {name: event_table(score_events(model, examples)) for name, examples in event_tests(data).items()}
    for bank in ("ud_ewt", "ud_gum"):
        if (data / bank).exists():
            trees = read_trees(data, bank, "test")
            results[bank] = {
                "gold words": asdict(score_gold_words(model, trees)),
                "raw sentences": asdict(score_raw_text(model, trees, whole_documents=False)),
                "raw documents": asdict(score_raw_text(model, trees, whole_documents=True)),
            }
    if (data / "uner_ewt").exists():
        names = score_names(model, read_trees(data, "ud_ewt", "test"), read_uner(data / "uner_ewt" / "test.iob2.gz"))
        results["uner_ewt"] = span_table(names)
    if (pairs := data / "dev_relations.jsonl").exists():
        results["relations (not tuned on)"] = asdict(score_relations(model, pairs))
    return results


def event_tests(data: Path) -> dict[str, list[Example]]:
    """What events are scored on, none of it trained on; the real news only where the data folder has the texts."""
    tests = {"invented sentences": held_out_examples(), "whole reports": report_examples(read_documents(), "test")}
    if (data / "wikinews").exists():
        tests["real news"] = read_real(data, "test")
    return tests


def event_table(scores: EventScores) -> dict[str, Any]:
    """F1 of triggers, types, contexts and roles (exact span, head word); accuracy of mode and status where the trigger was found."""
    return {
        "expected": scores.triggers.expected,
        "triggers": counts_table(scores.triggers),
        "types": span_table(scores.types),
        "modes": span_table(scores.modes),
        "statuses": span_table(scores.statuses),
        "historical": round(scores.historical.f1, 4),
        "roles": span_table(scores.roles),
        "role heads": span_table(scores.heads),
        "contexts": span_table(scores.contexts),
        "calibration error": round(calibration_error(scores.confidences), 4),
    }


def counts_table(counts: Counts) -> dict[str, float]:
    """Precision, recall and F1."""
    return {"precision": round(counts.precision, 4), "recall": round(counts.recall, 4), "f1": round(counts.f1, 4)}


def span_table(scores: SpanScores) -> dict[str, Any]:
    """Micro and macro F1, and F1 by label."""
    labels = {label: round(counts.f1, 4) for label, counts in sorted(scores.by_label.items())}
    return {"micro": round(scores.overall.f1, 4), "macro": round(scores.macro_f1, 4), "labels": labels}


def lines(results: Mapping[str, Any], indent: str = "") -> list[str]:
    """The results as indented text."""
    text = []
    for name, value in results.items():
        if isinstance(value, Mapping):
            text += [f"{indent}{name}", *lines(value, indent + "  ")]
        else:
            text.append(f"{indent}{name}: {value:.4f}" if isinstance(value, float) else f"{indent}{name}: {value}")
    return text


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="another model directory than the shipped one")
    arguments = parser.parse_args()
    model = load(arguments.model).model
    today = dt.date.today().isoformat()
    results = {"date": today, "model": model.version, "checksum": model.checksum, **evaluate(model, arguments.data)}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / f"{today}.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print("\n".join(lines(results)))


if __name__ == "__main__":
    main()
