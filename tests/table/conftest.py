from pathlib import Path

import pytest

from enrichctl.model import Match, Query
from enrichctl.table import define

PEOPLE = """\
Email,First Name,Last Name,Company,Company Domain,Job Title,Phone,LinkedIn URL,City
Anna.Berg@Nordwind.de,Anna,Berg,Nordwind GmbH,nordwind.de,Head of Sales,+49 (0)30 1234567,linkedin.com/in/Anna-Berg/,Berlin
karl.lang@nordwind.de,Karl,Lang,Nordwind GmbH,nordwind.de,CFO,030 7654321,,Berlin
philipp.wolf@ostsee.de,Philipp,Wolf,Ostsee AG,www.ostsee.de,Buyer,,,Kiel
"""  # noqa: E501 - a file's lines


class Crm:
    """A table in a folder of its own, and what its provider was heard to say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.write(PEOPLE)

    def write(self, text: str, name: str = "crm.csv") -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def provider(self, **settings):
        table = {"kind": "table", "path": "crm.csv"} | settings
        return define("crm", table, self.folder, tell=self.said.append)

    def match(self, told: dict[str, str], *wants: str, **settings) -> Match:
        provider = self.provider(**settings)
        return provider.derive(Query(told, wants or provider.default_wants, region="DE"))

    def ask(self, told: dict[str, str], *wants: str, **settings) -> dict[str, str]:
        return {name: value.text for name, value in self.match(told, *wants, **settings).items()}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return Crm(tmp_path)
