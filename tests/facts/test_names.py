import pytest

from enrichctl.facts import names


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("Doe, Jane", "Jane", "Doe"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Dr. Jane Doe", "Jane", "Doe"),
        ("Prof. Dr. Hans Müller", "Hans", "Müller"),
        ("Mme Claire Dubois", "Claire", "Dubois"),
        ("Herr Karl Schmidt", "Karl", "Schmidt"),
        ("John Smith Jr.", "John", "Smith"),
        ("Jane Doe, PhD", "Jane", "Doe"),
        ("John Smith, MBA, PMP", "John", "Smith"),
        ("John F. Kennedy", "John", "Kennedy"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Jan van der Berg", "Jan", "van der Berg"),
        ("Otto von Bismarck", "Otto", "von Bismarck"),
        ("Ana da Silva", "Ana", "da Silva"),
        ("Khalid bin Salman", "Khalid", "bin Salman"),
        ("Anne-Marie Lefèvre", "Anne-Marie", "Lefèvre"),
        ("Mary Smith-Jones", "Mary", "Smith-Jones"),
        ("María García López", "María", "García López"),
        ("Juan Carlos Pérez Gómez", "Juan Carlos", "Pérez Gómez"),
        ("Mary Jane Watson", "Mary Jane", "Watson"),
        ("JANE DOE", "Jane", "Doe"),
        ("jane doe", "Jane", "Doe"),
        ("SEAN O'BRIEN", "Sean", "O'Brien"),
        ("RONALD MCDONALD", "Ronald", "McDonald"),
        ("Jean DUPONT", "Jean", "Dupont"),
        ("DUPONT Jean", "Jean", "Dupont"),
        ("Jane Doe (she/her)", "Jane", "Doe"),
        ('Robert "Bob" Smith', "Robert", "Smith"),
        ("Jane Doe - Acme Widgets", "Jane", "Doe"),
        ("Don Draper", "Don", "Draper"),
        ("Jack Ma", "Jack", "Ma"),
        ("Иван Петров", "Иван", "Петров"),
        ("John D. Rockefeller", "John", "Rockefeller"),
        ("Susan E. Smith", "Susan", "Smith"),
        ("JANE E SMITH", "Jane", "Smith"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("Dipl.-Ing. Karl Huber", "Karl", "Huber"),
        ("Prof. Dr. h. c. Hans Meier", "Hans", "Meier"),
        ("MUDr. Jan Novák", "Jan", "Novák"),
        ("Jane Doe RN BSN", "Jane", "Doe"),
        ("MICHAEL WEIß", "Michael", "Weiß"),
        ("RONALD McDONALD", "Ronald", "McDonald"),
        ("DE GAULLE Charles", "Charles", "de Gaulle"),
        ("İBRAHİM ÇELİK", "İbrahim", "Çelik"),
        ("García López, María", "María", "García López"),
        ("Mary Jane DOE", "Mary Jane", "Doe"),
        ("Georg von und zu Hohenfels", "Georg", "von und zu Hohenfels"),
        ("Berg, Jan van der", "Jan", "van der Berg"),
        ("LE GALL Yann", "Yann", "Le Gall"),
        ("Olivia St. John", "Olivia", "St. John"),
        ("Ahmed Al Mansoori", "Ahmed", "Al Mansoori"),
        ("Seán Ó Briain", "Seán", "Ó Briain"),
        ("Rt Hon Jane Doe MP", "Jane", "Doe"),
        ("mgr inż. Jan Nowak", "Jan", "Nowak"),
        ("Sig.ra Anna Rossi", "Anna", "Rossi"),
        ("Jane Doe 🚀", "Jane", "Doe"),
        ("María del Pilar Soto", "María del Pilar", "Soto"),
        ("María de los Ángeles Ruiz Vega", "María de los Ángeles", "Ruiz Vega"),
        ("Juan de la Cruz", "Juan", "de la Cruz"),
        ("Dr. rer. nat. Anna Vogt", "Anna", "Vogt"),
        ("DI Lukas Gruber", "Lukas", "Gruber"),
        ("Petra Černá, DiS.", "Petra", "Černá"),
        ("Alhaji Musa Bello", "Musa", "Bello"),
        ("Siobhán Mac Carthy", "Siobhán", "Mac Carthy"),
        ("An Vanden Broeck", "An", "Vanden Broeck"),
        ("Шевчук Олена Петрівна", "Олена", "Шевчук"),
    ],
)
def test_a_full_name_has_two_parts(full, first, last):
    name = names.split(full)
    assert name is not None
    assert (name.first, name.last) == (first, last)
    assert 0.5 < name.sure < 1


@pytest.mark.parametrize(
    "full",
    [
        "", "Jane", "Mr. Bean", "n/a", "Acme GmbH", "Sales Team", "Jane & John Doe",
        "jane@acme.com", "Jane123 Doe", "山田太郎", "One Two Three Four Five",
        "Jane D.", "JJ Abrams", "Jane Doe CEO", "Jane Doe, CEO", "Jane Doe, Acme", "Du Pont",
        "Nour El Din Hassan", "Gerente General", "Current Resident", "Sig. Conti",
        "Hotel Adler", "\u0417\u0410\u041e Acme",
        "Buchhaltung Nord", "Recursos Humanos", "Ufficio Acquisti", "Dział Handlowy",
        "Service Commercial", "Familie Weber", "Отдел продаж",
        "Ana y Luis", "Graf von Hardenberg", "Nguyen Van Anh", "Human Resources",
    ],
)  # fmt: skip
def test_what_is_not_clearly_a_name_gives_none(full):
    assert names.split(full) is None


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ("jane.doe@acme-widgets.com", "Jane", "Doe"),
        ("JANE.DOE@acme-widgets.com", "Jane", "Doe"),
        ("jane_doe@acme-widgets.com", "Jane", "Doe"),
        ("jane.doe+crm@gmail.com", "Jane", "Doe"),
        ("jean-pierre.dupont@acme-widgets.fr", "Jean-Pierre", "Dupont"),
        ("jan.van.dijk@acme-widgets.nl", "Jan", "van Dijk"),
        ("björn.öberg@acme-widgets.se", "Björn", "Öberg"),
    ],
)
def test_an_address_may_spell_out_a_name(address, first, last):
    name = names.from_email(address)
    assert name is not None
    assert (name.first, name.last) == (first, last)
    assert 0.7 <= name.sure <= 0.85


