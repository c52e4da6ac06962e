"""Who is asked for what in a run: the waterfall as it was named, and the verifier."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from enrichctl.cli.options import EVERY_FIELD
from enrichctl.config import Settings
from enrichctl.engine.question import Step
from enrichctl.errors import UsageError
from enrichctl.files import Source
from enrichctl.matching import HeaderMatch
from enrichctl.provider import EMAIL, VERDICT, Provider, Remote
from enrichctl.registry import condition_of, origin, verifier_of
from enrichctl.wanted_fields import PROVENANCE, check_wants, new_columns, read_fields, wants_of

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job


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


def steps_of(job: "Job") -> list[Step]:
    """Return the providers of a run, and what each is asked for.

    What the verifier says is asked of nobody else, and what stands in names of folders of nobody.
    """
    settings, verifier, saves = job.settings, job.verifier, job.options.save
    nowhere = {*job.in_folders, *([VERDICT] if verifier else ())}

    def step(provider: Provider, wants: tuple[str, ...]) -> Step:
        return Step(
            provider,
            tuple([name for name in wants if name not in nowhere]),
            save=settings.provider(provider.name).save if saves is None else saves,
            only_if=condition_of(provider.name, settings),
            verifies=provider is verifier,
        )

    steps = [step(one, wants_of(one, job.named, job.overwrite)) for one in job.providers]
    if verifier is not None and verifier not in job.providers:
        steps.append(step(verifier, ()))
    return steps


def fields_in_folders(match: HeaderMatch, source: Source) -> frozenset[str]:
    """Return the fields that stand in names of folders: they are read, and never filled."""
    return frozenset(name for name, at in match.columns.items() if at in source.fixed)


def overwritten_by(job: "Job") -> frozenset[str]:
    """Return the fields whose cells may be replaced: those named, or all that can be written."""
    typed = job.options.overwrite
    if typed == EVERY_FIELD:
        wants = {name for one in job.providers for name in wants_of(one, job.named, ())}
        return frozenset(wants | job.match.columns.keys()) - job.in_folders
    return frozenset(read_fields(typed))


def check_folders(job: "Job") -> None:
    """Refuse to write what stands in names of folders: a cell would have two values.

    Raises:
        UsageError: With what to leave out.
    """
    source, options = job.source, job.options
    named = job.in_folders | {source.header[at] for at in source.fixed}
    wanted = {name for step in job.steps for name in step.wants}
    written = {
        **{name: f"leave out --map {name}=" for name in new_columns(wanted, job.match.columns)},
        **dict.fromkeys(job.overwrite, "leave it out of --overwrite"),
        **dict.fromkeys([VERDICT] if job.verifier else (), "leave out who verifies addresses"),
        **dict.fromkeys(
            () if options.provenance == "none" else PROVENANCE, "add --provenance none"
        ),
    }
    for name in filter(named.__contains__, written):
        raise UsageError(
            f"{name} stands in the names of folders, so it cannot be written to the files",
            next=written[name],
        )
