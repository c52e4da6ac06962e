"""The contract between the engine and a provider.

A provider is declarations first, then one or two methods, always in this order, so that all of
them read alike. It does no logging, sleeping, threading, environment or file access, and never
imports ``requests``: it says what to send and what came back; the floors around it do the rest.

Three kinds:

``Local``
    works on what is in the row; no network, no cost, nothing in the journal.
``Lookup``
    asks and is answered in the same call.
``Queue``
    submits several questions at once, gets tickets, and collects the answers later.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from enrichctl.errors import (
    BadRecord,
    BadReply,
    EnrichctlError,
    LoginRefused,
    OutOfCredits,
    RecordError,
)
from enrichctl.login import API_KEY, Connection, Login, LoginItem, account_of
from enrichctl.model import Answer, Credits, Match, Query, Rate, Remark, Throttled, Ticket
from enrichctl.offer import Offer
from enrichctl.price import FREE, Price

if TYPE_CHECKING:  # what is not asked over the network does without
    from enrichctl.transport import Api, Reply

__all__ = [
    "API_KEY", "WHO", "Connection", "Local", "Login", "LoginItem", "Lookup", "Offer", "Price",
    "Provider", "Queue", "Remote", "Ticket", "account_of", "variant_of",
]  # fmt: skip

# Fields that say whom an answer is about, where a provider has them and says nothing else.
WHO = (
    "full_name", "first_name", "last_name", "email", "linkedin_url",
    "company_name", "company_domain", "website",
)  # fmt: skip
EMAIL, VERDICT = "email", "email_status"


def variant_of(**said: object) -> str:
    """Return the names of what holds, as a `Provider.variant`."""
    return " ".join(name for name, holds in said.items() if holds)


class Provider(ABC):
    """Declarations that every provider makes: on the class, or by a definition on the instance.

    Attributes:
        name: Short, lower case; as typed after ``-p``.
        title: The vendor's own spelling.
        docs: Where the vendor documents it.
        login: What a user gives to log in.
        needs: Sets of fields, any one of which identifies a lead, best first.
        optional_inputs: More fields that it is told where they are known.
        sharpened_by: Some of these, without which it may not tell whom a record means: they are
            told also where they only came along with an answer of somebody else.
        uses: All it may ever be told: nothing else leaves the machine.
        never_sent: Some of these that it only looks at itself, to see whom a row is about.
        finds: What it can fill.
        about: Fields of an answer that say whom it is about; see `says_who`.
        default_wants: What it fills when the user names no fields.
        writes: What asking changes at the provider, in words; "" when nothing.
        notes: What else there is to know of it, a sentence each.
        price: What a query can cost.
        verify_price: The same for a verification (see `verifies`), where that is another price.
        rates: Published limits.
        workers: Calls in flight when the user does not say.
        timeout: Seconds a single call may take in all.
        patience: Seconds a run waits when told to wait; longer stops the lane.
        checks_first: It first reads what the vendor has already, which may make a call needless.
        per_field: Whether each wanted field is a question of its own, with its own charge.
        rebill_days: Days in which the vendor does not charge the same question twice; 0 unknown.
    """

    name: str
    title: str
    docs: str = ""
    login: tuple[LoginItem, ...] = ()
    needs: tuple[tuple[str, ...], ...]
    optional_inputs: tuple[str, ...] = ()
    sharpened_by: tuple[str, ...] = ()
    uses: tuple[str, ...]
    never_sent: tuple[str, ...] = ()
    finds: tuple[str, ...]
    about: tuple[str, ...] = WHO
    default_wants: tuple[str, ...] = ()
    writes: str = ""
    notes: Sequence[str] = ()
    price: Price = FREE
    verify_price: Price | None = None
    rates: tuple[Rate, ...] = ()
    workers: int = 4
    timeout: float = 30.0
    patience: float = 90.0
    checks_first: bool = False
    per_field: bool = False
    rebill_days: int = 0
    other_key: str = ""  # how to give one where what a login keeps would not be looked at

    def can_find(self, name: str) -> bool:
        """Tell whether it can fill a field."""
        return name in self.finds

    def covers(self, query: Query) -> tuple[str, ...]:
        """Return the fields on which the answer is final: what is wanted, and what comes along."""
        return query.wants

    def variant(self, query: Query) -> str:  # noqa: ARG002 - most need not look
        """Return what makes it another question besides person and wants; "" when nothing."""
        return ""

    def takes_more(self, query: Query) -> Mapping[str, Sequence[Sequence[str]]]:
        """Return what it takes to look for wanted fields that cannot be with what is told."""
        return dict.fromkeys(() if query.inputs else query.wants, self.needs)

    @property
    def can_verify(self) -> bool:
        """Tell whether it can be told an address alone, and says whether mail arrives there."""
        return VERDICT in self.finds and (EMAIL,) in self.needs

    def verifies(self, query: Query) -> bool:
        """Tell whether a question is about an address alone: whether mail arrives there."""
        told = {name for name in query.inputs if name in self.uses}
        return self.can_verify and query.wants == (VERDICT,) and told == {EMAIL}

    @property
    def charged_to_verify(self) -> Price:
        """Return the price of a verification."""
        return self.verify_price or self.price

    def charges(self, query: Query) -> Price:
        """Return the price of this very question."""
        if self.verify_price is not None and self.verifies(query):
            return self.verify_price
        return self.price

    def sold(self, query: Query) -> Sequence[str]:
        """Return the wanted fields for which this very question may be charged."""
        return query.wants

    def changes(self, query: Query) -> bool:
        """Tell whether asking this changes the record at the provider; see ``writes``."""
        del query
        return bool(self.writes)

    @abstractmethod
    def read(self, body: Any, query: Query) -> Match:
        """Make values of an answer as it came. Pure: it is applied again without asking.

        An answer that holds nothing of use reads as an empty match.
        """

    def says_who(self, body: Any, query: Query, match: Match) -> Mapping[str, str]:
        """Return what an answer says of whom it is about: field → text. Pure, as `read` is.

        An answer that names somebody else than the record fills nothing.

        Args:
            body: The answer as it came.
            query: What was told and asked.
            match: What `read` makes of it, wanted or not.
        """
        del body, query
        return {name: match[name].text for name in self.about if name in match}

    def remarks(self, body: Any, query: Query) -> Sequence[Remark]:
        """Return what there is to say of an answer; a caution stays with its values. Pure."""
        del body, query
        return ()


class Local(Provider):
    """A provider that works on what is in the row: no network, no cost, no journal.

    Attributes:
        portable: What it derives follows from the query and its own code alone, so that another
            process may do it.
        stamp: Changes with what it answers from, other than its code.
        rewrites: Fields that it writes in their canonical form only, over cells that are filled.
        may_gather: Whether it may want to hear the questions of a run beforehand; see `gathers`.
    """

    portable: bool = False
    stamp: str = ""
    rewrites: tuple[str, ...] = ()
    may_gather: bool = False

    def gathers(self) -> bool:
        """Tell whether it wants to hear all questions of a run before it answers them.

        While it does, all of them are put to it, and it is asked again: what it answers now may
        raise questions that it has not heard.
        """
        return False

    def ready(self, pause: Callable[[float], None]) -> None:
        """Do what takes long before anything is asked of anybody.

        Args:
            pause: Waits so many seconds, 0 for a look; what it raises ends the waiting.

        Raises:
            RunError: It can answer nothing.
        """

    @abstractmethod
    def derive(self, query: Query) -> Match:
        """Return what follows from the row itself."""

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`; a local provider has no answer but its derivation."""
        del body
        return self.derive(query)

    def unfound(self, query: Query) -> Mapping[str, str]:
        """Return why wanted fields that the row could give stay blank: field → why, in words."""
        del query
        return {}


