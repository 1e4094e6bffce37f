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

# The whole training run: two stages, then the export of the shipped model. Needs the `train` extra in .venv.
train: .venv/ready
	$(BIN)/python -m training.silver_inputs --data $(DATA) --out $(RUN)/silver
	@echo "label $(RUN)/silver/*.words.jsonl with training/silver_names.py for name labels; without them names are not trained"
	$(BIN)/python -m training.train --data $(DATA) --silver $(RUN)/silver --encoder $(ENCODER) --out $(RUN) --stage syntax
	$(BIN)/python -m training.train --data $(DATA) --silver $(RUN)/silver --encoder $(ENCODER) --out $(RUN) --stage joint --start $(RUN)/syntax.pt
	$(BIN)/python -m training.export --weights $(RUN)/joint.pt --labels $(RUN)/labels.json --encoder $(ENCODER) --out src/dragoman/model/shipped --version $(VERSION)
.PHONY: train