@pytest.mark.parametrize(
    "local",
    [
        "j.smith", "jsmith", "jd.smith", "jane", "jane-doe", "jane.doe2", "doe.jane",
        "anna.maria.schmidt", "info", "customer.success", "sales.germany", "marketing.team",
        "mark.sales", "front.desk", "no.reply", "jane.", "a.b",
        "jane.e.smith", "herr.schmidt", "prof.meier", "vorname.nachname", "nicht.antworten",
    ],
)  # fmt: skip
def test_an_address_that_does_not_spell_a_name_gives_none(local):
    assert names.from_email(f"{local}@acme-widgets.com") is None


def test_at_home_the_family_may_stand_first_in_an_address_too():
    assert names.from_email("nagy.peter@acme-widgets.hu")[:2] == ("Peter", "Nagy")
    assert names.from_email("nagy.peter@acme-widgets.com") is None
    assert names.from_email("nagy.peter@acme-widgets.com", "HU")[:2] == ("Peter", "Nagy")


def test_throw_away_addresses_name_nobody():
    assert names.from_email("jane.doe@mailinator.com") is None


def test_the_rest_of_a_full_name_agrees_with_the_known_part():
    assert names.rest_of("Juan Carlos Pérez Gómez", "juan carlos") == "Pérez Gómez"
    assert names.rest_of("Dr. Jane Doe", "Doe") == "Jane"
    assert names.rest_of("Jane Doe", "Bob") is None
    assert names.rest_of("Mary Jane Watson", "Mary") == "Watson"
    assert names.rest_of("Jane E. Smith", "Jane") == "Smith"


@pytest.mark.parametrize(
    ("full", "known"),
    [
        ("Jane Doe & Max Doe", "Jane"), ("Jane Doe CEO", "Jane"), ("Jane Doe, CEO", "Jane"),
        ("Jane Sales Team", "Jane"), ("jane@acme.com Doe", "Doe"), ("Jan van der Berg", "Berg"),
    ],
)  # fmt: skip
def test_more_than_a_name_has_no_rest(full, known):
    assert names.rest_of(full, known) is None


