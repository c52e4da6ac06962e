"""What a machine knows of its server's clock, without a server."""

import pytest

from enrichctl.journal.server_clock import ServerClock


def test_what_the_servers_clock_says_is_never_less_than_is_known_of_it(monkeypatch):
    mine, clock = 100.0, ServerClock()
    monkeypatch.setattr("enrichctl.journal.server_clock.seconds", lambda: mine)
    for question, answer in ((0.0, 0.3), (0.2, 0.1), (0.05, 0.4)):  # on their ways
        mine += question
        said = mine + 1000.0
        mine += answer
        clock.hear(said, mine - question - answer)
        assert clock.now() <= mine + 1000.0 <= clock.now() + clock.doubt
    assert clock.now() == pytest.approx(mine + 999.9)
    assert clock.doubt == pytest.approx(0.1)
