"""Why providers are not asked about records, said once for all that are alike; and what to do."""

from collections.abc import Iterable, Iterator

from enrichctl.model import counted
from enrichctl.patterns import pattern

_FOR = pattern(r" for an? \w+(?:, an? \w+)*")  # as `engine.needs` says it
# What to do about money in doubt.
TO_SETTLE = "run it again, without --limit: that settles them, and pays nothing twice"
TO_DOUBLE = "look at the provider's own usage page, then --retry-unconfirmed to ask again"
UNUSABLE = " (not usable)"  # behind a field that a record holds and nobody can be told


def unmet(provider: str, condition: str) -> str:
    """Return that a provider is not asked because its condition does not hold."""
    return f"{provider} is asked only if {condition}"


def need_of(reason: str) -> str:
    """Return why a provider is not asked, without the fields for which."""
    return _FOR.sub("", reason)


def said_by(provider: str, reason: str) -> str:
    """Return a reason with its provider before it, unless it begins with that."""
    named = reason.casefold().startswith(provider.casefold())
    return reason if named else f"{provider}: {reason}"


def reasons_in_words(found: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Yield why somebody is not asked about records, and about how many; one thing once.

    What stands in the way most often comes first.

    What a record lacks, and what it holds in a form that cannot be used, are needed alike. For
    which fields is said where that is the same for all.
    """
    kinds: dict[str, dict[str, int]] = {}
    for reason, count in found:
        kinds.setdefault(need_of(reason.replace(UNUSABLE, "")), {})[reason] = count
    for need, counts in sorted(kinds.items(), key=lambda one: -sum(one[1].values())):
        usable = {reason.replace(UNUSABLE, "") for reason in counts}
        what = usable.pop() if len(usable) == 1 else need
        unusable = sum(count for reason, count in counts.items() if UNUSABLE in reason)
        total = sum(counts.values())
        if len(counts) == 1:
            what, unusable = next(iter(counts)), 0
        more = f"; the value in {unusable:,} of them cannot be used" if unusable else ""
        yield f"{what}: {counted(total, 'record')}{more}"
