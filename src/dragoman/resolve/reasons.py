"""Why, as stated: the phrase that hangs on the act with a word of cause, retaliation or purpose."""

from __future__ import annotations

import re

from dragoman.records import Mention, Role, Sentence, Span
from dragoman.resolve.trees import chain, subtree, token_at

# Words that begin a reason, as they stand at the head of the phrase. "over" and "for" need an act of pressure or of blame above them.
_CONNECTIVES = re.compile(
    r"(?:(?:partly|mainly|largely|apparently|purely|solely|allegedly) )?(?:because(?: of)?|due to|owing to|on account of|on the grounds? (?:that|of)|"
    r"in (?:direct |apparent )?"
    r"(?:response|retaliation|reprisal|revenge|return|reaction|answer)\s(?:to|for|against)|in (?:protest|solidarity|sympathy)(?:\s(?:at|over|against|"
    r"with))?|to protest|in protest|"
    r"as (?:a )?(?:punishment|retaliation|reprisal|retribution|revenge|response)\s(?:for|to)|as part of|on suspicion of|on charges of|on a charge of|"
    r"amid accusations|"
    r"citing|accusing|alleging|after accusing|in connection with|in order to|so as to|in an effort to|in a bid to|in the wake of|given|on the basis of|"
    r"for fear|bowing to|under pressure from|"
    r"for (?:its|his|her|their|the|a|an|any|alleged|allegedly|suspected) ?(?:\w+ )?(?:role|part|involvement|failure|refusal|support|conduct|handling|use|"
    r"treatment|actions?|interference|violations?|breach)s?)\b",
    re.IGNORECASE,
)  # fmt: skip
_WEAK = re.compile(r"(?:over|for|about)\b", re.IGNORECASE)
_TIME_OR_NUMBER = re.compile(
    r"(?:over|for|about) (?:(?:the )?(?:past|last|next|first|second|third|coming|weekend|years?|months?|weeks?|days?|border|radio|telephone|phone|air)|"
    r"a (?:year|month|week|day|decade|while)"
    r"|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|more|about|half|some|dozens|hundreds|thousands)\b)", re.IGNORECASE,
)  # fmt: skip
_WEAK_TYPES = frozenset({"SANCTION", "ACCUSE", "PROTEST", "COERCE", "THREATEN", "REJECT", "REQUEST"})
_CLAUSES = frozenset({"ccomp", "xcomp", "obj", "acl", "nsubj:pass", "conj", "parataxis"})
_DEPENDENTS = frozenset({"obl", "nmod", "advcl", "obl:agent", "advmod"})
_LATER = frozenset({"conj", "cc", "punct", "parataxis"})


def reason_of(sent: Sentence, mention: Mention) -> Span | None:
    """The stated reason: the model's words, or those of the tree where they say more; None where the sentence states none."""
    marked = next((role for role in mention.roles if role.name == "reason"), None)
    found = _by_tree(sent, mention)
    if marked is None or (found and found.start < marked.end and marked.start < found.end):
        return found
    # A lone word is no reason; a phrase without a connective may be one where the network is sure ("seeking a pay rise").
    if len(marked.text.split()) < 2 or (marked.confidence < SURE and not _OPENING.match(marked.text)):
        return found
    return _completed(sent, marked)


# Of the model's reasons without a connective those below this were mostly stray words, as read on the examples.
SURE = 0.8
_OPENING = re.compile(
    r"(?:over|for|because|due|owing|in (?:\w+ )?(?:response|retaliation|reprisal|revenge|return|reaction|protest|solidarity|sympathy|support|order|defiance|"
    r"exchange|view|light|connection|the (?:wake|face|hope))|to|after|amid|as|"
    r"on (?:suspicion|charges?|a charge|the grounds?|account|the basis)|citing|accusing|alleging|saying|following|"
    r"about|under|bowing|against|seeking|so|out of)\b",
    re.IGNORECASE,
)


def _completed(sent: Sentence, marked: Role) -> Span:
    """The marked words from their connective on, with the rest of the phrase that they begin: the network marks word by word and may stop in the middle."""
    start = marked.start
    inside = [index for index, token in enumerate(sent.tokens) if start <= token.start < marked.end]
    if not inside:
        return Span(text=marked.text, start=marked.start, end=marked.end)
    last = inside[-1]
    words = {word for head in _heads(sent, inside) for word in subtree(sent.tokens, head, without=_LATER)}
    while last + 1 in words:
        last += 1
    end = max(marked.end, sent.tokens[last].end)
    said = sent.text[start - sent.start : end - sent.start]
    if not (_CONNECTIVES.match(said) or _WEAK.match(said)) and (inner := _CONNECTIVES.search(said)):
        # "adding to similar actions taken in response to …": what stands before the connective is told elsewhere.
        start += inner.start()
    return _trimmed(sent.text[start - sent.start : end - sent.start], start)


