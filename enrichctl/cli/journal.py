"""``enrichctl journal``: the record of everything asked, answered and spent."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enrichctl.cli import context
from enrichctl.cli.providers.sandbox import forget_rehearsals
from enrichctl.cli.shared_options import Json, JsonSchema, refuse_before
from enrichctl.cli.team_journal import init, move, print_document, print_schema
from enrichctl.cli.usage import Family
from enrichctl.errors import ConfirmationNeeded, EnrichctlError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from enrichctl.journal.erase import Erased, PaidWork, PersonToErase
    from enrichctl.model import Attempt

NO_LOSS = "no paid answer would go"
ID_TEXT = 8  # characters; a shorter id would be found in any text


Yes = Annotated[
    bool, typer.Option("-y", "--yes", help="Do not ask; needed where there is no terminal.")
]

app = Family("journal")


@app.callback(invoke_without_command=True)
def journal(ctx: typer.Context, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Say where the record of all that was asked, answered and spent is; move, export or erase it.

    Keys are never in it. What was spent stays known when people are forgotten.

    \b
      enrichctl journal path                     where it is, and what it holds
      enrichctl journal forget jane@acme.com     erase a person
      enrichctl journal prune --older-than 90d   erase what is old
      enrichctl journal export > asked.jsonl     everything asked and answered
    """
    if ctx.invoked_subcommand is None:
        return path(json_, json_schema)
    refuse_before(ctx, json_=json_, json_schema=json_schema)
    return 0


