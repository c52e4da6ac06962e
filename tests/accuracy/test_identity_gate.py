"""The figures that `identity_gate` prints, and their bounds."""

import identity_gate
import pytest
from kinds_of_names import KINDS, people

from enrichctl.matching.same_name import Likeness, compare, name_of


def test_wrong_people_are_caught_and_right_ones_are_not_held_back(tmp_path):
    figures, strays = identity_gate.measure(3000, tmp_path)
    total = sum(figures.values(), identity_gate.Figures())
    assert total.wrong > 100
    assert total.caught / total.wrong >= 0.99, strays
    assert total.held / total.right <= 0.005, strays
    assert figures.keys() == {*KINDS, identity_gate.ELSEWHERE}


# lemlist's own limit lets ten calls out a second, so that its thousand is for the soak by hand.
@pytest.mark.parametrize(("vendor", "rows"), [("leadlex", 400), ("lemlist", 40)])
def test_a_sandbox_that_mixes_people_up_is_caught_over_real_sockets(vendor, rows, tmp_path):
    figures, strays = identity_gate.measure(rows, tmp_path, vendor, installed=True)
    total = sum(figures.values(), identity_gate.Figures())
    assert total.wrong >= rows / 60
    assert total.right > rows / 2
    assert total.caught / total.wrong >= 0.99, strays
    assert total.held / total.right <= 0.005, strays


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_known_again_however_it_is_written(kind):
    strange = []
    for first, last, their_first, their_last in people(kind):
        row = {"first_name": first, "last_name": last} if last else {"full_name": first}
        divided = {"first_name": their_first, "last_name": their_last}
        whole = {"full_name": f"{their_first} {their_last}"}
        strange += [
            (row, answer)
            for answer in (divided, whole)
            if compare(name_of(row), name_of(answer)) not in (Likeness.SAME, Likeness.SHORT)
        ]
    assert not strange


@pytest.mark.parametrize(
    ("first", "last", "answer", "likeness"),
    [
        ("Maria", "Null", "Zed Other", Likeness.OTHER),
        ("Maria", "Sales", "Zed Other", Likeness.OTHER),
        ("Maria", "Unknown", "Zed Other", Likeness.OTHER),
        ("Maria", "Test", "Maria Gomez", Likeness.SHORT),
        ("Sales", "Svensson", "Zed Other", Likeness.OTHER),
        ("Sales", "Svensson", "Ulla Svensson", Likeness.SHORT),
        ("Maria", "Sales", "Maria Sales", Likeness.SAME),
        ("Sales", "Team", "Zed Other", Likeness.UNKNOWN),  # it names nobody
        ("Test", "User", "Zed Other", Likeness.UNKNOWN),
    ],
)
def test_a_word_that_is_nobodys_takes_nothing_from_the_other_half(first, last, answer, likeness):
    for row in ({"first_name": first, "last_name": last}, {"full_name": f"{first} {last}"}):
        found = compare(name_of(row), name_of({"full_name": answer}))
        assert (found is likeness) or {found, likeness} == {Likeness.SAME, Likeness.SHORT}


PEOPLE = [
    "Jane Doe", "Tom Roe", "Klaus Weber", "Kofi Weber", "Martin Weber", "Martina Weber",
    "Daniel Costa", "Daniela Costa", "Юрий Щербаков", "Олег Щербаков", "王芳", "李伟", "김민수",
    "김지원", "محمد الخطيب", "خالد منصور", "Γιώργος Παπαδόπουλος", "Νίκος Βλάχος", "משה כהן",
    "רחל מזרחי", "Nguyễn Văn An", "Trần Thị Hoa", "Anna Maria Rossi", "Eva Maria Rossi",
    "Minho Kim", "Eunji Kim", "たなか いちろう", "すずき ひろし", "राहुल शर्मा", "अमित गुप्ता",
    "Ivan Petrovich Sokolov", "Anton Petrovich Lebedev", "Lucia Romero Vidal", "Diego Romero Vidal",
    "Jan van den Berg", "Piet van den Berg", "A. Lindholm", "P. Lindholm", "Bill Hughes",
    "Robert Hughes", "Stephen Tanner", "Stephanie Tanner", "Paul Moreau", "Paula Moreau",
    "Marta Nováková", "Jana Svobodová", "Mohammed Ali", "Ahmed Ali", "Sasha Brandt", "Misha Brandt",
    "Bill Tanner", "William Frost", "Robert Frost", "Harold Stone", "Henry Stone",
    "Lee Min-ho", "Park Ji-sung", "Sarah Lee", "Susan Lee",
]  # fmt: skip


@pytest.mark.parametrize("one", PEOPLE)
def test_two_people_are_two_whatever_their_names_have_in_common(one):
    named = {other: name_of({"full_name": other}) for other in PEOPLE if other != one}
    taken = [
        other
        for other, name in named.items()
        if compare(name_of({"full_name": one}), name) in (Likeness.SAME, Likeness.SHORT)
    ]
    assert not taken