def _heads(sent: Sentence, inside: list[int]) -> list[int]:
    """The words that govern the marked ones: a preposition or article at the end ("over the") leads to its noun."""
    heads = [index for index in inside if sent.tokens[index].head not in inside]
    last = sent.tokens[inside[-1]]
    if last.head > inside[-1] and last.relation.split(":")[0] in _LEADING:
        heads.append(last.head)
    return [index for index in heads if sent.tokens[index].head < inside[0] or index in inside or index == last.head]


_LEADING = frozenset({"case", "det", "amod", "mark", "compound", "nummod", "nmod", "advmod", "fixed"})


def _by_tree(sent: Sentence, mention: Mention) -> Span | None:
    """The reason that the tree hangs on the act or on the verbs that govern it."""
    trigger = token_at(sent, mention.trigger.start)
    if trigger is None:
        return None
    for depth, index in enumerate(chain(sent.tokens, trigger)):
        if depth and sent.tokens[_below(sent, trigger, index)].relation not in _CLAUSES:
            break
        if found := _reason_under(sent, mention, index, direct=depth == 0):
            return found
        if depth == 2:
            break
    return _on_surface(sent, mention) if sent.tokens[trigger].tag == "VERB" else None


def _below(sent: Sentence, trigger: int, index: int) -> int:
    """The word of the chain right beneath `index`."""
    below = trigger
    for word in chain(sent.tokens, trigger):
        if word == index:
            break
        below = word
    return below


def _reason_under(sent: Sentence, mention: Mention, head: int, *, direct: bool) -> Span | None:
    tokens = sent.tokens
    for child in range(len(tokens)):
        if tokens[child].head != head or tokens[child].relation.split(":")[0] not in _DEPENDENTS:
            continue
        words = subtree(tokens, child, without=frozenset({"parataxis"}))
        start, end = tokens[words[0]].start, tokens[words[-1]].end
        if start <= mention.trigger.start < end:
            continue
        said = sent.text[start - sent.start : end - sent.start]
        if _CONNECTIVES.match(said) or (_WEAK.match(said) and direct and _is_cause(said, mention)):
            return _trimmed(said, start)
    return None


def _is_cause(said: str, mention: Mention) -> bool:
    """ "over the poisoning", "for spying": no length of time, number or beneficiary."""
    if mention.type not in _WEAK_TYPES or _TIME_OR_NUMBER.match(said):
        return False
    if said[:5].lower() in ("over ", "about"):
        return mention.type in ("ACCUSE", "PROTEST") or said[:5].lower() == "over "
    return mention.type not in ("REQUEST", "REJECT") and bool(_DEED.match(said))


_DEED = re.compile(
    r"for (?:the |an? |its |his |her |their )?(?:[a-z]+ly )?[a-z]+(?:ing|tion|sion|der|ason|ack|imes?|ery|ault|buse|misuse)\b(?! of peace)", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[;:]|\.\s|\.$|, (?:and|but|which|who|where|said|according|the|a|an|officials|[A-Z])\b|[,”\"] \w+ (?:said|says)\b")


def _on_surface(sent: Sentence, mention: Mention) -> Span | None:
    """A clear connective after the act and before any other: for where the tree hangs the phrase elsewhere."""
    begin = mention.trigger.end - sent.start
    others = [other.trigger.start - sent.start for other in sent.mentions if other.trigger.start > mention.trigger.start]
    match = _CONNECTIVES.search(sent.text, begin, min(others, default=len(sent.text)))
    if (
        match is None
        or match[0].lower() in _UNSURE
        or sent.text[begin : match.start()].count(",") > 1
        or re.search(r"[;:“”\"]", sent.text[begin : match.start()])
    ):
        return None
    end = _CLAUSE_END.search(sent.text, match.end())
    said = sent.text[match.start() : end.start() if end else len(sent.text)]
    return _trimmed(said, sent.start + match.start())


_UNSURE = frozenset({"given", "as part of", "accusing", "in order to", "so as to", "in connection with", "in the wake of"})


def _trimmed(said: str, start: int) -> Span:
    """Up to a further clause after a comma, without closing marks."""
    cut = re.split(r", (?:and|but|which|who|where|said|according)\b", said)[0].rstrip(' ,.;:"”')
    if cut.count("“") > cut.count("”") and said[len(cut) : len(cut) + 1] == "”":
        cut += "”"
    return Span(text=cut, start=start, end=start + len(cut))
