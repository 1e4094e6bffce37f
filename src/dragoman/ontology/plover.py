"""PLOVER 2.0: the table of types and modes, checked as it is loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from dragoman.errors import ConfigError, ResourceError

QUADS = (1, 2, 3, 4)
SCALE_LIMIT = 10.0


@dataclass(frozen=True, slots=True)
class Mode:
    """How a type of event is carried out, with its score on the conflict-cooperation scale (-10 to +10)."""

    name: str
    scale: float
    gloss: str


@dataclass(frozen=True, slots=True)
class Type:
    """A PLOVER event type. `quad`: 1-2 verbal and material cooperation, 3-4 verbal and material conflict."""

    name: str
    quad: int
    scale: float
    gloss: str
    notes: tuple[str, ...]
    modes: Mapping[str, Mode]
    recipient_required: bool


@dataclass(frozen=True, slots=True)
class Ontology:
    """The whole table. Source: PLOVER manual, draft 2.0 (Open Event Data Alliance)."""

    version: str
    types: Mapping[str, Type]
    quads: Mapping[int, str]
    contexts: tuple[str, ...]
    sectors: Mapping[str, str]
    groups: Mapping[str, str]

    @property
    def modes(self) -> tuple[str, ...]:
        """Every mode as `TYPE/mode`, in table order."""
        return tuple(f"{t.name}/{mode}" for t in self.types.values() for mode in t.modes)

    def parse(self, code: str) -> tuple[Type, Mode | None]:
        """Read `TYPE` or `TYPE/mode`, in any case; raise `ConfigError` with the choices if there is no such code."""
        type_name, _, mode_name = code.strip().partition("/")
        if (found := self.types.get(type_name.upper())) is None:
            raise ConfigError(f"no such event type: {type_name!r}; choose from {', '.join(self.types)}")
        if not mode_name:
            return found, None
        if (mode := found.modes.get(mode_name.lower())) is None:
            choices = ", ".join(found.modes) or "none: this type has no modes"
            raise ConfigError(f"{found.name} has no mode {mode_name!r}; choose from {choices}")
        return found, mode

    def scale(self, type_name: str, mode: str | None = None) -> float:
        """The score of a mode, or of its type where no mode is given."""
        found = self.types[type_name]
        return found.modes[mode].scale if mode else found.scale


def parse_ontology(table: Mapping[str, Any]) -> Ontology:
    """Build the ontology from its TOML table; raise `ResourceError` for what cannot be meant."""
    types = {name: _parse_type(name, entry) for name, entry in table["types"].items()}
    contexts = tuple(table["contexts"]["names"])
    if len(set(contexts)) != len(contexts):
        raise ResourceError("ontology: a context is listed twice")
    quads = {int(key): gloss for key, gloss in table["quads"].items()}
    if tuple(sorted(quads)) != QUADS:
        raise ResourceError(f"ontology: quads must be 1 to 4, not {sorted(quads)}")
    return Ontology(table["version"], types, quads, contexts, table["sectors"], table["groups"])


@cache
def load_ontology() -> Ontology:
    """The ontology that ships with the package."""
    text = files("dragoman.ontology").joinpath("plover.toml").read_text("utf-8")
    return parse_ontology(tomllib.loads(text))


def _parse_type(name: str, entry: Mapping[str, Any]) -> Type:
    quad, scale = int(entry["quad"]), float(entry["scale"])
    modes = {key: Mode(key, float(mode["scale"]), mode["gloss"]) for key, mode in entry.get("modes", {}).items()}
    if quad not in QUADS:
        raise ResourceError(f"ontology: {name} has quad {quad}, not 1 to 4")
    _check_score(name, quad, scale)
    for mode in modes.values():
        # REQUEST/assist is the one positive score among the conflict modes: the manual scores asking for help +0.5.
        if (name, mode.name) != ("REQUEST", "assist"):
            _check_score(f"{name}/{mode.name}", quad, mode.scale)
    return Type(
        name=name,
        quad=quad,
        scale=scale,
        gloss=entry["gloss"],
        notes=tuple(entry.get("notes", ())),
        modes=modes,
        recipient_required=bool(entry.get("recipient_required", False)),
    )


def _check_score(code: str, quad: int, scale: float) -> None:
    if abs(scale) > SCALE_LIMIT:
        raise ResourceError(f"ontology: the score of {code}, {scale}, is outside -10 to +10")
    if (quad <= 2 and scale <= 0) or (quad >= 3 and scale > 0):
        raise ResourceError(f"ontology: the score of {code}, {scale}, has the wrong sign for quad {quad}")
