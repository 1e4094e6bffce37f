"""Make the tiny model that the tests run without the shipped one: `python -m training.tiny --out tests/tiny/model`.

The same network, very small, that has learned the sentences of `tests/tiny/sentences.txt` by heart; its vocabulary is their words and the
letters. It is real in every part: tokeniser, labels, manifest, int8 ONNX.
"""

from __future__ import annotations

import argparse
import json
import string
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from dragoman.model.encoding import CLS, SEP
from dragoman.reading.tokens import tokenise
from training.corpus_loader import read_file
from training.export import export_model
from training.labels import Labels, make_labels
from training.network import EncoderShape, Network
from training.samples import Sample, event_sample
from training.train import Losses

STEPS = 300
TAGS = ("NOUN", "PROPN")


def make_tokenizer(words: set[str]) -> Tokenizer:
    """Whole words, and letters for all others; the special pieces stand where the encoder expects them."""
    vocabulary = {f"[unused{index}]": index for index in range(SEP + 1)}
    vocabulary = {name: index for name, index in vocabulary.items() if index not in (0, 100, CLS, SEP)}
    vocabulary |= {"[PAD]": 0, "[UNK]": 100, "[CLS]": CLS, "[SEP]": SEP}
    signs = string.ascii_lowercase + string.digits
    pieces = [*sorted(words), *signs, *".,;:!?'-", *(f"##{sign}" for sign in signs)]
    for piece in dict.fromkeys(pieces):
        vocabulary[piece] = len(vocabulary)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def with_reading(sample: Sample) -> Sample:
    """The reading that the cascade needs: capitalised words are names and the others nouns, and only the last word ends a sentence."""
    tags = tuple(int(word[:1].isupper()) for word in sample.words)
    return replace(sample, tags=tags, ends=(*(0 for _ in sample.words[1:]), 1))


def learn(network: Network, tokenizer: Tokenizer, samples: list[Sample], labels: Labels) -> None:
    """By heart: every sentence in every step."""
    losses = Losses(network, labels)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    network.train()
    for _ in range(STEPS):
        total = torch.stack(list(losses(tokenizer, samples).values())).sum()
        optimiser.zero_grad()
        total.backward()
        optimiser.step()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=Path, default=Path("tests/tiny/sentences.txt"))
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    examples = list(read_file(arguments.sentences))
    tokenizer = make_tokenizer({word.text.lower() for example in examples for word in tokenise(example.text)})
    arguments.out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(arguments.out / "tokenizer.json"))
    labels = make_labels([])
    labels = Labels(**{**labels.as_dict(), "tags": TAGS, "fine_tags": ("NN", "VB"), "relations": ("dep", "root")})
    samples = [with_reading(event_sample(example, labels, None)) for example in examples]
    shape = EncoderShape(tokenizer.get_vocab_size(), 48, 2, 4, 96, 512, 1e-12)
    network = Network(shape, labels, dropout=0.0)
    learn(network, tokenizer, samples, labels)
    (arguments.out / "labels.json").write_text(json.dumps(labels.as_dict()), "utf-8")
    export_model(network.eval(), labels=arguments.out / "labels.json", tokenizer=arguments.out / "tokenizer.json", out=arguments.out, version="tiny")
    print(f"{arguments.out}: {sum(path.stat().st_size for path in arguments.out.iterdir()) / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
