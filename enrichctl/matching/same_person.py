"""Whether an answer is about the person or company of a row: the identity gate.

The row says whom it means, the answer says whom it is about. What agrees because the provider was
told it proves nothing, so the name decides first, then the company, then the addresses.

===========  =============  ==========================================  ==================
name         company        asked by                                    verdict
===========  =============  ==========================================  ==================
other        any            anything                                    different: name
first only   same           what is one person's: people marry          same
first only   any            anything; an address spells the new name    same
first only   otherwise                                                  different: name
same         not other      anything                                    same
same         related        anything                                    same, but the company
same         other          what is one person's: people change jobs    same, but the job
same         other          name and company: perhaps a namesake        cannot tell: company
same         other          anything; the profile is another            different: profile
same         unknown        e-mail; the profile is another              cannot tell: profile
in part      not other      anything                                    same
in part      other          anything                                    cannot tell: company
unknown      other          what is one person's                        cannot tell: company
unknown      other          a company                                   different: company
any          of one name    its name alone; country or website differs  cannot tell: that
unknown      other          a domain, and the answer tells none         taken: the key decides
unknown      related        a company                                   cannot tell: company
unknown      related        anything else                               taken, but the company
unknown      not other      a shared mailbox; the answer names someone  cannot tell: e-mail
unknown      not other      a shared mailbox, and only the row names    taken, of the company
unknown      not other      an address of others, and only it does      cannot tell: address
unknown      not other      anything; an address is somebody else's     different: that
unknown      not other      anything                                    taken: the key decides
===========  =============  ==========================================  ==================

A name is unknown where the row or the answer names nobody, or where two scripts cannot be compared.
A company is other only where both state one, by name or by domain, and nothing of them agrees: a
mail domain may be a parent's, so one alone contradicts nobody, and proves nothing of the company
that the row states. One first name with another last
name is a marriage only where the company agrees or an address has both names; one last name with
another first name is a relative.
"""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from enrichctl.facts import domains, mailboxes, spelling
from enrichctl.fields import OF_COMPANIES
from enrichctl.matching import same_company, same_name
from enrichctl.matching.same_company import CompanyPair, Namesakes
from enrichctl.matching.same_name import Likeness

Says = Literal["same", "different", "cannot tell"]
Differs = Literal["", "name", "company", "profile", "e-mail", "address", "country", "website"]

_PLACES = {"country", "country_code"}  # of a company as of anybody
_OF_COMPANIES = OF_COMPANIES | _PLACES
_COMPANY_NAME = frozenset({"company_name"})
_NAMES = frozenset({"first_name", "last_name", "full_name"})
_ADDRESSES = frozenset({"email", "linkedin_url", "phone", "mobile"})
_ALIKE = 70  # of 100: jdoe and jane.doe


class Verdict(NamedTuple):
    """Whom an answer is about.

    Attributes:
        says: Whether that is whom the row means.
        differs: What says otherwise; "" for nothing.
        taken: Whether the answer may fill the row.
        but: What of the answer is not of whom the row means all the same: what it says of the
            company, of the job there as well, or of the person.
    """

    says: Says
    differs: Differs = ""
    taken: bool = False
    but: Literal["", "company", "job", "person"] = ""


_SAME = Verdict("same", taken=True)
_BY_KEY = Verdict("cannot tell", taken=True)


def judge(
    row: Mapping[str, str],
    answer: Mapping[str, str],
    key: Collection[str],
    *,
    disputed: bool = False,
    name_told: bool = False,
) -> Verdict:
    """Say whether an answer is about whom a row means; see the table above.

    Args:
        row: What the row says of itself: canonical field → text.
        answer: What the answer says of whom it is about.
        key: The fields by which the provider was asked.
        disputed: Whether another row gives an address of this one to somebody else.
        name_told: Whether the provider was told the name, so that it knew whom the row means.
    """
    return _Case(row, answer, frozenset(key), disputed, name_told).verdict()


def is_own_email(row: Mapping[str, str]) -> bool:
    """Tell whether a row's e-mail may be its person's own: no mailbox of many, nor of another."""
    address = spelling.email(row.get("email", ""))
    if address is None:
        return True
    if mailboxes.is_role(address.partition("@")[0]):
        return False
    ours = same_name.name_of(row)
    spelled = [one for one, sure in same_name.spelled_in({"email": address}) if sure]
    return not spelled or any(same_name.compare(ours, one) is not Likeness.OTHER for one in spelled)


