# ruff: noqa: RUF001 - countries are named in their languages
"""Countries by their names in the languages and scripts of the world."""

import subprocess
import sys

import pytest

from enrichctl.facts import countries
from enrichctl.facts.words import lines, plain

NAMES = """
DE Германия|德国|독일|ドイツ|Almanya|Németország|Niemcy|Německo|Allemagne|Alemania|Γερμανία
DE Germania|Alemanha|ألمانيا|גרמניה|Німеччина|เยอรมนี|Đức|Jerman|Saksamaa|Vācija|Vokietija|Njemačka
US 美国|미국|アメリカ合衆国|США|Соединенные Штаты|ABD|Stati Uniti|Vereinigte Staaten|美國|États-Unis
US Amerika Birleşik Devletleri|Verenigde Staten|Stany Zjednoczone|アメリカ|الولايات المتحدة
AL Shqipëria|Shqipëri
XK Kosova|Kosovë|Kosovo|Косово
AE الإمارات|الإمارات العربية المتحدة|阿联酋|ОАЭ|Birleşik Arap Emirlikleri
TW 中華民國|台灣|臺灣|台湾|대만
CN 中国|中國|중국|Китай|Çin|Chine
NL Niederlande|Pays-Bas|Nederland|Holandia|荷兰|オランダ|Нидерланды|Hollanda
GB Великобритания|英国|英國|イギリス|영국|İngiltere|Birleşik Krallık|Royaume-Uni|Anglia
FR Франция|法国|프랑스|フランス|Fransa|Franciaország|Francja|Γαλλία|فرنسا
GR Ελλάδα|Греция|希腊|Yunanistan|Grčka
UA Україна|Украина|乌克兰|Ukrajna
PL Польша|波兰|Lengyelország|Polonya
CH Швейцария|瑞士|스위스|スイス|İsviçre|Svájc|Szwajcaria
ES Испания|西班牙|스페인|スペイン|İspanya|Spanyolország
IT Италия|意大利|이탈리아|イタリア|İtalya|Olaszország|Włochy
JP 日本|일본|Япония|Japonya
KR 대한민국|한국|韩国|韓國|韓国|Южная Корея|Güney Kore
IN भारत|印度|Индия|Hindistan
SA السعودية|المملكة العربية السعودية|沙特阿拉伯
EG مصر|埃及|Mısır
IL ישראל|以色列|Израиль
CZ Чехия|捷克|Çekya
AT Австрия|奥地利|Avusturya|Ausztria
TR Türkiye|Турция|土耳其|Törökország
HK 香港|Hongkong|홍콩
BY Беларусь|Білорусь
KZ Қазақстан|Казахстан|哈萨克斯坦
GE საქართველო|Грузия
AM Հայաստան|Армения
"""
ROWS = [
    (name, line.partition(" ")[0])
    for line in NAMES.strip().splitlines()
    for name in line.partition(" ")[2].split("|")
]


def test_a_country_is_known_in_any_language():
    """Whatever language the export was made in."""
    found = [(name, countries.code(name)) for name, _ in ROWS]
    assert [row for row in found if row not in ROWS] == []


@pytest.mark.parametrize(
    "text",
    ["California", "Bavaria", "Paris", "Unknown", "Europa", "EMEA", "Remote",
     "Toronto", "English", "Deutsch", "Москва", "東京", "上海", "서울", "none", "Texas"],
)  # fmt: skip
def test_what_is_no_country_is_none(text):
    """A city, a state and a language are none, whatever language has such a word."""
    assert countries.code(text) is None


def test_rare_names_are_read_only_where_one_is_met():
    """A file whose countries are in the languages most asked for pays nothing for the others."""
    code = (
        "from enrichctl.facts import countries as c;"
        "c.code('Germany'), c.code('Allemagne'), c.code('DE');"
        "print(c._rare.cache_info().currsize);"
        "c.code('Németország'); print(c._rare.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["0", "1"]


def test_names_stand_in_the_lists_as_they_are_looked_up():
    for file, first in (("countries.txt", 2), ("countries_cldr.txt", 1)):
        names = [name for line in lines(file) for name in line.split("|")[first:]]
        assert [name for name in names if plain(name).removeprefix("the ") != name] == []