class Remote(Provider):
    """What all providers beyond the machine have in common."""

    @abstractmethod
    def connect(self, login: Login) -> Connection:
        """Return where and as whom to ask. Sends nothing."""

    def prepare(self, wants: Sequence[str], api: "Api") -> None:
        """Find out by free calls what wanted fields mean, before anything is billed.

        Raises:
            UsageError: A field does not exist there.
        """
        del wants, api

    def explain(self, reply: "Reply") -> EnrichctlError | Throttled | None:
        """Say what a reply means; None when it is an answer.

        The default holds for vendors that use HTTP's words as they were meant. What is said of
        statuses of 500 and above is left to the transport, which knows whether money is at stake.
        """
        match reply.status:
            case status if status < 400:  # noqa: PLR2004 - HTTP's own border
                return None
            case 401 | 403:
                return self.refused(f" (HTTP {reply.status})")
            case 402:
                return self.empty()
            case 429:
                from enrichctl.transport import retry_after  # noqa: PLC0415 - as above

                return Throttled(retry_after(reply))
            case status if status < 500:  # noqa: PLR2004 - HTTP's own border
                return BadRecord(f"{self.title} rejects the request (HTTP {status})")
        return None

    def refused(self, why: str) -> LoginRefused:
        """Return what a refused login is."""
        again = self.other_key or f"enrichctl providers login {self.name}"
        return LoginRefused(f"{self.title} refuses the login{why}", next=again)

    def empty(self) -> OutOfCredits:
        """Return what an empty account is."""
        again = f"top up {self.title}, then run again"
        return OutOfCredits(f"{self.title} is out of credits", next=again)

    def elsewhere(self) -> BadReply:
        """Return what an address means at which there is nothing of the vendor's (404)."""
        return BadReply(
            f"{self.title} does not know the address it was asked at (404)",
            next=f"check the base URL: enrichctl providers show {self.name}",
        )

    def check(self, api: "Api") -> str:
        """Prove the login with a call that costs nothing; return what to tell the user.

        Raises:
            LoginRefused: The vendor refuses it.
        """
        del api
        return f"{self.title} offers no free call to check a login"

    def account(self, api: "Api") -> str:
        """Return what the vendor calls the account that a key is of, by a call that costs nothing.

        A renewed key is of the same account. "" where the vendor does not tell.
        """
        del api
        return ""

    def balance(self, api: "Api") -> Credits | None:
        """Return the credits left, by a call that costs nothing; None when there is none."""
        del api
        return None


