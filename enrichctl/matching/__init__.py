"""Decides what a file's columns mean, who its records are, and who must not be sent anywhere.

Pure: nothing here asks anybody or writes anything.
"""

from enrichctl.matching.columns import Ambiguity
from enrichctl.matching.headers import HeaderMatch, fingerprint, match_header
from enrichctl.matching.identity import fingerprint_person, identity

__all__ = [
    "Ambiguity",
    "HeaderMatch",
    "fingerprint",
    "fingerprint_person",
    "identity",
    "match_header",
]