class _Case:
    """One row, one answer."""

    def __init__(
        self,
        row: Mapping[str, str],
        answer: Mapping[str, str],
        key: frozenset[str],
        disputed: bool,
        name_told: bool,
    ) -> None:
        self.row = row
        self.answer = answer
        self.key = key
        self.disputed = disputed
        self.name_told = name_told
        self.ours = same_name.name_of(row)
        self.theirs = same_name.name_of(answer)
        self.company = same_company.compare(row, answer)
        self.agrees = self.company in (CompanyPair.SAME, CompanyPair.RELATED)
        self.of_company = key <= _OF_COMPANIES

    def verdict(self) -> Verdict:
        """Go through the table, from the top."""
        if self.key == _COMPANY_NAME and (differs := self._as_namesakes()):
            return Verdict("cannot tell", differs)
        match same_name.compare(self.ours, self.theirs):
            case Likeness.OTHER:
                return Verdict("different", "name")
            case Likeness.FIRST if not (self._has_married() or self._is_spelled()):
                return Verdict("different", "name")
            case Likeness.UNKNOWN:
                return self._of_unknown()
            case Likeness.SHORT if self.company is CompanyPair.OTHER:
                return Verdict("cannot tell", "company")
        return self._of_same_name()

    def _as_namesakes(self) -> Differs:
        """Return what tells the company of the answer from the row's, which agrees in name."""
        if self.company is not CompanyPair.OTHER:
            match same_company.compare_namesakes(self.row, self.answer):
                case Namesakes.OTHER_COUNTRY:
                    return "country"
                case Namesakes.OTHER_WEBSITE:
                    return "website"
        return ""

    def _of_same_name(self) -> Verdict:
        profile = self._profile()
        if self.company is CompanyPair.OTHER:
            if profile == "other" and "linkedin_url" not in self.key:
                return Verdict("different", "profile")
            if self._is_ones_own() or profile == "same" or self._shares_email():
                return Verdict("same", "company", taken=True, but="job")
            return Verdict("cannot tell", "company")
        asked_by_profile = "linkedin_url" in self.key
        if profile == "other" and not asked_by_profile and not self.agrees:
            return Verdict("cannot tell", "profile")
        if self.company is CompanyPair.RELATED:
            return Verdict("same", "company", taken=True, but="company")
        return _SAME

    def _of_unknown(self) -> Verdict:
        if self.ours and self.theirs:  # in scripts that cannot be compared
            if self.agrees:
                return self._of_same_name()
        elif address := self._address_of_another():
            return Verdict("different", address)
        if self.company is CompanyPair.OTHER:
            return self._of_other_company()
        if unsure := self._of_many():
            return unsure
        if self.company is CompanyPair.RELATED:
            return Verdict("cannot tell", "company", taken=not self.of_company, but="company")
        return _BY_KEY

    def _of_many(self) -> Verdict | None:
        """Judge what only the row or only the answer names, where the key is of several people."""
        if self.theirs and not self.ours and self._is_shared_mailbox():
            return Verdict("cannot tell", "e-mail")
        if self.theirs or not self.ours or self.name_told:
            return None
        if self._is_shared_mailbox():
            return Verdict("cannot tell", "e-mail", taken=True, but="person")
        return Verdict("cannot tell", "address") if self._is_others_address() else None

    def _of_other_company(self) -> Verdict:
        if not self.of_company:
            return Verdict("cannot tell", "company")
        tells_domain = self.answer.get("company_domain") or self.answer.get("website")
        if "company_domain" in self.key and not tells_domain:
            return _BY_KEY
        return Verdict("different", "company")

    def _has_married(self) -> bool:
        return self.agrees and self._is_ones_own()

    def _is_spelled(self) -> bool:
        """Tell whether an address of either has the name of the other."""
        pairs = ((self.row, self.theirs), (self.answer, self.ours))
        return any(
            same_name.compare(spelled, name) is Likeness.SAME
            for values, name in pairs
            for spelled, _ in same_name.spelled_in(values)
        )

    def _is_ones_own(self) -> bool:
        """Tell whether the key is one person's own: no company's, no shared mailbox, no name."""
        if "email" in self.key:
            return not self._is_shared_mailbox()
        return not self.key <= _OF_COMPANIES | _NAMES

    def _is_shared_mailbox(self) -> bool:
        address = spelling.email(self.row.get("email", ""))
        return (
            "email" in self.key
            and address is not None
            and mailboxes.is_role(address.partition("@")[0])
        )

    def _is_others_address(self) -> bool:
        """Tell whether the key is an address that another row, or its own words, give to others."""
        if self.disputed and self.key <= _ADDRESSES:
            return True
        return "email" in self.key and not is_own_email(self.row)

    def _shares_email(self) -> bool:
        addresses = [spelling.email(one.get("email", "")) for one in (self.row, self.answer)]
        return addresses[0] is not None and addresses[0] == addresses[1]

    def _profile(self) -> Literal["same", "other", "unknown"]:
        """Compare the public profiles; a member's number may be anybody's."""
        ours, theirs = (_slug(one) for one in (self.row, self.answer))
        if not (ours and theirs):
            return "unknown"
        return "same" if ours == theirs else "other"

    def _address_of_another(self) -> Differs:
        """Return the kind of address by which somebody else is meant, where a name is missing."""
        if self._spells_another():
            return "name" if self.ours or self.theirs else "e-mail"
        if self.ours or self.theirs:
            return ""
        ours, theirs = _slug(self.row), _slug(self.answer)
        if ours and theirs and not _are_alike(ours, theirs):
            return "profile"
        addresses = [spelling.email(one.get("email", "")) for one in (self.row, self.answer)]
        if not all(addresses):
            return ""
        (a, _, home), (b, _, other) = (str(one).partition("@") for one in addresses)
        private = home == other and domains.company(home) is None
        return "e-mail" if home == other and not private and not _are_alike(a, b) else ""

    def _spells_another(self) -> bool:
        """Tell whether all names that the addresses spell out are of two people."""
        ours = [(self.ours, True)] if self.ours else [*same_name.spelled_in(self.row)]
        theirs = [(self.theirs, True)] if self.theirs else [*same_name.spelled_in(self.answer)]
        strange = self.company in (CompanyPair.OTHER, CompanyPair.DOUBTFUL)
        judged = [
            same_name.compare(one, other) is Likeness.OTHER and (strange or (sure and certain))
            for one, sure in ours
            for other, certain in theirs
        ]
        return bool(judged) and all(judged)


def _slug(values: Mapping[str, str]) -> str:
    """Return the public name of a profile, "" for none and for a member's number."""
    url = spelling.profile_url(values.get("linkedin_url", "")) or ""
    slug = url.rpartition("/in/")[2]
    return slug if slug == slug.lower() else ""


def _are_alike(one: str, other: str) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where addresses differ

    letters = ["".join(filter(str.isalpha, text)) for text in (one, other)]
    return not all(letters) or fuzz.partial_ratio(*letters) >= _ALIKE
