"""Which fields are wanted of whom, and which columns that adds to the output."""

from collections.abc import Collection, Iterable, Sequence

from enrichctl.errors import UsageError, did_you_mean
from enrichctl.fields import FIELDS, in_order, is_field, kind_of
from enrichctl.model import Status
from enrichctl.provider import Local, Provider

NAMED = "fills only fields that are named with -w"
CANONICAL_KINDS = frozenset({"email", "phone", "person_url"})
PROVENANCE = ("enrichctl_status", "enrichctl_sources", "enrichctl_confidence", "enrichctl_note")


def own_columns(header: Sequence[str]) -> dict[str, int]:
    """Return where an earlier run's columns stand in an input that is its output."""
    return {name: place for place, name in enumerate(header) if name in PROVENANCE}


def sources_in(said: str) -> dict[str, str]:
    """Return field → source, out of the text of a column of sources."""
    return dict(part.split("=", 1) for part in said.split(";") if "=" in part)


def read_fields(text: str) -> tuple[str, ...]:
    """Read ``email,phone`` as typed after ``--want`` or ``--overwrite``.

    Raises:
        UsageError: A name is no field.
    """
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if text and not names:
        raise UsageError(f"{text!r} names no field", next="enrichctl fields")
    for name in names:
        if not is_field(name):
            hint = did_you_mean(name, FIELDS)
            raise UsageError(
                f"there is no field {name!r}{hint}",
                next="enrichctl fields",
            )
    return names


def accepts_review(typed: str) -> bool:
    """Read what follows ``--accept``, "" where it is not there.

    Raises:
        UsageError: It is another word than ``review``.
    """
    if typed not in ("", Status.REVIEW):
        raise UsageError(f"--accept {typed!r} is not known", next="it takes one word: review")
    return bool(typed)


def wants_of(
    provider: Provider, named: Sequence[str], overwrite: Collection[str]
) -> tuple[str, ...]:
    """Return what a provider is asked for: the named fields it can find, else its own choice.

    A local provider rewrites the cells that may be overwritten in their canonical form as well.
    """
    wants = tuple(n for n in named if provider.can_find(n)) if named else provider.default_wants
    if isinstance(provider, Local):
        fields = in_order(frozenset(overwrite))
        rewritten = (n for n in fields if provider.can_find(n) and kind_of(n) in CANONICAL_KINDS)
        wants = tuple(dict.fromkeys((*wants, *rewritten)))
    return wants


def asked_for_nothing(providers: Iterable[Provider]) -> list[str]:
    """Return who is asked for nothing where no fields are named."""
    return [provider.name for provider in providers if not provider.default_wants]


def check_wants(providers: Iterable[Provider], named: Sequence[str]) -> None:
    """Refuse a field that none of the named providers can find, and a run that wants nothing.

    Raises:
        UsageError: Nobody can find it, or nobody is asked for anything.
    """
    providers = tuple(providers)
    if not named and len(idle := asked_for_nothing(providers)) == len(providers):
        raise UsageError(
            f"{' and '.join(idle)} {NAMED}",
            next=f"name some, as `enrichctl providers show {idle[0]}` lists them",
        )
    for name in named:
        if not any(provider.can_find(name) for provider in providers):
            who = ", ".join(provider.name for provider in providers)
            raise UsageError(
                f"none of {who} can find {name}",
                next="`enrichctl providers` lists what each of them finds",
            )


def new_columns(wants: Iterable[str], columns: Collection[str]) -> tuple[str, ...]:
    """Return the wanted fields that have no column yet, in the fixed order of columns."""
    return in_order({name for name in wants if name not in columns})
