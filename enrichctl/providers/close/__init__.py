"""Close: an organisation's own custom fields, filled by its AI, one billed request a field.

https://developer.close.com/api/resources/field-enrichment and .../field-enrichment/create
"""

from collections.abc import Sequence
from typing import Any

from enrichctl.errors import BadRecord, EnrichctlError, Miss, RecordError, Unconfirmed
from enrichctl.json_values import text
from enrichctl.model import Answer, Credits, Match, Query, Throttled, Value
from enrichctl.price import Price
from enrichctl.provider import API_KEY, Connection, Login, Lookup, account_of, variant_of
from enrichctl.providers.close.asked import NO_VALUE, Asked
from enrichctl.providers.close.custom_fields import (
    PREFIX,
    CloseField,
    discover,
    field_named,
    organizations,
)
from enrichctl.providers.close.records import CONTACT, EMAIL, LEAD, object_id
from enrichctl.providers.close.replies import ID, ME, VALUE, Spot, get, until_reset, wrong_fields
from enrichctl.providers.close.requests import enrich
from enrichctl.transport import Api, BasicAuth, Reply


class Close(Lookup):
    """Close fills custom fields of its leads and contacts, found by id or by e-mail.

    A field is wanted by the name that the organisation gave it, in any case, or by its id. One
    that leads and contacts share is filled where the row points: the contact for a contact's id
    or an e-mail alone, else the lead.
    """

    name = "close"
    title = "Close"
    docs = "https://developer.close.com/api/resources/field-enrichment"
    login = (API_KEY,)
    # All that a row has: else two contacts of a lead would be one person to the engine.
    needs = ((LEAD, CONTACT), (CONTACT,), (LEAD, EMAIL), (LEAD,), (EMAIL,))
    uses = (LEAD, CONTACT, EMAIL)
    finds = ()
    about = ()  # an answer is one custom field, and names nobody
    writes = "fills custom fields of leads and contacts in Close"
    price = Price("call", each=Credits(1))  # credits a field are not published
    workers = 2
    timeout = 150.0  # it waits until its AI is done, "several seconds" and more
    checks_first = True
    per_field = True
    recovers = True

    def __init__(self) -> None:
        self._fields: list[CloseField] | None = None
        self._asked = Asked()

    def can_find(self, name: str) -> bool:
        """See `Provider.can_find`: which fields there are is known only to the organisation."""
        return name.startswith(PREFIX) and name not in self.uses

    def connect(self, login: Login) -> Connection:
        """See `Remote.connect`. A key belongs to one user of one organisation."""
        key = login.get(API_KEY.name)
        return Connection(
            login.base_url or "https://api.close.com/api/v1",
            BasicAuth(key, ""),
            account_of(key),
        )

    def prepare(self, wants: Sequence[str], api: Api) -> None:
        """See `Remote.prepare`."""
        for want in wants:
            field_named(want, self._all_fields(api))

    def explain(self, reply: Reply) -> EnrichctlError | Throttled | None:
        """See `Remote.explain`: bodies of errors have many forms, so that the status decides."""
        match reply.status:
            case 408:  # which status a time-out has is not documented: it is an answer lost
                return None
            case 429:
                return Throttled(until_reset(reply))
            case 404 if reply.text.lstrip().startswith("<"):
                return self.elsewhere()
            case 404:
                return BadRecord("unknown to this Close organisation (404)")
            case 400:
                return BadRecord(f"Close rejects it: {wrong_fields(reply) or 400}")
        return super().explain(reply)

    def changes(self, query: Query) -> bool:
        """See `Provider.changes`."""
        return query.save is not False

    def variant(self, query: Query) -> str:
        """See `Provider.variant`."""
        return variant_of(unsaved=query.save is False, over=query.overwrite)

    def find(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.find`: read, enrich, and read again, since the 200 proves nothing."""
        field, spot = self._spot(query, api)
        with self._asked.turn(spot):
            self._asked.spare(spot, query, api)
            try:
                value = enrich(field, spot, query, api)
            except Unconfirmed:
                self._asked.lost.add(spot)
                raise
            except BadRecord as error:
                if not api.paid:
                    raise
                self._asked.lost.add(spot)  # read by the next run, and not bought again
                raise Unconfirmed(f"paid, then {error.message}") from None
            answer = self._asked.bought[spot] = spot.answer(value) if text(value) else None
        if answer is None:
            # Whether a value that is not saved can be had at all is not documented.
            unsaved = query.save is False
            raise Miss("Close shows no value unless it may save it" if unsaved else NO_VALUE)
        return answer

    def recover(self, query: Query, api: Api) -> Answer | None:
        """See `Lookup.recover`: a value that is there is the answer, none proves nothing.

        Nor does one that was to be replaced: it may be the old one.
        """
        try:
            _, spot = self._spot(query, api)
            with self._asked.turn(spot):
                value = None if query.overwrite else spot.read(api)
                if not text(value):
                    self._asked.lost.add(spot)
                    return None
        except RecordError:
            return None
        return spot.answer(value)

    def read(self, body: Any, query: Query) -> Match:
        """See `Provider.read`."""
        value = text(body[VALUE])
        return {query.wants[0]: Value(value)} if value else {}

    def check(self, api: Api) -> str:
        """See `Remote.check`."""
        get(api, ME, ID)
        return "the key is good; Close shows no balance"

    def account(self, api: Api) -> str:
        """See `Remote.account`: the organisation, where the user of the key has no other."""
        mine = organizations(api)
        return mine[0] if len(mine) == 1 else ""

    def _all_fields(self, api: Api) -> list[CloseField]:
        """Return the custom fields of the organisation, looked up on first use."""
        if self._fields is None:
            self._fields = discover(api)
        return self._fields

    def _spot(self, query: Query, api: Api) -> tuple[CloseField, Spot]:
        by_kind = field_named(query.wants[0], self._all_fields(api))
        about_contact = CONTACT in query.inputs or LEAD not in query.inputs
        here = by_kind.get("contact" if about_contact else "lead")
        field = here or next(iter(by_kind.values()))
        return field, Spot(field.on, object_id(field.on, query.inputs, api), field.id)
