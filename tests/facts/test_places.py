import subprocess
import sys

import pytest

from enrichctl.facts import countries, domains, phones


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("DEUTSCHLAND", "DE"), ("Allemagne", "DE"), ("Alemania", "DE"),
        ("Tyskland", "DE"), ("Saksa", "DE"), ("de", "DE"), ("DEU", "DE"), ("UK", "GB"),
        ("U.K.", "GB"), ("England", "GB"), ("USA", "US"), ("U.S.A.", "US"),
        ("Estados Unidos", "US"),
        ("The Netherlands", "NL"), ("Holland", "NL"), ("Česko", "CZ"), ("Czech Republic", "CZ"),
        ("Österreich", "AT"), ("Osterreich", "AT"), ("Suisse", "CH"), ("Sverige", "SE"),
        ("Suomi", "FI"), ("Norge", "NO"), ("NO", "NO"), ("Danmark", "DK"), ("Ísland", "IS"),
        ("Korea, Republic of", "KR"), ("Côte d\u2019Ivoire", "CI"), ("Turkey", "TR"),
        ("Türkiye", "TR"), ("UAE", "AE"), ("Россия", "RU"), ("日本", "JP"), ("Brasil", "BR"),
        (" viet nam ", "VN"), ("Georgia", "GE"),
        ("NA", None), ("n/a", None), ("No", None), ("Europe", None), ("Berlin", None), ("", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_many_names(text, code):
    assert countries.code(text) == code


def test_a_code_has_an_english_name():
    assert countries.name("DE") == "Germany"
    assert countries.name("na") == "Namibia"
    assert countries.name("ZZ") is None


def test_every_english_name_leads_back_to_its_code():
    codes = [a + b for a in map(chr, range(65, 91)) for b in map(chr, range(65, 91))]
    named = {code: name for code in codes if (name := countries.name(code))}
    assert len(named) == 250
    assert {code: countries.code(name) for code, name in named.items()} == {c: c for c in named}


@pytest.mark.parametrize(
    ("number", "country", "region", "timezone"),
    [
        ("+12125550123", "US", "New York", "America/New_York"),
        ("+14165550123", "CA", "Ontario", "America/Toronto"),
        ("+442079460018", "GB", "London", "Europe/London"),
        ("+493023125042", "DE", "Berlin", "Europe/Berlin"),
        ("+46812345678", "SE", "Stockholm", "Europe/Stockholm"),
        ("+551123456789", "BR", "São Paulo", "America/Sao_Paulo"),
        ("+81312345678", "JP", "Tokyo", "Asia/Tokyo"),
        ("+33612345678", "FR", "", "Europe/Paris"),
        ("+61412345678", "AU", "", ""),
        ("+18005550123", "", "", ""),
        ("+870773111632", "", "", ""),
        ("+15002345678", "", "", ""),
        ("+19002345678", "", "", ""),
        ("+78001234567", "", "", ""),
        ("+37251234567", "EE", "", "Europe/Tallinn"),
        ("+37121234567", "LV", "", "Europe/Riga"),
        ("+37061234567", "LT", "", "Europe/Vilnius"),
        ("+375294911911", "BY", "", "Europe/Minsk"),
        ("+212650123456", "MA", "", "Africa/Casablanca"),
        ("+213551234567", "DZ", "", "Africa/Algiers"),
        ("+50581234567", "NI", "", "America/Managua"),
        ("+85366123456", "MO", "", "Asia/Macau"),
        ("+970599123456", "PS", "", ""),
        ("+393123456789", "IT", "", "Europe/Rome"),
        ("+4740612345", "NO", "", "Europe/Oslo"),
        ("+358412345678", "FI", "", "Europe/Helsinki"),
        ("+5511961234567", "BR", "São Paulo", "America/Sao_Paulo"),
        ("+351291234567", "PT", "", "Atlantic/Madeira"),
        ("+61889501234", "AU", "Northern Territory", "Australia/Darwin"),
        ("+61731234567", "AU", "Queensland", "Australia/Brisbane"),
        ("+558123456789", "BR", "Pernambuco", "America/Recife"),
        ("+526141234567", "MX", "", "America/Chihuahua"),
        ("+74012345678", "RU", "", "Europe/Kaliningrad"),
        ("+60323856789", "MY", "", "Asia/Kuala_Lumpur"),
        ("+62812345678", "ID", "", ""),
        ("+18505550123", "US", "Florida", ""),  # Pensacola and Tallahassee
        ("+14585550123", "US", "Oregon", ""),  # laid over an area of two zones
    ],
)
def test_a_number_tells_only_what_it_determines(number, country, region, timezone):
    assert phones.origin_of(number) == (number, country, region, timezone)


def test_an_invalid_number_has_no_place():
    assert phones.origin_of("12345", "US") is None


def test_the_heavy_geocoder_stays_out():
    code = (
        "import sys; from enrichctl.facts import phones; phones.origin_of('+12125550123');"
        "print('phonenumbers.geodata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("text", "domain", "name"),
    [
        ("acme-corp.co.uk", "acme-corp.co.uk", "Acme Corp"),
        ("https://www.shop.bigcorp.com/x", "bigcorp.com", "Bigcorp"),
        ("jane@mail.acme-widgets.com", "acme-widgets.com", "Acme Widgets"),
        ("müller-gmbh.de", "xn--mller-gmbh-9db.de", "Müller GmbH"),
        ("bmw.de", "bmw.de", "BMW"),
        ("360-grad.de", "360-grad.de", "360 Grad"),
        ("4711.de", "4711.de", None),
        ("jane@gmail.com", None, None),
        ("jane@mailinator.com", None, None),
        ("https://www.linkedin.com/company/acme", None, None),
        ("co.uk", None, None),
        ("n/a", None, None),
        ("jane@acme.onmicrosoft.com", None, None),
        ("acme.wordpress.com", None, None),
        ("acme@pec.it", None, None),
        ("jane@privaterelay.appleid.com", None, None),
        ("jane@acme.local", None, None),
    ],
)
def test_a_domain_tells_of_its_company(text, domain, name):
    assert domains.company(text) == domain
    assert (domain and domains.name_in(domain)) == name
