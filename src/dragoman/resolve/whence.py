"""Of which country somebody is whose words do not say: each country that the report names is scored by what speaks for it, and so is "unknown".

What is seen of a country is a list of short names ("of the dateline", "the rest of the chain", "a REB party of it"); a score is the sum of
their weights for the kind of words (pronoun, name, a role of some sectors, another phrase). The weights stand in data/whence.json and are
learned by training/whence.py on the corpus's reports. A country below `LIKELY` is left unknown.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from dragoman.errors import ResourceError
from dragoman.records import Actor, Sentence
from dragoman.resolve.ranking import score
from dragoman.resolve.tables import GROUPS, fold, word_group

# The least probability at which a country is given: it must be likelier right than wrong.
LIKELY = 0.5
# So often must a text that names countries as places alone name them before it says where somebody without any other hint belongs.
LEAST_NAMED = 3
_ELSEWHERE = word_group("roaming_words") | word_group("relational")
_ARMED = frozenset({"MIL", "REB", "COP", "PRM", "SPY", "UAF"})
_STATE = frozenset({"GOV", "LEG", "JUD", "ELI", "OPP", "PTY"})
_SET = re.compile(r"(?:both|all|each|(?:the )?(?:two|three|four|five|pair|others))\b", re.IGNORECASE)
_BODIES = frozenset({"alliance", "bloc", "league", "organisation", "organization", "agency", "union", "commission", "council", "court", "bank", "mission"})
_OF_STATES = frozenset({"armed", "state", "people"})
_SHARES = ((0.5, "half"), (0.3, "third"), (0.15, "sixth"), (0.0, "few"))


class Named(NamedTuple):
    """A country that the report names: where, as a place or a party, in which sentence, and whether by a name that many states' bodies bear."""

    code: str
    start: int
    sentence: int
    place: bool
    generic: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """What else says a country: the rest of the chain, the words beside the name, the owner; the countries of other parties of the sector; and
    (country, type of the act) of those on the other side of an act of theirs."""

    chain: str | None
    said: str | None
    owner: str | None
    of_sector: tuple[str, ...]
    across: tuple[tuple[str, str], ...] = ()


class Whence(NamedTuple):
    """The likeliest country, its probability and what speaks for it."""

    country: str | None
    probability: float
    reasons: tuple[str, ...]


class Scene:
    """The countries of a report."""

    def __init__(self, named: Sequence[Named], dateline: str | None) -> None:
        self.named = named
        self.dateline = dateline
        self.counts = Counter(one.code for one in named)
        self.total = sum(self.counts.values())
        self.order = [code for code, _ in self.counts.most_common()]
        self.by_sentence: dict[int, list[Named]] = {}
        for one in named:
            self.by_sentence.setdefault(one.sentence, []).append(one)

    @cached_property
    def stated(self) -> frozenset[str]:
        """The countries that are named by more than a generic name."""
        return frozenset(one.code for one in self.named if not one.generic)

    @property
    def is_nowhere(self) -> bool:
        """Whether the report names several countries, none as a place and none twice: they look on from elsewhere."""
        return len(self.counts) > 1 and all(count == 1 for count in self.counts.values()) and not any(one.place for one in self.named)

    def options(self, own: Actor, hints: Hints) -> list[str]:
        """Every country that could be meant, in an order that does not depend on chance.

        A president, an army or a crowd is a state's; of the United Nations or another body only where a hint says so.
        """
        said = [code for code in (hints.chain, hints.said, hints.owner) if code is not None]
        found = dict.fromkeys([*self.order, *([self.dateline] if self.dateline else []), *said, *hints.of_sector])
        of_states = kind_of(own, pronoun=False) in _OF_STATES and not is_body(own.text)
        return [code for code in found if not (of_states and code in GROUPS and code not in said)]

    def seen(self, code: str, own: Actor, sent: Sentence, hints: Hints) -> list[str]:
        """What speaks for or against a country."""
        share = self.counts[code] / max(1, self.total)
        found = [f"named {next(word for least, word in _SHARES if share >= least)}"]
        group = code in GROUPS
        if group:
            found.append("no state")
        if self.order and self.order[0] == code:
            found.append("named most")
        elif len(self.order) > 1 and self.order[1] == code:
            found.append("named second")
        if code == self.dateline:
            found += ("of the dateline", f"of the dateline, named {'most' if self.order[:1] == [code] else 'less'}")
        if any(one.code == code for one in self.by_sentence.get(0, ())):
            found.append("named in the lead")
        if self.named and self.named[0].code == code:
            found.append("named first")
        if is_body(own.text):
            found.append("a body, and no state" if group else "a body, and a state")
        found += self._near(code, own, sent)
        for what, hint in (("the rest of the chain", hints.chain), ("the words beside the name", hints.said), ("the owner", hints.owner)):
            if hint is not None:
                found.append(what if hint == code else f"not {what}")
        if code in hints.of_sector:
            which = "only" if len(hints.of_sector) == 1 else "nearest" if hints.of_sector[0] == code else "farther"
            found += ("a party of the sector", f"the {which} party of the sector")
        elif hints.of_sector:
            found.append("others have a party of the sector")
        for other, act in dict.fromkeys(hints.across):
            found += ("the other side", f"the other side of {act}") if other == code else ("not the other side",)
        if not group and is_elsewhere(own.text):
            found.append("who stands in for another country")
            if code == self.dateline or "named most" in found:
                found.append("who stands in for another country than this")
        return found

    def _near(self, code: str, own: Actor, sent: Sentence) -> list[str]:
        """Where the sentence and those before name it."""
        here = self.by_sentence.get(sent.index, ())
        start = own.start or 0
        found = []
        places = {one.code for one in here if one.place}
        if code in places:
            found.append("the place here" if len(places) == 1 else "a place here")
        elif places:
            found.append("another place here")
        parties = [one for one in here if not one.place]
        if any(one.code == code for one in parties):
            found.append("named here" if len({one.code for one in parties}) > 1 else "alone named here")
            if any(one.code == code and one.start < start for one in parties):
                found.append("named before it here")
        elif parties:
            found.append("others named here")
        before = [one.code for one in self.named if one.start < start and one.sentence >= sent.index - 2]
        if before and before[-1] == code:
            found.append("nearest before")
        if before and before.count(code) == max(map(before.count, before)):
            found.append("named most of late")
        if any(one.code == code for one in self.by_sentence.get(sent.index - 1, ())):
            found.append("named in the sentence before")
        return found


