"""What a paid provider found is there for the local ones as well, though their turn was first."""

import csv


def test_a_phone_that_was_bought_gives_its_e164_country_and_time_zone(paid, box):
    box.set(miss_rate=0, hole_rate=0, limits=False)
    person = next(p for p in box.population.people.values() if p.phone.startswith("+"))
    paid.write("in.csv", f"email,linkedin_url\n{person.email},{person.linkedin_url}\n")
    done = paid(
        "enrich", "in.csv", "-p", "offline,lemlist", "-w", "phone,phone_e164,timezone", "-y"
    )

    assert done.returncode == 0, done.stderr
    (row,) = csv.DictReader((paid.folder / "in.enriched.csv").read_text("utf-8").splitlines())
    assert row["phone"] == person.phone
    assert row["phone_e164"].startswith("+")
    assert row["timezone"]
    sources = dict(one.split("=") for one in row["enrichctl_sources"].split(";"))
    assert sources == {"phone": "lemlist", "phone_e164": "offline", "timezone": "offline"}
    said = paid("status", "last", "--row", "1").stdout.decode()
    assert "phone_e164" in said
