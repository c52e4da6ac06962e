# ruff: noqa: RUF001 - titles are written as people write them
"""Whose level a title tells: the person's own, not that of whom they work for or deal with."""

import time

import pytest

from enrichctl.facts import titles

# title ; seniority ; "" is none. A title that tells no level for certain has none.
LEVELS = """
CEO's Office Manager;manager
CEO's Executive Assistant;entry
President's Office Coordinator;
President's Club Winner;
Founder's Office;
Founder's Office Analyst;
Owner's Representative;
Owner’s Engineer;
Director's Assistant;entry
VP's Assistant;entry
VPs’ Assistant;entry
C-Level Assistant;entry
C-Suite Executive Assistant;entry
Assistant to the CEO;entry
Assistant to CEO and CFO;entry
Executive Assistant to the VP Sales;entry
Executive Assistant, CEO;entry
Executive Assistant - CEO & Chairman;entry
Executive Assistant (CEO Office);entry
Personal Assistant to Managing Director;entry
PA to CEO;entry
EA to Chief Operating Officer;entry
PA/EA to the President;entry
Secretary to the Managing Director;entry
Vice President Assistant;entry
Sales Director Assistant;entry
Manager Assistant;entry
Advisor to the President;
Adviser to CEO & Founder;
CEO Advisor;
CEO Coach;
CEO Whisperer;
Coach for CEOs and Founders;
Helping founders and CEOs grow;
Founders Network;
CFO Advisory Consultant;
CFO Services;
CEO Communications;
CEO Office;
Office of the CEO;
Analyst, Office of the President;
Manager, Office of the CEO;manager
Chief of Staff;
Chief of Staff to the CEO;
Section Chief;
Chief of Party;
Crew Chief;
Fire Chief;
Fire Chief, Station 4;
Battalion Chief;
Bureau Chief;
Chief of Police;
Chief of Surgery;
Chief Petty Officer;
Chief Warrant Officer;
Chief Engineer;
Chief Accountant;
Chief Pilot;
Chief Nurse;
Editor in Chief;
Chief Editor;
Commander in Chief;
Chief Financial Officer;c_level
Chief Customer Experience Officer;c_level
Chief Information Security Officer;c_level
Chief Human Resources Officer;c_level
Group Chief Executive;c_level
Chief Executive Officer and President;c_level
Deputy Chief Executive;
Deputy CEO;
Assistant Chief Financial Officer;
Co-CEO;c_level
Interim CEO;c_level
Acting Chief Executive Officer;c_level
Fractional CFO;c_level
CEO Europe;c_level
CEO at Acme;c_level
CEO, Acme GmbH;c_level
CEO of Acme | Speaker;c_level
C.E.O.;c_level
C.F.O;c_level
Ex-CEO;
ex CEO;
Former CTO;
Formerly VP Sales;
CEO (retired);
Retired CFO;
CFO, retired;
CEO Emeritus;
Past President;
President-Elect;
Former CEO and founder;
CEO | Former CTO;c_level
Founder, former CTO;founder
Ex-Google | Founder;founder
Aspiring CEO;
Wannabe Founder;
Future Director;
Incoming Vice President;
President & CEO;c_level
President and Chief Executive Officer;c_level
President;c_level
President, EMEA;c_level
Vice President;vp
Vice-President Sales;vp
VP of Engineering;vp
VP, Finance;vp
EVP;vp
SVP & General Counsel;vp
Senior Vice President, Owner Relations;vp
Executive Vice President;vp
Assistant Vice President;vp
Managing Director;c_level
Managing Director Assistant;entry
Managing Editor;
Managing Partner;partner
Non-Executive Director;
Non Executive Director;
Nonexecutive Director;
Independent Director;
Board Director;
Board Member;
Member of the Board;
Director;director
Director of Leadership Development;director
Director, Partner Success;director
Director Marketing;director
Senior Director of Sales;director
Director of First Impressions;
Director of Photography;
Funeral Director;
Film Director;
Deputy Director;director
Associate Director;director
Directors & Officers Underwriter;
Senior Partner Engineer;senior
Partner Engineer;
Partner Success Manager;manager
Partner Development;
Partner Development Manager;manager
Partner Sales Manager;manager
Partner Marketing;
Partner Account Executive;
Senior Partner;partner
Partner;partner
Partner, Tax;partner
Equity Partner;partner
Partner at Acme;partner
Business Partner (HR);
HR Business Partner;
Senior HR Business Partner;senior
Finance Business Partner;
Talent Partner;
Sparring Partner;
Channel Partner;
Partner Manager;manager
Product Owner;
Senior Product Owner;senior
Global Process Owner;
Dog Owner;
Home Owner;
Owner;owner
Owner/Operator;owner
Co-Owner;owner
Business Owner;owner
Owner & Head Chef;owner
Restaurant Owner;owner
Owner Relations Manager;manager
Owner Relations;
Founder;founder
Co-Founder;founder
Co-Founder & CTO;founder
Founder and CEO;founder
Founder/CEO;founder
Founder CEO;founder
CEO & Co-Founder;founder
VP of Sales & Co-Founder;founder
Founding Engineer;
Founding Member;
Founding Partner;founder
Founder in Residence;
Founder Success Manager;manager
Executive Coach, Founder;founder
Attending Physician, MD;
Physician, MD;
MD, PhD;
Jane Doe, MD;
Group MD;c_level
Associate General Counsel;
General Counsel;
Associate Professor;
Assistant Professor;
Associate Software Engineer;entry
Sales Associate;entry
Senior Associate;senior
Student Accounts Coordinator;
Student Advisor;
Student Success Manager;manager
Student Affairs Director;director
Dean of Students;
Internal Auditor;
Senior Internal Auditor;senior
Internal Communications Manager;manager
International Sales Manager;manager
Internist;
Intern;intern
Intern, Sales;intern
Software Engineer Intern;intern
Software Engineering Intern;intern
Internship Coordinator;
Intern Program Manager;manager
Summer Intern;intern
Trainee;intern
Manager Trainee;intern
Apprentice Electrician;intern
Apprenticeship Coordinator;
Working Student Marketing;intern
Graduate Engineer;entry
Graduate Recruiter;
Graduate School Dean;
Manager in Training;
Junior Manager;
Junior Developer;entry
Jr. Accountant;entry
Developer (Junior);entry
Account Executive;
Senior Account Executive;senior
Executive Chef;
Sous Chef;
Chef;
Chef de Partie;
Executive Recruiter;
Executive Search Consultant;
Executive Producer;
Executive;
Executive Creative Director;director
Marketing Executive;
Head Nurse;
Head Teacher;
Head Coach;
Head Buyer;
Head Waiter;
Head Office Administrator;
Head of Household;
Head Start Teacher;
Head of Sales;head
Head, Sales;head
Head Sales;head
Head - Human Resources;head
Global Head of Talent;head
Business Head;head
Sales Head;head
Deputy Head of Sales;
Headhunter;
Head of Partner Development;head
Head of the CEO Office;head
Lead Generation Specialist;
Lead Gen Manager;manager
Lead Qualification Representative;
Lead Singer;
Lead Engineer;senior
Lead Buyer;senior
Team Lead;manager
Team Leader, Customer Support;manager
Account Manager;manager
Key Account Manager;manager
Manager;manager
Manager, Owner Services;manager
Senior Manager;manager
Assistant Manager;
Assistant Store Manager;
Stage Manager Assistant;entry
Office Manager;manager
Principal;
School Principal;
Principal (school);
Vice Principal;
Principal Engineer;senior
Principal Consultant;senior
Principal Investigator;
Staff Engineer;senior
Staff Accountant;
Staff Nurse;
Senior Engineer;senior
Sr. Director;director
Engineer, Senior;senior
Senior Citizen Advocate;
Senior Care Worker;
Senior Living Advisor;
Physician Assistant;
Physician's Assistant;
Teaching Assistant;entry
Administrative Assistant;entry
Senior Executive Assistant;
Legal Secretary;
Secretary General;
Treasurer;
Consultant;
Engineer;
Recruiter, VP & C-level roles;
Recruiter for CEO and VP roles;
Sales Rep for Managing Directors;
Reports to CEO;
Director | Owner;owner
Software Engineer / Founder;founder
Sales Manager & Partner;partner
Author, Speaker, CEO;c_level
IT Director/CISO;c_level
President of the Student Council;
Chairman of the Audit Committee;
Chairman of the Board;c_level
Founder Associate;
Assistant Principal;
Shift Lead;
Sr Mgr, Ops;manager
Vertriebsassistentin;entry
Geschäftsführender Direktor;c_level
Directeur de cabinet du président;
Director de Orquesta;
n/a;
Geschäftsführer;c_level
Geschäftsführerin Vertrieb;c_level
Geschäftsführung;c_level
Geschäftsleitung;c_level
Mitglied der Geschäftsleitung;c_level
Mitarbeiter der Geschäftsführung;
Assistentin der Geschäftsführung;entry
Assistenz Geschäftsführung;entry
Assistenz der Geschäftsleitung;entry
Sekretariat der Geschäftsführung;
Sekretärin des Vorstands;entry
Referent der Geschäftsführung;entry
Leiter Büro des Vorstands;head
Berater der Geschäftsführung;
Vorstand;c_level
Vorstandsmitglied;c_level
Mitglied des Vorstands;c_level
Mitglied des Aufsichtsrats;
Vorstandsassistentin;entry
Aufsichtsrat;
Aufsichtsratsvorsitzender;
Betriebsratsvorsitzender;
Vorsitzender des Vorstands;c_level
Vorstandsvorsitzender;c_level
Beirat;
Prokurist;director
Praktikant;intern
Praktikantenbetreuer;
Werkstudent;intern
Werkstudentin (m/w/d) Vertrieb;intern
Auszubildende zur Kauffrau;intern
Leiter Vertrieb;head
Leiterin der Abteilung Einkauf;head
Vertriebsleiter;head
Stellvertretender Vertriebsleiter;
Stv. Leiter Einkauf;
Assistent des Vertriebsleiters;entry
Flugbegleiter;
Teamleiter;manager
Projektleiter;manager
Projektmanager;manager
Ehemaliger Geschäftsführer;
Geschäftsführer a.D.;
Vorstand i. R.;
Inhaber;owner
Inhabergeführt;
Gründer;founder
Gründer & Geschäftsführer;founder
Gründungsberater;
Gesellschafter;partner
Chefarzt;
Küchenchef;
Chefsekretärin;entry
Senior Berater;senior
Sachbearbeiter;entry
Direktionsassistentin;entry
Directeur commercial;director
Directrice des ventes;director
Assistante de direction;entry
Assistante du directeur;entry
Assistant chef de produit;
Secrétaire de direction;entry
Adjointe au directeur;
Conseiller du président;
Attachée de direction;
PDG;c_level
Président;c_level
Présidente-directrice générale;c_level
Directeur général;c_level
Gérante;c_level
Chef d'entreprise;
Chef de projet;manager
Chef de cuisine;
Chef d'équipe;manager
Responsable des ventes;manager
Ancien directeur;
Retraité;
Stagiaire;intern
Associé;partner
Associé gérant;partner
Fondateur;founder
Ingénieur commercial;
Ingénieur senior;senior
Vice-président;vp
Gerente de Ventas;manager
Gerente General;c_level
Asistente de Dirección;entry
Asistente de Gerencia;entry
Asistente del Director General;entry
Secretaria de Presidencia;entry
Director Comercial;director
Directora General;c_level
Subgerente;
Asesor del Presidente;
Jefe de Ventas;manager
Jefa de Proyecto;manager
Consejero Delegado;c_level
Presidente;c_level
Vicepresidenta de Marketing;vp
Socio;partner
Socio Director;partner
Dueño;owner
Propietaria;owner
Fundador y CEO;founder
Ex director;
Becaria de marketing;intern
Practicante;intern
Amministratore Delegato;c_level
Amministratore Unico;c_level
Amministratore di sistema;
Direttore Generale;c_level
Direttore Commerciale;director
Assistente di Direzione;entry
Assistente del Direttore;entry
Segretaria di Direzione;entry
Responsabile Vendite;manager
Titolare;owner
Socio Fondatore;founder
Stagista;intern
Tirocinante;intern
Diretor Comercial;director
Diretor-Geral;c_level
Assistente de Diretoria;entry
Secretária da Presidência;entry
Gerente de Contas;manager
Sócio-Fundador;founder
Sócia;partner
Proprietário;owner
Estagiária;intern
Analista Sênior;senior
Analista Júnior;entry
Eigenaar;owner
Mede-eigenaar;owner
Oprichter;founder
Hoofd Verkoop;head
Algemeen directeur;c_level
Commercieel directeur;director
Directieassistente;entry
Directiesecretaresse;entry
Assistent van de directeur;entry
Zaakvoerder;c_level
Teamleider;manager
Projectleider;manager
Stagiair;intern
VD;c_level
VD-assistent;entry
Assistent till VD;entry
Verkställande direktör;c_level
Försäljningschef;manager
Styrelseledamot;
Grundare;founder
Ägare;owner
Delägare;partner
Praktikant hos VD;intern
Daglig leder;c_level
Adm. direktør;c_level
Salgsdirektør;director
Direktørens sekretær;entry
Direktionssekretær;entry
Assistent for direktøren;entry
Ejer;owner
Køkkenchef;
Toimitusjohtaja;c_level
Toimitusjohtajan assistentti;entry
Myyntijohtaja;director
Myyntipäällikkö;manager
Omistaja;owner
Perustaja;founder
Harjoittelija;intern
Prezes Zarządu;c_level
Prezes;c_level
Członek Zarządu;c_level
Asystentka Zarządu;entry
Asystentka Prezesa;entry
Sekretarka Dyrektora;entry
Dyrektor Generalny;c_level
Dyrektor Handlowy;director
Dyrektor ds. Sprzedaży;director
Zastępca Dyrektora;
Kierownik Działu Sprzedaży;manager
Właściciel;owner
Współwłaścicielka;owner
Założyciel;founder
Stażysta;intern
Starszy Specjalista;senior
Młodszy Specjalista;entry
Członek Rady Nadzorczej;
Były Prezes;
Genel Müdür;c_level
Genel Müdür Asistanı;entry
Genel Müdür Yardımcısı;
Yönetici Asistanı;entry
Satış Müdürü;manager
Satış Direktörü;director
Müdür Yardımcısı;
Kurucu;founder
Kurucu Ortak;founder
Şirket Sahibi;owner
Stajyer;intern
Kıdemli Mühendis;senior
Yönetim Kurulu Başkanı;c_level
Yönetim Kurulu Üyesi;
代表取締役;c_level
代表取締役社長;c_level
社長;c_level
社長秘書;entry
副社長;vp
元社長;
部長;head
営業部長;head
副部長;
部長補佐;
課長;manager
創業者;founder
共同創業者兼CEO;founder
最高経営責任者;c_level
取締役;
インターン;intern
マネージャー;manager
エンジニア;
总经理;c_level
总经理助理;
总经理秘书;entry
副总经理;vp
副总裁;vp
首席执行官;c_level
董事长;c_level
董事长秘书;entry
销售总监;director
销售经理;manager
经理助理;entry
创始人;founder
联合创始人兼CEO;founder
合伙人;partner
实习生;intern
高级工程师;senior
前总经理;
總經理;c_level
執行長;c_level
行銷經理;manager
대표이사;c_level
대표이사 비서;entry
부사장;vp
팀장;manager
과장;manager
인턴;intern
창업자;founder
공동창업자;founder
전 대표이사;
Генеральный директор;c_level
Помощник генерального директора;entry
Ассистент директора;entry
Секретарь директора;entry
Директор по продажам;director
Коммерческий директор;director
Заместитель директора;
Владелец;owner
Основатель;founder
Стажер;intern
Старший инженер;senior
Бывший директор;
Вице-президент;vp
Советник президента;
Руководитель отдела продаж;head
Generální ředitel;c_level
Obchodní ředitel;director
Asistentka ředitele;entry
Jednatel;c_level
Majitel;owner
Ügyvezető;c_level
Vezérigazgató;c_level
Tulajdonos;owner
Διευθύνων Σύμβουλος;c_level
"""

