"""Dataclasses of our own are those of the standard library, made later."""

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, replace
from typing import ClassVar

import pytest

from enrichctl.slotted import dataclass


def both(**options):
    """Return a class as it is declared here, and as the standard library makes it."""
    made = []
    for declare in (dataclass, dataclasses.dataclass):

        @declare(slots=True, **options)
        class Lead:
            """A lead."""

            limit: ClassVar[int] = 3
            name: str
            default: int = 7
            missing: list[str] = field(default_factory=list)

            @property
            def loud(self):
                return self.name.upper()

        made.append(Lead)
    return made


@dataclass(slots=True, frozen=True)
class Kept:
    """One that another process is handed."""

    name: str
    parts: tuple[str, ...] = ()


@pytest.mark.parametrize("frozen", [False, True])
def test_it_behaves_as_that_of_the_standard_library(frozen):
    ours, theirs = both(frozen=frozen)

    for kind in (ours, theirs):
        lead = kind("Ann", missing=["email"])
        assert (lead.name, lead.default, lead.missing, lead.loud) == ("Ann", 7, ["email"], "ANN")
        assert lead == kind("Ann", 7, ["email"])
        assert lead != kind("Ben", 7, ["email"])
        assert lead != ("Ann", 7, ["email"])
        assert kind("Ben").missing is not kind("Ben").missing
        assert replace(lead, default=8).default == 8
        assert asdict(lead) == {"name": "Ann", "default": 7, "missing": ["email"]}
        assert [one.name for one in dataclasses.fields(kind)] == ["name", "default", "missing"]
        assert not hasattr(lead, "__dict__")
        assert kind.limit == 3
        assert kind.__match_args__ == ("name", "default", "missing")
        with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'name'"):
            kind()
        with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
            kind("Ann", other=1)
    assert repr(ours("Ann")) == repr(theirs("Ann"))


def test_one_may_have_no_fields():
    @dataclass(slots=True, frozen=True)
    class Nothing:
        """Says that there is nothing."""

    assert Nothing() == Nothing()


@pytest.mark.parametrize(
    "said", [{"repr": False}, {"default": 1}, {"default_factory": list, "compare": False}]
)
def test_what_is_not_understood_of_a_field_is_refused(said):
    class Secret:
        value: object = field(**said)

    with pytest.raises(TypeError, match="Secret takes the standard library's"):
        dataclass(slots=True)(Secret)


def test_one_that_is_changed_cannot_be_a_key():
    for kind in both():
        with pytest.raises(TypeError, match="unhashable"):
            hash(kind("Ann"))


def test_one_that_is_frozen_is_not_changed_and_travels():
    kept = Kept("Ann", ("a", "b"))

    assert {kept: 1}[Kept("Ann", ("a", "b"))] == 1
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301 - just made
    with pytest.raises(FrozenInstanceError, match="'name'"):
        kept.name = "Ben"
    with pytest.raises(FrozenInstanceError, match="'name'"):
        del kept.name


def test_nothing_is_compiled_before_the_first_record_is_made():
    ours, _ = both()
    before = ours.__init__.__code__.co_varnames

    ours("Ann")

    assert "name" not in before
    assert ours.__init__.__code__.co_varnames == ("self", "name", "default", "missing")
