"""Train the model: `python -m training.train --data ../shared/data --silver FOLDER --encoder FOLDER --out FOLDER`.

`--encoder` is a folder in the hub's layout with the weights of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0).
The stages of the configuration run in order, each from the weights of the one before. A stage writes `STAGE.part.pt` under `--out` after
every pass and `STAGE.pt` at its end, the last one `model.pt` too; a stage whose `STAGE.pt` is there is not run again.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from dragoman.model.encoding import encode
from training.augment import beside_another, hidden_words, other_countries, without_case
from training.examples import training_examples
from training.labels import Labels, make_labels
from training.names import read_names
from training.network import EncoderShape, Network
from training.samples import IGNORED, Sample, event_sample, joined, pair_samples, tree_sample
from training.treebank import TREEBANKS, read_treebank

LONGEST = 110


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a stage draws its batches from. `trees` keep the order of their documents."""

    labels: Labels
    trees: Sequence[Sample]
    events: Sequence[Sample]
    pairs: Sequence[Sequence[Sample]]


def load_material(data: Path, silver: Path | None, *, seed: int, with_events: bool) -> Material:
    """Read the treebanks, the silver names (`FOLDER/ud_ewt_train.labels.jsonl` and so on) and the corpus."""
    banks = {bank: list(read_treebank(data / bank / "train.conllu.gz")) for bank in TREEBANKS}
    labels = make_labels([tree for trees in banks.values() for tree in trees])
    trees = [
        tree_sample(tree, labels, names, own)
        for bank, bank_trees in banks.items()
        for tree, names, own in zip(
            bank_trees,
            _silver(silver, f"{bank}_train", len(bank_trees)),
            read_names(f"{bank}_train", bank_trees) or [None] * len(bank_trees),
            strict=True,
        )
    ]
    events: list[Sample] = []
    pairs: list[Sequence[Sample]] = []
    if with_events:
        rng = random.Random(seed)
        examples = training_examples(data)
        for example, names in zip(examples, _silver(silver, "corpus", len(examples)), strict=True):
            sample = event_sample(example, labels, names)
            events.append(sample)
            pairs.append(pair_samples(example, sample, labels, rng))
    return Material(labels, trees, events, pairs)


def _silver(folder: Path | None, name: str, count: int) -> Sequence[Sequence[str] | None]:
    path = folder / f"{name}.labels.jsonl" if folder else None
    if path is None or not path.exists():
        return [None] * count
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def draw(material: Material, stage: Mapping[str, Any], augmentation: Mapping[str, float], rng: random.Random) -> list[Sample]:
    """The samples of one pass: shares of the trees, of the sentences with acts, of those without, and a marked pair of each that has one."""
    drawn = list(_draw_trees(material.trees, float(stage["trees"]), augmentation["join_sentences"], rng))
    own = [sample for sample in material.events if rng.random() < stage["quiet" if not sample.has_acts else "events"]]
    own.extend(_draw_pairs(material, stage["pairs"], augmentation["beside_another"], rng))
    own = [other_countries(sample, rng) if rng.random() < augmentation["other_countries"] else sample for sample in own]
    drawn.extend(hidden_words(sample, augmentation["hide_words"], augmentation["hide_parties"], rng) for sample in own)
    lost = augmentation["lose_case"]
    return [without_case(sample, rng) if rng.random() < lost else sample for sample in drawn if len(sample.words) <= LONGEST]


def _draw_pairs(material: Material, share: float, beside: float, rng: random.Random) -> Iterator[Sample]:
    for pairs in material.pairs:
        if pairs and rng.random() < share:
            sample = rng.choice(pairs)
            yield beside_another(sample, rng.choice(material.events), rng) if rng.random() < beside else sample


def _draw_trees(trees: Sequence[Sample], share: float, join: float, rng: random.Random) -> Iterator[Sample]:
    index = 0
    while index < len(trees):
        size = 1
        if rng.random() < join and index + 2 < len(trees):
            size = 2
        chosen = trees[index : index + size]
        index += size
        if rng.random() < share:
            yield joined(chosen) if size > 1 else chosen[0]


def batches(samples: Sequence[Sample], words: int, rng: random.Random) -> Iterator[list[Sample]]:
    """Batches of about `words` padded words; sentences of like length together, pairs and trees apart."""
    ordered = sorted(samples, key=lambda sample: (sample.pair is None, sample.heads is None, len(sample.words) + rng.random() * 4))
    made: list[list[Sample]] = []
    for sample in ordered:
        last = made[-1] if made else None
        alike = last and (last[0].pair is None) == (sample.pair is None) and (last[0].heads is None) == (sample.heads is None)
        if last and alike and (len(last) + 1) * len(sample.words) <= words:
            last.append(sample)
        else:
            made.append([sample])
    rng.shuffle(made)
    yield from made


