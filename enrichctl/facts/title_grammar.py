"""What of a job title is said of the person, and what of others.

A title is parts that stand side by side (``|``, ``;``), each of clauses (``,``, ``&``). A
clause has one head: its last role word before a preposition. What stands before a possessive or
after "to" is somebody else; what stands before the head says what the role is for. So the CEO's
Office Manager is a manager, a Senior Partner Engineer an engineer, and the Assistant to the VP
Sales an assistant. A clause that tells two levels at once, or one of a word that we do not know
well enough, tells none.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from enrichctl.facts.title_words import Mark, among, marks

_ROLES = frozenset(
    {"level", "guarded", "abstract", "serving", "advising", "learner", "trade", "role", "chief"}
)
_HIGH = frozenset({"c_level", "vp", "head", "director", "manager"})
_OTHERS = frozenset({"c_level", "owner", "founder", "partner"})
_OWNING = frozenset({"owner", "founder", "partner"})
_AGENTS = ("er", "or", "ist", "ian", "eer", "man", "woman")  # of English words, mostly
_SHORT = 4  # letters of a word that is too short to be told by its ending
_NOT_LEADS = frozenset({"sales", "new", "hot", "cold", "inbound", "outbound", "web", "qualified"})
_BUILDING = ("engineer", "engineers", "developer", "scientist", "designer", "architect")
_ASSOCIATES = frozenset({*_BUILDING, "analyst", "specialist", "programmer", "consultant"})


class Clause(NamedTuple):
    """What a clause says of the person.

    Attributes:
        kind: That of its head, "" where it has none.
        level: The person's, "" where the clause tells none.
        own: Its words that speak of the person's work.
    """

    kind: str
    level: str
    own: str


@lru_cache(1 << 10)
def clauses(title: str) -> tuple[Clause, ...]:
    """Return the clauses of a title that are about the person today."""
    return tuple(clause for part in _split(marks(title), "end") for clause in _part(part))


def _split(found: Iterable[Mark], *kinds: str) -> Iterator[list[Mark]]:
    part: list[Mark] = []
    for mark in found:
        if mark.kind in kinds:
            yield part
            part = []
        else:
            part.append(mark)
    yield part


def _part(found: Sequence[Mark]) -> list[Clause]:
    """Return the clauses of a part, without what is past, to come, or somebody else's."""
    kept: list[Clause] = []
    if any(mark.kind in ("retired", "future") for mark in found):
        return kept
    served = open_ended = False
    low = ""
    for joined, words in _joined(found):
        if any(mark.kind == "past" for mark in words):
            break
        clause = _clause(words)
        others = served or (open_ended and joined)  # Assistant to the CEO & CFO
        advised = any(before.kind == "advising" for before in kept)
        if others and clause.kind:
            continue
        if advised and clause.level and clause.level not in ("owner", "founder"):
            continue
        if not clause.kind and clause.level in ("entry", "intern"):
            low = clause.level
        served |= clause.kind == "serving"
        open_ended = any(mark.kind == "to" for mark in words) or (open_ended and joined)
        kept.append(clause)
    if low and any(clause.level in _HIGH for clause in kept):
        return [clause._replace(level="") for clause in kept]
    return kept


def _joined(found: Sequence[Mark]) -> Iterator[tuple[bool, list[Mark]]]:
    """Yield clauses, and whether each is joined to the one before by an "and"."""
    joined = False
    words: list[Mark] = []
    for mark in found:
        if mark.kind in ("comma", "and"):
            if words:
                yield joined, words
                words = []
            joined = mark.kind == "and"
        else:
            words.append(mark)
    if words:
        yield joined, words


def _clause(words: Sequence[Mark]) -> Clause:
    stop = next((n for n, m in enumerate(words) if m.kind in ("preposition", "to")), len(words))
    start = max((n + 1 for n in range(stop) if words[n].kind == "possessive"), default=0)
    chunk, tail = words[start:stop], words[stop:]
    place = _head(chunk)
    if place is None:
        return Clause("", _bare(chunk), _text((*chunk, *tail)))
    head, before = chunk[place], chunk[:place]
    if head.kind in ("serving", "advising"):
        others = max((n + 1 for n, m in enumerate(before) if m.level in _HIGH), default=0)
        own = (*before[others:], *chunk[place:])
    else:
        own = (*chunk, *_subject(tail))
    level = _level(head, before, chunk[place + 1 :])
    if level == "c_level" and not among("bodies").isdisjoint(mark.text for mark in tail):
        level = ""  # President of the Student Council
    return Clause(head.kind, level, _text(own))