def test_a_last_name_that_may_be_a_given_one_is_less_sure():
    assert names.split("George Michael").sure < names.split("Michael Roe").sure


@pytest.mark.parametrize(
    ("full", "country", "email", "first", "last"),
    [
        ("Nagy Péter", "HU", "", "Péter", "Nagy"),
        ("Kovács Anna", "HU", "", "Anna", "Kovács"),
        ("Péter Nagy", "HU", "", "Péter", "Nagy"),
        ("Kovács Anna Mária", "HU", "", "Anna Mária", "Kovács"),
        ("Tanaka Hiroshi", "JP", "", "Hiroshi", "Tanaka"),
        ("Hiroshi Tanaka", "JP", "", "Hiroshi", "Tanaka"),
        ("Wang Xiaoming", "CN", "", "Xiaoming", "Wang"),
        ("Kim Minjun", "KR", "", "Minjun", "Kim"),
        ("Jane Roe", "JP", "", "Jane", "Roe"),
        ("Nguyen Thi Hoa", "VN", "", "Hoa", "Nguyen"),
        ("Trần Minh Anh", "VN", "", "Minh Anh", "Trần"),
        ("Nir Ben Ari", "IL", "", "Nir", "Ben Ari"),
        ("Peter CHAN Tai-man", "HK", "", "Peter", "Chan"),
        ("Tanaka Ichiro", "", "ichiro.tanaka@acme.jp", "Ichiro", "Tanaka"),
        ("Wang Fang", "", "fang.wang@acme.cn", "Fang", "Wang"),
        ("Wang Fang", "CN", "fwang@acme.cn", "Fang", "Wang"),
        ("O'Connor Sinéad", "", "sinead.oconnor@acme.ie", "Sinéad", "O'Connor"),
        ("Mustermann Max", "", "max.mustermann@acme.de", "Max", "Mustermann"),
        ("Xobb Yemm", "", "yemm.xobb@acme.de", "Yemm", "Xobb"),
        ("Jane Roe", "", "roe.jane@acme.de", "Jane", "Roe"),
        ("山田 太郎", "", "", "太郎", "山田"),
        ("김민수", "", "", "민수", "김"),
        ("남궁민수", "", "", "민수", "남궁"),
        ("王小明", "CN", "", "小明", "王"),
        ("歐陽 娜娜", "", "", "娜娜", "歐陽"),
    ],
)
def test_the_family_stands_first_where_country_script_or_address_tells(
    full, country, email, first, last
):
    name = names.split(full, country, email)
    assert name is not None
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("full", "country", "email"),
    [
        ("Schmidt Hans", "DE", ""), ("Rossi Mario", "IT", ""), ("Tanaka Hiroshi", "", ""),
        ("Wang Fang", "CN", ""), ("Wang Fang", "", "info@acme.cn"), ("王小明", "", ""),
        ("M. S. Ravi", "IN", ""), ("S. Ramakrishnan", "", ""), ("M. Roe", "", ""),
        ("Mohammed Abdul Rahman", "", ""), ("D. Roe", "", ""), ("J.R.R. Roe", "", ""),
        ("Mustermann Max", "", "mustermann.max@acme.de"), ("Kovács Anna Mária", "", ""),
        ("Tham Jun Hoe", "", ""), ("Nguyễn Thị Minh Khai", "VN", ""),
    ],
)  # fmt: skip
def test_where_nothing_tells_a_name_stays_undivided(full, country, email):
    assert names.split(full, country, email) is None


