"""A disk that fails at any write of a run costs nothing: no charge is lost, none is made twice."""

import itertools
from contextlib import suppress

import pytest
from rig import Asked, Queued, found, provider

from enrichctl.errors import Locked, StateError
from enrichctl.journal import failpoints, history

PEOPLE = [f"p{n}@acme.com" for n in range(4)]
PAID = ("/find", "/submit")


@pytest.fixture
def fail(monkeypatch):
    """Let the n-th write fail, as a disk does."""

    def arm(text=""):
        monkeypatch.setattr(failpoints, "point", failpoints.Point.read(text))

    return arm


def made(rig, kind):
    """Return a provider that knows everybody, whatever it is asked by."""
    one = provider(kind=kind)
    vendor = rig.vendor(one)
    for ticket in PEOPLE:
        vendor.plays[ticket] = [lambda _: found(city="1")]
    vendor.plays["/submit"] = [lambda _: found(accepted="yes")]
    return one


def charged(rig):
    """Return everybody for whom something was bought, once for each time."""
    bodies = [seen.body for seen in rig.vendors["alpha"].requests if seen.path in PAID]
    return sorted(
        itertools.chain.from_iterable(b if isinstance(b, list) else [b["email"]] for b in bodies)
    )


def disturbed(rig, fail, one, fault):
    """Run while the disk fails; return whether it did, and how the run ended."""
    fail(fault)
    ended = None
    with suppress(StateError, Locked):
        ended = rig.run(PEOPLE, one, workers=2)
    struck = failpoints.point.left <= 0
    rig.journal.close()  # what waits is written once more, and fails as well
    fail()
    rig.go_on()
    return struck, ended


@pytest.mark.parametrize("kind", [Asked, Queued])
@pytest.mark.parametrize("fault", failpoints.FAULTS)
@pytest.mark.parametrize("lasts", ["", "+"])
def test_a_fault_at_any_write_loses_nothing_and_buys_nothing_twice(
    tmp_path, fail, kind, fault, lasts
):
    from rig import Rig  # noqa: PLC0415 - one for each write

    for nth in itertools.count(1):
        rig = Rig(tmp_path / f"{nth}" / "journal.db")
        rig.journal.store.files.parent.chmod(0o700)
        one = made(rig, kind)
        struck, ended = disturbed(rig, fail, one, f"any:{fault}:{nth}{lasts}")
        first = history.runs(rig.journal)
        if struck and ended is None:
            assert [entry.state for entry in first] in ([], ["stopped"])
        again = rig.run(PEOPLE, one)
        assert again.statuses == ["enriched"] * len(PEOPLE), (nth, again.notes)
        assert charged(rig) == PEOPLE, nth
        assert (rig.outcomes(), rig.spent()) == (["matched"] * 4, 4), nth
        rig.journal.close()
        if not struck:
            break
    assert nth > 4


@pytest.mark.parametrize("kind", [Asked, Queued])
@pytest.mark.parametrize("fault", failpoints.FAULTS)
def test_a_fault_of_every_kind_of_write_stops_the_run_and_the_next_one_goes_on(
    rig, fail, kind, fault
):
    for step in failpoints.WRITES:
        one = made(rig, kind)
        struck, ended = disturbed(rig, fail, one, f"{step}:{fault}:1+")
        assert struck is (ended is None)
        rig.run(PEOPLE, one)
        assert charged(rig) == PEOPLE, step
        assert set(rig.outcomes()) == {"matched"}
        rig.vendors.clear()
        rig.journal.write(lambda db: db.execute("DELETE FROM attempts"))
