"""On whose word: who says that the act happened, and what they do with it.

The model marks speakers in the sentence; the tree finds the verb of saying above the act, "according to", and what a quotation is ascribed to.
A denial in a later sentence belongs to the act that it denies (`denials`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.records import Mention, Role, Sentence, Stance
from dragoman.resolve.trees import SUBJECTS, chain, children, head_of, lemma, phrase, token_at

_SAYING = {
    Stance.REPORTS: "say says said saying tell tells told report reports reported add adds added announce announced confirm confirms confirmed state states "
        "stated note notes noted "
                    "explain explained hint hinted found finds find warn warned write wrote reveal revealed disclose disclosed",
    Stance.CLAIMS: "claim claims claimed claiming allege alleges alleged insist insists insisted maintain maintains maintained assert asserts asserted "
        "argue argues argued charge charged "
                   "contend contends contended boast boasted declare",
    Stance.ESTIMATES: "estimate estimates estimated believe believes believed think thinks suspect suspects suspected reckon reckons put puts",
    Stance.DENIES: "deny denies denied denying dispute disputes disputed dismiss dismissed dismisses reject rejected rejects",
}  # fmt: skip
STANCES = {word: stance for stance, words in _SAYING.items() for word in words.split()}
# These say something of an act only with a clause or a quotation beneath them; with an object alone they are acts of their own.
_ASCRIBING = re.compile(r"\b(?:according to|in the words of|as reported by|as told by)\s+", re.IGNORECASE)
# Who has a cause of their own claims where an official reports.
_INTERESTED = re.compile(
    r"\b(?:rights|opposition|rebels?|activists?|campaigners?|militants?|militia|insurgents?|separatists?|guerrillas?|monitoring group|"
    r"exiles?|supporters|dissidents?)\b",
    re.IGNORECASE,
)
_QUOTES = '“”"«»'
# How a clause hangs on the verb of saying above it (a short tree errs towards a relative clause), and what hangs on a verb of denial.
_SAID = frozenset({"ccomp", "acl:relcl"})
_DENIED = frozenset({"ccomp", "xcomp", "obj", "acl:relcl", "nmod", "obl"})


@dataclass(frozen=True, slots=True)
class Voice:
    """Characters of a speaker, with the stance."""

    start: int
    end: int
    stance: Stance


def voices(sent: Sentence, mention: Mention) -> tuple[Voice, ...]:
    """The model's speakers and those of the tree, each once, in text order; a party that tells its own act is no speaker."""
    marked = [role for role in mention.roles if role.name == "speaker" and not _is_told(sent, role.start)]
    found = [Voice(role.start, role.end, role.stance or Stance.REPORTS) for role in marked if not _is_apposition(sent, role.start, marked)]
    for voice in [*_by_verb(sent, mention), *_by_phrase(sent, mention)]:
        if not any(one.start < voice.end and voice.start < one.end for one in found):
            found.append(voice)
    return tuple(_joined(sent, sorted(found, key=lambda voice: voice.start)))


def _joined(sent: Sentence, found: Sequence[Voice]) -> Iterator[Voice]:
    """The voices without a name that only follows a title, and a pronoun beside a name, of the same stance: "the minister, Jan Novotny, … he said"."""
    for index, voice in enumerate(found):
        before = [one for one in found[:index] if one.stance is voice.stance]
        others = [one for one in found if one is not voice and one.stance is voice.stance and not _is_pronoun(sent, one)]
        if not (any(_follows(sent, one, voice) for one in before) or (others and _is_pronoun(sent, voice))):
            yield voice


def _is_pronoun(sent: Sentence, voice: Voice) -> bool:
    return sent.text[voice.start - sent.start : voice.end - sent.start].lower() in ("he", "she", "it", "they", "who")


def _follows(sent: Sentence, title: Voice, name: Voice) -> bool:
    """Whether the one only says who the other is: right behind it, or in apposition to it."""
    if sent.text[title.end - sent.start : name.start - sent.start].strip() in ("", ","):
        return True
    head, above = head_of(sent, name.start, name.end), head_of(sent, title.start, title.end)
    return head is not None and sent.tokens[head].relation in ("appos", "flat") and sent.tokens[head].head == above