@pytest.mark.parametrize(
    ("full", "first", "last"),
    [
        ("Jane A Roe", "Jane", "Roe"), ("Jane N. Roe", "Jane", "Roe"),
        ("Carlos Sá", "Carlos", "Sá"), ("Rosa Kunde", "Rosa", "Kunde"),
        ("Ma, Andrew", "Andrew", "Ma"), ("Do, Minh", "Minh", "Do"),
        ("Lee, Jr., Robert E.", "Robert", "Lee"), ("Roe, Jane, PhD, MBA", "Jane", "Roe"),
        ("Roe, Jane A.", "Jane", "Roe"), ("Jane 'Jay' Roe", "Jane", "Roe"),
        ("Seán O'Neil", "Seán", "O'Neil"), ("Ivan Ivanovich Ivanov", "Ivan", "Ivanov"),
        ("Ivanov Ivan Ivanovich", "Ivan", "Ivanov"),
        ("Анна Сергеевна Смирнова", "Анна", "Смирнова"),
        ("Reverend Jane Roe", "Jane", "Roe"), ("Judge Jane Roe", "Jane", "Roe"),
        ("Mister Tom Roe", "Tom", "Roe"), ("Sgt Tom Roe", "Tom", "Roe"),
        ("Smt. Priya Nair", "Priya", "Nair"), ("Lt.Gov. Jane Roe", "Jane", "Roe"),
        ("Lt. Gov. Jane Roe", "Jane", "Roe"), ("The Hon. Jane Roe", "Jane", "Roe"),
        ("The Right Honourable Jane Roe", "Jane", "Roe"), ("Rt. Hon. Jane Roe", "Jane", "Roe"),
        ("M. Jean Dupont", "Jean", "Dupont"), ("Brig. Gen. Tom Roe, Ret.", "Tom", "Roe"),
        ("Dean Roe", "Dean", "Roe"), ("Abdul Rahman Khan", "Abdul Rahman", "Khan"),
        ("JEAN-CLAUDE O'NEIL", "Jean-Claude", "O'Neil"),
        ("MUSTERMANN Erika", "Erika", "Mustermann"),
        ("Łukasz Żak", "Łukasz", "Żak"), ("ROE, TOM", "Tom", "Roe"), ("Andrew Ma", "Andrew", "Ma"),
        ("Priya Thomas", "Priya", "Thomas"), ("Thandeka Mokoena", "Thandeka", "Mokoena"),
    ],
)  # fmt: skip
def test_what_is_no_part_of_a_name_is_left_out(full, first, last):
    name = names.split(full)
    assert name is not None
    assert (name.first, name.last) == (first, last)


@pytest.mark.parametrize(
    ("first", "last", "full"),
    [
        ("Jane Doe", "Doe", "Jane Doe"), ("Jane", "Jane Doe", "Jane Doe"),
        ("Madonna", "Madonna", "Madonna"), ("Dr. Jane", "Doe, PhD", "Jane Doe"),
        ("Jane D.", "D.", "Jane D."), ("Maria", "García (she/her)", "Maria García"),
        ("jane", "DOE", "Jane Doe"), ("Jane 🚀", "Doe", "Jane Doe"), ("Jane", "Lead", "Jane"),
        ("Jan", "van Dijk", "Jan van Dijk"), ("Acme", "Team", None), ("Sales", "Roe", None),
    ],
)  # fmt: skip
def test_two_parts_say_a_name_once(first, last, full):
    assert names.join(first, last) == full


MAILBOXES = """
    head.office help.desk guest.services san.francisco berlin.office la.redaction team.sales
    hotel.paris do.not.reply it.support human.resources open.house back.office accounts.payable
    sales.team general.info client.services booking.office south.africa east.coast key.accounts
    legal.department student.affairs kontakt.wien studio.one villa.maria media.relations
    board.members bewerbung.hamburg sekretariat.schule comercial.madrid ventas.mexico
    direction.generale tech.support john.test vip.club duty.manager project.manager
    lead.developer executive.assistant school.office parish.office tennis.club dental.clinic
    law.firm travel.agency public.relations golf.club victoria.hotel rose.garden new.york
    summer.camp christian.school faith.center joy.foundation santa.maria
    reservas.cancun buchhaltung.nord ecole.musique marche.noel info.roma team.berlin
    art.gallery data.science cyber.security jardin.botanique teatro.real
""".split()  # noqa: SIM905 - a list to read


@pytest.mark.parametrize("local", MAILBOXES)
def test_a_mailbox_is_no_person(local):
    assert names.from_email(f"{local}@acme-tools.de") is None


def test_placeholders_join_to_no_name():
    assert names.join("Jan ", "van Dijk") == "Jan van Dijk"
    assert names.join("n/a", "n/a") is None
    assert names.join("Test", "Test") is None
    assert names.join("-", "Doe") is None
