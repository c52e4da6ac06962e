"""``enrichctl providers``: what can be asked, what it needs, and who is logged in."""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enrichctl.cli import context
from enrichctl.errors import EnrichctlError, LoginMissing, LoginRefused, UsageError

if TYPE_CHECKING:
    from enrichctl.cli.logins import Connected
    from enrichctl.price import Price
    from enrichctl.provider import Provider, Remote
    from enrichctl.secrets_store import FoundLogin
    from enrichctl.transport import Api

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
JsonSchema = Annotated[
    bool, typer.Option("--json-schema", help="Print the JSON Schema of that document.")
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A provider, as `list` names it.")]

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def providers(ctx: typer.Context, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """List what can be asked; log in, log out, test a login.

    \b
      enrichctl providers                     what each needs, fills and costs
      enrichctl providers login leadlex       prompts for the key, tests it, keeps it
      pass show leadlex | enrichctl providers login leadlex
      enrichctl providers check               are the logins still good?
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    if ctx.invoked_subcommand is None:
        return list_(json_, json_schema)
    if json_ or json_schema:
        raise UsageError("the option stands before the command it is for", next="put it behind")
    return 0


@app.command("list")
def list_(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """List all providers: what they need, fill and cost, their limits, and the key's source.

    \b
      enrichctl providers list --json | jq -r '.providers[] | select(.login.state=="ready").name'
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.providers import load, names  # noqa: PLC0415 - not for help and completion

    if json_ or json_schema:
        _document((load(name) for name in names()), schema=json_schema)
        return 0
    from enrichctl.render.directory import show_list  # noqa: PLC0415 - draws

    show_list(context.screen(), [entry(load(name)) for name in names()])
    return 0


@app.command("show")
def show(name: Name, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Show all that a provider declares, and where each part of its login comes from.

    \b
      enrichctl providers show superoffice
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.providers import load  # noqa: PLC0415 - not for help and completion

    provider = load(name)
    if json_ or json_schema:
        _document([provider], schema=json_schema)
        return 0
    from enrichctl.render.directory import show_one  # noqa: PLC0415 - draws

    facts = entry(provider) | {"docs": provider.docs, "hints": list(provider.hints)}
    facts["base_url"] = _base_url(provider)
    show_one(context.screen(), facts, list(_items(provider)))
    return 0


@app.command("login")
def login(
    name: Name,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", metavar="ITEM", help="Ask for this optional part of the login too."),
    ] = None,
) -> int:
    """Take a key, prove it with a free call, and keep it in the system's keyring.

    On a terminal it prompts and shows nothing. Elsewhere it reads stdin: the API key alone, or
    one ITEM=VALUE a line. A key that is refused is not kept.

    \b
      enrichctl providers login leadlex
      pass show leadlex | enrichctl providers login leadlex
      printf 'tenant=Cust12345\\napi_key=%s\\n' "$TOKEN" | enrichctl providers login superoffice
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.cli.entry import given  # noqa: PLC0415 - not for help and completion
    from enrichctl.secrets_store import store, variable  # noqa: PLC0415 - the same

    provider = _remote(name)
    own = context.settings().provider(name)
    if not own.keyring:
        raise UsageError(
            "the configuration says keyring = false, so nothing can be kept",
            next=f"set {variable(name, 'api_key')}, or configure key_command",
        )
    typed = given(provider, item or [])
    overlay = {variable(name, part): value for part, value in typed.items()}
    connected = _connect(provider, os.environ | overlay)
    screen = context.screen()
    screen.note(provider.check(free_api(connected)))
    for part, value in typed.items():
        title = store(name, part, value, any_backend=own.keyring_any_backend)
        screen.say(f"kept the {_said(part)} of {name} in the keyring ({title})")
    for part in typed:
        _warn_shadow(provider, part)
    return 0


@app.command("logout")
def logout(name: Name) -> int:
    """Remove a provider's login from the system's keyring.

    \b
      enrichctl providers logout leadlex
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.secrets_store import forget  # noqa: PLC0415 - not for help and completion

    provider = _remote(name)
    own = context.settings().provider(name)
    parts = [
        part.name
        for part in provider.login
        if forget(name, part.name, any_backend=own.keyring_any_backend)
    ]
    screen = context.screen()
    if parts:
        screen.say(f"removed the {' and '.join(map(_said, parts))} of {name} from the keyring")
    else:
        screen.note(f"the keyring holds nothing of {name}")
    for one in _items(provider):
        if one["secret"] and one["source"] not in ("", "default"):
            screen.warn(f"{name} can still be asked: {one['variable']} from {one['source']}")
    return 0


@app.command("check")
def check(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One provider; else all.")] = "",
) -> int:
    """Test the login that would be used, with a call that costs nothing.

    \b
      enrichctl providers check
      enrichctl providers check lemlist || mail -s 'lemlist key refused' ops
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    from enrichctl.providers import names  # noqa: PLC0415 - not for help and completion

    if name:
        _say(name, _checked(_remote(name)))
        return 0
    worst: EnrichctlError | None = None
    tested = 0
    for provider in _remotes(names()):
        try:
            _say(provider.name, _checked(provider))
        except LoginMissing as error:
            context.screen().note(f"{provider.name}: {error.message}")
            continue
        except EnrichctlError as error:
            _say(provider.name, error.message)
            if worst is None or isinstance(error, LoginRefused):
                worst = error
        tested += 1
    if not tested:
        raise LoginMissing("no provider is logged in", next="enrichctl providers login NAME")
    return int(worst.exit_status) if worst else 0


def free_api(connected: "Connected", *, patience: float | None = None) -> "Api":
    """Return a provider's API for calls that cost nothing, with no run behind them."""
    from enrichctl.pacing import Pacer  # noqa: PLC0415 - slow to import
    from enrichctl.transport import Api, Surroundings  # noqa: PLC0415 - slow to import

    provider = connected.provider
    patience = provider.patience if patience is None else patience
    return Api(
        provider.title,
        connected.wire(),
        gate=Pacer(
            provider.rates,
            patience=patience,
            clock=time.monotonic,
            pause=time.sleep,
            tell=lambda seconds, why: context.screen().note(f"{why}, waiting {seconds:.0f} s"),
            remember=lambda rate: None,  # noqa: ARG005 - only runs keep what they learn
        ),
        explain=provider.explain,
        surroundings=Surroundings(pause=time.sleep),
        timeout=connected.settings.timeout or provider.timeout,
        patience=patience,
    )


def entry(provider: "Provider") -> dict[str, Any]:
    """Return a provider as plain values, shaped like its document."""
    origin = "built-in"
    if not type(provider).__module__.startswith("enrichctl.providers."):
        origin = "package"
    elif context.settings().provider(provider.name).kind:
        origin = "declared"
    state, source = _login(provider)
    return {
        "name": provider.name,
        "title": provider.title,
        "origin": origin,
        "needs": [list(need) for need in provider.needs],
        "uses": list(provider.uses),
        "finds": list(provider.finds),
        "default_wants": list(provider.default_wants),
        "writes": provider.writes or None,
        "billed": provider.price.billed,
        "price": _price(provider.price),
        "rates": [asdict(rate) | {"group": rate.group or None} for rate in provider.rates],
        "login": {"state": state, "source": source},
    }


def _document(providers: "Iterable[Provider]", *, schema: bool) -> None:
    from enrichctl.cli.documents import ProvidersDocument  # noqa: PLC0415 - slow to import

    if schema:
        ProvidersDocument.show_schema()
    else:
        entries = [entry(provider) for provider in providers]
        ProvidersDocument.model_validate({"providers": entries}).show()


def _price(price: "Price") -> dict[str, Any]:
    items = dict(price.items)
    return items | {"each": price.each} if price.each else items


def _find(provider: "Provider") -> "FoundLogin":
    from enrichctl.secrets_store import find_login  # noqa: PLC0415 - not for help

    own = context.settings().provider(provider.name)
    return find_login(provider.name, provider.login, own, os.environ)


def _login(provider: "Provider") -> tuple[str, str | None]:
    """Return whether a provider could be asked, and where its key comes from."""
    if not provider.login:
        return "not_needed", None
    try:
        found = _find(provider)
    except EnrichctlError as error:
        context.screen().warn(f"{provider.name}: {error.message}")
        return "missing", None
    first = next((part for part in provider.login if part.secret), provider.login[0])
    return ("missing" if found.missing else "ready"), found.source_of(first.name) or None


def _items(provider: "Provider") -> Iterator[dict[str, Any]]:
    """Yield each part of a login with its variable and source, never its value."""
    from enrichctl.secrets_store import variable  # noqa: PLC0415 - not for help

    try:
        found = _find(provider) if provider.login else None
    except EnrichctlError as error:
        context.screen().warn(f"{provider.name}: {error.message}")
        found = None
    for part in provider.login:
        yield {
            "name": part.name,
            "prompt": part.prompt,
            "variable": variable(provider.name, part.name),
            "required": part.required,
            "secret": part.secret,
            "source": found.source_of(part.name) if found else "",
        }


def _base_url(provider: "Provider") -> str:
    """Return where a provider would be asked; "" when that takes a login that is missing."""
    from enrichctl.provider import Remote  # noqa: PLC0415 - slow to import

    if not isinstance(provider, Remote):
        return ""
    try:
        return provider.connect(_find(provider)).base_url
    except EnrichctlError as error:
        context.screen().note(f"{provider.name}: {error.message}")
        return ""


def _remote(name: str) -> "Remote":
    """Return a provider that has a login.

    Raises:
        UsageError: There is none of that name, or it needs no login.
    """
    found = list(_remotes([name]))
    if not found:
        raise UsageError(f"{name} needs no login: nothing leaves the machine")
    return found[0]


def _remotes(names: Iterable[str]) -> "Iterator[Remote]":
    from enrichctl.provider import Remote  # noqa: PLC0415 - slow to import
    from enrichctl.providers import load  # noqa: PLC0415 - not for help and completion

    for provider in map(load, names):
        if isinstance(provider, Remote):
            yield provider


def _connect(provider: "Remote", environ: dict[str, str] | None = None) -> "Connected":
    from enrichctl.cli.logins import connect  # noqa: PLC0415 - slow to import
    from enrichctl.engine.questions import Course  # noqa: PLC0415 - slow to import

    settings = context.settings()
    if environ is None:
        return connect(Course(provider, ()), settings, None, must=True, budgets={})
    return connect(Course(provider, ()), settings, environ, must=True, budgets={})


def _checked(provider: "Remote") -> str:
    return provider.check(free_api(_connect(provider)))


def _say(name: str, what: str) -> None:
    from enrichctl.render.listing import show as print_  # noqa: PLC0415 - draws
    from enrichctl.render.screen import clean  # noqa: PLC0415 - the same

    print_(context.screen(), f"{name}: {clean(what)}")


def _warn_shadow(provider: "Remote", part: str) -> None:
    """Say when what was just kept is not what will be used."""
    source = _find(provider).source_of(part)
    if not source.startswith("keyring"):
        context.screen().warn(
            f"the {_said(part)} from {source} is used before the one in the keyring"
        )


def _said(part: str) -> str:
    return part.replace("api_key", "API key").replace("_", " ")