DEPARTMENTS = """
CEO's Office Manager;operations
CEO's Executive Assistant;
C-Level Assistant;
Assistant to the CEO;
Executive Assistant to the VP Sales;
Executive Assistant, CEO;
Assistant to the Head of Marketing;
Sales Director Assistant;
Marketing Assistant;marketing
Assistentin der Geschäftsführung;
Assistent des Vertriebsleiters;
Assistante de direction;
Assistante du directeur commercial;
Asistente del Director Financiero;
Assistente di Direzione;
CEO Advisor;
CEO Coach;
Advisor to the President;
Owner's Representative;
President's Club Winner;
Founder's Office;
Chief of Police;
Chief of Party;
Fire Chief;
Non-Executive Director;
Director of Leadership Development;hr
Leadership Development Manager;hr
Director of Software Development;engineering
Development Director;
Development Manager;
Real Estate Development Manager;
Fund Development Director;
Business Development Manager;sales
Organizational Development Consultant;hr
Workforce Development Specialist;hr
Curriculum Developer;
Property Developer;
Account Executive;sales
Executive Chef;
Executive Recruiter;hr
Headhunter;hr
Head Nurse;medical
Attending Physician, MD;medical
Student Accounts Coordinator;finance
Internal Auditor;finance
Lead Generation Specialist;marketing
Product Owner;product
Business Partner (HR);hr
VP of Engineering;engineering
President & CEO;executive
Founder/CEO;executive
CTO & Co-Founder;engineering
Owner;executive
Former CFO;
CFO (retired);
Associate General Counsel;legal
Senior Partner Engineer;engineering
Sales Engineer;sales
Social Worker;
Training Manager;hr
Personal Trainer;
Personal Assistant;
Personal Banker;finance
Customer Service Engineer;support
Room Service Attendant;
Service Technician;
Media Buyer;marketing
Public Relations Manager;marketing
Investor Relations Manager;finance
Plant Manager;operations
School Bus Driver;
Legal Secretary;legal
Medical Secretary;medical
IT Support Specialist;it
Head of Legal;legal
Leiter Vertrieb;sales
Leiter Personal;hr
Directeur commercial;sales
Gerente de Ventas;sales
Gerente de Recursos Humanos;hr
Responsabile Vendite;sales
Direttore Finanziario;finance
Diretor Comercial;sales
Hoofd Verkoop;sales
Dyrektor ds. Sprzedaży;sales
Kierownik Działu Marketingu;marketing
Satış Müdürü;sales
İnsan Kaynakları Müdürü;hr
営業部長;sales
人事部長;hr
销售经理;sales
财务总监;finance
市场总监;marketing
영업팀장;sales
Директор по продажам;sales
Директор по маркетингу;marketing
Secretary to the Director of Finance;
Art Director;design
Director of Photography;
Board Member;
Coach for Sales Leaders;
Business Manager to the CFO;
Head of Founder Relations;
Director of CEO Communications;marketing
Président du conseil d'administration;executive
"""

