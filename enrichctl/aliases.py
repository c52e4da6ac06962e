"""How exports call the canonical fields: a table of column headers.

Headers are compared without case, accents, spaces and punctuation (`fold`), so that
``Work Email``, ``work_email`` and ``workEmail`` are one. Of several columns that fit a field, the
one that stands first here is used. Sources: the exports of HubSpot in its eleven languages,
Salesforce, LinkedIn, Sales Navigator by Evaboot, Apollo, lemlist, Close and Pipedrive.
"""

from functools import cache
from unicodedata import normalize

from enrichctl.fields import FIELDS


def _split(headers: str) -> list[str]:
    lines = headers.splitlines()
    return [part.strip() for line in lines for part in line.split("|") if part.strip()]


_HEADERS = {
    "email": """
        Work Email | Business Email | Professional Email | Corporate Email | Email Work
        primary_contact_primary_email | Primary Email | Email | Email Address | E-Mail | Mail
        Mail Address | Contact Email | Email 1 | Person Email
        E-Mail-Adresse | Correo electrónico | Correo | Sähköposti | Sähköpostiosoite | Courriel
        Adresse e-mail | Adresse mail | Indirizzo e-mail | Indirizzo email | Posta elettronica
        メール | メールアドレス | Eメール | Eメールアドレス
        E-mailadres | Adres e-mail | Adres email
        Endereço de e-mail | E-post | E-postadress
        Personal Email | Private Email | Home Email | Email Home | Other Email | Email Other
    """,
    "first_name": """
        First Name | Given Name | Forename | primary_contact_first_name | First
        Vorname | Nombre de pila | Etunimi | Prénom | Nome di battesimo | 名
         Voornaam | Imię
        Primeiro nome | Förnamn
    """,
    "last_name": """
        Last Name | Surname | Family Name | primary_contact_last_name | Last
        Nachname | Familienname | Apellidos | Apellido | Sukunimi | Nom de famille | Cognome | 姓
        Achternaam | Nazwisko | Sobrenome | Apelido | Último nome | Efternamn
    """,
    "full_name": """
        Full Name | Contact Name | Person Name | primary_contact_name | Profile Name
        Contact Full Name | Contact | Vollständiger Name | Vor- und Nachname | Ansprechpartner
        Kontaktperson | Nombre completo | Nombre y apellidos | Koko nimi | Nom complet
        Prénom et nom | Nom et prénom | Nome completo | Nome e cognome | 氏名 | 名前 | フルネーム
        Volledige naam | Imię i nazwisko | Fullständigt namn
    """,
    "job_title": """
        Job Title | Current Job Title | Current Job | Current Title | Current Position | Position
        Job Position | Role | Job Role | primary_contact_title | Title
        Jobbezeichnung | Berufsbezeichnung | Jobtitel | Funktion | Stellenbezeichnung | Titel
        Puesto | Puesto de trabajo | Cargo | Tehtävänimike | Ammattinimike | Titteli
        Intitulé du poste | Intitulé de poste | Poste | Fonction | Qualifica | Posizione
        Posizione lavorativa | Titolo professionale | Ruolo | 役職 | 職種 | Functie | Functietitel
        Functienaam | Stanowisko | Stanowisko pracy | Função | Jobbtitel | Befattning | Headline
    """,
    "seniority": "Seniority | Seniority Level | Management Level",
    "department": """
        Department | Departments | Job Function | Abteilung | Departamento | Osasto | Département
        Service | Reparto | Dipartimento | 部署 | Afdeling | Dział | Avdelning
    """,
    "phone": """
        Work Direct Phone | Direct Phone | Work Phone | Phone Work | Business Phone | Phone
        Phone Number | Telephone | Telephone Number | primary_contact_primary_phone | Primary Phone
        Contact Phone | Tel | Phone 1
        Telefonnummer | Telefon | Número de teléfono | Teléfono | Puhelinnumero | Puhelin
        Numéro de téléphone | Téléphone | Numero di telefono | Telefono | 電話番号 | 電話
        Telefoonnummer | Telefoon | Numer telefonu | Número de telefone | Telefone
        Home Phone | Phone Home | Other Phone | Phone Other
    """,
    "mobile": """
        Mobile Phone | Mobile Phone Number | Mobile | Mobile Number | Cell Phone | Cell
        Phone Mobile | Mobiltelefonnummer | Mobiltelefon | Mobilnummer | Handynummer | Handy
        Número de teléfono móvil | Teléfono móvil | Móvil | Matkapuhelinnumero | Matkapuhelin
        Numéro de téléphone mobile | Numéro de portable | Téléphone portable | Téléphone mobile
        Portable | Numero di cellulare | Numero di telefono cellulare | Cellulare
        携帯電話番号 | 携帯電話 | Mobiel telefoonnummer | Mobiel nummer | Mobiele telefoon
        Numer telefonu komórkowego | Telefon komórkowy | Número de celular | Celular
        Número de telemóvel | Telemóvel | Mobilnummer
    """,
    "linkedin_url": """
        Linkedin URL Public | Linkedin Public URL | Person Linkedin Url | LinkedIn Profile URL
        Linkedin Profile | LinkedIn URL | LinkedIn | Linkedin Link | LinkedIn Page
        LinkedIn Contact Profile URL | LinkedIn Bio | hs_linkedin_url | Profile URL
        primary_contact_primary_url | Linkedin URL Unique ID | Profile Link | Profile | URL
    """,
    "company_name": """
        Company Name | Company | Company Name for Emails | Account Name | Account | Current Company
        Current Company Name | Organization Name | Organization | Organisation | lead_name
        display_name | Associated Company | Associated Company Name | Primary Associated Company
        Employer | Business Name
        Name des Unternehmens | Unternehmensname | Unternehmen | Firma | Firmenname
        Nombre de la empresa | Nombre de empresa | Empresa | Yrityksen nimi | Yritys
        Nom de l'entreprise | Nom d'entreprise | Entreprise | Société | Nom de la société
        Raison sociale | Nome dell'azienda | Nome azienda | Azienda | Società | Ragione sociale
        会社名 | 会社 | 企業名
        Bedrijfsnaam | Bedrijf | Naam van bedrijf | Nazwa firmy | Nome da empresa
        Nome da organização | Företagsnamn | Företag
    """,
    "company_domain": """
        Company Domain | Company Domain Name | Domain | Domain Name | Email Domain
        Organization Domain | Unternehmensdomain | Domain-Name des Unternehmens
        Dominio de la empresa | Nombre de dominio de la empresa | Dominio | Domaine
        Domaine de l'entreprise | Nom de domaine de l'entreprise | Dominio aziendale
        会社のドメイン名 | ドメイン
        Bedrijfsdomein | Domein | Domena firmy | Domínio da empresa | Domínio
        Företagsdomän | Domän
    """,
    "company_size": """
        Company Size | Number of Employees | Employees | # Employees | Employee Count
        Num Employees | Company Employee Count | Company Employee Range | Employee Range
        Company Employee Exact Count | Headcount | Company Headcount | Company Number of Employees
        Organization Number of Employees
        Mitarbeiterzahl | Anzahl der Mitarbeiter | Unternehmensgröße | Número de empleados
        Henkilöstömäärä | Nombre d'employés | Effectif | Numero di dipendenti | 従業員数
        Aantal medewerkers | Aantal werknemers | Liczba pracowników | Número de funcionários
        Antal anställda
    """,
    "industry": """
        Industry | Company Industry | Primary Industry | Account Industry | Sector | Branche
        Industria | Toimiala | Secteur | Secteur d'activité | Settore | 業種 | 業界 | Branża
        Setor | Bransch
    """,
    "founded_year": """
        Founded Year | Year Founded | Company Year Founded | Company Founded Year | Founded
        Gründungsjahr | Año de fundación | Perustamisvuosi | Année de création | Anno di fondazione
        設立年 | Oprichtingsjaar | Rok założenia | Ano de fundação | Grundat år
    """,
    "company_description": """
        Company Description | Short Description | Company Short Description | About Us
    """,
    "company_linkedin_url": """
        Company Linkedin URL | Company LinkedIn | Company Linkedin Link | Company LinkedIn Page
        LinkedIn Company Page | LinkedIn Company Profile URL | Company Linkedin Profile
        Organization Linkedin URL | Linkedin Company URL | Company Linkedin URL Public
        Company Linkedin URL Unique ID
    """,
    "website": """
        Website | Company Website | Company Website URL | Website URL | Web Site | Web
        Organization Website | Homepage | Webseite | Internetseite | URL del sitio web | Sitio web
        Verkkosivuston URL | Verkkosivusto | URL du site web | Site web | Site internet
        URL sito web | Sito web | ウェブサイト | ウェブサイトのURL | ウェブサイトURL
        Adres URL witryny | Strona internetowa | Witryna | URL do site | Site | Webbplats
        Webbplats-URL | Webbadress
    """,
    "tech_stack": "Technologies | Tech Stack | Technology Stack | Web Technologies",
    "location": """
        Location | Person Location | Contact Location | Standort | Ubicación | Sijainti
        Localisation | Lieu | Posizione geografica | 場所 | Locatie | Lokalizacja | Localização
        Plats
    """,
    "address": """
        Address | Street Address | Street | Address Line 1 | Address 1 | Mailing Street
        Mailing Address | Adresse | Straße | Straße und Hausnummer | Anschrift | Dirección | Calle
        Katuosoite | Osoite | Rue | Indirizzo | Via | 住所 | 番地
        Adres | Straat | Ulica | Endereço
        Morada | Gatuadress | Adress
    """,
    "city": """
        City | Person City | Town | Mailing City | Ort | Stadt | Ciudad | Kaupunki
        Paikkakunta | Ville | Città | Località | 市区町村 | 市 | Plaats | Stad | Woonplaats
        Miasto
        Miejscowość | Cidade | Postort
    """,
    "region": """
        Region | State | State/Region | State/Province | Province | Person State | Mailing State
        Mailing State/Province | County | Bundesland | Bundesland/Region | Estado/Región | Estado
        Provincia | Osavaltio/alue | Maakunta | État/Région | Région | Département/Région
        Stato/Regione | Regione | 都道府県 | 都道府県/地域 | Provincie | Staat/regio | Województwo
        Stan/region | Estado/Região | Distrito | Län | Stat/region
    """,
    "postal_code": """
        Postal Code | ZIP | ZIP Code | Zip/Postal Code | Postcode | Mailing Postal Code
        Mailing Zip/Postal Code | Postleitzahl | PLZ | Código postal | Postinumero | Code postal
        Codice postale | CAP | 郵便番号 | Kod pocztowy | CEP | Postnummer
    """,
    "country": """
        Country | Country/Region | Country Name | Person Country | Mailing Country | Land
        Land/Region | País | País/región | Maa | Maa/alue | Pays | Pays/région | Paese
        Paese/Regione | Paese/Area geografica | Nazione | 国 | 国/地域 | Kraj | Kraj/region
        País/Região
    """,
    "country_code": "Country Code | Country/Region Code | Ländercode | Code pays",
    "timezone": """
        Time Zone | Timezone | Zeitzone | Zona horaria | Aikavyöhyke | Fuseau horaire
        Fuso orario | タイムゾーン | Tijdzone | Strefa czasowa | Fuso horário | Tidszon
    """,
    "email_status": "Email Status",
}

