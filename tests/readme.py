"""The parts of the README and of the manual that say what the program declares and does."""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from enrichctl import manual
from enrichctl.cli.exits import EXITS
from enrichctl.errors import ExitStatus
from enrichctl.model import Query
from enrichctl.provider import Local, Price, Provider
from enrichctl.providers import load, names

RUN = Path(__file__).parent / "screens" / "enrich_sandbox.txt"
LEADS = Path(__file__).parent / "data" / "leads.csv"
EXAMPLE = "antoine.lefebvre@vergers-du-lac-demo.fr"  # of the row that is shown before and after
COLUMNS = {
    "First Name": "first_name", "Last Name": "last_name", "Email": "email",
    "Job Title": "job_title", "Company": "company_name", "Phone": "phone", "Country": "country",
    "LinkedIn URL": "linkedin_url",
}  # fmt: skip
SKIPPED = ("Notes", "company_description", "company_linkedin_url")
FEW = 4  # fields of a group that are listed one by one
GROUPS = {
    "name": ("first_name", "last_name", "full_name"),
    "title": ("job_title", "seniority", "department"),
    "company": ("company_name", "company_domain", "company_size", "industry", "founded_year",
                "company_description", "company_linkedin_url", "website", "tech_stack"),
    "place": ("location", "address", "city", "region", "postal_code", "country", "country_code",
              "timezone"),
    "e-mail": ("email", "email_kind"),
    "phone": ("phone", "mobile", "phone_e164"),
}  # fmt: skip
WORDS = {
    "email": "e-mail", "email_kind": "kind of e-mail", "linkedin_url": "profile URL",
    "email_status": "verification", "phone_e164": "phone in E.164", "timezone": "time zone",
    "tech_stack": "technology", "company_linkedin_url": "company profile",
    "superoffice.contact_id": "company id",
}  # fmt: skip
BOTH_NAMES = (("first name and last name", "name"), ("first name, last name", "name"))


def renewed(text: str) -> str:
    """Return a page with its generated parts as they should be."""
    for name in marked(text):
        made = PARTS[name]()
        text = _between(name).sub(lambda found, made=made: found[1] + made + found[2], text)
    return text


def marked(text: str) -> list[str]:
    """Return the names of the generated parts that a page has a place for."""
    return [name for name in PARTS for _ in _between(name).findall(text)]


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)


def run() -> str:
    """Return a run as it was recorded."""
    return f"```text\n{RUN.read_text('utf-8').strip()}\n```\n"


@cache
def row() -> str:
    """Return a row of the sample leads before and after a run against the sandbox."""
    with LEADS.open(encoding="utf-8", newline="") as file:
        before = next(row for row in csv.DictReader(file) if row["Email"] == EXAMPLE)
    with tempfile.TemporaryDirectory() as home:
        with (Path(home) / "row.csv").open("w", encoding="utf-8", newline="") as file:
            one = csv.DictWriter(file, before)
            one.writeheader()
            one.writerow(before)
        command = [str(Path(sys.executable).with_name("enrichctl")), "enrich", "row.csv", "--json",
                   "--sandbox", "-p", "offline,leadlex,lemlist", "-q"]  # fmt: skip
        environ = {"PATH": os.environ["PATH"], "HOME": home, "ENRICHCTL_STATE_DIR": home}
        done = subprocess.run(command, cwd=home, env=environ, capture_output=True, check=True)
    after = json.loads(done.stdout)
    found = after.pop("_enrichctl")["fields"]
    rows = (
        (f"`{name}`", before.get(name) or "", value, _source(found, COLUMNS.get(name, name)))
        for name, value in after.items()
        if value and name not in SKIPPED
    )
    return _table(("Column", "Before", "After", "Source"), rows)


def _source(found: Mapping[str, Any], field: str) -> str:
    return f"`{found[field]['provider'].removeprefix('sandbox:')}`" if field in found else ""


def topics() -> str:
    """Return the list of the manual's pages."""
    rows = (
        (f"[{name}](enrichctl/manual/{name}.md)", manual.page(name).summary)
        for name in manual.topics()
    )
    return _table(("Page", "About"), rows)


def providers() -> str:
    """Return the table of providers."""
    rows = (
        (f"`{name}`", _told(one), _fills(one), ". ".join(filter(None, (_writes(one), _price(one)))))
        for name, one in ((name, load(name)) for name in names())
    )
    return _table(("Name", "Is told", "Fills", "Effect and price"), rows)


def exits() -> str:
    """Return the table of exit statuses; those that only their cause tells apart share a row."""
    return _table(
        ("Exit", "Means", "Next"), (_row(list(same)) for _, same in groupby(EXITS, _kind))
    )


