"""Files of made-up leads: every person another one, about ten of them at each company."""

import random
from collections.abc import Iterator
from pathlib import Path

FIRST = """Anna Ben Carla David Elena Felix Greta Hugo Ines Jonas Klara Liam Marta Nils Olga Paul
Rosa Sven Tilda Uwe Vera Wim Yara Zeno Amelie Bruno Celia Dario Edith Fabio""".split()  # noqa: SIM905 - a list to read
LAST = """Berg Costa Dahl Engel Fischer Garcia Hansen Ivers Jensen Keller Lang Meyer Novak Olsen
Petit Quist Rossi Silva Thaler Unger Vogel Weber Ylönen Ziegler Moreau Lindholm""".split()  # noqa: SIM905 - a list to read
TITLES = [
    f"{level} {area}"
    for level in ("Head of", "VP", "Director of", "Senior Manager", "Junior", "Chief Officer")
    for area in ("Sales", "Marketing", "Engineering", "Finance", "People", "Operations", "Data")
]
COUNTRIES = {
    "Germany": "+49 30 {}", "France": "+33 1 44 {}", "Spain": "+34 91 {}",
    "United Kingdom": "+44 20 7{}", "United States": "+1 212 {}", "Sweden": "+46 8 {}",
}  # fmt: skip
HEADER = "email,first_name,last_name,job_title,phone,country,website,city,Owner,Stage,Source,Notes"


def lines(count: int) -> Iterator[str]:
    """Yield the lines of a file, the header included; always the same ones."""
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    yield HEADER
    for number in range(count):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        country = chance.choice(list(COUNTRIES))
        company = f"firm-{number // 10}.example.com"
        phone = COUNTRIES[country].format(f"{chance.randrange(2_000_000, 9_999_999)}")
        host = company.removesuffix(".example.com") + (".de" if country == "Germany" else ".com")
        yield (
            f"{first.lower()}.{last.lower()}{number}@{host},{first},{last},"
            f"{chance.choice(TITLES)},{phone},{country},,,Jo,open,fair,called in spring"
        )


def people(folder: Path, count: int) -> Path:
    """Write twelve columns of people; return the file."""
    path = folder / f"people-{count}.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines(count))
    return path


def typed_people(folder: Path, count: int, group: int) -> Path:
    """Write the same rows as Parquet, so many to a row group; return the file."""
    from pyarrow import Table, csv, parquet  # noqa: PLC0415 - an extra

    lines = people(folder, count)
    path = lines.with_suffix(".parquet")
    options = csv.ConvertOptions(strings_can_be_null=True)
    with (
        csv.open_csv(lines, convert_options=options) as reader,
        parquet.ParquetWriter(path, reader.schema) as writer,
    ):
        waiting: list = []
        rows = 0
        for batch in reader:
            waiting.append(batch)
            rows += batch.num_rows
            while rows >= group:
                table = Table.from_batches(waiting, reader.schema)
                writer.write_table(table.slice(0, group))
                waiting, rows = table.slice(group).to_batches(), rows - group
        if rows:
            writer.write_table(Table.from_batches(waiting, reader.schema))
    return path


def emails(folder: Path, count: int, start: int = 0) -> Path:
    """Write an e-mail and a company for each of so many people; return the file."""
    path = folder / f"emails-{start}-{count}.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8") as file:
            file.write("email,company\n")
            file.writelines(
                f"person{n}@firm-{n // 10}.com,Firm {n // 10}\n"
                for n in range(start, start + count)
            )
    return path
