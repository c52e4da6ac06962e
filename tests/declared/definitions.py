"""A definition that holds together, and what becomes of it when it is changed."""

import tomllib
from decimal import Decimal
from pathlib import Path

from enrichctl.config import Place
from enrichctl.declared import define

ACME = """\
base_url = "https://api.acme.example"
auth = {header = "X-Api-Key"}
needs = [["email"], ["first_name", "last_name"]]
hints = ["company_name"]
billed = "match"
price = 2
rates = [{limit = 5, seconds = 1}]

[request]
path = "/lookup"
json = {mail = "{email}", name = "{first_name} {last_name}", at = "{company_name}"}

[response]
job_title = "person.title"
phone = "person.phone"

[meaning]
miss = [404]
"""


def acme(*changes: tuple[str, str], folder: Path = Path("/nowhere"), more: str = ""):
    """Return the provider of the definition with these texts replaced, and more at its end."""
    text = ACME
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "acme.toml"
    if folder.is_dir():
        path.write_text(text + more)
    return define("acme", tomllib.loads(text + more, parse_float=Decimal), Place(path).wrong)
