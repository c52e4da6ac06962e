"""People and domains that are never to be sent anywhere."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Self
from unicodedata import normalize

from enrichctl.errors import InputError
from enrichctl.facts import spelling
from enrichctl.patterns import pattern

_HASH = pattern(r"[0-9a-fA-F]{64}")
_SEVERAL = pattern(r"[\s,;|]+")
# What people put around an address or between two, though some of it may be part of one.
_AROUND = pattern(r"[\s,;|<>()\[\]{}\"/:?&]+")
_AT_ENDS = ".'`\u2018\u2019"
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class Suppression:
    """A list of e-mails, domains, and SHA-256 sums of lower-cased e-mails.

    Attributes:
        is_blank: The file has nothing in it, not so much as a comment.
        seal: Digest of what it lists. A pipe cannot be read again to see whether it is the same.
    """

    emails: set[str] = field(default_factory=set, repr=False)
    domains: set[str] = field(default_factory=set, repr=False)
    hashes: set[bytes] = field(default_factory=set, repr=False)
    is_blank: bool = False
    seal: bytes = b""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a list, one entry a line; ``#`` begins a comment.

        Raises:
            InputError: The file cannot be read, or a line is none of the three. A list that
                covers less than its owner thinks must not pass.
        """
        listed, seal, is_blank = cls(), blake2b(digest_size=16), True
        try:
            with path.open(encoding="utf-8-sig") as lines:
                for number, line in enumerate(lines, start=1):
                    is_blank = is_blank and not line.strip()
                    entry = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
                    if entry and not listed._add(entry):
                        raise InputError(
                            f"line {number:,} of {path} is no e-mail, domain or SHA-256 sum",
                            next="correct the line, or put # before it",
                        )
                    seal.update(f"{entry}\n".encode())
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise InputError(f"cannot read {path}: {why}", next="check --suppress") from error
        return replace(listed, is_blank=is_blank, seal=seal.digest())

    def covers(self, values: Mapping[str, str]) -> bool:
        """Tell whether a record is on the list, by e-mail or by any domain or parent domain."""
        emails = set(_emails(values.get("email", "")))
        if not emails.isdisjoint(self.emails):
            return True
        if self.hashes and any(
            sha256(e.encode("utf-8", "surrogatepass")).digest() in self.hashes for e in emails
        ):
            return True
        if not self.domains:
            return False
        hosts = {spelling.domain(text) for text in emails}
        for name in ("company_domain", "website"):
            text = values.get(name, "")
            hosts |= {spelling.domain(part) for part in (text, *_SEVERAL.split(text))}
        return any(self._covers_domain(host) for host in hosts if host)

    def _add(self, entry: str) -> bool:
        """Add one entry; return whether it was understood."""
        if _HASH.fullmatch(entry):
            self.hashes.add(bytes.fromhex(entry))
        elif "@" in entry.removeprefix("*").lstrip("@"):
            email = spelling.email(entry)
            if email is None:
                return False
            self.emails.update((email, entry.lower()))
        else:
            host = spelling.domain(re.sub(r"\A(?:\*?@|\*\.)", "", entry))
            if host is None:
                return False
            self.domains.add(host)
        return True

    def _covers_domain(self, host: str) -> bool:
        labels = host.split(".")
        return any(".".join(labels[start:]) in self.domains for start in range(len(labels)))


def _emails(cell: str) -> Iterator[str]:
    """Yield each address in a cell, as written in lower case and in canonical spelling."""
    bare = _AROUND.split(normalize("NFKC", cell).translate(_UNSEEN))
    for text in {*_SEVERAL.split(cell), *(part.strip(_AT_ENDS) for part in bare)}:
        if "@" in text:
            yield text.lower()
            if canonical := spelling.email(text):
                yield canonical
