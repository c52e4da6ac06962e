"""Finds and keeps the keys of providers; the only package that opens the system's keyring.

A login item is looked for in this order, and the first place that has it wins:

1. the environment: ``ENRICHCTL_<NAME>_<ITEM>``
2. ``$CREDENTIALS_DIRECTORY/<name>_<item>``, as systemd and container runtimes give it
3. the configuration: for the API key what ``key_command`` prints, other items as written
4. the operating system's keyring
5. the item's default

No key is ever part of a message.
"""

from enrichctl.secrets_store.command import first_line
from enrichctl.secrets_store.login import FoundLogin, Item, LoginSource, find_login
from enrichctl.secrets_store.vault import check_there, forget, store
from enrichctl.secrets_store.wording import item_in_words, variable

__all__ = [
    "FoundLogin",
    "Item",
    "LoginSource",
    "check_there",
    "find_login",
    "first_line",
    "forget",
    "item_in_words",
    "store",
    "variable",
]
