# ruff: noqa: RUF001 - companies are written as they are
"""Which names are one company's: the legal form and the spelling do not count, all else does."""

import pytest

from enrichctl.facts import companies

SAME = """
Alfa s.r.o.|Alfa
Alfa, s. r. o.|ALFA SRO
Alfa spol. s r.o.|Alfa
Alfa a.s.|Alfa
Alfa a. s.|Alfa as
Zora d.o.o.|Zora
Zora d. o. o.|ZORA DOO
Nowak Sp. z o.o.|Nowak
Nowak sp. z o. o.|Nowak Sp z oo
Nowak Spółka z ograniczoną odpowiedzialnością|Nowak
Nowak Sp. z o.o. Sp. k.|Nowak
Nowak S.A.|Nowak Spółka Akcyjna
Kovacs Kft.|Kovács
Kovacs Zrt|Kovács Nyrt.
Tiger Pvt Ltd|Tiger
Tiger Pvt. Ltd.|Tiger Private Limited
Tiger (P) Ltd.|Tiger
Lion Pte. Ltd.|Lion Pte Ltd
Lion Pte Ltd|Lion
Bulan Sdn Bhd|Bulan
Bulan Sdn. Bhd.|Bulan Berhad
Sol SA de CV|Sol
Sol, S.A. de C.V.|Sol
Sol S. de R.L. de C.V.|Sol
Sol S.A.P.I. de C.V.|Sol
Merck KGaA|Merck
Henkel AG & Co. KGaA|Henkel
Weber GmbH & Co. KG|Weber
Weber GmbH u. Co. KG|Weber
Weber Gesellschaft mbH|Weber
Weber Ges.m.b.H.|Weber GmbH
Weber UG (haftungsbeschränkt)|Weber
Weber e.K.|Weber
Weber gGmbH|Weber
UAB Baltas|Baltas
Baltas, UAB|Baltas
UAB "Baltas"|Baltas
OÜ Sinine|Sinine OÜ
Sinine OÜ|Sinine
SIA Zila|Zila
Volvo AB|Volvo
Nokia Oyj|Nokia
Kone Oy|Kone
Orsted A/S|Orsted
Nord ApS|Nord
Bakker B.V.|Bakker BV
Bakker N.V.|Bakker
Bakker BVBA|Bakker
Ferrari S.p.A.|Ferrari SPA
Bianchi S.r.l.|Bianchi
Bianchi S.R.L.S.|Bianchi
Silva Ltda.|Silva
Silva S/A|Silva
Silva EIRELI|Silva
Lopez E.I.R.L.|Lopez
Lopez S.L.U.|Lopez
Lopez S.A.C.|Lopez
PT Bumi Tbk|Bumi
PT. Bumi Tbk.|Bumi
PT Bumi Makmur|Bumi Makmur
Smith LLP|Smith
Smith P.L.C.|Smith plc
Smith Pty Ltd|Smith
Smith Pty. Limited|Smith
Smith L.L.C.|Smith
Smith Co., Ltd.|Smith
Smith & Co|Smith
Martin SARL|Martin
Martin S.à r.l.|Martin
Martin SAS|Martin
Martin EURL|Martin
Yilmaz A.Ş.|Yılmaz
Yilmaz Ltd. Şti.|Yılmaz
株式会社トヨタ|トヨタ
トヨタ株式会社|トヨタ
(株)トヨタ|トヨタ
㈱トヨタ|トヨタ自動車株式会社|no
有限会社山田|山田
华为技术有限公司|华为技术
华为股份有限公司|华为
주식회사 카카오|카카오
(주)카카오|카카오
카카오(주)|㈜카카오
ООО Ромашка|Ромашка
ООО «Ромашка»|Ромашка
ЗАО "Ромашка"|Ромашка
ТОО Ромашка|Ромашка
ПАО Ромашка|АО Ромашка
ТОВ Ромашка|Ромашка
ΔΕΛΤΑ ΑΕ|Δέλτα
ΔΕΛΤΑ Α.Ε.|Δέλτα
Müller GmbH|Mueller GmbH
Müller|Muller
Ærø Invest|Aeroe Invest
Łódź Invest|Lodz Invest
Østerby A/S|Osterby
Østerby A/S|Oesterby
Þór ehf.|Thor
Großmann AG|Grossmann
Kılıç|Kilic
Đorđević d.o.o.|Dordevic
Johnson & Johnson|Johnson and Johnson
Müller & Söhne|Müller und Söhne
Dupont et Fils|Dupont & Fils
Garcia y Hijos|Garcia & Hijos
Rossi e Figli|Rossi & Figli
Jansen en Zonen|Jansen & Zonen
Hansen og Sønner|Hansen & Sønner
The Home Depot|Home Depot
Home Depot, The|The Home Depot
J.P. Morgan|JP Morgan
J. P. Morgan|JPMorgan|no
A.G. Barr|AG Barr
H&M|H & M
Acme Inc|Acme Incorporated
Acme Corp.|Acme Corporation
Acme Co.|Acme Company
Acme GmbH|Acme Inc
S.C. Vega S.R.L.|Vega
Công ty TNHH Sao|Sao
L'Oréal|LOreal|no
SA|AS|no
SA|AB|no
The|A|no
AG Barr|Barr|no
AS Roma|Roma|no
SE Blades|Blades|no
SA Power|Power|no
Co-op|Op|no
The Co-op|Co-op
Co-op|Coop Norge|no
Company AB|Other AB|no
Limited Brands|Brands|no
The Limited|Limited Brands|no
The Company|The Limited|no
Weber Bau GmbH|Weber Travel GmbH|no
Acme Group|Acme|no
Acme Holding|Acme|no
Acme Norge AS|Acme AS|no
Delta Air Lines|Delta Dental|no
Alfa Bau|Alfa|no
UAB Medicine|Medicine|no
PT Solutions|Solutions|no
SIA Partners|Partners|no
Smith & Sons|Smith|no
Johnson Johnson|Johnson & Johnson|no
Muller|Miller|no
Blue Ltd|Blu Ltd|no
Roe Ltd|Ro Ltd|no
The Weather Company|Weather
SC Johnson Ltd|Johnson Ltd|no
SC Freiburg|Freiburg|no
Casa de la Moneda|Casa|no
"""
ROWS = [(*line.split("|")[:2], not line.endswith("|no")) for line in SAME.strip().splitlines()]


