"""Whose role a phrase is, read off the tree: of several acts that claim it, who does an act and who suffers it where the network marks nobody."""

from __future__ import annotations

from dragoman.records import Mention, Role, Sentence
from dragoman.resolve.trees import chain, children, head_of, lemma, phrase, steps, token_at

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
    if (accused := _accused(sent, index)) is not None:
        return phrase(sent, accused)
    for _ in range(len(tokens)):
        if children(tokens, index, "nsubj:pass", "aux:pass"):
            return None
        if subjects := [child for child in children(tokens, index) if tokens[child].relation == "nsubj"]:
            return phrase(sent, _antecedent(sent, index, subjects[0]))
        if tokens[index].relation not in _SHARING:
            return None
        index = tokens[index].head
    return None


_BLAMING = frozenset(lemma(word) for word in ("accuse", "blame", "suspect", "charge", "convict", "condemn", "denounce", "criticise", "criticize", "thank"))


def _accused(sent: Sentence, index: int) -> int | None:
    """Who is accused of the deed: "accused Moscow of blowing up a depot"."""
    tokens = sent.tokens
    above = tokens[index].head
    if above < 0 or tokens[index].relation.split(":")[0] not in ("advcl", "acl", "xcomp", "obl", "ccomp") or lemma(tokens[above].text) not in _BLAMING:
        return None
    if not any(tokens[mark].text.lower() in ("of", "for") for mark in children(tokens, index, "mark", "case")):
        return None
    return next(iter(children(tokens, above, "obj", "nsubj:pass")), None)


def _antecedent(sent: Sentence, verb: int, subject: int) -> int:
    """What a relative pronoun stands for: the noun that its clause hangs on."""
    tokens = sent.tokens
    if tokens[subject].text.lower() not in _RELATIVE:
        return subject
    if tokens[verb].relation == "acl:relcl":
        return tokens[verb].head
    # Where the tree is not sure of the clause, the noun right before the pronoun is meant.
    before = subject - 1 - (tokens[subject - 1].text == ",")
    return before if before >= 0 and tokens[before].tag in ("NOUN", "PROPN") else subject


def owner_of(sent: Sentence, mention: Mention) -> tuple[int, int] | None:
    """Characters of the possessor or nationality of a trigger that is a noun: "Germany's move", "the American expulsion order"; None where it has none."""
    index = token_at(sent, mention.trigger.start)
    if index is None or sent.tokens[index].tag not in ("NOUN", "PROPN"):
        return None
    while sent.tokens[index].relation == "compound" and sent.tokens[index].head > index:
        index = sent.tokens[index].head
    owners = children(sent.tokens, index, "nmod:poss") or [one for one in children(sent.tokens, index, "amod") if sent.tokens[one].text[:1].isupper()]
    return (sent.tokens[owners[0]].start, sent.tokens[owners[0]].end) if len(owners) == 1 else None


def sufferer_of(sent: Sentence, mention: Mention) -> tuple[int, int] | None:
    """Characters of the subject of a passive, or None where the trigger is no passive verb."""
    index = token_at(sent, mention.trigger.start)
    if index is None or sent.tokens[index].tag != "VERB":
        return None
    for _ in range(len(sent.tokens)):
        if subjects := children(sent.tokens, index, "nsubj:pass"):
            return phrase(sent, _antecedent(sent, index, subjects[0]))
        if sent.tokens[index].relation != "conj" or children(sent.tokens, index, "nsubj"):
            return None
        index = sent.tokens[index].head
    return None


# The subject of these is sent away, not the one who sends.
_LEAVING = frozenset({"leave", "leaves", "left", "leaving", "go", "depart", "departed", "quit", "out", "pack", "packed", "fled", "flee"})
_SENDING_AWAY = frozenset({"expel", "deport"})


def is_leaver(mention: Mention) -> bool:
    """Whether those who do what the trigger says are those whom the act is done to: "the Russians have a week to leave"."""
    return mention.mode in _SENDING_AWAY and mention.trigger.text.lower() in _LEAVING


