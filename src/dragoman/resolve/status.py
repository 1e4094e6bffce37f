"""How real: the model's status held together with negation, modals and conditions of the tree; and the codebook's folding of future acts, in one place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.records import Dating, Mention, Sentence, Status
from dragoman.resolve.trees import chain, children, lemma, subtree, token_at

# Future or promised acts of these types are offers (codebook, "where coders go wrong"); future material concessions are verbal ones.
FOLDED = {"CONSULT": "AGREE", "SUPPORT": "AGREE", "COOPERATE": "AGREE", "AID": "AGREE", "RETREAT": "CONCEDE"}
# An act older than this is background to its report: two months are longer than any wave of answers read so far.
OLD_DAYS = 60
_FUTURE = frozenset({Status.PLANNED, Status.ANNOUNCED})
_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "neither", "nor"})
_MODALS = {"will": Status.PLANNED, "'ll": Status.PLANNED, "’ll": Status.PLANNED, "shall": Status.PLANNED, "might": Status.HYPOTHETICAL,
           "may": Status.HYPOTHETICAL, "could": Status.HYPOTHETICAL}  # fmt: skip
_CONDITIONS = frozenset({"if", "unless"})
# Verbs whose infinitive is not done ("failed to deliver"), is planned, or is ordered.
_FAILING = frozenset({"failed", "fails", "fail", "failing", "refused", "refuses", "declined", "declines", "unable"})
_PLANNING = frozenset(
    {"plan", "plans", "planned", "planning", "intends", "intend", "intended", "expected", "due", "set", "scheduled", "hopes", "prepares", "preparing", "about"}
)
_FORMAL = frozenset({"announced", "announces", "announcing", "announce", "ordered", "orders", "ordering", "declared", "declares", "decreed", "signed"})
# Acts of words are done when they are said: their own modals count, those of what they promise do not.
_WORDS = frozenset({"AGREE", "REQUEST", "REJECT", "THREATEN", "ACCUSE", "CONCEDE", "SUPPORT"})


@dataclass(frozen=True, slots=True)
class Folded:
    """A type and mode after folding."""

    type: str
    mode: str | None


def fold(type_name: str, mode: str | None, status: Status) -> Folded:
    """Future AID, CONSULT, COOPERATE, SUPPORT are AGREE, future RETREAT is CONCEDE; the mode of the act promised goes with it."""
    if status in _FUTURE and type_name in FOLDED:
        return Folded(FOLDED[type_name], None)
    return Folded(type_name, mode)


def is_old(date: Dating | None, report_date: dt.date | None) -> bool:
    """Whether the day of an act lies well before its report: then it is recalled, not news."""
    end = date.end if date else None
    return bool(end and report_date and (report_date - end).days > OLD_DAYS)


def acts_told(sent: Sentence) -> Sequence[Mention]:
    """The mentions of a sentence without those that only announce another ("announced plans to expel") or say what it cost ("a blast that killed two")."""
    return [mention for mention in sent.mentions if not (_announces(sent, mention) or _is_cost(sent, mention) or _is_named(sent, mention))]


def _is_named(sent: Sentence, mention: Mention) -> bool:
    """Whether the trigger is a noun that another act of its kind says more of: "the expulsion order"."""
    own = token_at(sent, mention.trigger.start)
    alike = [token_at(sent, other.trigger.start) for other in sent.mentions if other is not mention and other.type == mention.type]
    return any(index is not None and sent.tokens[index].relation == "compound" and sent.tokens[index].head == own for index in alike)


_COSTS = frozenset(lemma(word) for word in ("kill", "wound", "injure", "maim", "hurt"))
_COST_CLAUSES = frozenset({"acl:relcl", "acl", "advcl", "conj"})


def _is_cost(sent: Sentence, mention: Mention) -> bool:
    """Whether the trigger only tells the dead and hurt of another attack of the sentence: its clause hangs on that one, or that one is its subject."""
    own = token_at(sent, mention.trigger.start)
    if mention.type != "ASSAULT" or own is None or sent.tokens[own].tag != "VERB" or lemma(mention.trigger.text) not in _COSTS:
        return False
    for other in sent.mentions:
        index = token_at(sent, other.trigger.start)
        if other is mention or other.type != "ASSAULT" or index is None or lemma(other.trigger.text) in _COSTS:
            continue
        if sent.tokens[own].head == index and sent.tokens[own].relation in _COST_CLAUSES and not _has_other_doer(mention, other):
            return True
        if sent.tokens[index].head == own and sent.tokens[index].relation in ("nsubj", "obl", "obl:agent"):
            return True
    return False


def _has_other_doer(mention: Mention, other: Mention) -> bool:
    """Whether both have doers of their own and share none."""
    mine, theirs = ({role.start for role in one.roles if role.name == "actor"} for one in (mention, other))
    return bool(mine and theirs) and not mine & theirs


def _announces(sent: Sentence, mention: Mention) -> bool:
    if mention.trigger.text.lower() not in _FORMAL or mention.type not in ("AGREE", "CONCEDE", "REQUEST"):
        return False
    formal = token_at(sent, mention.trigger.start)
    others = [
        token_at(sent, other.trigger.start)
        for other in sent.mentions
        if other.type not in ("ACCUSE", "REQUEST") and other.trigger.start > mention.trigger.start
    ]
    return any(other is not None and formal in list(chain(sent.tokens, other))[1:4] and _is_announced(sent, other) for other in others)


def status_of(sent: Sentence, mention: Mention) -> Status:
    """The model's status, corrected where the words that govern the trigger leave no choice."""
    trigger = token_at(sent, mention.trigger.start)
    if trigger is None:
        return mention.status
    return _said(sent, mention, trigger) or mention.status