@app.command("path")
def path(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Print where the journal is; how much it holds goes to stderr.

    \b
      sqlite3 "$(enrichctl journal path)" '.tables'
    """
    if json_schema:
        return print_schema()
    from enrichctl.journal import erase  # noqa: PLC0415 - not for help and completion

    with context.journal() as kept:
        entries, records, runs = erase.entries_held(kept)
        if json_:
            return print_document(kept.store, "path", entries=entries, records=records, runs=runs)
        typer.echo(kept.store.name)
    context.screen().note(_held(entries, records, runs))
    return 0


app.command("init")(init)
app.command("move")(move)


@app.command("forget")
def forget(
    who: Annotated[
        str, typer.Argument(metavar="EMAIL|ID", help="E-mail, phone, profile URL, or id.")
    ] = "",
    yes: Yes = False,
    json_: Json = False,
    json_schema: JsonSchema = False,
) -> int:
    """Erase a person from journal and answers, and say which output files still name them.

    What was spent on them stays in the sums. At a terminal you are asked where paid answers go;
    without one nothing is erased unless --yes is there. If a file names them again, they are asked
    about again: enrich --suppress FILE keeps them from being sent anywhere. Copies of your own
    tables are removed and made again when they are needed; the sandbox starts afresh.

    \b
      enrichctl journal forget jane@acme.com
      enrichctl journal forget https://www.linkedin.com/in/jane-doe
    """
    if json_schema:
        return print_schema()
    from enrichctl import table as tables  # noqa: PLC0415 - not for help and completion
    from enrichctl.journal import erase  # noqa: PLC0415 - the same

    person = _person(who)
    with context.journal() as kept:
        done = erase.forget(
            kept, person, names=lambda file: _names(file, person), agree=_agreement(yes=yes)
        )
        if kept.store.is_shared:  # what was rehearsed, and what was there before the team
            with context.journal(sandbox=True) as own:
                also = erase.forget(
                    own, person, names=lambda file: _names(file, person), agree=_agreement(yes=yes)
                )
            done = replace(done, outputs=tuple(dict.fromkeys((*done.outputs, *also.outputs))))
        tables.forget()
        forget_rehearsals()
        _finish(done)
        if json_:
            held = {"entries": done.attempts, "records": done.records}
            return print_document(kept.store, "forget", **held, outputs=done.outputs)
    screen = context.screen()
    if done.attempts or done.records:
        screen.say(f"erased {_held(done.attempts, done.records)}")
    else:
        screen.say("the journal holds nothing of them; there was nothing to erase")
    if done.outputs:
        screen.warn("these output files may still name them:")
        for name in done.outputs:
            screen.warn(f"  {name}")
    return 0


@app.command("prune")
def prune(
    older_than: Annotated[
        str, typer.Option(metavar="AGE", help="Erase what is older: 90d, 12h.")
    ] = "",
    yes: Yes = False,
    json_: Json = False,
    json_schema: JsonSchema = False,
) -> int:
    """Erase attempts and runs by age. What is open or unconfirmed stays, and so do all sums.

    At a terminal you are asked where paid answers go; without one nothing is erased unless --yes
    is there.

    \b
      enrichctl journal prune --older-than 90d
    """
    if json_schema:
        return print_schema()
    from enrichctl import table as tables  # noqa: PLC0415 - not for help and completion
    from enrichctl.config import duration  # noqa: PLC0415 - the same
    from enrichctl.journal import erase  # noqa: PLC0415 - the same

    if not older_than:
        raise UsageError("prune needs an age", next="enrichctl journal prune --older-than 90d")
    age = duration(older_than, "--older-than")
    screen = context.screen()
    if age < context.settings().max_age:
        screen.warn(
            f"--older-than {older_than} includes answers that could still be used again:"
            " asking again costs again"
        )
    with context.journal() as kept:
        before = kept.now() - age
        done = erase.prune(kept, before, agree=_agreement(yes=yes))
        tables.forget()
        forget_rehearsals()
        _finish(done)
        if json_:
            held = {"entries": done.attempts, "records": done.records, "runs": done.runs}
            return print_document(kept.store, "prune", **held, before=before)
    moment = f"{before:%Y-%m-%d %H:%M} UTC"
    if done.attempts or done.records or done.runs:
        screen.say(f"erased {_held(done.attempts, done.records, done.runs)} before {moment}")
    else:
        screen.say(f"the journal holds nothing to erase from before {moment}")
    return 0


@app.command("export")
def export(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Print every attempt as JSON Lines: what was asked, answered and spent, without keys.

    \b
      enrichctl journal export | jq -r 'select(.outcome == "unconfirmed") | .id'
    """
    if json_schema:
        return print_schema()
    from enrichctl.cli.documents import JournalAttempt  # noqa: PLC0415 - slow to import
    from enrichctl.journal import erase  # noqa: PLC0415 - not for help and completion

    with context.journal() as kept:
        attempts = (JournalAttempt.model_validate(_line(one)) for one in erase.export(kept))
        if json_:
            listed = list(attempts)
            return print_document(kept.store, "export", entries=len(listed), attempts=listed)
        for line in attempts:
            sys.stdout.write(line.model_dump_json() + "\n")
    return 0


def _agreement(*, yes: bool) -> "Callable[[PaidWork], None]":
    """Return what has somebody agree that paid work goes.

    Raises:
        ConfirmationNeeded: Nobody agreed.
    """

    def agree(paid: "PaidWork") -> None:
        from enrichctl.model import counted  # noqa: PLC0415 - not for help and completion
        from enrichctl.render.listing import credit  # noqa: PLC0415 - draws with Rich

        screen = context.screen()
        if yes or (screen.asks and not paid.answers):
            return
        paid_for = counted(paid.answers, "paid answer")
        worth = f"worth {credit(paid.credits)}"
        if not screen.asks:
            goes = f"{paid_for}, {worth}, would go, and " if paid.answers else ""
            raise ConfirmationNeeded(
                f"nothing was erased: {goes}without a terminal nobody can be asked",
                next=f"add --yes; {'asking about them again costs again' if goes else NO_LOSS}",
            )
        screen.warn(f"{paid_for} would be erased, {worth}: asking about them again costs again")
        if not screen.ask("erase them?"):
            raise ConfirmationNeeded("not confirmed; nothing was erased", next="--yes erases them")

    return agree


def _held(attempts: int, records: int, runs: int | None = None) -> str:
    """Return how much the journal holds, or held."""
    from enrichctl.model import counted  # noqa: PLC0415 - not for help and completion

    parts = [counted(attempts, "attempt"), counted(records, "explained record")]
    return ", ".join(parts if runs is None else [*parts, counted(runs, "run")])


def _finish(done: "Erased") -> None:
    if done.left:
        context.screen().warn(done.left)


def _line(attempt: "Attempt") -> dict[str, Any]:
    from enrichctl.journal.accounts import SANDBOX  # noqa: PLC0415 - not for help and completion

    return {
        "id": attempt.id,
        "sandbox": attempt.account.startswith(SANDBOX),
        "provider": attempt.provider,
        "account": attempt.account,
        "person": attempt.person.hex(),
        "told": attempt.inputs,
        "wanted": attempt.wants,
        "run": attempt.run,
        "outcome": attempt.outcome,
        "credits": attempt.credits,
        "at": attempt.at,
        "answer": attempt.answer,
        "reason": attempt.reason or None,
        "cause": attempt.cause or None,
        "ticket": attempt.ticket or None,
        "request_id": attempt.request_id or None,
    }


def _person(who: str) -> "PersonToErase":
    """Return what a person is found by.

    Raises:
        UsageError: It names nobody, or a company.
    """
    from enrichctl.facts import spelling  # noqa: PLC0415 - not for help and completion
    from enrichctl.journal import subject_key  # noqa: PLC0415 - the same
    from enrichctl.journal.erase import PersonToErase  # noqa: PLC0415 - the same

    who = who.strip()
    region = context.settings().default_region
    email, url = spelling.email(who), spelling.profile_url(who)
    phone = spelling.phone(who, region)
    keys = [subject_key(one) for one in dict.fromkeys((email, url, phone, who)) if one]
    if email:
        return PersonToErase(tuple(keys), (email,))
    if url:
        return PersonToErase(tuple(keys), (url.removeprefix("https://www."),))
    if not who:
        raise UsageError("forget needs a person", next="enrichctl journal forget jane@acme.com")
    if spelling.domain(who) or spelling.company_url(who):
        raise UsageError(
            f"{who!r} names no person", next="give an e-mail, a phone, a profile URL or an id"
        )
    texts = [phone] if phone else []
    if len(who) >= ID_TEXT and not who.isalpha():
        texts.append(who)
    return PersonToErase(tuple(keys), tuple(texts), by_id=not phone)


def _names(file: Path, person: "PersonToErase") -> bool:
    """Tell whether an output file names a person; one that cannot be read says nothing."""
    from enrichctl.files import open_source  # noqa: PLC0415 - slow to import

    try:
        with open_source(str(file)) as source:
            return any(person.named_in("\n".join(row.cells)) for row in source.rows())
    except (EnrichctlError, OSError):
        return False
