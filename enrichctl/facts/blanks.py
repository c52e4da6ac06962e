"""Texts that stand in a cell, or in an answer, and are no value: "N/A", "-", "[not provided]".

They are as good as a blank: neither told to anybody nor taken from anybody. English, and the
languages in which the headers of exports are read.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from enrichctl.facts import domains, spelling
from enrichctl.fields import kind_of

_LONGEST = 48  # characters; what is longer says something
_FRAME = " \t[](){}<>\"'*.!?_"
_ERROR = re.compile(r"#[¡A-ZÄÖÜÉ][A-ZÄÖÜÉÁÍÓÚ/0-9]*[!?]?")  # of a spreadsheet, in any language
_WORDS = frozenset(
    {
        "n/a", "n.a", "n/d", "n.d", "n/k", "na", "nan", "nil", "none", "null", "nul", "void", "\\n",
        "undefined", "unknown", "unk", "unspecified", "unavailable", "missing", "blank", "empty",
        "not applicable", "not available", "not provided", "not found", "not specified",
        "not known", "not disclosed", "not given", "not set", "not listed", "not stated",
        "not entered", "no answer", "no data", "no info", "no information", "no record",
        "no result", "no results", "no value", "no match", "tbd", "tba", "tbc",
        "to be determined", "to be confirmed", "to be announced", "unknown unknown", "xx", "xxx",
        "xxxx", "no name", "noname", "anonymous", "none given", "none provided", "none found",
        # German, French, Spanish, Portuguese, Italian
        "k.a", "k. a", "ka", "keine angabe", "keine angaben", "keine", "unbekannt", "nicht bekannt",
        "nicht angegeben", "nicht vorhanden", "nicht verfügbar", "nicht gefunden", "fehlt", "leer",
        "ohne angabe", "entfällt", "inconnu", "inconnue", "non renseigné", "non renseignée",
        "non disponible", "non communiqué", "non précisé", "non trouvé", "aucun", "aucune",
        "sans objet", "néant", "vide", "desconocido", "desconocida", "no disponible",
        "no especificado", "no proporcionado", "no aplica", "no encontrado", "sin datos", "ninguno",
        "ninguna", "vacío", "s/d", "desconhecido", "desconhecida", "não disponível",
        "não informado", "não especificado", "não encontrado", "não se aplica", "nenhum",
        "sem dados", "vazio", "sconosciuto", "sconosciuta", "non fornito", "non specificato",
        "non trovato", "nessuno", "nessuna", "non pervenuto", "vuoto",
        # Dutch, Nordic, Polish, Czech, Hungarian, Turkish
        "onbekend", "niet bekend", "niet beschikbaar", "niet opgegeven", "niet gevonden", "geen",
        "n.v.t", "nvt", "leeg", "okänd", "okänt", "ej angivet", "ej tillgänglig", "saknas", "inget",
        "ukendt", "ikke angivet", "ikke tilgængelig", "ikke fundet", "mangler", "ukjent",
        "ikke oppgitt", "ikke tilgjengelig", "ikke funnet", "ingen", "tuntematon",
        "ei tiedossa", "ei saatavilla", "ei löydy", "puuttuu", "nieznany", "nieznane", "brak",
        "brak danych", "nie dotyczy", "nie podano", "neznámý", "neznámé", "neuvedeno", "nemá",
        "ismeretlen", "nincs", "nincs adat", "bilinmiyor", "yok", "belirtilmemiş",
        # Russian, Japanese, Chinese, Korean
        "неизвестно", "не указано", "не указан", "нет данных", "нет", "不明", "なし", "未設定",
        "該当なし", "未知", "无", "無", "没有", "暂无", "未提供", "없음", "미상", "알 수 없음",
    }
)  # fmt: skip
# Not an employer.
_NO_COMPANY = frozenset(
    {
        "self-employed", "self employed", "selfemployed", "freelance", "freelancer", "freelancing",
        "independent", "unemployed", "retired", "between jobs", "looking for work", "open to work",
        "seeking new opportunities", "looking for new opportunities", "job seeker", "individual",
        "private individual", "confidential", "personal", "selbständig", "selbstständig",
        "freiberufler", "freiberuflich", "freiberuflerin", "arbeitssuchend", "arbeitslos",
        "privat", "privatperson", "indépendant", "indépendante", "travailleur indépendant",
        "auto-entrepreneur", "en recherche d'emploi", "sans emploi", "retraité", "particulier",
        "autónomo", "autónoma", "autonomo", "por cuenta propia", "desempleado", "jubilado",
        "particular", "autônomo", "autônoma", "desempregado", "libero professionista",
        "lavoratore autonomo", "disoccupato", "privato", "zzp", "zzp'er", "zelfstandig",
        "zelfstandige", "werkloos", "egenföretagare", "frilans", "frilansare",
        "selvstendig", "selvstændig", "frilanser", "arbetssökande", "yrittäjä", "freelancerka",
        "samozatrudnienie", "osvč", "egyéni vállalkozó", "serbest", "самозанятый", "фрилансер",
    }
)  # fmt: skip
_THING = (
    r"(?:e-?mails?|mails?|phones?|telephones?|mobiles?|numbers?|names?|title|position|company|"
    r"website|url|linkedin|profile|address|telefon|mobil|nummer|firma|adresse|correo|teléfono|"
    r"téléphone|courriel)"
)
_NO_THING = re.compile(
    rf"(?:no|kein|keine|sin|sans|aucun|aucune|geen|ingen|inget|brak|nessun|nessuna|sem|pas d[e'])"
    rf"\s*(?:valid |verified |work |business )?{_THING}(?: (?:address|number|adresse))?"
    r"(?: (?:found|available|provided|given|known|gefunden|vorhanden|trouvé|encontrado))?"
)
_THING_NOT = re.compile(
    rf"{_THING}(?: (?:address|number))? (?:not |un|nicht |non |no )"
    r"(?:found|available|provided|known|given|verified|gefunden|vorhanden|trouvé|encontrado)"
)
_SAME_DIGIT = re.compile(r"\+?(\d)\1{5,}")
# Words that are somebody's name as well.
_SURNAMES = frozenset({"null", "none", "na", "nan", "nil", "xx", "void", "ka", "yok", "nemá"})


@lru_cache(1 << 13)
def says_nothing(field: str, text: str) -> bool:
    """Tell whether a text that stands for a field's value says only that there is none."""
    if len(text) > _LONGEST:
        return False
    bare = text.strip(_FRAME).casefold()
    if not any(map(str.isalnum, bare)):
        return True  # dashes, dots, question marks
    if bare in _WORDS or text.strip() == "\\N" or _ERROR.fullmatch(text.strip()):
        return True
    if field == "company_name" and bare in _NO_COMPANY:
        return True
    if kind_of(field) == "phone" and _SAME_DIGIT.fullmatch(re.sub(r"[ ().-]", "", text)):
        return True
    return bool(_NO_THING.fullmatch(bare) or _THING_NOT.fullmatch(bare))


