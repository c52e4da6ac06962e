"""What JMESPath's specification does not allow is refused beforehand, or said of the answer."""

import pytest

from enrichctl.declared.expressions import Path, Unfit


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a[", "no JMESPath"),
        ("", "no JMESPath"),
        ("nothing_of_the_sort(a)", "there is no function nothing_of_the_sort()"),
        ("a.length()", "length() takes 1 arguments, not 0"),
        ("a[0].ends_with(b)", "ends_with() takes 2 arguments, not 1"),
        ("not_null()", "not_null() takes at least 1 arguments, not 0"),
        ("a[::0]", "the step of a slice cannot be 0"),
        ("&a", "stands only in a function"),
        ("[a, &b]", "stands only in a function"),
        ("(" * 900 + "a" + ")" * 900, "too deep"),
        ("!" * 5000 + "a", "too deep"),
        ("[" * 2000 + "a" + "]" * 2000, "too deep"),
        (" || ".join("a" * 4000), "too deep"),
        ("a[" + "9" * 5000 + "]", "too deep or too long"),
    ],
)
def test_what_no_answer_can_make_good_is_refused_at_once(text, why):
    with pytest.raises(ValueError, match="is no JMESPath") as caught:
        Path(text)
    assert why in str(caught.value)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("merge(a, b)", {"a": {}, "b": None}),
        ("a < b", {"a": "x", "b": 1}),
        ("a[?x > `1`]", {"a": [{"x": "s"}]}),
        ("ceil(a)", {"a": float("inf")}),
        ("floor(a)", {"a": float("nan")}),
        ("contains(a, `1`)", {"a": "text"}),
        ("sum(a)", {"a": ["x"]}),
        ("join(', ', a)", {"a": [1]}),
        ("sort_by(a, &x)", {"a": [{"x": 1}, {"x": "s"}]}),
        ("max(a)", {"a": [1, "s"]}),
        ("length(a)", {"a": 1}),
        ("abs(a)", {"a": True}),
    ],
)
def test_what_does_not_fit_an_answer_is_said_of_it(text, body):
    path = Path(text)
    with pytest.raises(Unfit, match="cannot be applied to the answer"):
        path.find(body)
    with pytest.raises(Unfit):
        path.holds(body)
    assert path.search(body) is None


@pytest.mark.parametrize(
    "text", ["length(a)", "join(', ', a)", "sort_by(a, &x)", "a.b[0].c", "a[99999999999999999999]"]
)
def test_what_is_not_there_is_no_trouble(text):
    assert Path(text).find({"a": None}) is None
    assert not Path(text).holds({"a": None})


@pytest.mark.parametrize(
    ("text", "found"),
    [("sort_by(a, &x)[0].x", 1), ("a[::2].x", [2]), ("merge(a[0], {x: `3`}).x", 3)],
)
def test_what_fits_is_found(text, found):
    assert Path(text).find({"a": [{"x": 2}, {"x": 1}]}) == found
