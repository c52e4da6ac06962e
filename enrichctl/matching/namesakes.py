"""Finds rows that share somebody's address or profile, and name somebody else.

Such rows are not taken for one person: what is found for one of them says nothing of the other.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b

from enrichctl.facts import spelling
from enrichctl.facts.words import plain

SHARED = frozenset({"email", "linkedin_url", "phone", "mobile"})  # though a file may give it to two
WORD = 4  # bytes that stand for a word of a name
SHORTEST = 2  # letters that tell one name from another


class Namesakes:
    """Tells of each row whether an earlier one gave its address or profile to somebody else.

    Args:
        first: Returns the value that was first given for a key; see `journal.Scratch.first`.
    """

    def __init__(self, first: Callable[[bytes, bytes], bytes]) -> None:
        self._first = first

    def other(self, values: Mapping[str, str]) -> str:
        """Return a word for whom a row names, when that is somebody else; "" when it is not.

        Names without a single word in common are of two people: a maiden name, an initial or
        another order of words is no contradiction.
        """
        named = _words(values)
        if not named:
            return ""
        other = ""
        for field in sorted(SHARED):
            if text := values.get(field):
                key = _hash(f"{field} {spelling.canonical(field, text)}", 16)
                if named.isdisjoint(_split(self._first(key, b"".join(sorted(named))))):
                    other = _hash("".join(sorted(word.hex() for word in named)), WORD).hex()
        return other


def _words(values: Mapping[str, str]) -> frozenset[bytes]:
    """Return what stands for the words of a row's name; nothing when it states no whole name.

    Only Latin letters count: the same name in two scripts has no word in common.
    """
    full, first, last = (values.get(n, "") for n in ("full_name", "first_name", "last_name"))
    words = plain(full or (f"{first} {last}" if first and last else "")).split()
    telling = (word for word in words if len(word) >= SHORTEST and word.isascii())
    return frozenset(_hash(word, WORD) for word in telling)


def _split(packed: bytes) -> list[bytes]:
    return [packed[at : at + WORD] for at in range(0, len(packed), WORD)]


def _hash(text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