def _is_told(sent: Sentence, offset: int) -> bool:
    """Whether the words are whom a speaker tells: "officials told state media"."""
    before = sent.text[: offset - sent.start].rstrip()
    return bool(re.search(r"\b(?:told|tells|telling|informed|assured)(?: the| a| its| his| her)?$", before))


def _is_apposition(sent: Sentence, offset: int, marked: Sequence[Role]) -> bool:
    """Whether the words only say what another speaker is: "Mangal, spokesperson for the governor"."""
    index = token_at(sent, offset)
    if index is None:
        return False
    tops = [word for word in chain(sent.tokens, index) if sent.tokens[word].relation == "appos"][:1]
    heads = [sent.tokens[sent.tokens[word].head].start for word in tops]
    return any(role.start <= head < role.end for head in heads for role in marked if role.start != offset)


def _by_verb(sent: Sentence, mention: Mention) -> Iterator[Voice]:
    """Subjects of the verbs of saying whose clause holds the trigger, and of those that stand aside (", officials said")."""
    trigger = token_at(sent, mention.trigger.start)
    if trigger is None:
        return
    tokens, below = sent.tokens, trigger
    for index in chain(tokens, trigger):
        stance = STANCES.get(tokens[index].text.lower())
        if stance and index != trigger and tokens[below].relation in (_DENIED if lemma(tokens[index].text) == "den" else _SAID):
            yield from _subject(sent, mention, index, stance, trigger)
        for aside in children(tokens, index):
            if aside not in (trigger, below) and (stance := _aside(sent, aside, trigger)):
                yield from _subject(sent, mention, aside, stance, trigger)
        if (tokens[index].relation in ("conj", "advcl") and index != trigger and stance) or _is_told_beside(sent, index):
            return
        below = index


def _is_told_beside(sent: Sentence, index: int) -> bool:
    """Whether a clause only tells of when, or of whom, so that whoever says the main clause need not say it: "…, which last week ordered out 18"."""
    tokens = sent.tokens
    if tokens[index].head < 0 or tokens[tokens[index].head].text.lower() in STANCES:
        return False
    if tokens[index].relation == "acl:relcl":
        return True
    marks = {tokens[mark].text.lower() for mark in children(tokens, index, "mark", "advmod")}
    return tokens[index].relation == "advcl" and bool(marks & {"after", "before", "since", "when"})


def _aside(sent: Sentence, index: int, trigger: int) -> Stance | None:
    """The stance of a verb of saying that has nothing to say beneath it: what stands before it is what is said."""
    tokens = sent.tokens
    stance = STANCES.get(tokens[index].text.lower())
    if stance is None or index < trigger or tokens[index].relation in ("acl:relcl", "advcl", "acl"):
        return None
    objects = [tokens[child].text.lower() for child in children(tokens, index, "obj", "ccomp", "xcomp") if child > index]
    if objects and not (stance is Stance.DENIES and objects[0] in ("it", "this", "that")):
        return None
    return stance


def _subject(sent: Sentence, mention: Mention, verb: int, stance: Stance, trigger: int) -> Iterator[Voice]:
    subject = next(iter(children(sent.tokens, verb, *SUBJECTS)), None)
    if subject is None:
        return
    start, end = phrase(sent, subject)
    if stance is not Stance.DENIES and _is_own(sent, mention, start, end, trigger):
        return
    if stance is Stance.REPORTS and _INTERESTED.search(sent.text[start - sent.start : end - sent.start]):
        stance = Stance.CLAIMS
    yield Voice(start, end, Stance.QUOTES if _is_quoted(sent, mention.trigger.start) and stance is Stance.REPORTS else stance)


def _is_own(sent: Sentence, mention: Mention, start: int, end: int, trigger: int) -> bool:
    """Whether the speaker is the one who acts: "Poland said it would expel four"."""
    parties = [role for role in mention.roles if role.name == "actor"]
    if any(role.start < end and start < role.end for role in parties):
        return True
    inner = [sent.tokens[index].text.lower() for index in children(sent.tokens, trigger, "nsubj")]
    return bool(inner) and inner[0] in ("it", "he", "she", "we", "i") and not parties


