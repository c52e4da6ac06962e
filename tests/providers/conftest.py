"""lemlist with scripted replies, for all of its tests."""

import pytest
from lemlist_talk import Talk
from mocked import Mock

from enrichctl.providers import load


@pytest.fixture
def http():
    with Mock() as mock:
        yield mock


@pytest.fixture
def lemlist():
    return load("lemlist")


@pytest.fixture
def talk(lemlist):
    return Talk(lemlist)
