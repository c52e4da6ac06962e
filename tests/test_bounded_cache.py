from enrichctl.bounded_cache import BoundedCache


def test_only_the_latest_are_kept():
    recent = BoundedCache(most=2)
    for key in "abcb":
        recent[key] = key.upper()
    assert [key in recent for key in "abc"] == [False, True, True]
    assert [recent.get(key) for key in "abc"] == [None, "B", "C"]
