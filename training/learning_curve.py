"""What more of the corpus buys: short runs from the encoder's own weights on nested shares of it, scored on the same held-out parts.

    python -m training.learning_curve --data ../shared/data --encoder FOLDER --out FOLDER

The sentences are shuffled once and each share begins with the smaller one; invented and real text are also trained on apart. Every run sees about
the same number of batches as far as its share allows (PASSES), a tenth of the trees so that sentences are found, and no silver names. The scores
lie under those of the shipped model, which is trained ten times as long: their order is what counts. A run whose row is there is not run again.
"""

from __future__ import annotations

import argparse
import json
import random
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from dragoman.model.session import Model
from evaluation.evaluate import event_tests
from evaluation.events import score_events
from evaluation.relations import score_relations
from training.calibrate import calibrate
from training.examples import training_examples
from training.export import export_float, write_directory
from training.network import EncoderShape, Network
from training.train import Material, load_material, read_tokenizer, train

STAGE = {"encoder_rate": 1.3e-4, "head_rate": 1.0e-3, "final_rate": 0.0, "trees": 0.1, "events": 0.9, "quiet": 0.3, "pairs": 0.8}
PASSES = {"quarter": 4, "half": 3, "all": 2, "invented": 2, "real": 4}


def shares(data: Path, seed: int) -> dict[str, list[int]]:
    """Indices of the training examples by the name of the share."""
    examples = training_examples(data)
    order = list(range(len(examples)))
    random.Random(seed).shuffle(order)
    real = {index for index, example in enumerate(examples) if "#" in example.source}
    return {
        "quarter": order[: len(order) // 4],
        "half": order[: len(order) // 2],
        "all": order,
        "invented": [index for index in order if index not in real],
        "real": [index for index in order if index in real],
    }


def narrowed(material: Material, chosen: Sequence[int]) -> Material:
    """The material with the annotated sentences at these indices only."""
    return replace(material, events=[material.events[index] for index in chosen], pairs=[material.pairs[index] for index in chosen])


def scores(folder: Path, data: Path) -> dict[str, float]:
    """Micro-F1 of trigger and type on each held-out part, and macro-F1 of the relation of a pair."""
    model = Model(folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | calibrate(model, data)), "utf-8")
    model = Model(folder)
    found = {name: score_events(model, examples).types.overall.f1 for name, examples in event_tests(data).items()}
    relation = score_relations(model, data / "dev_relations.jsonl")
    return found | {"relation": relation.types, "relation, quads": relation.quads}


def run(material: Material, config: dict[str, Any], name: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Train one share and score it."""
    torch.manual_seed(config["seed"])
    network = Network(EncoderShape.read(arguments.encoder), material.labels, config["dropout"])
    network.encoder.load_hub(arguments.encoder)
    for line in train(network, read_tokenizer(arguments.encoder), material, config | {"stages": {name: STAGE | {"passes": PASSES[name]}}}, name):
        print(line, flush=True)
    folder = arguments.out / name
    folder.mkdir(parents=True, exist_ok=True)
    labels = folder / "labels.json"
    labels.write_text(json.dumps(material.labels.as_dict()), "utf-8")
    export_float(network.eval(), folder / "model.onnx")
    write_directory(folder / "model.onnx", labels, arguments.encoder / "tokenizer.json", folder, "curve")
    return scores(folder, arguments.data)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text("utf-8"))
    torch.set_num_threads(config["threads"])
    arguments.out.mkdir(parents=True, exist_ok=True)
    material = load_material(arguments.data, None, seed=config["seed"], with_events=True)
    for name, chosen in shares(arguments.data, config["seed"]).items():
        row = arguments.out / f"{name}.json"
        if not row.exists():
            found = run(narrowed(material, chosen), config, name, arguments)
            row.write_text(json.dumps({"sentences": len(chosen)} | found), "utf-8")
        print(name, row.read_text("utf-8"), flush=True)


if __name__ == "__main__":
    main()