def kind_of(own: Actor, pronoun: bool) -> str:
    """The kind of words that has weights of its own."""
    if pronoun:
        return "pronoun"
    if own.sector is None:
        return "name" if any(word[:1].isupper() for word in own.text.split()[1:]) or (own.text[:1].isupper() and " " not in own.text) else "phrase"
    return "armed" if own.sector in _ARMED else "state" if own.sector in _STATE else "people"


def seen_unknown(own: Actor, hints: Hints, scene: Scene) -> list[str]:
    """What speaks for leaving the country unknown."""
    found = ["unknown"]
    if is_elsewhere(own.text):
        found.append("unknown: stands in for another country")
    if hints.chain is None and hints.said is None and hints.owner is None:
        found.append("unknown: no hint")
    if scene.dateline is None:
        found.append("unknown: no dateline")
    first = own.text.split(" ", 1)[0].lower()
    if first in ("a", "an", "some", "several"):
        found.append("unknown: indefinite")
    if own.text.islower() and first not in ("the", "his", "her", "its", "their"):
        found.append("unknown: bare")
    if _SET.match(own.text):
        found.append("unknown: a set")
    return found


def is_elsewhere(text: str) -> bool:
    """Whether a word is of one who is as a rule not of the country that he is in: a diplomat, a foreigner, a rival."""
    return any(fold(word).removesuffix("s") in _ELSEWHERE or fold(word) in _ELSEWHERE for word in text.split())


def is_body(text: str) -> bool:
    """Whether the words name a body that may be of several states ("the bloc", "the food agency")."""
    return fold(text.rsplit(" ", 1)[-1]) in _BODIES


def whence(own: Actor, sent: Sentence, hints: Hints, scene: Scene, *, pronoun: bool, weights: Mapping[str, Mapping[str, float]] | None = None) -> Whence:
    """The likeliest country by what the report says, or None where "unknown" or doubt wins."""
    hinted = hints.chain is not None or hints.said is not None or hints.owner is not None or scene.dateline is not None
    if not hinted and (scene.is_nowhere or (scene.total < LEAST_NAMED and all(one.place for one in scene.named))):
        return Whence(None, 0.0, ())
    mine = (weights or load_weights())[kind_of(own, pronoun)]
    options = scene.options(own, hints)
    names = [scene.seen(code, own, sent, hints) for code in options]
    scores = [score(one, mine) for one in names] + [score(seen_unknown(own, hints, scene), mine)]
    top = max(scores)
    raised = [math.exp(one - top) for one in scores]
    best = max(range(len(scores)), key=scores.__getitem__)
    probability = raised[best] / sum(raised)
    if best == len(options) or probability < LIKELY:
        return Whence(None, probability, ())
    reasons = sorted((name for name in names[best] if mine.get(name, 0.0) > 0), key=lambda name: -mine[name])
    return Whence(options[best], probability, tuple(reasons[:3]))


@cache
def load_weights() -> dict[str, dict[str, float]]:
    """The learned weights by kind of words; raise `ResourceError` if the file is damaged."""
    try:
        found = json.loads(files("dragoman.resolve").joinpath("data", "whence.json").read_text("utf-8"))["weights"]
        return {kind: {name: float(value) for name, value in weights.items()} for kind, weights in found.items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ResourceError(f"data/whence.json cannot be read ({error}); reinstall the package") from error
