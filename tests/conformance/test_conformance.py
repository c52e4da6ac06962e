"""Plays the written exchanges of every provider; what is due stands in ``exchanges/*.json``."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from mutants import Mutant, mutants

from enrichctl import registry
from enrichctl.config import Settings
from enrichctl.conformance import Exchanges, Stage, conform, read
from enrichctl.conformance.declarations import compare, examine
from enrichctl.provider import Remote

SETTINGS = Settings()
load = partial(registry.load, settings=SETTINGS)
FILES = {path.stem: path for path in sorted(Path(__file__).parent.glob("exchanges/*.json"))}
WRITTEN = {name: read(path) for name, path in FILES.items()}


@cache
def at(name: str, url: str) -> Exchanges:
    return read(FILES[name], url)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


def test_every_provider_beyond_the_machine_has_written_exchanges() -> None:
    remote = {name for name in registry.nearby(SETTINGS) if isinstance(load(name), Remote)}
    assert set(FILES) == remote


@pytest.mark.parametrize("name", registry.nearby(SETTINGS))
def test_declarations_hold_together(name: str) -> None:
    assert list(examine(load(name))) == []


@pytest.mark.parametrize("name", FILES)
def test_a_file_fits_its_provider_and_holds_every_kind_of_case(name: str) -> None:
    assert list(compare(load(name), WRITTEN[name])) == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(name, place, id=f"{name}: {case.name}")
        for name, written in WRITTEN.items()
        for place, case in enumerate(written.cases)
    ],
)
def test_does_as_written(name: str, place: int, stage: Stage) -> None:
    written = at(name, stage.url)
    assert conform(partial(load, name), written, written.cases[place], stage) == ()


MUTANTS = [
    pytest.param(name, mutant, id=f"{name}: {mutant.name}")
    for name, written in WRITTEN.items()
    for mutant in mutants(partial(load, name), written)
]


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_finds_a_mutant(name: str, mutant: Mutant, stage: Stage) -> None:
    written = at(name, stage.url)
    complaints = (
        complaint
        for case in written.cases
        for complaint in conform(mutant.make, written, case, stage)
    )
    assert any(mutant.found in complaint for complaint in complaints)