def without_blanks(values: dict[str, str]) -> dict[str, str]:
    """Return a row's values without those that say nothing.

    Null is a surname, too: it stays where a first name and nothing else of that kind stands
    beside it.
    """
    blank = [name for name, text in values.items() if says_nothing(name, text)]
    if not blank:
        return values
    if len(blank) == 1 and _is_a_name(blank[0], values):
        return values
    return {name: text for name, text in values.items() if name not in blank}


def _is_a_name(field: str, values: Mapping[str, str]) -> bool:
    other = {"last_name": "first_name", "first_name": "last_name"}.get(field)
    text = values[field]
    spelled_as_one = text[:1].isupper() and not text[1:].isupper()
    return other in values and text.casefold() in _SURNAMES and spelled_as_one


def could_be(field: str, text: str) -> bool:
    """Tell whether a text that came as a field's value can be one.

    What says nothing, leads to no profile, or names a domain that is nobody's fills no cell, so
    that the next provider is asked.
    """
    if says_nothing(field, text):
        return False
    if kind_of(field) == "person_url":
        return spelling.profile_url(text) is not None
    return kind_of(field) != "domain" or domains.company(text) is not None


def is_nobodys(field: str, text: str) -> bool:
    """Tell whether a domain or website is nobody's in particular: a mailbox provider's, say."""
    return kind_of(field) in ("domain", "url") and domains.company(text) is None
