"""What a run remembers of every record is the same in memory and on the disk."""

import random

import pytest

from enrichctl.journal import scratch


@pytest.mark.parametrize("latest", [1, 3, 100_000])
def test_what_was_added_is_known_wherever_it_is_kept(latest, monkeypatch):
    monkeypatch.setattr(scratch, "LATEST", latest)
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    added, bits, firsts = set(), {}, {}
    with scratch.Scratch() as known:
        for _ in range(600):
            number = chance.randrange(60)
            key, more, value = (
                b"%d" % number,
                1 << chance.randrange(20),
                b"%d" % chance.randrange(1000),
            )
            assert known.add(b"a" + key) == (key not in added)
            assert known.merge(b"b" + key, more) == bits.get(key, 0)
            assert known.first(b"c" + key, value) == firsts.setdefault(key, value)
            added.add(key)
            bits[key] = bits.get(key, 0) | more