_COMPANY_ONLY = {
    "phone": "Company Phone | Company Phone Number | Corporate Phone | Account Phone",
    "location": "Company Location | Headquarters | Company Headquarters",
    "address": "Company Address | Company Street | Billing Street | Billing Address",
    "city": "Company City | Organization City | Billing City",
    "region": "Company State | Organization State | Billing State | Billing State/Province",
    "postal_code": "Company Postal Code | Billing Postal Code | Billing Zip/Postal Code",
    "country": "Company Country | Organization Country | Billing Country",
}

NAMES = frozenset({"name", "nom", "nome", "nombre", "naam", "namn", "nimi", "navn"})
"""Headers that may mean a full name, a first or last name, or a company's: see the values."""

SALUTATIONS = frozenset(
    _split("""
        mr | mrs | ms | miss | mx | dr | prof | sir | madam | herr | frau | m | mme | mlle | sr
        sra | srta | dott | ing | sig | dhr | mevr | pan | pani | hr | fru | 様 | 氏
    """)
)
"""What a column called ``Title`` holds when it does not hold job titles, folded."""

COMPANY_FORMS = frozenset(
    _split("""
        inc | incorporated | llc | llp | lp | ltd | limited | plc | corp | corporation | co
        company | gmbh | ag | kg | ohg | ug | se | sa | sas | sarl | sasu | spa | srl | bv | nv
        oy | oyj | ab | as | asa | aps | pty | kk | sl | slu | lda | ltda | group | holding
        holdings
    """)
)
"""Words that end the name of a company, folded."""

