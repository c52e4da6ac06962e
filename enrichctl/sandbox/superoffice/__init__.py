"""SuperOffice as its documentation describes it: https://docs.superoffice.com .

The host that says where a tenant lives and renews tokens is apart from the one that serves it:
``/api/state/…`` and ``/login/…`` here, ``/online3/Cust12345/api/v1/…`` there. Where the vendor's
documents are silent the sandbox does what is hardest on a client: enriching overwrites, and
saves nothing.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.exchange import (
    VendorReply,
    VendorRequest,
    json_reply,
    read_query,
    text_reply,
)
from enrichctl.sandbox.makeup import Company
from enrichctl.sandbox.superoffice.records import (
    Entities,
    country,
    enriched,
    item,
    preview,
    read_filter,
    row,
)
from enrichctl.sandbox.switches import Switches, Terms
from enrichctl.sandbox.vendor import Route, Vendor
from enrichctl.sandbox.words import LANDS
from enrichctl.sandbox.world import World

TENANT = "Cust12345"
CLIENT_ID, CLIENT_SECRET = "sandbox_client", "sandbox_secret"
REFRESH_TOKEN = "sandbox_refresh"  # noqa: S105 - opens nothing but the sandbox
TICKET = "7T:sandbox"
USER, PASSWORD = "sandbox", "sandbox"
PAGE = 100  # rows of an archive page when none is asked for
ROOT = rf"/online(\d+)/{TENANT}/api/v1"
HELP = "<html><body>This is an agent method. Use POST to invoke it.</body></html>"
OPEN = ("/api/state/", "/login/")  # paths that need no login
RUNNING = ("Running", "OnlineMaintenance")


@dataclass(slots=True)
class SuperofficeSwitches:
    """What can be set of SuperOffice alone.

    Attributes:
        home_country: Country that it looks in when none is told.
        tenant_node: Number of the host that serves the tenant; others answer 421.
        tenant_state: State of the tenant.
        enrich_id_in: Item of a list of candidates that holds the EnrichId.
        enrich_saves: Whether EnrichContactEntity saves as well.
        token_seconds: Lifetime of an access token.
    """

    home_country: str = "NO"
    tenant_node: int = 3
    tenant_state: str = "Running"
    enrich_id_in: Literal["Id", "ExtraInfo"] = "Id"
    enrich_saves: bool = False
    token_seconds: float = 3600.0


class SuperofficeVendor(Vendor):
    """SuperOffice: companies, which it calls contacts, and a source of data about them."""

    name: ClassVar[str] = "superoffice"
    terms = Terms(
        key="8A:Cust12345.sandbox", prices={"enrich": Decimal(0)}, own=SuperofficeSwitches
    )

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.entities = Entities(world.population)
        self._tokens = {self.world.switches.keys[self.name]: world.now()}

    @classmethod
    def base(cls, switches: Switches) -> str:
        """See `Vendor.base`: the host that serves the tenant."""
        node = switches.of(SuperofficeSwitches).tenant_node
        return f"/{cls.name}/online{node}/{TENANT}"

    @classmethod
    def login(cls, root: str, switches: Switches) -> dict[str, str]:
        """See `Vendor.login`."""
        return super().login(root, switches) | {
            "tenant": TENANT,
            "state_url": f"{root}/{cls.name}",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN,
        }

    @property
    def own(self) -> SuperofficeSwitches:
        """Return the switches that only this vendor has."""
        return self.world.switches.of(SuperofficeSwitches)

    def routes(self) -> list[Route]:
        """List what can be asked. An agent's method is invoked by POST, GET explains it."""
        agents = [
            ("MDO/GetListWithRestriction", self.list_restricted),
            ("Contact/GetPreviewEnrichContact", self.preview),
            ("Contact/GetContactEntity", self.load),
            ("Contact/EnrichContactEntity", self.enrich),
            ("Contact/ValidateContactEntity", self.validate),
            ("Contact/SaveContactEntity", self.save),
        ]
        return [
            ("GET", "/api/state/([^/]+)", self.state),
            ("POST", "/login/common/oauth/tokens", self.token),
            ("GET", rf"{ROOT}/MDOList/enrichcontact", self._here(self.list_candidates)),
            ("GET", rf"{ROOT}/MDOList/country", self._here(self.list_countries)),
            ("GET", rf"{ROOT}/Contact", self._here(self.find)),
            ("GET", rf"{ROOT}/Contact/([^/]+)", self._here(self.get)),
            *[("POST", f"{ROOT}/Agents/{name}", self._here(work)) for name, work in agents],
            ("GET", rf"{ROOT}/Agents/\w+/\w+", self._here(lambda _: text_reply(HELP))),
        ]

    def login_refused(self, request: VendorRequest) -> VendorReply | None:
        """Refuse a caller without any of: a fresh token, a ticket with the app's token, a user."""
        if request.path.startswith(OPEN):
            return None
        scheme, _, proof = request.headers.get("authorization", "").partition(" ")
        kind = scheme.lower()
        if kind == "bearer":
            issued = self._tokens.get(proof)
            life = self.own.token_seconds
            good = issued is not None and self.world.now() < issued + life
        elif kind == "soticket":
            good = proof == TICKET and request.headers.get("so-apptoken") == CLIENT_SECRET
        else:
            good = request.basic() == (USER, PASSWORD)
        return None if good else self.refuse("login", request)

    def refuse(self, why: str, request: VendorRequest) -> VendorReply:  # noqa: ARG002 - the same for all
        """Say no. Only the refused login is documented; the others are what gateways do."""
        if why == "login":
            return _failure(401, "SoSessionException", "Authentication failed")
        if why == "credits":
            return _failure(402, "SoLicenseException", "The licence does not allow this")
        return text_reply("Too Many Requests", 429)

    def not_found(self, request: VendorRequest, *, known_path: bool) -> VendorReply:
        """Answer what cannot be routed; an unknown agent is a failed call, which returns null."""
        if "/Agents/" in request.path:
            return json_reply(None)
        status = 405 if known_path else 404
        return _failure(status, "SoNotFoundException", "No such resource")

    def _here(self, work: Any) -> Any:
        """Wrap a tenant's path: the right host, and a tenant that is up."""

        def answer(request: VendorRequest, node: str, *rest: str) -> VendorReply:
            if int(node) != self.own.tenant_node:
                return text_reply("Wrong subdomain used to access tenant", 421)
            if self.own.tenant_state not in RUNNING:
                return text_reply("Service Unavailable", 503)
            reply: VendorReply = work(request, *rest)
            return reply

        return answer

    def state(self, request: VendorRequest, tenant: str) -> VendorReply:
        """Tell where a tenant lives now; no login needed."""
        if tenant != TENANT:
            return _failure(404, "SoNotFoundException", "Unknown tenant")
        until = datetime.fromtimestamp(self.world.now(), UTC) + timedelta(hours=1)
        home = f"{_host(request)}/online{self.own.tenant_node}"
        return json_reply(
            {
                "ContextIdentifier": TENANT,
                "Endpoint": home,
                "State": self.own.tenant_state,
                "IsRunning": self.own.tenant_state in RUNNING,
                "ValidUntil": f"{until:%Y-%m-%dT%H:%M:%S.%fZ}",
                "Api": f"{home}/{TENANT}/api",
            }
        )

    def token(self, request: VendorRequest) -> VendorReply:
        """Renew an access token; the parameters may be in the query or in a form."""
        sent = dict(request.query) | read_query(request.body.decode(errors="replace"))
        if sent.get("grant_type") != "refresh_token":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        if (sent.get("client_id"), sent.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return json_reply({"error": "invalid_client"}, 400)
        if sent.get("refresh_token") != REFRESH_TOKEN:
            return json_reply({"error": "invalid_grant"}, 400)
        token = f"8A:{TENANT}.{Dice('token', len(self._tokens)).letters(24)}"
        self._tokens[token] = self.world.now()
        return json_reply(
            {
                "token_type": "Bearer",
                "access_token": token,
                "expires_in": int(self.own.token_seconds),
                "id_token": "sandbox.id.token",
            }
        )

    def list_candidates(self, request: VendorRequest) -> VendorReply:
        """List what the data provider offers for a name."""
        query = request.query.get("query", "")
        return self._candidates(query, request.query.get("additional", ""))

    def list_countries(self, request: VendorRequest) -> VendorReply:  # noqa: ARG002 - the same for all
        """List the countries that a company may be in."""
        return json_reply([country(rank, land) for rank, land in enumerate(LANDS, 1)])

    def list_restricted(self, request: VendorRequest) -> VendorReply:
        """List what the data provider offers for a name, the agent's way."""
        body = _fields(request.json())
        if body is None:
            return _invalid()
        if str(body.get("name", "")).lower() != "enrichcontact":
            return json_reply(None)
        return self._candidates(body.get("searchvalue"), body.get("additionalinfo"))

    def _candidates(self, name: Any, additional: Any) -> VendorReply:
        options = read_query(str(additional or ""))
        country = options.get("countryIso2") or self.own.home_country
        name = str(name or "").strip()
        offers = self.entities.candidates(name, country) if name else []
        where = self.own.enrich_id_in
        return json_reply([item(rank, where, *offer) for rank, offer in enumerate(offers, 1)])

    def _offer(self, body: dict[str, Any]) -> Company | None:
        enrich_id = body.get("enrichid")
        known = isinstance(enrich_id, str) and enrich_id.isascii() and enrich_id.isdigit()
        return self.entities.offers.get(int(str(enrich_id))) if known else None

    def preview(self, request: VendorRequest) -> VendorReply:
        """Show what an EnrichId stands for; null when there is no such."""
        body = _fields(request.json())
        if body is None:
            return _invalid()
        offer = self._offer(body)
        return json_reply(preview(offer) if offer else None)

    def load(self, request: VendorRequest) -> VendorReply:
        """Show a company, null when there is no such."""
        query = {name.lower(): value for name, value in request.query.items()}
        return json_reply(_selected(self.entities.load(query.get("contactentityid")), request))

    def get(self, request: VendorRequest, contact_id: str) -> VendorReply:
        """Show a company the REST way: 404 when there is no such."""
        entity = self.entities.load(contact_id)
        if entity is None:
            return _failure(404, "SoNotFoundException", f"Contact id {contact_id} not found")
        links = {"_Links": {"Self": f"{_host(request)}{request.path}"}}
        return json_reply(links | (_selected(entity, request) or {}))

    def find(self, request: VendorRequest) -> VendorReply:
        """Find companies in the archive, page by page."""
        query = request.query
        try:
            passes, names, exact = read_filter(query.get("$filter", ""))
            top, skip = int(query.get("$top", PAGE)), int(query.get("$skip", 0))
        except ValueError:
            return _failure(400, "SoIllegalOperationException", "The filter is not understood")
        self.entities.named(names)
        rows = (row(entity) for entity in self.entities.with_name(exact))
        found = [one for one in rows if passes(one)]
        wanted = {"primarykey", "entityname"}
        wanted |= {name.strip().lower() for name in query.get("$select", "").split(",") if name}
        page = [
            {k: v for k, v in one.items() if "$select" not in query or k.lower() in wanted}
            for one in found[skip : skip + top]
        ]
        more = skip + top < len(found)
        here = f"{_host(request)}{request.path}"
        following = f"{here}?$skip={skip + top}&$top={top}" if more else ""
        if more and "$filter" in query:
            following += f"&$filter={query['$filter']}".replace(" ", "%20")
        return json_reply({"odata.metadata": here, "odata.nextLink": following, "value": page})

    def enrich(self, request: VendorRequest) -> VendorReply:
        """Return the entity with what an EnrichId stands for; whether it saves is a switch."""
        body = _fields(request.json())
        if body is None or not {"contactentity", "enrichid"} <= body.keys():
            return _invalid()
        entity, offer = body["contactentity"], self._offer(body)
        if not isinstance(entity, dict) or offer is None:
            return json_reply(None)
        entity = self._pascal(entity)
        if not self.world.affords(self.name, "enrich"):
            return self.refuse("credits", request)
        self.world.charge(self.name, "enrich", str(entity.get("ContactId")), str(body["enrichid"]))
        changed = enriched(entity, offer)
        if self.own.enrich_saves:
            self.entities.save(changed)
        return json_reply(_selected(changed, request))

    def validate(self, request: VendorRequest) -> VendorReply:
        """Tell what keeps the ``ContactEntity`` of a request from being saved: field to error.

        The bare entity is what the REST route ``Contact/Validate`` takes.
        """
        entity = (_fields(request.json()) or {}).get("contactentity")
        if not isinstance(entity, dict):
            return _invalid()
        named = self._pascal(entity).get("Name")
        return json_reply({} if named else {"Name": "The company must have a name"})

    def save(self, request: VendorRequest) -> VendorReply:
        """Store an entity, the body itself, whole."""
        body = request.json()
        if not isinstance(body, dict) or {"contactentity"} == {name.lower() for name in body}:
            return _invalid()
        return json_reply(_selected(self.entities.save(self._pascal(body)), request))

    def _pascal(self, entity: dict[str, Any]) -> dict[str, Any]:
        """Spell an entity's names as the responses do; what is no member of it is not read."""
        known = {name.lower(): name for name in next(iter(self.entities.saved.values()))}
        told = {known.get(name.lower()): value for name, value in entity.items()}
        return {name: value for name, value in told.items() if name}


def _host(request: VendorRequest) -> str:
    """Return what stands before the paths of a request, as its client calls it."""
    return f"http://{request.headers.get('host', '127.0.0.1')}/superoffice"


def _fields(body: Any) -> dict[str, Any] | None:
    return {name.lower(): value for name, value in body.items()} if isinstance(body, dict) else None


def _selected(entity: dict[str, Any] | None, request: VendorRequest) -> dict[str, Any] | None:
    """Null out what ``$select`` leaves out."""
    chosen = request.query.get("$select")
    if entity is None or not chosen:
        return entity
    wanted = {re.split("/", name.strip().lower())[0] for name in chosen.split(",")}
    return {name: value if name.lower() in wanted else None for name, value in entity.items()}


def _invalid() -> VendorReply:
    """Answer an agent's call that cannot be read: 200, with a message."""
    return json_reply(
        {
            "Message": "The request is invalid.",
            "MessageDetail": "The parameters dictionary contains a null entry.",
        }
    )


def _failure(status: int, kind: str, message: str) -> VendorReply:
    return json_reply(
        {
            "Error": True,
            "ErrorType": kind,
            "ErrorMessage": message,
            "ErrorSource": "SuperOffice.Services.Implementation",
        },
        status,
    )