class Losses:
    """The loss of every head on one batch."""

    def __init__(self, network: Network, labels: Labels) -> None:
        self.network, self.labels = network, labels

    def __call__(self, tokenizer: Tokenizer, batch: Sequence[Sample]) -> dict[str, Tensor]:
        marks = [sample.marks or (0,) * len(sample.words) for sample in batch]
        encoded = encode(tokenizer, [sample.words for sample in batch], marks)
        feed = {name: torch.from_numpy(array) for name, array in encoded.feed().items()}
        states, words, root = self.network.encode(**feed)
        if batch[0].pair is not None:
            targets = torch.tensor([sample.pair for sample in batch])
            scores = self.network.relation(states, feed["mask"], feed["marks"]).float()
            return {"pair": functional.cross_entropy(scores, targets), "marked_trigger": self.triggers(batch, words)}
        losses: dict[str, Tensor] = {}
        if batch[0].heads is not None:
            losses.update(self.syntax(batch, words, root, (feed["words"] > 0).to(torch.int64)))
        losses.update(self.word_labels(batch, words))
        if batch[0].triggers is not None:
            losses.update(self.events(batch, words))
            losses["context"] = self.contexts(batch, states, feed["mask"])
        return losses

    def word_labels(self, batch: Sequence[Sample], words: Tensor) -> dict[str, Tensor]:
        """Tags, names and sentence ends, where the samples have them."""
        losses = {}
        for field, head, name in (("tags", "tag", "tag"), ("fine_tags", "fine", "fine"), ("names", "name", "name")):
            if any(getattr(sample, field) is not None for sample in batch):
                targets = padded([getattr(sample, field) for sample in batch], words.shape[1])
                losses[name] = cross_entropy(getattr(self.network, head)(words), targets)
        if batch[0].ends is not None:
            targets = padded([sample.ends for sample in batch], words.shape[1])
            scores = self.network.end(words).squeeze(-1).float()
            known = targets != IGNORED
            losses["end"] = functional.binary_cross_entropy_with_logits(scores[known], targets[known].float())
        return losses

    def syntax(self, batch: Sequence[Sample], words: Tensor, root: Tensor, present: Tensor) -> dict[str, Tensor]:
        """Heads against all words, relations at the gold head alone."""
        heads = padded([sample.heads for sample in batch], words.shape[1])
        relations = padded([sample.relations for sample in batch], words.shape[1])
        arc = cross_entropy(self.network.arcs.scores(words, root, present), heads)
        labelled = self.network.arcs.labels(words, root, heads.clamp(min=0))
        return {"arc": arc, "relation": cross_entropy(labelled, relations)}

    def events(self, batch: Sequence[Sample], words: Tensor) -> dict[str, Tensor]:
        """Triggers over all words; mode, status and roles at the gold triggers."""
        acts = [sample.triggers for sample in batch]
        losses = {"trigger": self.triggers(batch, words)}
        widest = max(len(triggers.positions) for triggers in acts if triggers)
        if widest == 0:
            return losses
        positions = padded([t.positions for t in acts if t], widest)
        chosen = words.gather(1, positions.clamp(min=0).unsqueeze(-1).expand(-1, -1, words.shape[-1]))
        for name, field in (("mode", "modes"), ("status", "statuses")):
            targets = padded([getattr(t, field) for t in acts if t], widest)
            losses[name] = cross_entropy(getattr(self.network, name)(chosen), targets)
        real = positions != IGNORED
        past = padded([t.historical for t in acts if t], widest)
        scores = self.network.historical(chosen).squeeze(-1).float()
        losses["historical"] = functional.binary_cross_entropy_with_logits(scores[real], past[real].float())
        losses["roles"] = self.roles(batch, words, chosen, positions)
        return losses

    def triggers(self, batch: Sequence[Sample], words: Tensor) -> Tensor:
        """The type of every word, none for most."""
        types = torch.full(words.shape[:2], IGNORED)
        for row, sample in enumerate(batch):
            assert sample.triggers is not None
            types[row, : len(sample.words)] = 0
            for position, kind in zip(sample.triggers.positions, sample.triggers.types, strict=True):
                types[row, position] = kind
        return cross_entropy(self.network.trigger(words), types)

    def roles(self, batch: Sequence[Sample], words: Tensor, chosen: Tensor, positions: Tensor) -> Tensor:
        """Binary cross-entropy of every role label at every word, summed over labels, mean over the words of a trigger's sentence."""
        scores = self.network.roles(words, chosen, positions.clamp(min=0)).float()
        targets = torch.zeros_like(scores)
        weights = torch.zeros(scores.shape[:3])
        for row, sample in enumerate(batch):
            assert sample.triggers is not None
            for number, roles in enumerate(sample.triggers.roles):
                weights[row, number, : len(sample.words)] = 1.0
                for label, word in roles:
                    targets[row, number, word, label] = 1.0
        losses = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(-1)
        return (losses * weights).sum() / weights.sum().clamp(min=1.0)

    def contexts(self, batch: Sequence[Sample], states: Tensor, mask: Tensor) -> Tensor:
        """Binary cross-entropy of every context, summed, over the samples whose contexts somebody judged."""
        scores = self.network.passage(states, mask).float()
        targets = torch.zeros_like(scores)
        known = torch.tensor([float(sample.contexts is not None) for sample in batch])
        for row, sample in enumerate(batch):
            targets[row, list(sample.contexts or ())] = 1.0
        found = functional.binary_cross_entropy_with_logits(scores, targets, reduction="none").sum(-1)
        return (found * known).sum() / known.sum().clamp(min=1.0)


def cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """Over the last axis, padding left out."""
    return functional.cross_entropy(scores.float().flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


def padded(rows: Sequence[Sequence[int] | None], width: int) -> Tensor:
    """An int64 matrix filled with `IGNORED`; a row that is None stays so."""
    matrix = torch.full((len(rows), width), IGNORED)
    for index, row in enumerate(rows):
        if row:
            matrix[index, : len(row)] = torch.tensor(row)
    return matrix


def make_optimiser(network: Network, stage: Mapping[str, Any]) -> torch.optim.AdamW:
    """Encoder and heads at their own rates; no decay on norms and biases."""
    groups: dict[tuple[bool, bool], list[Tensor]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        groups[name.startswith("encoder."), parameter.dim() > 1].append(parameter)
    return torch.optim.AdamW(
        [
            {"params": group, "lr": stage["encoder_rate" if encoder else "head_rate"], "weight_decay": 0.01 if decays else 0.0}
            for (encoder, decays), group in groups.items()
        ],
        betas=(0.9, 0.98),
        fused=True,
    )


def rate(step: int, steps: int, final: float) -> float:
    """Linear warm-up over the first twentieth, then a linear fall to `final`."""
    warm = max(steps // 20, 1)
    if step < warm:
        return (step + 1) / warm
    return final + (1 - final) * max(0.0, (steps - step) / max(steps - warm, 1))


def train(network: Network, tokenizer: Tokenizer, material: Material, config: Mapping[str, Any], name: str) -> Iterator[str]:
    """Run one stage; yield a line of losses now and then and at each pass's end."""
    stage = config["stages"][name]
    rng = random.Random(config["seed"])
    torch.manual_seed(config["seed"])
    losses = Losses(network, material.labels)
    optimiser = make_optimiser(network, stage)
    bases = [group["lr"] for group in optimiser.param_groups]
    steps = stage["passes"] * sum(1 for _ in batches(draw(material, stage, config["augmentation"], rng), config["batch_words"], rng))
    step, started = 0, time.monotonic()
    sums: dict[str, list[float]] = defaultdict(list)
    network.train()
    for epoch in range(stage["passes"]):
        for batch in batches(draw(material, stage, config["augmentation"], rng), config["batch_words"], rng):
            for group, base in zip(optimiser.param_groups, bases, strict=True):
                group["lr"] = base * rate(step, steps, stage["final_rate"])
            with torch.autocast("cpu", torch.bfloat16, enabled=config["bfloat16"]):
                found = losses(tokenizer, batch)
            total = torch.stack([config["losses"][key] * value for key, value in found.items()]).sum()
            optimiser.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step += 1
            for key, value in found.items():
                sums[key].append(value.item())
            if step % 100 == 0:
                yield f"{name} pass {epoch + 1} step {step}/{steps} {time.monotonic() - started:.0f}s {_report(sums)}"
                sums.clear()
        yield f"{name} pass {epoch + 1} done"


def _report(sums: Mapping[str, Sequence[float]]) -> str:
    return " ".join(f"{key} {sum(values) / len(values):.3f}" for key, values in sums.items())


def run_stage(name: str, config: Mapping[str, Any], arguments: argparse.Namespace, start: Path | None) -> Path:
    """Train one stage from `start` (None: the hub's weights) and return the path of its weights."""
    done = Path(arguments.out / f"{name}.pt")
    if done.exists():
        print(f"{name}: {done} is there, not run again", flush=True)
        return done
    torch.manual_seed(config["seed"])
    material = load_material(arguments.data, arguments.silver, seed=config["seed"], with_events=config["stages"][name]["events"] > 0)
    network = Network(EncoderShape.read(arguments.encoder), material.labels, config["dropout"])
    network.encoder.load_hub(arguments.encoder)
    if start:
        network.load_state_dict(torch.load(start))
    (arguments.out / "labels.json").write_text(json.dumps(material.labels.as_dict(), indent=1), "utf-8")
    print(f"{len(material.trees)} trees, {len(material.events)} annotated sentences", flush=True)
    part = arguments.out / f"{name}.part.pt"
    for line in train(network, read_tokenizer(arguments.encoder), material, config, name):
        print(line, flush=True)
        if line.endswith("done"):
            torch.save(network.state_dict(), part)
    return part.replace(done)


def read_tokenizer(encoder: Path) -> Tokenizer:
    """The encoder's own, without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("config.toml"))
    parser.add_argument("--data", type=Path, required=True, help="folder with ud_ewt/ and ud_gum/")
    parser.add_argument("--silver", type=Path, help="folder with silver name labels (training/silver_names.py)")
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to begin with, instead of the hub's")
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text("utf-8"))
    torch.set_num_threads(config["threads"])
    arguments.out.mkdir(parents=True, exist_ok=True)
    weights: Path | None = arguments.start
    for name in config["stages"]:
        weights = run_stage(name, config, arguments, weights)
    if weights:
        shutil.copy(weights, arguments.out / "model.pt")


if __name__ == "__main__":
    main()
