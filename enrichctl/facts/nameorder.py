"""Which word of a name is the family's: by the words, the country, the script, the address.

Names stand in both orders: Tanaka Hiroshi at home is Hiroshi Tanaka abroad. Where nothing tells,
nobody is called by the wrong one: the answer is that it is not known.
"""

import re
from functools import cache
from typing import Literal

from enrichctl.facts.words import lines, plain
from enrichctl.patterns import pattern

Order = Literal["given", "family", ""]
"""Which part stands first; "" where it cannot be told."""

_KIN = {"TW": "CN", "HK": "CN", "MO": "CN", "KP": "KR"}
FAMILY_FIRST = frozenset({"HU", "JP", "CN", "KR", "VN", *_KIN})
"""Countries in which the family stands first at home; abroad, and for foreigners, it may not."""

_EVEN = 5  # tenths of a word of which nothing is known
_CLEAR = 3  # tenths that tell one order from the other
_GIVEN = 6  # tenths from which a word is a given name
# A patronymic stands behind the given name: Ivan Ivanovich Ivanov, Ivanov Ivan Ivanovich.
_PATRONYMIC = pattern(
    r"\w{2,}(?:ovich|evich|yevich|ovych|ovna|evna|yevna|ivna|ович|евич|овна|евна|ьич|инична|івна|ївна|йович)"
)
_CYRILLIC_FAMILY = pattern(
    r"[\u0400-\u052f]+(?:[оеё]ва?|[иы]на?|[сц]к(?:ий|ая|а|и)|енко|чук|юк|ян)"  # noqa: RUF001 - Cyrillic
)
# Compiled where a name has such signs: it takes as long as a hundred names.
_KOREAN = r"[\uac00-\ud7a3]+"
_KOREAN_FAMILIES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구민진지엄채원천방"
    "공현함변염여추도소석선설마길위표명기반왕금옥육인맹제모탁국은편용예경봉사부"
)
_KOREAN_DOUBLE = frozenset({"남궁", "황보", "제갈", "사공", "선우", "독고", "동방", "서문"})
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]+"
_EAST = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u3005\uac00-\ud7a3]+"
_CHINESE_LANDS = frozenset({"CN", "TW", "HK", "MO", "SG"})
_CHINESE_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾"
    "肖蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈夏韦韋付傅方白邹鄒"
    "孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯洪施翁柯詹簡简温溫"
    "庄莊颜顏倪牛章鲁魯葛殷岳齐齊梅莊"
)
_CHINESE_DOUBLE = frozenset(
    {"欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "皇甫", "慕容", "司徒"}
)
_LONGEST_GIVEN = 2  # characters of a Chinese or Korean given name


def order_of(words: list[str], country: str = "", email: str = "") -> tuple[Order, float]:
    """Return which part of a name stands first, and how surely.

    Args:
        words: Of the name, without titles, degrees and middle initials.
        country: ISO 3166 alpha-2 country of the person, "" where it is not known.
        email: The address next to the name, "" where there is none.
    """
    first, last = words[0], words[-1]
    ahead = tenths(first) - tenths(last)
    if len(words) > 2 and ahead >= 0:  # noqa: PLR2004 - with more words the ends say less
        return "given", 0.9
    said = _by_address(first, last, email)
    at_home = _at_home(first, last, country)
    unsure: tuple[Order, float] = ("", 0.0)
    if at_home and said in ("", at_home):
        found: tuple[Order, float] = at_home, 0.85
    elif said == "given":
        found = ("given", 0.95) if ahead >= -_CLEAR - 1 else unsure
    elif said == "family" and ahead < _CLEAR:
        found = "family", 0.9
    elif ahead <= -_CLEAR:
        found = ("family", 0.85) if country in FAMILY_FIRST else unsure
    elif ahead < _CLEAR and (country in FAMILY_FIRST or _are_eastern_families(first, last)):
        found = unsure
    else:
        found = "given", 0.9 if ahead >= 0 else 0.6
    return found


def tenths(word: str) -> int:
    """Return in how many tenths of its uses a word is a given name; five where nobody knows."""
    low = plain(word)
    known = _words(low[:1])
    found = known.get(low.replace(" ", ""), known.get(low.partition(" ")[0]))
    if found is None:
        return 1 if _CYRILLIC_FAMILY.fullmatch(word.lower()) else _EVEN
    return found


def is_given(word: str) -> bool:
    """Tell whether a word is mostly a given name."""
    return tenths(word) >= _GIVEN


def is_patronymic(word: str) -> bool:
    """Tell whether a word is somebody's after the father, as Russian ones are."""
    return bool(_PATRONYMIC.fullmatch(word.lower()))


def vietnamese_given(words: list[str]) -> list[str]:
    """Return the given name of three words that begin with a Vietnamese family's, else none.

    Thi and Van tell women and men apart; nobody is called so.
    """
    families = _families()["VN"]
    match [plain(word) for word in words]:
        case [family, "thi" | "van", _] if family in families:
            return words[2:]
        case [family, _, given] if family in families and given not in families:
            return words[1:]
        case _:
            return []


def eastern(words: list[str], country: str) -> tuple[str, str] | None:
    """Return given and family name of a Chinese, Japanese or Korean name, None where unclear."""
    if any(word.isascii() or not re.fullmatch(_EAST, word) for word in words):
        return None
    match words:
        case [one] if re.fullmatch(_KOREAN, one):
            return _divided(one, _KOREAN_DOUBLE, _KOREAN_FAMILIES)
        case [one] if re.fullmatch(_HAN, one) and country in _CHINESE_LANDS:
            return _divided(one, _CHINESE_DOUBLE, _CHINESE_FAMILIES)
        case [family, given] if len(family) <= 3:  # noqa: PLR2004 - characters of a family's
            return given, family
        case _:
            return None


def _at_home(first: str, last: str, country: str) -> Order:
    """Return the order of a name of which one word only is one of its country's families."""
    families = _families().get(_KIN.get(country, country), frozenset())
    found = [plain(word).replace(" ", "") in families for word in (first, last)]
    if found == [True, False]:
        return "family"
    return "given" if found == [False, True] else ""


def _are_eastern_families(first: str, last: str) -> bool:
    """Tell whether both words are families of one country in which they stand first."""
    words = {plain(first), plain(last)}
    return any(words <= families for families in _families().values())


def _divided(name: str, double: frozenset[str], families: frozenset[str]) -> tuple[str, str] | None:
    size = 2 if name[:2] in double else 1
    given = name[size:]
    if size == 1 and name[0] not in families:
        return None
    return (given, name[:size]) if 0 < len(given) <= _LONGEST_GIVEN else None


def _by_address(first: str, last: str, email: str) -> Order:
    """Return the order in which an address spells a name: its given name stands first there."""
    local = email.partition("@")[0].partition("+")[0]
    if not local:
        return ""
    parts = [plain(part).replace(" ", "") for part in re.split(r"[._-]", local)]
    a, b = (plain(word).replace(" ", "") for word in (first, last))
    spelled = "".join(parts).rstrip("0123456789")
    ways = {a + b, a[:1] + b}, {b + a, b[:1] + a}
    if len(parts) == 1 and a[:1] + b == b[:1] + a:
        return ""
    found = [spelled in way for way in ways]
    if found == [True, False]:
        return "given"
    return "family" if found == [False, True] else ""


@cache
def _families() -> dict[str, frozenset[str]]:
    rows = (line.partition(": ") for line in lines("family_first.txt"))
    return {country: frozenset(row.split()) for country, _, row in rows}


@cache
def _words(initial: str) -> dict[str, int]:
    """Return word → tenths, of words with one first letter: all of them take long to read."""
    known: dict[str, int] = {}
    for tenth, words in _rows().get(initial, ()):
        known |= dict.fromkeys(words.split(), tenth)
    return known


@cache
def _rows() -> dict[str, list[tuple[int, str]]]:
    rows: dict[str, list[tuple[int, str]]] = {}
    for line in lines("name_words.txt"):
        key, _, words = line.partition(": ")
        rows.setdefault(key[0], []).append((int(key[1:]), words))
    return rows
