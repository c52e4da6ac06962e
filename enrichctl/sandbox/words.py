"""What the made-up population is made of."""

from typing import NamedTuple


class Land(NamedTuple):
    """A country, with what its addresses and telephone numbers look like.

    Attributes:
        code: ISO 3166 alpha-2.
        number: ISO 3166 numeric, which SuperOffice uses as the country's id.
        phone: An E.164 number, ``#`` for any digit.
        postcode: A postcode, ``#`` for any digit.
    """

    code: str
    name: str
    number: int
    phone: str
    postcode: str
    cities: tuple[str, ...]
    streets: tuple[str, ...]
    tld: str


# The telephone numbers are in ranges that the country's regulator keeps for films and tests
# where it has one; they are valid in form everywhere.
LANDS = (
    Land("US", "United States", 840, "+121255501##", "100##", ("New York", "Boston", "Austin"),
         ("Main Street", "Oak Avenue", "Madison Avenue"), "com"),
    Land("GB", "United Kingdom", 826, "+442079460###", "SW1A #AA", ("London", "Leeds", "Bristol"),
         ("High Street", "Station Road", "Church Lane"), "co.uk"),
    Land("DE", "Germany", 276, "+493023125###", "101##", ("Berlin", "Hamburg", "München"),
         ("Hauptstraße", "Bahnhofstraße", "Gartenweg"), "de"),
    Land("FR", "France", 250, "+3319900####", "750##", ("Paris", "Lyon", "Nantes"),
         ("rue de la Paix", "avenue Victor Hugo", "rue Pasteur"), "fr"),
    Land("ES", "Spain", 724, "+3491123####", "280##", ("Madrid", "Barcelona", "Valencia"),
         ("Calle Mayor", "Calle de Alcalá", "Gran Vía"), "es"),
    Land("IT", "Italy", 380, "+3902123#####", "201##", ("Milano", "Torino", "Roma"),
         ("Via Roma", "Via Garibaldi", "Corso Italia"), "it"),
    Land("NL", "Netherlands", 528, "+312012345##", "10## AB", ("Amsterdam", "Utrecht", "Delft"),
         ("Hoofdstraat", "Kerkstraat", "Prinsengracht"), "nl"),
    Land("NO", "Norway", 578, "+47221234##", "01##", ("Oslo", "Bergen", "Trondheim"),
         ("Storgata", "Karl Johans gate", "Kirkegata"), "no"),
    Land("SE", "Sweden", 752, "+46846500###", "111 ##", ("Stockholm", "Göteborg", "Malmö"),
         ("Storgatan", "Drottninggatan", "Kungsgatan"), "se"),
    Land("DK", "Denmark", 208, "+45331234##", "10##", ("København", "Aarhus", "Odense"),
         ("Vestergade", "Algade", "Nørregade"), "dk"),
    Land("FI", "Finland", 246, "+358912345##", "001##", ("Helsinki", "Tampere", "Turku"),
         ("Mannerheimintie", "Asematie", "Koulukatu"), "fi"),
    Land("CH", "Switzerland", 756, "+41442345###", "80##", ("Zürich", "Basel", "Bern"),
         ("Bahnhofstrasse", "Seestrasse", "Dorfstrasse"), "ch"),
    Land("PL", "Poland", 616, "+482212345##", "00-1##", ("Warszawa", "Kraków", "Gdańsk"),
         ("ulica Polna", "ulica Leśna", "ulica Słoneczna"), "pl"),
    Land("AT", "Austria", 40, "+431512345#", "10##", ("Wien", "Graz", "Linz"),
         ("Ringstraße", "Mozartgasse", "Schulgasse"), "at"),
    Land("BE", "Belgium", 56, "+3222345###", "10##", ("Brussels", "Antwerpen", "Gent"),
         ("Koningsstraat", "Stationsstraat", "Molenstraat"), "be"),
    Land("PT", "Portugal", 620, "+35121234####", "1100-###", ("Lisboa", "Porto", "Coimbra"),
         ("Rua Augusta", "Avenida da Liberdade", "Rua do Carmo"), "pt"),
    Land("CZ", "Czechia", 203, "+42022345####", "110 ##", ("Praha", "Brno", "Ostrava"),
         ("Hlavní", "Nádražní", "Školní"), "cz"),
    Land("IE", "Ireland", 372, "+35316123###", "D02 X2##", ("Dublin", "Cork", "Galway"),
         ("Main Street", "Grafton Street", "Patrick Street"), "ie"),
    Land("CA", "Canada", 124, "+141655501##", "M5V #A1", ("Toronto", "Montreal", "Vancouver"),
         ("King Street", "Queen Street", "Bay Street"), "ca"),
)  # fmt: skip

