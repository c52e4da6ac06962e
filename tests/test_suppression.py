from hashlib import sha256

import pytest

from enrichctl.errors import InputError
from enrichctl.matching.suppression import Suppression


@pytest.fixture
def listed(tmp_path):
    def read(text):
        path = tmp_path / "suppress.txt"
        path.write_text(text, encoding="utf-8")
        return Suppression.read(path)

    return read


HASH = sha256(b"jane@acme.com").hexdigest()


@pytest.mark.parametrize(
    ("line", "values", "expected"),
    [
        ("jane@acme.com", {"email": "Jane@Acme.com"}, True),
        ("Jane@Acme.COM", {"email": "Jane Doe <jane@acme.com>"}, True),
        ("jane@acme.com", {"email": "max@x.com; jane@acme.com"}, True),
        ("jane@acme.com", {"email": "john@acme.com"}, False),
        ("jane@acme.com", {"company_domain": "acme.com"}, False),
        ("@acme.com", {"email": "john@acme.com"}, True),
        ("acme.com", {"email": "john@eu.acme.com"}, True),
        ("*.acme.com", {"email": "john@eu.acme.com"}, True),
        ("eu.acme.com", {"email": "john@acme.com"}, False),
        ("acme.com", {"email": "john@notacme.com"}, False),
        ("acme.com", {"company_domain": "www.Acme.com"}, True),
        ("acme.com", {"website": "https://shop.acme.com/x?y"}, True),
        ("@münchen.de", {"email": "a@xn--mnchen-3ya.de"}, True),
        (HASH, {"email": " JANE@acme.com "}, True),
        (HASH.upper(), {"email": "jane@acme.com"}, True),
        (HASH, {"email": "john@acme.com"}, False),
        ("jane@acme.com # left in May", {"email": "jane@acme.com"}, True),
        ("# jane@acme.com", {"email": "jane@acme.com"}, False),
        ("\ufeffjane@acme.com", {"email": "jane@acme.com"}, True),
        ("*@acme.com", {"email": "john@acme.com"}, True),
        ("jane@acme.com", {"email": "(jane@acme.com)"}, True),
        ("jane@acme.com", {"email": "'jane@acme.com'"}, True),
        ("jane@acme.com", {"email": "jane@acme.com."}, True),
        ("jane@acme.com", {"email": "max@x.com/jane@acme.com"}, True),
        ("jane@acme.com", {"email": "jane@acme.com?subject=x"}, True),
        ("jane@acme.com", {"email": "\ufeffjane@acme.com"}, True),
        ("jane@acme.com", {"email": "jane\uff20acme.com"}, True),
        (HASH, {"email": "<jane@acme.com>(work)"}, True),
        ("o'hara@acme.com", {"email": "o'hara@acme.com"}, True),
        ("hara@acme.com", {"email": "o'hara@acme.com"}, False),
        ("acme.com", {"email": "(john@acme.com)"}, True),
        ("acme.com", {"company_domain": "acme.de, acme.com"}, True),
        ("", {"email": "jane@acme.com"}, False),
        ("acme.com", {}, False),
    ],
)
def test_who_is_suppressed(listed, line, values, expected):
    assert listed(f"{line}\n\n").covers(values) is expected


@pytest.mark.parametrize("line", ["jane@", "@", "acme", "jane@acme", "abc123", "Jane Doe"])
def test_a_line_that_is_not_understood_is_refused_by_number_only(listed, line):
    with pytest.raises(InputError, match=r"^line 3 of ") as caught:
        listed(f"# people\nbob@x.com\n{line}\n")
    assert line not in caught.value.message.removesuffix("no e-mail, domain or SHA-256 sum")[7:]


def test_a_list_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        Suppression.read(tmp_path / "none")
    (tmp_path / "latin").write_bytes(b"j\xf6rg@x.de")
    with pytest.raises(InputError, match="not UTF-8"):
        Suppression.read(tmp_path / "latin")


def test_an_empty_list_covers_nobody():
    assert Suppression().covers({"email": "jane@acme.com", "company_domain": "acme.com"}) is False
