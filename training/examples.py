"""Every annotated sentence that events are trained on: invented ones, whole reports, real news."""

from __future__ import annotations

from pathlib import Path

from training.corpus_loader import Example, read_corpus, training_part
from training.realnews import read_real
from training.report_loader import read_documents, report_examples


def training_examples(data: Path) -> list[Example]:
    """In a fixed order; `data` is the folder that holds the texts of the real news."""
    return [*training_part(read_corpus()), *report_examples(read_documents(), "train"), *read_real(data, "train")]


def dev_examples(data: Path) -> list[Example]:
    """For thresholds and for reading errors: the dev parts of the reports and of the real news."""
    return [*report_examples(read_documents(), "dev"), *read_real(data, "dev")]