LEGAL_FORMS = {
    "inc": "US", "llc": "US", "corp": "US", "corporation": "US", "ltd": "GB", "limited": "GB",
    "plc": "GB", "gmbh": "DE", "ag": "DE", "kg": "DE", "se": "DE", "sas": "FR", "sarl": "FR",
    "sa": "FR", "sl": "ES", "spa": "IT", "srl": "IT", "bv": "NL", "nv": "NL", "as": "NO",
    "asa": "NO", "ab": "SE", "aps": "DK", "oy": "FI", "oyj": "FI", "co": "US", "company": "US",
}  # fmt: skip

FIRST_NAMES = (
    "Anna", "Alice", "Amir", "Björn", "Beatrice", "Carlos", "Chloé", "Daniel", "Dagny", "Elena",
    "Erik", "Fatima", "Felix", "Greta", "George", "Hannah", "Henrik", "Ingrid", "Ivan", "Jane",
    "Jonas", "Katarina", "Kofi", "Laura", "Lukas", "María", "Marek", "Nadia", "Nils", "Olivia",
    "Oscar", "Paula", "Pierre", "Quentin", "Rosa", "Robert", "Sofia", "Stefan", "Tara", "Tomás",
    "Ursula", "Umberto", "Vera", "Victor", "Wanda", "William", "Ximena", "Yusuf", "Zoë", "Zofia",
)  # fmt: skip
LAST_NAMES = (
    "Andersen", "Bauer", "Bianchi", "Brown", "Carter", "Costa", "Dubois", "Edwards", "Eriksson",
    "Fischer", "García", "Green", "Hansen", "Hughes", "Ibrahim", "Jansen", "Johansson", "Kowalski",
    "Keller", "Laurent", "Lindgren", "Martin", "Mikkelsen", "Moreau", "Müller", "Nielsen", "Novak",
    "O'Brien", "Olsen", "Parker", "Petrov", "Quinn", "Rossi", "Ruiz", "Schmidt", "Silva", "Taylor",
    "Thorne", "Ueda", "Vargas", "Virtanen", "Weber", "Wilson", "Young", "Zimmermann",
)  # fmt: skip

COMPANY_STARTS = (
    "Alder", "Amber", "Arctic", "Beacon", "Blue", "Bright", "Cedar", "Cobalt", "Copper", "Delta",
    "Ember", "Falcon", "Fjord", "Granite", "Harbour", "Hazel", "Iron", "Juniper", "Keystone",
    "Larch", "Lumen", "Maple", "Meridian", "Nimbus", "Nordic", "Onyx", "Orchard", "Pine", "Quartz",
    "River", "Sable", "Silver", "Summit", "Tidal", "Umber", "Vector", "Willow", "Zephyr",
)  # fmt: skip
COMPANY_ENDS = (
    "Analytics", "Bakery", "Consulting", "Dynamics", "Energy", "Foods", "Freight", "Instruments",
    "Labs", "Logistics", "Media", "Motors", "Optics", "Partners", "Pharma", "Robotics", "Software",
    "Steel", "Systems", "Textiles", "Travel", "Works",
)  # fmt: skip
INDUSTRIES = (
    "Software", "Logistics", "Food Production", "Energy", "Financial Services", "Health Care",
    "Manufacturing", "Media", "Retail", "Telecommunications",
)  # fmt: skip
SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001-10000")
TOOLS = ("Salesforce", "HubSpot", "AWS", "Google Workspace", "Slack", "Shopify", "SAP", "Zendesk")

TITLES = (
    ("Chief Executive Officer", "c_level", "Management"),
    ("Chief Technology Officer", "c_level", "Engineering"),
    ("VP of Sales", "vp", "Sales"),
    ("Director of Marketing", "director", "Marketing"),
    ("Head of Operations", "head", "Operations"),
    ("Engineering Manager", "manager", "Engineering"),
    ("Account Executive", "senior", "Sales"),
    ("Senior Software Engineer", "senior", "Engineering"),
    ("Product Designer", "entry", "Design"),
    ("Financial Analyst", "entry", "Finance"),
    ("General Counsel", "c_level", "Legal"),
    ("HR Business Partner", "senior", "Human Resources"),
)

FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com", "aol.com",
    "icloud.com", "gmx.de", "gmx.net", "web.de", "proton.me", "protonmail.com", "orange.fr",
    "free.fr", "wp.pl", "gmx.at", "gmx.ch", "freemail.hu", "seznam.cz", "libero.it", "laposte.net",
    "yahoo.co.uk", "hotmail.fr", "hotmail.co.uk", "t-online.de", "ymail.com", "me.com",
})  # fmt: skip
# Words at the end of a domain that say what it is for, and are no part of a name.
DEMONSTRATIONS = frozenset({"demo", "example", "beispiel", "sample", "test"})
ROLES = frozenset({
    "info", "sales", "contact", "support", "office", "admin", "hello", "team", "marketing",
    "billing", "hr", "jobs", "press", "kontakt", "noreply", "no-reply", "postmaster", "webmaster",
    "service", "accounts", "enquiries", "ventas", "compras", "post", "mail", "bewerbung",
    "vertrieb", "einkauf", "buchhaltung", "accueil", "compta", "vendite", "biuro",
})  # fmt: skip
