"""What a user gives to log in at a provider, and as whom it is asked then."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:  # what is not asked over the network does without
    from enrichctl.transport import Auth


class LoginItem(NamedTuple):
    """One thing a user must or may give to log in, such as an API key.

    Attributes:
        name: Its name in the environment (upper-cased), the keyring and the configuration.
        prompt: What `providers login` asks for.
        secret: Whether it is hidden when typed and never shown.
        required: Whether the provider cannot be asked without it.
        default: Used when it is given nowhere.
        instead: What may be given in its place, where one of the two is needed.
    """

    name: str
    prompt: str
    secret: bool = True
    required: bool = True
    default: str = ""
    instead: str = ""


API_KEY = LoginItem("api_key", "API key")


class Login(Protocol):
    """The login items of one provider, as found."""

    def get(self, name: str) -> str:
        """Return an item's value, or "" when it is given nowhere."""

    @property
    def base_url(self) -> str:
        """Return the base URL the user set, or ""."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Where and as whom a provider is asked.

    Attributes:
        base_url: Everything before the paths in the vendor's documentation.
        auth: Puts the credentials on a request.
        account: Names the account without giving the key away; answers and budgets belong to it.
    """

    base_url: str
    auth: "Auth"
    account: str


def account_of(*secrets: str) -> str:
    """Return a fingerprint that names an account without giving its key away."""
    return sha256("|".join(secrets).encode()).hexdigest()[:16]
