"""What is remembered of values is bounded: memory does not grow with the file."""

import importlib
import pkgutil

from enrichctl.facts import spelling
from enrichctl.facts.short_names import are_related
from enrichctl.model import Query
from enrichctl.providers.offline import Offline

MANY = 600  # two top-level domains and names of each
OF_TABLES = 1_100  # entries of a cache without a bound, whose keys are the program's own
FOLDERS = ("facts", "matching", "providers", "engine", "files")


def caches():
    """Yield every function of the program that remembers what it has returned."""
    for folder in FOLDERS:
        package = importlib.import_module(f"enrichctl.{folder}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("worker_process"):
                continue
            for name, one in vars(importlib.import_module(module.name)).items():
                if hasattr(one, "cache_info") and one.__module__ == module.name:
                    yield f"{module.name}.{name}", one


def word(number: int) -> str:
    """Return a word that nobody has written before."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)) + "q"


def test_caches_keep_no_more_than_they_say():
    offline = Offline()
    for number in range(MANY):
        own = word(number)
        inputs = {
            "email": f"{own}.{own}x@{own}.{own}",
            "full_name": f"{own} {own}x",
            "job_title": f"{own} of {own}x, {own}y",
            "phone": f"+49 30 {2_000_000 + number}",
            "mobile": f"0{number} 123456",
            "country": own,
            "location": f"{own}, {own}x",
            "website": f"https://{own}.{own}x/{own}",
            "linkedin_url": f"https://linkedin.com/in/{own}",
        }
        offline.derive(Query(inputs, offline.default_wants, frozenset(), None, "DE"))
        offline.unfound(Query(inputs, ("phone_e164",), frozenset(), None, ""))
        for name, text in inputs.items():
            spelling.canonical(name, text, "DE")
        are_related(own, f"{own}x")

    grown = {}
    for name, one in caches():
        info = one.cache_info()
        if info.currsize > (OF_TABLES if info.maxsize is None else info.maxsize):
            grown[name] = info.currsize

    assert grown == {}
    assert sum(1 for _ in caches()) > 40