LEVEL_ROWS = [tuple(line.split(";")) for line in LEVELS.strip().splitlines()]
DEPARTMENT_ROWS = [tuple(line.split(";")) for line in DEPARTMENTS.strip().splitlines()]


def test_a_level_is_that_of_the_person():
    """Whom somebody works for, advises, was or sells to lends them no level."""
    found = [(title, titles.seniority(title) or "") for title, _ in LEVEL_ROWS]
    assert [row for row in found if row not in LEVEL_ROWS] == []


def test_a_department_is_that_of_the_person():
    """A department is where the person works, not of what or whom the words next to it speak."""
    found = [(title, titles.department(title) or "") for title, _ in DEPARTMENT_ROWS]
    assert [row for row in found if row not in DEPARTMENT_ROWS] == []


@pytest.mark.parametrize("shape", ["{}", "{} (m/w/d)", "  {} ", "{}.", "Acme | {}"])
@pytest.mark.parametrize("title", ["Assistant to the CEO", "CEO", "Former CTO", "VP of Sales"])
def test_what_stands_around_a_title_changes_nothing(title, shape):
    """Marks of gender, spaces, a full stop and a company beside a title tell no level."""
    assert titles.seniority(shape.format(title)) == titles.seniority(title)


def test_a_title_is_read_quickly():
    """Both readings of a title that was not seen before take well under a millisecond."""
    rows = [f"{title} {n}" for n in range(5) for title, _ in LEVEL_ROWS]
    titles.seniority("warm"), titles.department("up")
    started = time.process_time()
    for row in rows:
        titles.seniority(row), titles.department(row)
    assert (time.process_time() - started) / len(rows) < 400e-6
