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
        ("D. Trump", "D.", "Trump"),
        ("J.R.R. Tolkien", "J.R.R.", "Tolkien"),
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


def test_a_first_name_that_may_be_a_family_s_is_less_sure():
    assert names.split("Orbán Viktor").sure < names.split("Viktor Orbán").sure


def test_placeholders_join_to_no_name():
    assert names.join("Jan ", "van Dijk") == "Jan van Dijk"
    assert names.join("n/a", "n/a") is None
    assert names.join("Test", "Test") is None
    assert names.join("-", "Doe") is None
