import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.facts import titles

# title | seniority | department; "" is none.
TITLES = """
CEO|c_level|executive
Chief Executive Officer|c_level|executive
Founder & CEO|founder|executive
Co-Founder|founder|executive
Owner|owner|executive
President|c_level|executive
Managing Director|c_level|executive
Managing Partner|partner|executive
Partner|partner|
CFO|c_level|finance
Chief Financial Officer|c_level|finance
CTO & Co-founder|founder|engineering
Chief Marketing Officer|c_level|marketing
Chief Revenue Officer|c_level|sales
Chief Human Resources Officer|c_level|hr
CIO|c_level|it
COO|c_level|operations
VP of Sales EMEA|vp|sales
Vice President, Finance|vp|finance
SVP Operations|vp|operations
Assistant Vice President|vp|
Head of Sales & Marketing|head|sales
Head of People|head|hr
Head of Engineering|head|engineering
Head Chef||
Finance Director|director|finance
Director of Customer Success|director|support
General Manager|director|executive
Sales Manager|manager|sales
Key Account Manager|manager|sales
Product Marketing Manager|manager|marketing
Product Manager|manager|product
Product Owner||product
Office Manager|manager|operations
Partner Manager|manager|sales
Engineering Manager|manager|engineering
IT Manager|manager|it
R&D Manager|manager|research
Team Lead Customer Support|manager|support
HR Business Partner||hr
Senior Software Engineer|senior|engineering
Sr. Accountant|senior|finance
Lead Data Scientist|senior|data
Principal Architect|senior|engineering
Staff Engineer|senior|engineering
Lead Generation Specialist||marketing
Sales Engineer||sales
Account Executive||sales
Software Developer||engineering
Data Scientist||data
Machine Learning Engineer||data
UX Designer||design
Product Designer||design
Art Director|director|design
Legal Counsel||legal
General Counsel||legal
Data Protection Officer||legal
IT Recruiter||hr
Talent Acquisition Specialist||hr
Network Engineer||it
Supply Chain Planner||operations
Buyer||operations
Teacher||education
Professor of Physics||education
Registered Nurse||medical
Dentist||medical
Sales Development Representative|entry|sales
Junior Developer|entry|engineering
Marketing Assistant|entry|marketing
Marketing Intern|intern|marketing
Assistant to the CEO|entry|
Executive Assistant to the Managing Director|entry|
Personal Assistant|entry|
Former CEO||
Chief Executive Assistant|entry|
Director's Assistant|entry|
CEO Office Manager|manager|operations
Owner's Representative||
Founder's Associate||
Adjoint au directeur||
Secrétaire général|c_level|
Fire Chief||
Associate Professor||education
Head Office Administrator||
School Principal||education
Air Traffic Controller||
Real Estate Developer||
Medical Sales Representative||sales
Data Center Technician||it
Board Member||
Consultant||
n/a||
Geschäftsführer|c_level|executive
Geschaeftsfuehrerin|c_level|executive
Geschäftsführer Vertrieb|c_level|sales
Geschäftsführender Gesellschafter|c_level|executive
Vorstandsvorsitzender|c_level|executive
Inhaberin|owner|executive
Gründer|founder|executive
Leiter Vertrieb|head|sales
Leiterin Marketing|head|marketing
Leiter:in Einkauf|head|operations
Leiter/-in Personal|head|hr
Vertriebsleiter (m/w/d)|head|sales
Bereichsleiter Logistik|head|operations
Kaufmännischer Leiter|head|finance
Leiter Rechnungswesen|head|finance
Prokurist|director|
Teamleiter Kundenservice|manager|support
Projektleiterin|manager|operations
Einkäufer||operations
Buchhalterin||finance
Softwareentwickler||engineering
Rechtsanwältin||legal
Oberarzt||medical
Flugbegleiterin||
Werkstudent Marketing|intern|marketing
Praktikantin HR|intern|hr
Auszubildender|intern|
Assistenz der Geschäftsführung|entry|
Referentin des Vorstands|entry|
PDG|c_level|executive
Président Directeur Général|c_level|executive
Directrice générale|c_level|executive
Gérant|c_level|executive
Fondatrice|founder|executive
Associé|partner|
Directeur Commercial|director|sales
Directrice Marketing|director|marketing
Directrice des ressources humaines|director|hr
DRH|director|hr
DAF|director|finance
DSI|director|it
Directeur technique|director|engineering
Responsable RH|manager|hr
Responsable des achats|manager|operations
Chef de projet|manager|operations
Chef de produit|manager|product
Chef de cuisine||
Chargée de communication||marketing
Comptable||finance
Développeuse web||engineering
Stagiaire marketing|intern|marketing
Assistante de direction|entry|
Director General|c_level|executive
Consejera Delegada|c_level|executive
Gerente General|c_level|executive
Propietario|owner|executive
Socio fundador|founder|executive
Director Comercial|director|sales
Directora de Marketing|director|marketing
Jefe de Ventas|manager|sales
Jefa de Producto|manager|product
Gerente de Recursos Humanos|manager|hr
Responsable de Compras|manager|operations
Desarrollador de software||engineering
Abogada||legal
Becario|intern|
Verkställande direktör|c_level|executive
VD|c_level|executive
VD-assistent|entry|
Försäljningschef|manager|sales
Marknadschef|manager|marketing
Ekonomichef|manager|finance
Personalchef|manager|hr
IT-chef|manager|it
Avdelningschef|head|
Säljare||sales
Systemutvecklare||engineering
Daglig leder|c_level|executive
Salgssjef|manager|sales
Markedssjef|manager|marketing
Økonomisjef|manager|finance
Prosjektleder|manager|operations
Administrerende direktør|c_level|executive
Salgsdirektør|director|sales
Marketingchef|manager|marketing
Indkøber||operations
Toimitusjohtaja|c_level|executive
Myyntijohtaja|director|sales
Markkinointipäällikkö|manager|marketing
Tekninen johtaja|director|engineering
Henkilöstöpäällikkö|manager|hr
Ohjelmistokehittäjä||engineering
Harjoittelija|intern|
"""
ROWS = [tuple(line.split("|")) for line in TITLES.strip().splitlines()]


def test_the_table_is_long_enough_to_mean_something():
    assert len(ROWS) >= 120


def test_a_title_tells_level_and_department():
    found = [(t, titles.seniority(t) or "", titles.department(t) or "") for t, _, _ in ROWS]
    assert [row for row in found if row not in ROWS] == []


@pytest.mark.parametrize(
    "title", ["head of sales", "HEAD OF SALES", "Head  of\tSales", "«Head of Sales»"]
)
def test_case_and_punctuation_do_not_matter(title):
    assert (titles.seniority(title), titles.department(title)) == ("head", "sales")


def test_words_inside_words_do_not_count():
    assert titles.seniority("Ownership Analyst") is None
    assert titles.department("Italian Translator") is None


@given(st.text())
def test_any_text_gives_a_known_word_or_none(text):
    assert titles.seniority(text) in {*titles.SENIORITIES, None}
    assert titles.department(text) in {*titles.DEPARTMENTS, None}


def test_hostile_text_takes_no_time():
    started = time.process_time()
    titles.seniority("(" + "m " * 5000)
    titles.department("chief a b " * 2000)
    assert time.process_time() - started < 2
