"""``enrichctl journal init`` and ``move``: a journal that a team shares."""

from typing import TYPE_CHECKING, Any

import typer

from enrichctl.cli import context
from enrichctl.cli.shared_options import Json, JsonSchema
from enrichctl.errors import UsageError

if TYPE_CHECKING:
    from enrichctl.journal.contract import Store
    from enrichctl.journal.postgres import PostgresStore


def init(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Make the tables of a journal on a PostgreSQL server, and say which rights it takes.

    Once, by somebody who may create a schema there, and again when a newer enrichctl says so: then
    it brings them up to date. The GRANTs on stdout are the least that those
    who only use it need; put the name of their role in place of colleagues.

    \b
      export ENRICHCTL_JOURNAL=postgresql://db.example/team
      enrichctl journal init > grants.sql
    """
    if json_schema:
        return print_schema()
    store = server()
    before = store.init()
    if json_:
        return print_document(store, "init", entries=0, grants=store.grants)
    from enrichctl.journal.links import VERSION  # noqa: PLC0415 - an extra

    said = "made the journal's tables in" if not before else "the journal's tables are there:"
    if 0 < before < VERSION:
        said = f"brought the journal's tables up to date, from version {before} to {VERSION}:"
    context.screen().say(f"{said} {store.name}")
    typer.echo("\n".join(store.grants))
    return 0


def move(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Move your own journal to the team's server: answers, spending, explanations, each once.

    It can be broken off and run again. The file stays; from then on, nothing should be asked
    without the server.

    \b
      export ENRICHCTL_JOURNAL=postgresql://db.example/team
      enrichctl journal move
    """
    if json_schema:
        return print_schema()
    from enrichctl.amounts import credits_in_words  # noqa: PLC0415 - the same
    from enrichctl.config import state_dir  # noqa: PLC0415 - not for help and completion
    from enrichctl.journal import Journal  # noqa: PLC0415 - the same
    from enrichctl.journal.stores import FILE  # noqa: PLC0415 - the same
    from enrichctl.model import counted  # noqa: PLC0415 - the same

    store, source = server(), state_dir() / FILE
    if not source.is_file():
        raise UsageError(f"there is no journal of your own in {source}", next="nothing to move")
    from enrichctl.journal.move import move as move_all  # noqa: PLC0415 - the same

    with Journal(store) as target:
        done = move_all(source, target)
    if json_:
        return print_document(store, "move", entries=done.attempts)
    before = f", {done.before:,} had arrived before" if done.before else ""
    context.screen().say(
        f"moved {counted(done.attempts, 'attempt')}, {counted(done.records, 'explanation')} and"
        f" {credits_in_words(done.credits)} of spending to {store.name}{before}"
    )
    return 0


def print_document(store: "Store", action: str, **facts: Any) -> int:
    """Print the document about what was done to a journal; return the exit status."""
    from enrichctl.cli.documents import JournalDocument  # noqa: PLC0415 - slow to import

    JournalDocument.show({**facts, "action": action, "path": store.name})
    return 0


def print_schema() -> int:
    """Print the JSON Schema of that document; return the exit status."""
    from enrichctl.cli.documents import JournalDocument  # noqa: PLC0415 - slow to import

    JournalDocument.show_schema()
    return 0


def server() -> "PostgresStore":
    """Return the server that the journal is kept on.

    Raises:
        UsageError: It is a file of one's own.
    """
    store = context.store()
    if not store.is_shared:
        raise UsageError(
            "the journal is a file of your own, which makes itself",
            next='for a server write journal = "postgresql://HOST/DATABASE" into the'
            " configuration, or set ENRICHCTL_JOURNAL",
        )
    from enrichctl.journal.postgres import PostgresStore  # noqa: PLC0415 - an extra

    assert isinstance(store, PostgresStore)  # noqa: S101 - there is no other that is shared
    return store