def test_a_company_is_one_under_all_its_forms_and_spellings():
    """A form is no part of a name, and no part of a name is taken for a form."""
    same = companies.same_company
    found = [(one, other, same(one, other), same(other, one)) for one, other, _ in ROWS]
    assert found == [(*row, row[2]) for row in ROWS]


def test_one_company_is_looked_for_in_one_place():
    """What finds a row of a table by its company leaves none of its spellings out."""
    blocks = {(o, p): {companies.block(o), companies.block(p)} for o, p, same in ROWS if same}
    assert {pair: two for pair, two in blocks.items() if len(two) > 1 or "" in two} == {}


@pytest.mark.parametrize("name", ["", "...", "-", "&", "()"])
def test_a_name_without_words_is_nobodys(name):
    """Punctuation names no company, not even the same one."""
    assert not companies.same_company(name, name)
    assert companies.block(name) == ""


@pytest.mark.parametrize(
    ("name", "ends"),
    [("Acme GmbH", True), ("Acme Holding", True), ("Acme, s.r.o.", True), ("株式会社山田", True),
     ("Jane Roe", False), ("SA", False)],
)  # fmt: skip
def test_a_form_tells_a_company_from_a_person(name, ends):
    """A column that is only called Name is one of companies where names end as theirs do."""
    assert companies.has_form(name) is ends
