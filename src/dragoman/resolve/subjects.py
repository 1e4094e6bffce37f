"""Who does an act for which the network marks nobody: the subject of its verb, or the agent of a passive, read off the tree."""

from __future__ import annotations

from dragoman.records import Mention, Sentence
from dragoman.resolve.trees import children, phrase, token_at

_RELATIVE = frozenset({"who", "which", "that"})
# A verb without a subject of its own shares that of the verb it hangs on: "plans to expel", "arrested and beat".
_SHARING = frozenset({"xcomp", "conj"})


def doer_of(sent: Sentence, mention: Mention) -> tuple[int, int] | None:
    """Characters of the noun phrase, or None where the trigger is no verb or the tree gives it no doer."""
    tokens = sent.tokens
    index = token_at(sent, mention.trigger.start)
    if index is None or tokens[index].tag != "VERB":
        return None
    if agents := children(tokens, index, "obl:agent"):
        return phrase(sent, agents[0])
    for _ in range(len(tokens)):
        if children(tokens, index, "nsubj:pass", "aux:pass"):
            return None
        if subjects := [child for child in children(tokens, index) if tokens[child].relation == "nsubj"]:
            return phrase(sent, _antecedent(sent, index, subjects[0]))
        if tokens[index].relation not in _SHARING:
            return None
        index = tokens[index].head
    return None


def _antecedent(sent: Sentence, verb: int, subject: int) -> int:
    """What a relative pronoun stands for: the noun that its clause hangs on."""
    relative = sent.tokens[subject].text.lower() in _RELATIVE and sent.tokens[verb].relation == "acl:relcl"
    return sent.tokens[verb].head if relative else subject
