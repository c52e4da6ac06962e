"""A provider with code, as a package of somebody else's would have it."""

from enrichctl.model import Answer, Credits, Value
from enrichctl.provider import API_KEY, Connection, Lookup, account_of
from enrichctl.price import Price
from enrichctl.transport import HeaderAuth


class Acme(Lookup):
    """Acme tells job titles by e-mail."""

    name = "acmecode"
    title = "Acme"
    docs = "https://docs.acme.example"
    login = (API_KEY,)
    needs = (("email",),)
    uses = ("email",)
    finds = default_wants = ("job_title",)
    price = Price("match", {"*": Credits(1)})

    def connect(self, login):
        key = login.get("api_key")
        base_url = login.base_url or "https://api.acme.example"
        return Connection(base_url, HeaderAuth({"X-Api-Key": key}), account_of(key))

    def find(self, query, api):
        return Answer(api.post("/lookup", {"mail": query.inputs["email"]}, billed=True).json())

    def read(self, body, query):
        return {"job_title": Value(body["title"])} if body.get("title") else {}
