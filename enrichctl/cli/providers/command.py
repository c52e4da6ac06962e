"""``enrichctl providers``: what can be asked, what it needs, and who is logged in."""

import os
import shlex
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrichctl.cli import context
from enrichctl.cli.completing import one_provider
from enrichctl.cli.providers.provider_new import new
from enrichctl.cli.providers.sandbox import sandbox
from enrichctl.cli.shared_options import Json, JsonSchema, refuse_before
from enrichctl.cli.usage import Family
from enrichctl.errors import (
    EnrichctlError,
    KeyringClosed,
    LoginMissing,
    LoginRefused,
    UsageError,
)

if TYPE_CHECKING:
    from enrichctl.cli.logins import Connected
    from enrichctl.provider import Provider, Remote

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A provider, as `enrichctl providers` names it.",
        autocompletion=one_provider,
    ),
]

app = Family("providers")
app.command("new")(new)


@app.callback(invoke_without_command=True)
def providers(ctx: typer.Context, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """List what can be asked; log in and out, test logins; define one of your own; start a sandbox.

    \b
      enrichctl providers                     what each needs, fills and costs
      enrichctl providers login leadlex       asks for the key, tests and keeps it
      pass show leadlex | enrichctl providers login leadlex
      enrichctl providers check               are the logins still good?
      enrichctl providers new acme            a definition to fill in: no code needed
    """
    if ctx.invoked_subcommand is None:
        return list_(json_, json_schema)
    refuse_before(ctx, json_=json_, json_schema=json_schema)
    return 0


@app.command("list")
def list_(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """List all providers: what they need, fill and cost, their limits, and the key's source.

    \b
      enrichctl providers list --json | jq -r '.providers[] | select(.login.state=="ready").name'
    """
    from enrichctl.cli.providers import provider_info  # noqa: PLC0415 - not for help and completion

    if json_ or json_schema:
        provider_info.document(context.providers(), schema=json_schema)
        return 0
    from enrichctl.render.directory import show_list  # noqa: PLC0415 - draws

    show_list(context.screen(), [provider_info.entry(one) for one in context.providers()])
    return 0


@app.command("show")
def show(name: Name, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Show all that a provider declares, and where each part of its login comes from.

    For one that is defined without code: what it sends and what it makes of the replies, too.

    \b
      enrichctl providers show superoffice
      enrichctl providers show ./acme.toml    a definition not in use yet
    """
    from enrichctl.cli.providers import provider_info  # noqa: PLC0415 - not for help and completion

    provider = provider_info.one(name)
    if json_ or json_schema:
        provider_info.document([provider], schema=json_schema)
        return 0
    from enrichctl.cli.providers.provider_new import explain  # noqa: PLC0415 - beside the others
    from enrichctl.render.directory import show_one  # noqa: PLC0415 - draws

    told = provider_info.entry(provider) | {
        "docs": provider.docs,
        "rewrites": list(getattr(provider, "rewrites", ())),
        "base_url": provider_info.base_url(provider),
        "rebill_days": provider.rebill_days,
        "notes": provider.notes,
        "to_verify": provider_info.to_verify(provider),
        "needs_for": list(provider_info.needs_for(provider)),
    }
    show_one(context.screen(), told, list(provider_info.items(provider)))
    explain(provider)
    return 0


@app.command("login")
def login(
    name: Name,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="ITEM", help="Ask for this optional part of the login too."),
    ] = None,
) -> int:
    """Take a key, check it with a free call, and store it in the system's keyring.

    On a terminal it prompts and shows nothing. Elsewhere it reads stdin: the API key alone, or
    one ITEM=VALUE a line. A key that is refused is not kept.

    \b
      enrichctl providers login leadlex
      pass show leadlex | enrichctl providers login leadlex
      printf 'tenant=Cust12345\\napi_key=%s\\n' "$TOKEN" | enrichctl providers login superoffice
    """
    from enrichctl.cli.logins import free_api  # noqa: PLC0415 - slow to import
    from enrichctl.cli.providers.login_prompt import given  # noqa: PLC0415 - not for help and completion
    from enrichctl.secrets_store import check_there, item_in_words, store, variable  # noqa: PLC0415 - the same

    provider = _remote(name)
    own = context.settings().provider(name)
    if not own.keyring:
        raise UsageError(
            "the configuration says keyring = false, so nothing can be kept",
            next=f"set {variable(name, 'api_key')}, or configure key_command",
        )
    keepable = partial(
        check_there, name, provider.login[0].name, any_backend=own.keyring_any_backend
    )
    typed = given(provider, item or [], keepable)
    overlay = {variable(name, part): value for part, value in typed.items()}
    connected = _connect(provider, os.environ | overlay)
    screen = context.screen()
    screen.note(provider.check(free_api(connected)))
    for part, value in typed.items():
        title = store(name, part, value, any_backend=own.keyring_any_backend)
        screen.say(f"kept the {item_in_words(part)} of {name} in the keyring ({title})")
    for part in typed:
        _warn_shadow(provider, part)
    return 0


@app.command("logout")
def logout(name: Name) -> int:
    """Remove a provider's login from the system's keyring.

    \b
      enrichctl providers logout leadlex
    """
    from enrichctl.secrets_store import forget, item_in_words  # noqa: PLC0415 - not for help, completion

    provider = _remote(name)
    own = context.settings().provider(name)
    parts = [
        part.name
        for part in provider.login
        if forget(name, part.name, any_backend=own.keyring_any_backend)
    ]
    screen = context.screen()
    if parts:
        screen.say(
            f"removed the {' and '.join(map(item_in_words, parts))} of {name} from the keyring"
        )
    else:
        screen.note(f"the keyring holds nothing of {name}")
    from enrichctl.cli.providers.provider_info import items  # noqa: PLC0415 - not for help and completion

    for one in items(provider):
        if one["secret"] and one["source"] not in ("", "default"):
            where = one["variable"] if one["source"] == "environment" else one["source"]
            screen.warn(
                f"{name} can still be asked: its {item_in_words(one['name'])} is from {where}"
            )
    return 0


@app.command("check")
def check(
    name: Annotated[
        str,
        typer.Argument(
            metavar="[NAME]", help="One provider; else all.", autocompletion=one_provider
        ),
    ] = "",
    suite: Annotated[
        bool, typer.Option("--suite", help="Run the conformance suite instead, on this machine.")
    ] = False,
    exchanges: Annotated[
        str, typer.Option(metavar="PATH", help="Its exchanges, if not next to the definition.")
    ] = "",
) -> int:
    """Test the login that would be used, with a call that costs nothing.

    With --suite, play written exchanges instead: no key, no network, no money. They show that a
    definition or a package sends what it should and loses no money when something goes wrong.

    \b
      enrichctl providers check
      enrichctl providers check lemlist || mail -s 'lemlist key refused' ops
      enrichctl providers check acme --suite
    """
    if suite:
        from enrichctl.cli.providers.provider_new import play  # noqa: PLC0415 - not for help and completion

        return play(name, Path(exchanges) if exchanges else None)
    if exchanges:
        raise UsageError("--exchanges is for --suite", next="add --suite")
    if name:
        _say(name, _checked(_remote(name)))
        return 0
    return _check_all()


def _check_all() -> int:
    """Test the logins of all providers that have one; return the exit status.

    Raises:
        LoginMissing: There is none, or the keyring does not tell.
    """
    worst: EnrichctlError | None = None
    tested = 0
    missing: list[str] = []
    closed: KeyringClosed | None = None
    for provider in _remote_ones(context.providers()):
        try:
            _say(provider.name, _checked(provider))
        except LoginMissing as error:
            missing.append(provider.name)
            closed = closed or (error if isinstance(error, KeyringClosed) else None)
            continue
        except EnrichctlError as error:
            _say(provider.name, error.message)
            if worst is None or isinstance(error, LoginRefused):
                worst = error
        tested += 1
    if missing:
        context.screen().note(
            f"{'no key found' if closed else 'not logged in'}: {', '.join(missing)}"
        )
    if closed:
        raise LoginMissing(closed.unknown, next="unlock the keyring, then run this again")
    if not tested:
        raise LoginMissing("no provider is logged in", next="enrichctl providers login NAME")
    return int(worst.exit_status) if worst else 0


app.command("sandbox")(sandbox)


def _remote(name: str) -> "Remote":
    """Return a provider that has a login.

    Raises:
        UsageError: There is none of that name, it is a path, or it needs no login.
    """
    if name.endswith(".toml"):
        raise UsageError(
            f"{name} is looked for among the names of providers, and is the path of a definition;"
            " a login goes by the name that the configuration gives it",
            next=f"enrichctl providers check {shlex.quote(name)} --suite plays it without a login",
        )
    from enrichctl import registry  # noqa: PLC0415 - slow to import

    found = list(_remote_ones([registry.load(name, context.settings())]))
    if not found:
        raise UsageError(f"{name} needs no login: nothing leaves the machine")
    return found[0]


def _remote_ones(providers: "Iterable[Provider]") -> "Iterator[Remote]":
    from enrichctl.provider import Remote  # noqa: PLC0415 - slow to import

    return (provider for provider in providers if isinstance(provider, Remote))


def _connect(provider: "Remote", environ: dict[str, str] | None = None) -> "Connected":
    from enrichctl.cli.logins import connect  # noqa: PLC0415 - slow to import
    from enrichctl.engine.question import Step  # noqa: PLC0415 - slow to import

    step = Step(provider, ())
    return connect(step, context.settings(), environ, must=True, budgets={})


def _checked(provider: "Remote") -> str:
    from enrichctl.cli.logins import free_api  # noqa: PLC0415 - slow to import

    return provider.check(free_api(_connect(provider)))


def _say(name: str, what: str) -> None:
    from enrichctl.render.listing import show as print_  # noqa: PLC0415 - draws
    from enrichctl.render.screen import clean  # noqa: PLC0415 - the same

    line = what if what.startswith(f"{name} ") else f"{name}: {what}"  # a title may be the name
    print_(context.screen(), clean(line))


def _warn_shadow(provider: "Remote", part: str) -> None:
    """Say when what was just kept is not what will be used."""
    from enrichctl.cli.providers.provider_info import find  # noqa: PLC0415 - slow to import
    from enrichctl.secrets_store import item_in_words  # noqa: PLC0415 - the same

    source = find(provider).source_of(part)
    if not source.startswith("keyring"):
        context.screen().warn(
            f"the {item_in_words(part)} from {source} is used before the one in the keyring"
        )