def _kind(status: ExitStatus) -> object:
    means, next_one = EXITS[status]
    _, both, what = means.partition(": ")
    return (what, next_one) if both else status


def _row(statuses: list[ExitStatus]) -> tuple[str, str, str]:
    means = [EXITS[status].means for status in statuses]
    causes = ", ".join(text.partition(": ")[0] for text in means[:-1])
    said = f"{causes}, {means[-1]}" if causes else means[-1]
    return ", ".join(str(int(status)) for status in statuses), said, EXITS[statuses[0]].next


def _told(provider: Provider) -> str:
    if isinstance(provider, Local):
        return "what is in the row; nothing leaves the machine"
    return _or(_needed(need) for need in _least(provider))


def _least(provider: Provider) -> Iterator[tuple[str, ...]]:
    """Yield the sets that identify a lead, but for those that hold a smaller one."""
    for need in provider.needs:
        if not any(set(other) < set(need) for other in provider.needs):
            yield need


def _needed(need: Iterable[str]) -> str:
    return " and ".join(_word(name) for name in need).replace(*BOTH_NAMES[0])


def _fills(provider: Provider) -> str:
    if not provider.finds:
        return f"fields of your own, named as in `-w {provider.name}.Industry`"
    usual = _grouped(provider.default_wants)
    others = [name for name in provider.finds if name not in provider.default_wants]
    if isinstance(provider, Local) or not others:
        return usual
    return f"{usual}; only with `-w`: {_grouped(others)}"


def _grouped(fields: Iterable[str]) -> str:
    """Return fields as words: by what they are about where they are all of it, or many."""
    left = dict.fromkeys(fields)
    words = []
    for name in list(left):
        word, own = next((g for g in GROUPS.items() if name in g[1]), (name, (name,)))
        here = [one for one in own if one in left]
        if len(own) > 1 and (here == list(own) or len(here) > FEW):
            words.append(word)
            left = {one: None for one in left if one not in own}
        elif name in left:
            words.append(_word(name))
    return ", ".join(words).replace(*BOTH_NAMES[1])


def _writes(provider: Provider) -> str:
    """Say what asking changes, and by what it is asked when it does."""
    if not provider.writes:
        return ""
    said = re.sub(r"(--[\w-]+)", r"`\1`", provider.writes)
    needs = list(_least(provider))
    usual = [need for need in needs if _changes(provider, need, None)]
    always = len(usual) == len(needs)
    if not usual:
        return said  # which tells when
    by = "" if always else f" when asked by {_or(map(_needed, usual))}"
    saved = [need for need in needs if need not in usual and _changes(provider, need, True)]
    only = f" by {_or(map(_needed, saved))}" if len(saved) < len(needs) - len(usual) else ""
    saving = f", or{only} with `--save`" if saved else ""
    sparing = not any(_changes(provider, need, False) for need in needs)
    unless = ", unless `--no-save`" if sparing else ""
    return f"{said}{by}{saving}{unless}"


def _changes(provider: Provider, need: Iterable[str], save: bool | None) -> bool:
    wants = provider.default_wants or (f"{provider.name}.Industry",)
    told = {name: "x@acme.example" if name == "email" else "x" for name in need}
    return provider.changes(Query(told, wants, save=save))


def _price(provider: Provider) -> str:
    price: Price = provider.price
    if price.billed == "no":
        return "free"
    unit = "match" if price.billed == "match" else "call"
    flat = price.items.get("*")
    sold = [f"{_word(item)} {cost:f}" for item, cost in price.items.items() if item != "*"]
    if flat is not None:
        wants = provider.default_wants
        free = not provider.sold(Query({}, wants))
        saving = " with `--save`, else free" if free and wants else ""
        each = [f"{flat:f} credit{'' if flat == 1 else 's'} a {unit}{saving}"]
        return ", ".join(each + [f"{text} more" for text in sold])
    if price.each:
        sold.append(f"{price.each:f} credit{'' if price.each == 1 else 's'} a field and {unit}")
        return ", ".join(sold)
    return f"{', '.join(sold)} credits, when found"


def _word(name: str) -> str:
    return WORDS.get(name) or name.rpartition(".")[2].replace("_", " ")


def _or(parts: Iterable[str]) -> str:
    *most, last = parts
    if not most:
        return last
    mark = ";" if any(" and " in part for part in (*most, last)) else ","
    return f"{f'{mark} '.join(most)}{mark.strip(',')} or {last}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in (head, *rows)]
    lines.insert(1, "|---" * len(head) + "|\n")
    return "".join(lines)


PARTS = {"row": row, "topics": topics, "run": run, "providers": providers, "exits": exits}
