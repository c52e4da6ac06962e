"""Sandboxes that end with their test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sandbox_talk import Client

from enrichctl.sandbox import Sandbox


@pytest.fixture
def make_box() -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes that end with the test."""
    started = []

    def start(**switches: Any) -> Sandbox:
        box = Sandbox(**switches)
        started.append(box.__enter__())
        return box

    yield start
    for box in started:
        box.__exit__(None, None, None)


@pytest.fixture
def client(make_box) -> Callable[..., Client]:
    """Start a sandbox and talk to one vendor of it; everybody is known unless switched."""

    def start(vendor: str, **switches: Any) -> Client:
        return Client(make_box(**({"miss_rate": 0, "hole_rate": 0} | switches)), vendor)

    return start