class Lookup(Remote):
    """A provider that answers in the same call.

    Attributes:
        key_header: Header in which the vendor takes an idempotency key; "" when it takes none.
        key_hours: For how long the vendor honours a key.
        recovers: Whether `recover` can settle a lost answer.
    """

    key_header: str = ""
    key_hours: float = 0.0
    recovers: bool = False

    @abstractmethod
    def find(self, query: Query, api: "Api") -> Answer | Offer | None:
        """Ask about one person; None is a miss. What can be judged before it is paid is an `Offer`.

        Calls that may cost money say so (``billed=True``): the transport commits the intent
        first and retries only what cannot be charged twice.

        Raises:
            RecordError: See `enrichctl.errors`; reaches this record.
            ProviderError: Reaches the lane.
        """

    def recover(self, query: Query, api: "Api") -> Answer | None:
        """Settle a lost answer by reading, without paying; None when that cannot be done."""
        del query, api
        return None

    def finish(self, body: Any, query: Query, api: "Api") -> Answer:
        """Do what an answer says is still to be done, without paying; see `Remark.redo`.

        Args:
            body: The answer as it came, in an earlier run.
            query: As it was asked.
            api: Makes no call that is billed.

        Raises:
            ProviderError: Reaches the lane; what the answer held is used as it is.
        """
        del query, api
        return Answer(body)


class Queue(Remote):
    """A provider that takes several questions in one call, or answers later, or both.

    Attributes:
        batch_max: Queries that one submission may hold.
        poll_every: Seconds after a submission before the first look, and the least between looks.
        give_up: Seconds of looking after which a run leaves a ticket to the next one.
        key_header: Header in which the vendor takes an idempotency key; "" when it takes none.
    """

    batch_max: int = 1
    poll_every: float = 1.0
    give_up: float = 1800.0
    key_header: str = ""

    def together(self, query: Query) -> str:
        """Return a word that queries of one submission share; "" is submitted alone."""
        del query
        return "batch"

    def job(self, ticket: Ticket) -> str:
        """Return a word that tickets share whose answers are there at the same time."""
        return ticket.id

    @abstractmethod
    def submit(
        self, queries: Sequence[Query], api: "Api"
    ) -> Sequence[Ticket | Answer | RecordError | OutOfCredits]:
        """Ask about several people; one ticket, answer or refusal each, in order.

        Exactly one call of it is billed. A refusal is one of the `RecordError` kinds: `NotYet`
        has the query submitted again later, `Declined` may carry what is known already, `Miss` is
        charged only where every call is. An `OutOfCredits` that is returned says that nothing was
        sold here for want of credits: the lane stops, and the query is put again by the next run.

        Raises:
            RecordError: Holds for all of the queries.
            ProviderError: Reaches the lane.
        """

    @abstractmethod
    def collect(self, ticket: Ticket, query: Query, api: "Api") -> Answer | OutOfCredits | None:
        """Fetch the answer to a ticket, which costs nothing more; None is a miss.

        A returned `OutOfCredits` is as in `submit`: the ticket is worth nothing any more.

        Raises:
            NotYet: The answer is still being made, for all tickets of the same `job`.
        """