def _is_quoted(sent: Sentence, offset: int) -> bool:
    """Whether the offset lies between quotation marks of the sentence."""
    before = sum(sent.text[: offset - sent.start].count(mark) for mark in _QUOTES)
    return before % 2 == 1


def _by_phrase(sent: Sentence, mention: Mention) -> Iterator[Voice]:
    """ "according to officials": the phrase governs its clause."""
    for match in _ASCRIBING.finditer(sent.text):
        first = token_at(sent, sent.start + match.end())
        if first is None:
            continue
        head = _head_from(sent, first)
        end = phrase(sent, head)[1]
        begin = sent.start + match.end()
        yield Voice(begin, max(end, begin + 1), Stance.ESTIMATES if _is_rough(mention) else Stance.REPORTS)


def _head_from(sent: Sentence, first: int) -> int:
    """The head of the noun phrase that begins at a word."""
    tokens = sent.tokens
    index = first
    while (
        tokens[index].head > index
        and tokens[index].relation in ("det", "amod", "compound", "nummod", "case", "nmod:poss", "nmod", "flat")
        and tokens[index].head - first < 8
    ):
        index = tokens[index].head
    return index


def _is_rough(mention: Mention) -> bool:
    """Whether the act's number is an estimate."""
    counted = [role for role in mention.roles if role.name in ("count", "dead", "injured", "arrested")]
    return any(re.search(r"\b(?:about|some|estimated|more than|at least|nearly|around|up to)\b", role.text, re.IGNORECASE) for role in counted) and bool(
        counted
    )


@dataclass(frozen=True, slots=True)
class Denial:
    """Who denies (characters), and the words that name what is denied, as rough stems; none where only "it" or "the accusations" does."""

    sentence: int
    voice: Voice
    stems: frozenset[str]
    text: str


_DENYING = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|had nothing to do with|has nothing to do with|nothing to do with|had no (?:role|part|hand|involvement)|no (?:role|part|"
    r"hand|involvement) in|"
    r"(?:was|is|were|are) not (?:responsible|behind|involved)|not responsible for|rejected (?:the )?(?:accusation|allegation|charge|claim)s?|"
    r"dismissed (?:the )?(?:accusation|allegation|charge|claim)s?|"
    r"disclaimed|disavowed)\b",
    re.IGNORECASE,
)  # fmt: skip
_CONTENT = frozenset({"NOUN", "PROPN", "VERB"})


def denials(sentences: Sequence[Sentence]) -> list[Denial]:
    """The denials of a report: "The Kremlin has maintained that it had nothing to do with the poisoning"."""
    found = []
    for sent in sentences:
        for match in _DENYING.finditer(sent.text):
            if voice := _denier(sent, sent.start + match.start(), sent.start + match.end()):
                words = [token for token in sent.tokens if token.start >= sent.start + match.end() and token.tag in _CONTENT]
                rest = sent.text[match.end() :]
                cut = re.search(r"[;:]|, (?:and|but|which|said)\b|\. ", rest)
                limit = sent.start + match.end() + (cut.start() if cut else len(rest))
                stems = frozenset(lemma(token.text) for token in words if token.start < limit)
                found.append(Denial(sent.index, voice, stems, sent.text))
                break
    return found


def _denier(sent: Sentence, offset: int, end: int) -> Voice | None:
    """The subject of the denying verb, or of a verb of saying above it where that subject is a pronoun."""
    inside = [index for index, token in enumerate(sent.tokens) if offset <= token.start < end]
    if not inside:
        return None
    subject = None
    for start in inside:
        for index in chain(sent.tokens, start):
            own = [child for child in children(sent.tokens, index, "nsubj") if sent.tokens[child].start < offset]
            if own:
                subject = own[0] if subject is None or sent.tokens[subject].tag == "PRON" else subject
        if subject is not None:
            break
    if subject is None:
        return None
    first, last = phrase(sent, subject)
    return Voice(first, last, Stance.DENIES)