def _subject(tail: Sequence[Mark]) -> Sequence[Mark]:
    """Return what follows a role, without other people in it: Manager to the CFO."""
    people = any(mark.level for mark in tail)
    if people and tail[0].kind == "to":
        return ()
    return [mark for mark in tail if mark.level not in _OTHERS]


def _text(words: Iterable[Mark]) -> str:
    return " ".join(mark.text for mark in words)


def _head(chunk: Sequence[Mark]) -> int | None:
    """Return where the head of a clause stands: the last role that is nobody's subject."""
    last = None
    for place, mark in enumerate(chunk):
        after = chunk[place + 1].kind if place + 1 < len(chunk) else ""
        if mark.kind == "abstract" and last is not None:
            continue  # Assistenz Geschäftsführung
        led = last is not None
        if mark.kind not in _ROLES and not (led and (_acts(mark) or mark.text == "associate")):
            continue
        if after == "office" or (after in ("topic", "service") and _is_subject(mark, after)):
            continue
        last = place
    return last


def _is_subject(mark: Mark, after: str) -> bool:
    """Tell whether a role before a word such as "relations" says what is related to."""
    if mark.kind == "level":
        return mark.level in _OWNING or (mark.level == "c_level" and after == "service")
    if mark.kind in ("learner", "serving"):
        return mark.kind == "learner" and after == "service"
    return mark.kind in ("guarded", "trade", "role", "advising")


def _acts(mark: Mark) -> bool:
    """Tell whether an unknown word after a role is most likely the role: CEO Whisperer."""
    text = mark.text
    return mark.kind == "unknown" and len(text) > _SHORT and text.endswith(_AGENTS)


def _bare(chunk: Sequence[Mark]) -> str:
    """Return the level of a clause without a role: Senior, Marketing Lead, Junior Vertrieb."""
    kinds = [mark.kind for mark in chunk]
    if "lesser" in kinds:
        return ""
    if kinds and kinds[-1] == "leading" and chunk[-1].text == "lead":
        return "senior" if len(chunk) > 1 and chunk[-2].text not in _NOT_LEADS else ""
    levels = {mark.level for mark in chunk if mark.kind == "modifier"}
    return levels.pop() if len(levels) == 1 else ""


def _level(head: Mark, before: Sequence[Mark], after: Sequence[Mark]) -> str:
    """Return the level of a role with what stands around it, "" where it tells none."""
    kinds = {mark.kind for mark in before}
    grade = {mark.level for mark in (*before, *after) if mark.kind == "modifier"}
    if "lesser" in kinds:
        built = head.text in _ASSOCIATES and before[-1].text != "vice"
        return "entry" if built and any(mark.text == "associate" for mark in before) else ""
    if head.kind in ("level", "guarded", "abstract"):
        return _of_level(head, before, grade)
    if head.kind == "learner":
        return "intern"
    if head.kind == "serving":
        other = "senior" in grade or "learner" in kinds or (after and after[0].kind == "leading")
        return "" if other else head.level
    return _of_work(head, before, grade)


def _of_work(head: Mark, before: Sequence[Mark], grade: set[str]) -> str:
    """Return the level of a role that has none of its own, by what stands before it."""
    kinds = {mark.kind for mark in before}
    if head.kind in ("chief", "unknown", "lesser") or kinds & {"serving", "chief"}:
        return ""
    if any(mark.level in _HIGH for mark in before):
        return ""  # Head Nurse, CEO Advisor
    if "learner" in kinds:
        return "intern" if head.kind == "trade" else ""
    if grade:
        return grade.pop() if len(grade) == 1 else ""
    leads = "leading" in kinds and (head.kind == "trade" or head.text in _ASSOCIATES)
    builds = "staff" in kinds and head.text in _BUILDING
    return "senior" if leads or builds else ""


def _of_level(head: Mark, before: Sequence[Mark], grade: set[str]) -> str:
    """Return the level of a role that has one of its own."""
    last = before[-1] if before else None
    if any(mark.kind == "serving" for mark in before) or "entry" in grade:
        return head.level if head.level == "entry" and "senior" not in grade else ""
    if head.level == "entry" and "senior" in grade:
        return ""
    if last and last.kind == "learner":
        return "intern" if last.text == "trainee" else ""
    if head.kind == "guarded" and last and last.text not in among(f"before {head.text}"):
        return ""
    if head.level == "c_level" and last and last.level in ("owner", "founder"):
        return last.level  # Founder CEO
    return head.level