ID_PREFIXES = {
    "lead_": "close.lead_id",  # https://developer.close.com/resources/leads/
    "cont_": "close.contact_id",
    "lea_": "lemlist.lead_id",  # https://developer.lemlist.com/
    "ctc_": "lemlist.contact_id",
}
"""How ids begin, for columns that are only called an id."""

_PREFIXES = ("primarycontact", "contact", "person", "prospect", "people", "lead")


def fold(text: str) -> str:
    """Return a header as it is compared: letters and digits only, no case, no accents."""
    return "".join(c for c in normalize("NFKD", text.casefold()) if c.isalnum())


@cache
def known() -> dict[str, tuple[str, int]]:
    """Return folded header → field and rank; a lower rank is preferred."""
    table = {fold(name): (name, 0) for name in FIELDS}
    for name, headers in _HEADERS.items():
        for rank, header in enumerate(_split(headers)):
            table[fold(header)] = (name, rank)
    return table


@cache
def known_of_companies() -> dict[str, tuple[str, int]]:
    """Return what counts only in a file without people, such as ``Company City``."""
    table = {}
    for name, headers in _COMPANY_ONLY.items():
        for rank, header in enumerate(_split(headers)):
            table[fold(header)] = (name, 1000 + rank)
    return table


def without_prefix(key: str) -> str:
    """Return a folded header without ``person``, ``contact`` and their like at its start."""
    for prefix in _PREFIXES:
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return key
