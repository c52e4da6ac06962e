"""Under which name an account is entered: the user's, else the vendor's, else its key's."""

from dataclasses import replace
from typing import TYPE_CHECKING

from enrichctl.engine.question import Step
from enrichctl.errors import EnrichctlError, LoginRefused, OutOfCredits
from enrichctl.journal import Journal
from enrichctl.journal.accounts import account_told, others, remember_told, take_over
from enrichctl.provider import Remote, account_of

if TYPE_CHECKING:
    from enrichctl.cli.logins import Connected

PATIENCE = 5.0  # seconds that a vendor may take to say whose key it is


def name_account(step: Step, connected: "Connected", journal: Journal) -> "Connected":
    """Give an account the name by which the journal knows it; nobody is asked.

    What was entered under other names of the account is entered under this one. The step gets the
    account.

    Raises:
        Locked: Another run is under way, see `take_over`.
    """
    connection, key = connected.connection, connected.key
    if connection is None or not key:
        return connected
    name = connected.provider.name
    told = account_told(journal, name, key)
    step.account = connected.settings.account or told or key
    for former in (key, told):
        take_over(journal, name, former, step.account)
    return replace(connected, connection=replace(connection, account=step.account))


def ask_vendor(step: Step, connected: "Connected", journal: Journal, *, new: bool) -> "Connected":
    """Let a vendor say, for free, whose a key is; one that does not answer is asked another time.

    Args:
        step: Gets the account; is stopped where the vendor has no use for the key.
        connected: The login.
        journal: Keeps what is said.
        new: Ask only where others were asked before, whose key this one may take the place of.

    Raises:
        Locked: Another run is under way, see `take_over`.
    """
    from enrichctl.cli.logins import free_api  # noqa: PLC0415 - only when somebody is asked

    provider, key = connected.provider, connected.key
    name = provider.name
    says_whose = type(provider).account is not Remote.account
    if connected.connection is None or not key or not says_whose:
        return connected
    if account_told(journal, name, key):  # another run may have been told since this one looked
        return name_account(step, connected, journal)
    if new and not others(journal, name, step.account):
        return connected
    try:
        said = provider.account(free_api(connected, patience=PATIENCE))
    except EnrichctlError as error:  # what is wrong with the line, the run will say
        if not new and isinstance(error, LoginRefused | OutOfCredits):
            step.stopped = error
        return connected
    if not said:
        return connected
    remember_told(journal, name, key, account_of(name, said))
    return name_account(step, connected, journal)
