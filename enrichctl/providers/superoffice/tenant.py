"""A tenant of SuperOffice: where it lives, and as whom it is asked.

https://docs.superoffice.com/en/api/authentication/online/api.html, and of its states
https://docs.superoffice.com/en/apps/tenant-status/status-page.html
"""

import re
from base64 import b64encode

from enrichctl import urls
from enrichctl.errors import BadReply, LoginRefused, RecordError, Unavailable, UsageError
from enrichctl.json_values import as_object, text
from enrichctl.provider import API_KEY, Login, account_of
from enrichctl.transport import Api, RenewableAuth, Reply, segment

SCHEMES = ("bearer", "soticket", "basic")
TOKENS, REFRESH_TOKEN = "/login/common/oauth/tokens", "refresh_token"
UP = ("Running", "OnlineMaintenance", 2, 5)  # states of a tenant whose API answers
STALE, MISDIRECTED = (401, 403), 421


class Tenant:
    """A tenant, or an installation on site, and its credentials.

    Attributes:
        root: Everything before the paths of the documentation; "" until it has been looked up.
        account: Names it, whatever its token and host.

    Raises:
        UsageError: These login items cannot work.
    """

    def __init__(self, login: Login) -> None:
        scheme, key, self.root = login.get("auth"), login.get(API_KEY.name), login.base_url
        self._scheme, self._key, self._app_token = scheme.lower(), key, login.get("app_token")
        self._name, self._state_url = login.get("tenant"), login.get("state_url")
        self._renewal = {n: login.get(n) for n in ("client_id", "client_secret", REFRESH_TOKEN)}
        if wrong := urls.trouble(self._state_url):
            raise UsageError(
                f"the login host of SuperOffice {wrong}",
                next="correct ENRICHCTL_SUPEROFFICE_STATE_URL, or state_url in the configuration",
            )
        if self._scheme not in SCHEMES:
            raise UsageError(
                f"SuperOffice has no scheme {scheme!r}", next=f"one of {', '.join(SCHEMES)}"
            )
        if self._scheme == "soticket" and not self._app_token:
            raise UsageError("a SuperOffice ticket needs its app_token as well")
        if not (self.root or self._name):
            raise UsageError(
                "where SuperOffice is asked depends on the tenant, which is not given",
                next="set ENRICHCTL_SUPEROFFICE_TENANT, or base_url",
            )
        # A token is renewed and a tenant moves from host to host: neither names the account.
        home = re.sub(r"\d+(?=\.superoffice\.com)", "", self.root)
        user = key.partition(":")[0] if self._scheme == "basic" else ""
        self.account = self._name or account_of(home, user)

    def auth(self) -> RenewableAuth:
        """Return the credentials, with texts asked for in one language instead of all."""
        key = self._key
        headers = {
            "bearer": {"Authorization": f"Bearer {key}"},
            "soticket": {"Authorization": f"SOTicket {key}", "SO-AppToken": self._app_token},
            "basic": {"Authorization": f"Basic {b64encode(key.encode()).decode()}"},
        }
        return RenewableAuth({"Accept-Language": "en"} | headers[self._scheme], self._renew)

    def _renew(self, api: Api, reply: Reply) -> tuple[str, RenewableAuth] | None:
        """Find the tenant when it has moved, renew a token when it has expired.

        https://docs.superoffice.com/en/developer-portal/best-practices/index.html: an expired
        token may be refused by 403 as well.
        """
        renewable = self._scheme == "bearer" and all(self._renewal.values())
        if reply.status == MISDIRECTED and self._name:
            self.root = _home(self._name, api.at(self._state_url))
        elif reply.status in STALE and renewable:
            self._key, newest = _renewed(self._renewal, api.at(self._state_url))
            self._renewal[REFRESH_TOKEN] = newest
        else:
            return None
        return self.root, self.auth()


def _home(tenant: str, host: Api) -> str:
    """Ask where a tenant lives; good until it says 421."""
    try:
        state = as_object(host.get(f"/api/state/{segment(tenant)}").json())
    except RecordError:
        raise LoginRefused("SuperOffice knows no such tenant", next="check its name") from None
    home, is_up = text(state.get("Api")), state.get("State") in UP
    if not (is_up or state.get("IsRunning")):
        raise Unavailable("the SuperOffice tenant is not running", next="run it again later")
    if not home:
        raise BadReply("SuperOffice does not say which server the tenant is on")
    if urls.trouble(home):
        raise BadReply("SuperOffice names an address for the tenant that cannot be one")
    return home.rstrip("/").removesuffix("/api")


def _renewed(renewal: dict[str, str], host: Api) -> tuple[str, str]:
    """Return a new access token and refresh token.

    The parameters are documented in the query, where secrets end up in logs. Not documented: that
    a form will do, as OAuth 2 has it and clients of this host send it.
    """
    try:
        told = {"grant_type": REFRESH_TOKEN} | renewal
        answer = as_object(host.call("POST", TOKENS, form=told).json())
    except RecordError:
        answer = {}
    token = text(answer.get("access_token"))
    if not token:
        raise LoginRefused(
            "SuperOffice does not renew the access token",
            next="check client_id, client_secret and refresh_token; a tenant may revoke the latter",
        )
    return token, text(answer.get(REFRESH_TOKEN)) or renewal[REFRESH_TOKEN]
