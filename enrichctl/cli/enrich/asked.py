"""Who is asked for what in a run: the waterfall as it was named, and the verifier."""

from collections.abc import Callable, Sequence
from typing import Literal

from enrichctl.config import Settings
from enrichctl.engine.question import Step
from enrichctl.provider import EMAIL, VERDICT, Provider, Remote
from enrichctl.registry import condition_of, origin, verifier_of
from enrichctl.wanted_fields import check_wants, wants_of


def verifier_for(
    providers: Sequence[Provider],
    named: Sequence[str],
    settings: Settings,
    tell: Callable[[str], None],
    *,
    sandbox: bool,
) -> Remote | None:
    """Return who verifies addresses in a run; None where nobody does.

    Nobody is paid for it where no e-mail is wanted, nor a verdict on one.

    ``named`` are the fields that are named; none leaves it to the providers. ``tell`` is told why
    nobody verifies, where somebody might expect it.

    Raises:
        UsageError: Who is named for it cannot, or is not known.
    """
    verifier = verifier_of(settings)
    if verifier is None:
        return None
    wanted = {name for one in providers for name in wants_of(one, named, ())}.union(named)
    if wanted.isdisjoint((EMAIL, VERDICT)):
        if any(isinstance(one, Remote) for one in providers):
            tell(f"{verifier.name} verifies no address: neither {EMAIL} nor {VERDICT} is wanted")
        return None
    if sandbox and origin(verifier.name, settings) != "built-in":
        tell(f"the sandbox does not speak for {verifier.name}: no address is verified")
        return None
    return next(
        (one for one in providers if one.name == verifier.name and isinstance(one, Remote)),
        verifier,
    )


def check_wanted(
    providers: Sequence[Provider], verifier: Remote | None, named: Sequence[str]
) -> None:
    """Refuse a field that nobody can find, and a run that wants nothing.

    Raises:
        UsageError: Nobody can find it, or nobody is asked for anything.
    """
    left = [name for name in named if verifier is None or name != VERDICT]
    if left or not named:
        check_wants(providers, left)


def verified_by(verifier: Remote | None, settings: Settings) -> Literal["", "final", "each"]:
    """Return which addresses are verified; see `Rules`."""
    if verifier is None:
        return ""
    return "each" if settings.verified_email else "final"


def steps_of(
    providers: Sequence[Provider],
    verifier: Remote | None,
    named: Sequence[str],
    overwrite: frozenset[str],
    settings: Settings,
    save: bool | None,
) -> list[Step]:
    """Return the providers of a run, and what each is asked for.

    What the verifier says is asked of nobody else.

    ``named`` are the fields that are named; none leaves it to the providers.
    """

    def step(provider: Provider, wants: tuple[str, ...]) -> Step:
        configured = settings.provider(provider.name).save
        return Step(
            provider,
            tuple([name for name in wants if verifier is None or name != VERDICT]),
            save=configured if save is None else save,
            only_if=condition_of(provider.name, settings),
            verifies=provider is verifier,
        )

    steps = [step(one, wants_of(one, named, overwrite)) for one in providers]
    if verifier is not None and verifier not in providers:
        steps.append(step(verifier, ()))
    return steps
