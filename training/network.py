"""The network: a BERT-shaped encoder (all-MiniLM-L6-v2's weights) with word-level heads. PyTorch, training only.

Shapes: B batch, T pieces, W words (padded), K triggers, H = 384.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from dragoman.model.encoding import MARKS, SHAPES
from training.labels import Labels

# Words whose likeliest type has less than this share beside NONE are not ranked as triggers; no threshold that calibration chooses lies lower.
LEAST_TRIGGER = 0.15
DISTANCES = 32
# Its square times the relations is what naming an arc costs a word: at 160 as much as two layers' feed-forward inputs.
LABEL_WIDTH = 80
MASKED = -1e4


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """The sizes of the encoder, read from its config.json."""

    vocabulary: int
    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float

    @classmethod
    def read(cls, folder: Path) -> EncoderShape:
        """From a folder in the hub's layout."""
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return cls(
            config["vocab_size"], config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"],
            config["intermediate_size"], config["max_position_embeddings"], config["layer_norm_eps"],
        )  # fmt: skip


class Layer(nn.Module):
    """One transformer layer, post-norm as in BERT."""

    def __init__(self, shape: EncoderShape, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = shape.heads, dropout
        self.query, self.key, self.value, self.out = (nn.Linear(shape.hidden, shape.hidden) for _ in range(4))
        self.norm1 = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.up, self.down = nn.Linear(shape.hidden, shape.inner), nn.Linear(shape.inner, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        batch, length, hidden = states.shape
        split = (batch, length, self.heads, hidden // self.heads)
        query, key, value = (layer(states).view(split).transpose(1, 2) for layer in (self.query, self.key, self.value))
        scores = query @ key.transpose(2, 3) * (hidden // self.heads) ** -0.5 + bias
        weights = functional.dropout(scores.softmax(-1), self.dropout, self.training)
        mixed = (weights @ value).transpose(1, 2).reshape(batch, length, hidden)
        states = self.norm1(states + functional.dropout(self.out(mixed), self.dropout, self.training))
        inner = self.down(functional.gelu(self.up(states)))
        return self.norm2(states + functional.dropout(inner, self.dropout, self.training))


class Encoder(nn.Module):
    """Word pieces, positions, the shape of each word and the marks of a given pair, through the layers: [B, T, H]."""

    def __init__(self, shape: EncoderShape, dropout: float = 0.1) -> None:
        super().__init__()
        self.pieces = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.shapes = nn.Embedding(len(SHAPES), shape.hidden)
        self.marks = nn.Embedding(MARKS, shape.hidden)
        nn.init.zeros_(self.shapes.weight)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.dropout = dropout

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, marks: Tensor) -> Tensor:
        positions = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        marked = self.marks(marks) * (marks > 0).unsqueeze(-1).to(self.marks.weight.dtype)
        states = self.pieces(ids) + self.positions(positions) + self.shapes(shapes) + marked
        states = functional.dropout(self.norm(states), self.dropout, self.training)
        bias = (1 - mask[:, None, None, :].to(states.dtype)) * MASKED
        for layer in self.layers:
            states = layer(states, bias)
        return states

    def load_hub(self, folder: Path) -> None:
        """Take the weights of a BERT checkpoint in the hub's layout (`model.safetensors`)."""
        weights = load_file(folder / "model.safetensors")
        weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        own = self.state_dict()
        for name in own:
            if name not in ("shapes.weight", "marks.weight"):
                own[name] = weights[_hub_name(name)]
        # Token type 0 is added everywhere by BERT; folding it into the positions saves an input.
        own["positions.weight"] = own["positions.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        self.load_state_dict(own)


def _hub_name(name: str) -> str:
    fixed = {
        "pieces.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    if name in fixed:
        return fixed[name]
    _, number, part, kind = name.split(".")
    parts = {
        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
        "out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense",
        "down": "output.dense", "norm2": "output.LayerNorm",
    }  # fmt: skip
    return f"encoder.layer.{number}.{parts[part]}.{kind}"


def perceptron(inputs: int, inner: int, outputs: int, dropout: float) -> nn.Sequential:
    """A two-layer head."""
    return nn.Sequential(nn.Linear(inputs, inner), nn.GELU(), nn.Dropout(dropout), nn.Linear(inner, outputs))


def projection(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    """A projected view of the words for a pairwise head."""
    return nn.Sequential(nn.Linear(inputs, outputs), nn.GELU(), nn.Dropout(dropout))


class Arcs(nn.Module):
    """Biaffine head and relation scores (Dozat and Manning 2017); relations are scored at one head per word only."""

    def __init__(self, hidden: int, relations: int, dropout: float) -> None:
        super().__init__()
        self.dependent, self.head = projection(hidden, 320, dropout), projection(hidden, 320, dropout)
        self.weight = nn.Parameter(torch.empty(321, 320))
        nn.init.xavier_uniform_(self.weight)
        self.relation_dependent, self.relation_head = projection(hidden, LABEL_WIDTH, dropout), projection(hidden, LABEL_WIDTH, dropout)
        self.relation_weight = nn.Parameter(torch.empty(LABEL_WIDTH + 1, relations * (LABEL_WIDTH + 1)))
        nn.init.xavier_uniform_(self.relation_weight)
        self.relations = relations

    def scores(self, words: Tensor, root: Tensor, present: Tensor) -> Tensor:
        """[B, W, W + 1]: for each word the score of each head, the root first."""
        heads = torch.cat([root.unsqueeze(1), words], 1)
        left = _with_one(self.dependent(words)) @ self.weight
        scores = left @ self.head(heads).transpose(1, 2)
        allowed = torch.cat([torch.ones_like(present[:, :1]), present], 1)
        return scores + (1 - allowed.to(scores.dtype)).unsqueeze(1) * MASKED

    def labels(self, words: Tensor, root: Tensor, heads: Tensor) -> Tensor:
        """[B, W, relations] at the given heads (0 the root, i + 1 word i)."""
        states = _with_one(self.relation_head(torch.cat([root.unsqueeze(1), words], 1)))
        chosen = states.gather(1, heads.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
        left = _with_one(self.relation_dependent(words)) @ self.relation_weight
        left = left.view(*words.shape[:2], self.relations, chosen.shape[-1])
        return (left @ chosen.unsqueeze(-1)).squeeze(-1)


class Roles(nn.Module):
    """For each trigger and word, one score per role label: [B, K, W, labels]."""

    def __init__(self, hidden: int, labels: int, dropout: float, inner: int = 256) -> None:
        super().__init__()
        self.trigger, self.word = nn.Linear(hidden, inner), nn.Linear(hidden, inner)
        self.gate_trigger, self.gate_word = nn.Linear(hidden, inner), nn.Linear(hidden, inner)
        self.distance = nn.Embedding(2 * DISTANCES + 1, inner)
        nn.init.normal_(self.distance.weight, std=0.02)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(inner, labels)

    def forward(self, words: Tensor, triggers: Tensor, positions: Tensor) -> Tensor:
        offsets = torch.arange(words.shape[1], device=words.device).view(1, 1, -1) - positions.unsqueeze(-1)
        pairs = self.trigger(triggers).unsqueeze(2) + self.word(words).unsqueeze(1)
        pairs = pairs + self.gate_trigger(triggers).unsqueeze(2) * self.gate_word(words).unsqueeze(1)
        pairs = pairs + self.distance(offsets.clamp(-DISTANCES, DISTANCES) + DISTANCES)
        return self.out(self.dropout(functional.gelu(pairs)))


class Relation(nn.Module):
    """What the marked actor does to the marked recipient: [B, types], 0 nothing.

    From the sentence's own state, the means of both parties' pieces, and the pieces that the two together attend to.
    """

    def __init__(self, hidden: int, types: int, dropout: float) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(2 * hidden, hidden), nn.Linear(hidden, hidden)
        self.out = perceptron(4 * hidden, 384, types, dropout)

    def forward(self, states: Tensor, mask: Tensor, marks: Tensor) -> Tensor:
        actor, recipient = _mean(states, marks == 1), _mean(states, marks == 2)
        query = self.query(torch.cat([actor, recipient], -1)).unsqueeze(1)
        scores = (query @ self.key(states).transpose(1, 2)) * states.shape[-1] ** -0.5
        weights = (scores + (1 - mask.to(scores.dtype)).unsqueeze(1) * MASKED).softmax(-1)
        return self.out(torch.cat([states[:, 0], actor, recipient, (weights @ states).squeeze(1)], -1))


class Network(nn.Module):
    """All heads on one pass of the encoder. `forward` is what is exported; training calls the parts."""

    def __init__(self, shape: EncoderShape, labels: Labels, dropout: float = 0.2) -> None:
        super().__init__()
        hidden = shape.hidden
        self.encoder = Encoder(shape)
        self.drop = nn.Dropout(dropout)
        self.tag, self.fine = nn.Linear(hidden, len(labels.tags)), nn.Linear(hidden, len(labels.fine_tags))
        self.end = nn.Linear(hidden, 1)
        self.name = nn.Linear(hidden, len(labels.names))
        self.arcs = Arcs(hidden, len(labels.relations), dropout)
        self.trigger = perceptron(hidden, 256, len(labels.types), dropout)
        self.mode = perceptron(hidden, 256, len(labels.modes), dropout)
        self.status = perceptron(hidden, 128, len(labels.statuses), dropout)
        self.historical = nn.Linear(hidden, 1)
        self.roles = Roles(hidden, len(labels.role_labels), dropout)
        self.context = nn.Linear(2 * hidden, len(labels.contexts))
        self.relation = Relation(hidden, len(labels.types), dropout)

    def encode(self, ids: Tensor, mask: Tensor, shapes: Tensor, marks: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Piece states [B, T, H], word states [B, W, H] and the sentence's own state [B, H]."""
        states = self.drop(self.encoder(ids, mask, shapes, marks))
        at_words = states.gather(1, words.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
        return states, at_words, states[:, 0]

    def passage(self, states: Tensor, mask: Tensor) -> Tensor:
        """Context scores from the sentence's own state and the mean of its pieces."""
        return self.context(torch.cat([states[:, 0], _mean(states, mask)], -1))

    def forward(self, ids: Tensor, mask: Tensor, shapes: Tensor, marks: Tensor, words: Tensor) -> tuple[Tensor, ...]:
        states, at_words, root = self.encode(ids, mask, shapes, marks, words)
        present = (words > 0).to(torch.int64)
        arc = self.arcs.scores(at_words, root, present)
        relation = self.arcs.labels(at_words, root, arc.argmax(-1))
        trigger = self.trigger(at_words)
        positions = self.candidates(trigger, present)
        chosen = at_words.gather(1, positions.unsqueeze(-1).expand(-1, -1, at_words.shape[-1]))
        return (
            self.tag(at_words), self.fine(at_words), arc, relation, self.end(at_words).squeeze(-1), self.name(at_words),
            trigger, positions, self.mode(chosen), self.status(chosen), self.historical(chosen).squeeze(-1),
            self.roles(at_words, chosen, positions), self.passage(states, mask), self.pairs(states, mask, marks),
        )  # fmt: skip

    def candidates(self, trigger: Tensor, present: Tensor) -> Tensor:
        """[B, K]: the words that may be triggers, likeliest first; K is that of the row with most, and one at least.

        Most sentences have one or two, and what is computed for each of them in turn (modes, roles of every word) is a tenth of the whole.
        """
        best = trigger[..., 1:].amax(-1) - trigger[..., 0] + (1 - present.to(trigger.dtype)) * MASKED
        count = (best > math.log(LEAST_TRIGGER / (1 - LEAST_TRIGGER))).sum(1).amax().clamp(min=1)
        return best.argsort(dim=1, descending=True)[:, :count]

    def pairs(self, states: Tensor, mask: Tensor, marks: Tensor) -> Tensor:
        """[M, types]: the relation in each of the M rows that mark a pair; no row does where reports are read."""
        marked = (marks > 0).any(1).nonzero().squeeze(1)
        return self.relation(states.index_select(0, marked), mask.index_select(0, marked), marks.index_select(0, marked))


OUTPUTS = (
    "tag", "fine", "arc", "relation", "end", "name", "trigger", "positions", "mode", "status", "historical",
    "roles", "context", "pair",
)  # fmt: skip


def _with_one(states: Tensor) -> Tensor:
    return torch.cat([states, torch.ones_like(states[..., :1])], -1)


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(states.dtype).unsqueeze(-1)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1.0)
