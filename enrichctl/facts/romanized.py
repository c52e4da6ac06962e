"""Names of other scripts in Latin letters, and what two spellings of one sound have in common.

anyascii reads every script letter by letter. What Arabic and Hebrew leave unwritten, and what the
several systems of romanization write differently, is levelled by comparing consonants alone.
"""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from unicodedata import name as name_of_letter
from unicodedata import normalize

from enrichctl.patterns import pattern

Key = Callable[[str], str]

HAN, HANGUL, ARABIC, HEBREW = "CJK", "HANGUL", "ARABIC", "HEBREW"
# Families of two characters, the usual ones: all others have one.
_DOUBLE = frozenset(
    {"欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "慕容", "司徒", "東方", "东方"}
)
# How Koreans write their own family's name abroad: as it sounds in the official system, and as
# others of the same name write it → the usual way.
_KOREAN = {
    "i": "lee", "bag": "park", "gim": "kim", "choe": "choi", "jeong": "jung", "im": "lim",
    "yu": "yoo", "no": "roh", "sin": "shin", "o": "oh", "u": "woo", "an": "ahn", "heo": "hur",
    "gu": "koo", "seo": "suh", "gwon": "kwon", "jo": "cho", "gang": "kang",
    "yi": "lee", "rhee": "lee", "ri": "lee", "pak": "park", "chung": "jung", "cheong": "jung",
}  # fmt: skip
# Greek pairs that sound as one, which a reading letter by letter takes apart:
# gamma gamma, gamma kappa, epsilon and alpha with upsilon, mu pi, nu tau.
_GREEK = (
    ("\u03b3\u03b3", "\u03bd\u03b3"), ("\u03b3\u03ba", "\u03b3"), ("\u03b5\u03c5", "ev"),
    ("\u03b5\u03cd", "ev"), ("\u03b1\u03c5", "av"), ("\u03b1\u03cd", "av"),
    ("\u03bc\u03c0", "b"), ("\u03bd\u03c4", "nd"),
)  # fmt: skip
_THE = "\u0627\u0644"  # the Arabic article, written with its word
_SHORT = 4  # letters of a word that has no article
_ARTICLE = pattern(r"^(?:al|el)(?=[a-z]{3})")
_SILENT = pattern(r"(?<=..)h$")  # Fatimah, Fatima
# One Hebrew letter is v, o and u, another b and v, others p and f, h and ch.
_UNSURE = pattern(r"ch|[bvpf]|(?<!k)h")
_NOT_LETTER = pattern(r"[^a-z]+")
_TWICE = pattern(r"(.)\1+")
# One sound in several spellings of Latin letters, the longer first.
_SPELLINGS = (
    ("shch", "s"), ("tsch", "k"), ("sch", "s"), ("tch", "k"), ("ch", "k"), ("ph", "f"),
    ("c", "k"), ("q", "k"), ("ks", "x"), ("dj", "i"), ("ae", "a"), ("oe", "o"), ("ue", "u"),
    ("ou", "u"), ("oo", "u"), ("ee", "i"), ("w", "v"), ("y", "i"), ("j", "i"), ("tz", "s"),
    ("z", "s"),
)  # fmt: skip
_DIGRAPHS = (
    ("ph", "f"), ("sh", "s"), ("kh", "k"), ("ch", "k"), ("gh", "k"), ("th", "t"), ("dh", "t"),
    ("ts", "s"), ("tz", "s"), ("x", "ks"), ("ng", "nk"),
)  # fmt: skip
_CLASSES = str.maketrans("bpvfgkqcdtszlrmn", "ppppkkkkttssllnn")
_VOWELS = pattern(r"[aeiouwyj]")
# Syllables of Japanese, then of Chinese and Cantonese names in Latin letters.
_JAPANESE = pattern(
    r"(?:(?:ch|sh|ts|[kgnhmrpb]y|[kstnhmyrwgzdbpjf])?[aiueo]|n(?![aiueo])|t(?=[ct])|h(?=[^aiueo]))+"
)
_CHINESE = pattern(
    r"(?:(?:zh|ch|sh|ts|kw|gw|ng|hs|[bcdfghjklmnpqrstwxyz])?[aeiouy]{1,3}"
    r"(?:ng|[nmkpt](?![aeiouy]))?|ng){1,2}"
)


@lru_cache(1 << 10)
def script_of(text: str) -> str:
    """Return the script of a text that is not in Latin letters, "" for Latin ones."""
    if text.isascii():
        return ""
    scripts = (name_of_letter(c, "LATIN").partition(" ")[0] for c in text if c.isalpha())
    return next((script for script in scripts if script != "LATIN"), "")


def is_undivided(text: str) -> bool:
    """Tell whether a name is in characters that leave no space between family and given name."""
    return script_of(text) in (HAN, HANGUL) and len(text.split()) == 1


def read(word: str, *, apart: bool) -> Iterable[str]:
    """Return a word of a name in lower-case Latin letters.

    Initials that are written together are taken apart (``J.R.``).

    Args:
        word: As written.
        apart: In Chinese or Korean characters it is family and given name, to be taken apart.
    """
    word = normalize("NFKC", word)
    if word.isascii():
        return _bare(word)
    from anyascii import anyascii  # noqa: PLC0415 - rarely needed

    script = script_of(word)
    if script in (HAN, HANGUL) and not apart:
        found = _letters(anyascii(word))
        return [_KOREAN.get(found, found) if script == HANGUL and len(word) == 1 else found]
    if script in (HAN, HANGUL):
        size = 2 if word[:2] in _DOUBLE else 1
        family, given = (_letters(anyascii(part)) for part in (word[:size], word[size:]))
        return filter(None, (_KOREAN.get(family, family) if script == HANGUL else family, given))
    word = word.lower()
    word = word.removeprefix(_THE) if len(word) > _SHORT else word
    for pair, sounds in _GREEK:
        word = word.replace(pair, sounds)
    return _bare(anyascii(word))


def read_any(word: str) -> list[str]:
    """Return a word that is no name of a person in lower-case Latin letters and digits."""
    if word.isascii():
        return [word.lower()]
    from anyascii import anyascii  # noqa: PLC0415 - rarely needed

    return anyascii(word).lower().split()


def _bare(word: str) -> list[str]:
    return [bare for part in word.split(".") if (bare := _letters(part))]


def _letters(text: str) -> str:
    return _NOT_LETTER.sub("", text.lower())


@lru_cache(1 << 12)
def loose(word: str) -> str:
    """Return what the usual spellings of one name have in common: Müller, Mueller, Muller."""
    for spelled, level in _SPELLINGS:
        word = word.replace(spelled, level)
    return _TWICE.sub(r"\1", word[:1] + word[1:].replace("h", ""))  # Thomas and Tomas


def sound(word: str, scripts: Collection[str]) -> str:
    """Return the consonants of a word in classes, to compare it across scripts.

    Of a word with a single one, where vowels are written, they count as well.
    """
    abjad = not {ARABIC, HEBREW}.isdisjoint(scripts)
    if HANGUL in scripts:
        word = _KOREAN.get(word, word)
    if abjad:
        word = _SILENT.sub("", _ARTICLE.sub("", word))
    if abjad or HANGUL in scripts:
        word = word.replace("j", "k")  # a consonant there, and g or ch to others
    if HEBREW in scripts:
        word = _UNSURE.sub("", word.replace("sh", "s"))
    found = _consonants(word)
    return found if len(found) > (0 if abjad else 1) else loose(word)


@lru_cache(1 << 12)
def _consonants(word: str) -> str:
    for spelled, level in _DIGRAPHS:
        word = word.replace(spelled, level)
    return _TWICE.sub(r"\1", _VOWELS.sub("", word).translate(_CLASSES))


def may_be_east_asian(words: Iterable[str], *, western: bool) -> bool:
    """Tell whether all words could be read from Chinese characters, in Japanese or in Chinese.

    Args:
        words: Of a name, in Latin letters.
        western: One of them is a common name of the West; many Japanese ones are that, too.
    """
    long = [word for word in words if len(word) > 1]
    if all(map(_JAPANESE.fullmatch, long)):
        return True
    return not western and all(map(_CHINESE.fullmatch, long))
