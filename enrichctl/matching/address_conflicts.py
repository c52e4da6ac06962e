"""Finds rows that share somebody's address, profile or name, and mean somebody else.

Such rows are not treated as one person: what is found for one of them says nothing of the other.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b

from enrichctl.conflicts import Conflicts
from enrichctl.facts import companies, countries, spelling
from enrichctl.facts.words import plain
from enrichctl.matching import same_name
from enrichctl.matching.same_name import Likeness

SHARED = frozenset({"email", "linkedin_url", "phone", "mobile"})  # though a file may give it to two
WORD = 4  # bytes that stand for a word of a name
SHORTEST = 2  # letters that tell one name from another


class AddressConflicts:
    """Tells of each row whether an earlier one gave what it shares with it to somebody else.

    Args:
        first: Returns the value that was first given for a key; see `journal.Scratch.first`.
    """

    def __init__(self, first: Callable[[bytes, bytes], bytes]) -> None:
        self._first = first

    def conflicts(self, values: Mapping[str, str], region: str = "") -> Conflicts:
        """Return words for what tells a row from earlier ones.

        Args:
            values: What the row says.
            region: ISO 3166 alpha-2 country of its phone numbers that state none.
        """
        land = _land(values)
        company = " ".join(companies.bare(values.get("company_name", ""))) if land else ""
        taken = self._taken(values, region)
        other, addresses = _word(_name(values)) if taken else "", " ".join(taken)
        if not company:
            return Conflicts(other, addresses=addresses)
        name = plain(values.get("full_name") or _both(values))
        person = self._is_abroad(f"{name}\n{company}", land) if name else False
        at_all = self._is_abroad(f"\n{company}", land)
        return Conflicts(other, land if person else "", land if at_all else "", addresses)

    def _is_abroad(self, key: str, land: str) -> bool:
        return self._first(_hash(f"in {key}", 16), land.encode()) != land.encode()

    def other(self, values: Mapping[str, str], region: str = "") -> str:
        """Return a word for whom a row names, when that is somebody else; "" when it is not.

        A maiden name, an initial, another script or order of words is no contradiction.
        """
        return self.conflicts(values, region).name

    def _taken(self, values: Mapping[str, str], region: str) -> list[str]:
        """Return the fields whose value an earlier row gave to somebody else."""
        named = _name(values)
        if not named:
            return []
        taken = []
        for field in sorted(SHARED):
            if text := values.get(field):
                key = _hash(f"{field} {spelling.canonical(field, text, region)}", 16)
                first = self._first(key, _pack(named))
                if first != _pack(named) and _are_two(named, _unpack(first)):
                    taken.append(field)
        return taken


def all_taken(values: Mapping[str, str]) -> Conflicts:
    """Return the conflicts of a row if all that it shares were somebody else's."""
    named, land = _name(values), _land(values)
    return Conflicts(_word(named) if named else "", land, land, " ".join(sorted(SHARED)))


def _land(values: Mapping[str, str]) -> str:
    return countries.code(values.get("country_code") or values.get("country", "")) or ""


def _name(values: Mapping[str, str]) -> dict[str, str]:
    """Return the columns of a row's name; nothing when it states no whole name."""
    if full := values.get("full_name"):
        return {"full_name": full}
    return {n: values[n] for n in ("first_name", "last_name")} if _both(values) else {}


def _are_two(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    names = same_name.name_of(one), same_name.name_of(other)
    return same_name.compare(*names) is Likeness.OTHER


def _word(name: Mapping[str, str]) -> str:
    """Return a word for a name, the same in whatever order it is written."""
    words = plain(name.get("full_name") or _both(name)).split()
    telling = [word for word in words if len(word) >= SHORTEST]
    return _hash("".join(sorted(_hash(word, WORD).hex() for word in telling)), WORD).hex()


def _pack(name: Mapping[str, str]) -> bytes:
    return json.dumps(name).encode()


def _unpack(packed: bytes) -> dict[str, str]:
    return dict(json.loads(packed))


def _both(values: Mapping[str, str]) -> str:
    first, last = values.get("first_name"), values.get("last_name")
    return f"{first} {last}" if first and last else ""


def _hash(text: str, size: int) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