def own_roles(sent: Sentence, mention: Mention, name: str) -> list[Role]:
    """The roles of a name without those that another act of the sentence claims and stands nearer to in the tree, if any are left then."""
    roles = [role for role in mention.roles if role.name == name]
    roles = _of_subject(sent, mention, roles) if name == "actor" else roles
    roles = [role for role in roles if not _is_of_another_clause(sent, mention, role, alone=len(roles) == 1)]
    whole = [role for role in roles if not any(_is_inside(sent, role, other) for other in roles)]
    return [role for role in whole if _lead(sent, mention, role) <= 0] or whole


def _of_subject(sent: Sentence, mention: Mention, roles: list[Role]) -> list[Role]:
    """The actors that are the subject of the trigger or stand in a list with it, where one is: no other clause's subject acts beside it."""
    index = token_at(sent, mention.trigger.start)
    subjects = children(sent.tokens, index, "nsubj") if index is not None and not children(sent.tokens, index, "nsubj:pass") else []
    if not subjects or index is None:
        return roles
    subject = _antecedent(sent, index, subjects[0])
    listed = [role for role in roles if (head := head_of(sent, role.start, role.end)) is not None and subject in _listed(sent, head)]
    return listed or roles


def _listed(sent: Sentence, head: int) -> list[int]:
    """The word and those of whose list or apposition it is a part."""
    found = [head]
    while sent.tokens[found[-1]].relation in ("conj", "appos", "flat", "nmod", "compound") and len(found) < len(sent.tokens):
        found.append(sent.tokens[found[-1]].head)
    return found


# Acts of one clause or of coordinated ones share its date: the ways from the words to their triggers differ by less.
SHARED_STEPS = 3


def own_dates(sent: Sentence, mention: Mention) -> list[Role]:
    """The dates of an act without those that belong to an act of another clause: "Oslo, which expelled two last week, denied the attack"."""
    return [role for role in mention.roles if role.name == "date" and _lead(sent, mention, role) < SHARED_STEPS]


def _lead(sent: Sentence, mention: Mention, role: Role) -> int:
    """By how many steps another act that claims the words stands nearer to them."""
    rivals = [other for other in sent.mentions if other is not mention and any((one.name, one.start) == (role.name, role.start) for one in other.roles)]
    head, own = head_of(sent, role.start, role.end), token_at(sent, mention.trigger.start)
    others = [index for other in rivals if (index := token_at(sent, other.trigger.start)) is not None]
    if head is None or own is None or not others:
        return 0
    return steps(sent.tokens, own, head) - min(steps(sent.tokens, index, head) for index in others)


def _is_of_another_clause(sent: Sentence, mention: Mention, role: Role, *, alone: bool) -> bool:
    """Whether the words stand in a clause beside the trigger's: "Oslo fired two, a day after Swedish troops arrived".

    The only words for a role are left to a verb; a noun loses them to another act of that clause ("Those sanctions came as Oslo denounced …").
    """
    own, head = token_at(sent, mention.trigger.start), head_of(sent, role.start, role.end)
    if own is None or head is None:
        return False
    clause = next((index for index in chain(sent.tokens, head) if sent.tokens[index].relation in ("advcl", "acl", "acl:relcl", "parataxis")), None)
    if clause is None or clause in chain(sent.tokens, own):
        return False
    if not alone and sent.tokens[own].tag != "NOUN":
        return True
    rivals = (token_at(sent, other.trigger.start) for other in sent.mentions if other is not mention)
    return sent.tokens[own].tag == "NOUN" and any(rival is not None and clause in chain(sent.tokens, rival) for rival in rivals)


def _is_inside(sent: Sentence, role: Role, other: Role) -> bool:
    """Whether the words only say where somebody is of: "the Russian ambassador to Poland"."""
    head, above = head_of(sent, role.start, role.end), head_of(sent, other.start, other.end)
    if role is other or head is None or above is None or sent.tokens[head].relation != "nmod" or sent.tokens[head].head != above:
        return False
    return any(sent.tokens[index].text.lower() in ("to", "in", "at") for index in children(sent.tokens, head, "case"))


def object_number(sent: Sentence, mention: Mention) -> tuple[int, int] | None:
    """Characters of a number that is the object of the trigger and stands for those it counts: "would expel one"."""
    index = token_at(sent, mention.trigger.start)
    numbers = [child for child in children(sent.tokens, index, "obj", "nsubj:pass") if sent.tokens[child].tag == "NUM"] if index is not None else []
    return (sent.tokens[numbers[0]].start, sent.tokens[numbers[0]].end) if numbers else None