def _said(sent: Sentence, mention: Mention, trigger: int) -> Status | None:
    tokens = sent.tokens
    own = [tokens[index].text.lower() for index in children(tokens, trigger, "aux", "advmod", "mark")]
    if tokens[trigger].tag != "VERB":
        # "Any expulsion would be unprecedented"
        loose = re.search(r"\bany (?:\w+ )?$", sent.text[: mention.trigger.start - sent.start], re.IGNORECASE)
        return Status.HYPOTHETICAL if loose and mention.status is not Status.NEGATED else None
    above = tokens[trigger].head
    if above >= 0 and tokens[trigger].relation == "ccomp" and tokens[above].text.lower() in ("denied", "denies", "deny", "denying"):
        return Status.NEGATED
    if _NEGATIONS & set(own) and mention.type != "REJECT":
        return Status.NEGATED
    if mention.type != "REJECT" and any(_NOBODY.match(sent.text, sent.tokens[index].start - sent.start) for index in _first_words(sent, trigger)):
        return Status.NEGATED
    if _CONDITIONS & set(own):
        return Status.HYPOTHETICAL
    if mention.status is Status.PLANNED and mention.type not in _WORDS and _is_announced(sent, trigger):
        return Status.ANNOUNCED
    if mention.status is Status.ACTUAL:
        return next((_MODALS[word] for word in own if word in _MODALS), None) or _governed(sent, mention, trigger)
    return None


_NOBODY = re.compile(r"(?:not (?:one|a single)|no one|nobody|none|neither)\b", re.IGNORECASE)


def _first_words(sent: Sentence, trigger: int) -> list[int]:
    """The first word of each subject: "Not one of the hostages had been freed"."""
    return [subtree(sent.tokens, index)[0] for index in children(sent.tokens, trigger, "nsubj")]


def _is_announced(sent: Sentence, trigger: int) -> bool:
    """ "announced it would expel", "ordered the closing": a formal word above the act, within its clause."""
    below = trigger
    for depth, index in enumerate(chain(sent.tokens, trigger)):
        if depth and sent.tokens[below].relation not in ("ccomp", "xcomp", "obj", "acl"):
            return False
        if depth and sent.tokens[index].text.lower() in _FORMAL:
            return True
        below = index
        if depth == 3:
            return False
    return False


def _governed(sent: Sentence, mention: Mention, trigger: int) -> Status | None:
    """ "failed to deliver", "plans to expel": the verb above an infinitive."""
    tokens = sent.tokens
    if not any(tokens[index].text.lower() == "to" for index in children(tokens, trigger, "mark")) or mention.type in _WORDS:
        return None
    above = next((index for index in chain(tokens, trigger) if index != trigger), None)
    if above is None or tokens[trigger].relation not in ("xcomp", "acl", "ccomp"):
        return None
    if tokens[above].text.lower() in _FAILING:
        return Status.NEGATED
    return Status.PLANNED if tokens[above].text.lower() in _PLANNING else None
