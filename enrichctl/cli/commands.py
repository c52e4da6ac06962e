"""The commands: where each of them stands, so that only the one that is asked for is loaded."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

COMMANDS: Mapping[str, str] = {
    "enrich": "enrichctl.cli.enrich.command:enrich",
    "status": "enrichctl.cli.status.command:status",
    "credits": "enrichctl.cli.credits.command:credits_",
    "benchmark": "enrichctl.cli.benchmark.command:benchmark",
    "providers": "enrichctl.cli.providers.command:app",
    "journal": "enrichctl.cli.journal:app",
    "fields": "enrichctl.cli.fields:fields",
    "config": "enrichctl.cli.config:app",
    "help": "enrichctl.cli.help:help_",
}
"""Command → where the function that it is stands, or the commands of a group."""


def load(name: str) -> Any:
    """Return the function that a command is, or the commands of a group."""
    module, _, attribute = COMMANDS[name].partition(":")
    return getattr(import_module(module), attribute)
