"""The manual page, in the macros of man(7): from the same words as the help."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from enrichctl import __version__
from enrichctl.cli.app import app
from enrichctl.cli.exits import EXITS
from enrichctl.provider import Remote
from enrichctl.providers import load, names
from enrichctl.secrets_store import variable

BLOCK = ("\b", "\\b")  # a paragraph that stands as it is begins with it, raw text or not
OPTION = re.compile(r"((?<![\w-])--?[A-Za-z][\w-]*)")
ENVIRONMENT = {
    "ENRICHCTL_STATE_DIR": "The folder of the journal; see FILES.",
    "ENRICHCTL_JOURNAL": "The address of a team's journal, postgresql://HOST/DATABASE; it goes"
    " before `journal` in the configuration.",
    "ENRICHCTL_CONFIG": "The configuration file; see FILES. --config goes before it.",
    "ENRICHCTL_<NAME>_API_KEY": "The key of a provider, such as ENRICHCTL_LEADLEX_API_KEY; it goes"
    " before credential files, key_command and the keyring. Every other part of a login is named"
    " alike: {parts}.",
    "ENRICHCTL_<NAME>_BASE_URL": "Everything before the paths in the vendor's documentation, for"
    " regions, proxies and tests.",
    "CREDENTIALS_DIRECTORY": "A folder with keys in files such as leadlex_api_key, as systemd and"
    " container runtimes give it.",
    "NO_COLOR, FORCE_COLOR": "Never, or always, use colours; --color goes before them.",
    "HTTP_PROXY, HTTPS_PROXY, NO_PROXY": "As other programs understand them.",
    "REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE": (
        "Certificates to trust instead of the built-in ones."
    ),
}
FILES = {
    "~/.config/enrichctl/config.toml": "The configuration; nothing in it is required.",
    "~/.local/state/enrichctl/journal.db": "The journal: everything asked, answered and spent."
    " Its folder is its owner's alone.",
}


def page() -> str:
    """Return the whole page."""
    root = typer.main.get_command(app)
    context = typer.Context(root, info_name="enrichctl")
    lines = [
        '.\\" Written by tests/generate.py; edit the help instead.',
        f'.TH ENRICHCTL 1 "" "enrichctl {__version__}" "User Commands"',
        ".nh",  # words are names here, and are looked for as they stand
        ".ad l",
        ".SH NAME",
        "enrichctl \\- fill the gaps in a file of leads from enrichment providers",
        ".SH SYNOPSIS",
        *(line for command in commands(context) for line in synopsis(command)),
        ".SH DESCRIPTION",
        *told(root.help),
        *options(context),
        ".SH COMMANDS",
    ]
    for command in commands(context):
        lines += [f".SS {troff(command.command_path)}", *told(command.command.help)]
        lines += options(command)
    lines += [".SH EXIT STATUS"]
    for status, (means, next_one) in EXITS.items():
        lines += entry(
            bold(f"{status:d}"), f"{means}." + (f" Next: {next_one}." if next_one else "")
        )
    lines += [".SH ENVIRONMENT"]
    for name, what in ENVIRONMENT.items():
        lines += entry(bold(name), what.replace("{parts}", ", ".join(logins())))
    lines += [".SH FILES"]
    for name, what in FILES.items():
        lines += entry(f"\\fI{troff(name)}\\fR", what)
    return "\n".join(lines) + "\n"


def commands(context: typer.Context) -> Iterator[typer.Context]:
    """Yield every command below a group, in the order of the help; groups come before theirs."""
    for name, command in context.command.commands.items():
        own = typer.Context(command, info_name=name, parent=context)
        yield own
        if hasattr(command, "commands"):
            yield from commands(own)


def synopsis(context: typer.Context) -> Iterator[str]:
    """Yield one line of what may be typed."""
    words = (piece.strip("{}") for piece in context.command.collect_usage_pieces(context))
    yield f"{bold(context.command_path)} {troff(' '.join(words))}"
    yield ".br"


def told(text: str) -> Iterator[str]:
    """Yield a help text: paragraphs, and examples as they stand."""
    for paragraph in re.split(r"\n\s*\n", text.replace("\f", "").strip()):
        lines = paragraph.splitlines()
        if lines[0].strip() in BLOCK:
            yield from (".PP", ".nf", ".RS 2", *(troff(x.strip()) for x in lines[1:]), ".RE", ".fi")
        else:
            yield from (".PP", troff(" ".join(line.strip() for line in lines)))


def options(context: typer.Context) -> Iterator[str]:
    """Yield a command's arguments and options, as its help says them."""
    for parameter in context.command.params:
        if record := parameter.get_help_record(context):
            typed, what = record
            parts = re.split(OPTION, typed)
            found = [bold(part) if OPTION.fullmatch(part) else troff(part) for part in parts]
            yield from entry("".join(found), what)


def entry(head: str, what: str) -> list[str]:
    """Return a term, already in troff, and what is said of it."""
    return [".TP", head, troff(what)]


def logins() -> Iterator[str]:
    """Yield the variables of what beside a key belongs to logins."""
    for name in names():
        provider: Any = load(name)
        if isinstance(provider, Remote):
            yield from (variable(name, x.name) for x in provider.login if x.name != "api_key")


def troff(text: str) -> str:
    """Return text that troff prints as it stands."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "").replace("…", "...")
    plain = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", plain)
    return re.sub(r"^(?=[.'])", "\\\\&", plain)


def bold(text: str) -> str:
    """Return text in bold."""
    return f"\\fB{troff(text)}\\fR"
