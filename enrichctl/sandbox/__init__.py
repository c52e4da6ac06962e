"""A local server that speaks the vendors' documented protocols over a made-up population.

Written from the vendors' documents, not from the provider modules, so that a misreading in one
shows in the other. It needs no key, no money and no network but 127.0.0.1.
"""

from enrichctl.sandbox.box import Sandbox
from enrichctl.sandbox.makeup import Company, Person
from enrichctl.sandbox.population import Population
from enrichctl.sandbox.switches import FAULTS, Switches
from enrichctl.sandbox.world import Charge, ReceivedRequest

__all__ = [
    "FAULTS",
    "Charge",
    "Company",
    "Person",
    "Population",
    "ReceivedRequest",
    "Sandbox",
    "Switches",
]
