"""What people write by hand: the scripts that benchmarks compare the program with.

Started by the benchmarks as ``python bare.py NAME INPUT OUTPUT ...``.
"""

import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local
from typing import Any

FOUND = ("job_title", "phone", "linkedin_url")


def _rows(source: str) -> Iterator[dict[str, str]]:
    with Path(source).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def post_loop(source: str, target: str, url: str) -> None:
    """Ask about one row after the other, with one `requests.Session`."""
    import requests  # noqa: PLC0415 - only these scripts need it

    session = requests.Session()
    headers = {"Authorization": "Bearer wbk_bench"}
    with Path(target).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["email", "company", *FOUND])
        writer.writeheader()
        for row in _rows(source):
            body = {"email": row["email"]}
            answer = session.post(f"{url}/v1/enrich/email", json=body, headers=headers)
            answer.raise_for_status()
            writer.writerow(row | _found(answer.json()))


def thread_pool(source: str, target: str, url: str, workers: str) -> None:
    """Ask about many rows at a time, with a `requests.Session` per thread."""
    import requests  # noqa: PLC0415 - only these scripts need it

    mine = local()
    headers = {"Authorization": "Bearer wbk_bench"}

    def ask(row: dict[str, str]) -> dict[str, str]:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        body = {"email": row["email"]}
        answer = mine.session.post(f"{url}/v1/enrich/email", json=body, headers=headers)
        answer.raise_for_status()
        return row | _found(answer.json())

    with (
        Path(target).open("w", newline="", encoding="utf-8") as file,
        ThreadPoolExecutor(int(workers)) as pool,
    ):
        writer = csv.DictWriter(file, ["email", "company", *FOUND])
        writer.writeheader()
        writer.writerows(pool.map(ask, _rows(source)))


def _found(answer: dict[str, Any]) -> dict[str, str]:
    return {name: answer["data"]["person"][name] for name in FOUND}


def libraries(source: str, target: str) -> None:
    """Call the libraries that the offline provider stands on, once per row."""
    import phonenumbers  # noqa: PLC0415 - only this script needs it
    from email_validator import validate_email  # noqa: PLC0415 - the same
    from phonenumbers.timezone import time_zones_for_number  # noqa: PLC0415 - the same
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - the same

    suffixes = PublicSuffixList()
    e164 = phonenumbers.PhoneNumberFormat.E164
    with Path(target).open("w", newline="", encoding="utf-8") as file:
        writer = None
        for row in _rows(source):
            email = validate_email(row["email"], check_deliverability=False)
            number = phonenumbers.parse(row["phone"])
            valid = phonenumbers.is_valid_number(number)
            row |= {
                "company_domain": suffixes.privatesuffix(email.ascii_domain),
                "phone_e164": phonenumbers.format_number(number, e164) if valid else "",
                "country_code": phonenumbers.region_code_for_number(number) or "",
                "timezone": ";".join(time_zones_for_number(number)),
            }
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)


def frame(source: str, target: str) -> None:
    """Do what `libraries` does, with the columns of a pandas data frame."""
    import pandas as pd  # noqa: PLC0415 - only this script needs it
    import phonenumbers  # noqa: PLC0415 - the same
    from email_validator import validate_email  # noqa: PLC0415 - the same
    from phonenumbers.timezone import time_zones_for_number  # noqa: PLC0415 - the same
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - the same

    suffixes = PublicSuffixList()
    e164 = phonenumbers.PhoneNumberFormat.E164
    data = pd.read_csv(source, dtype=str, keep_default_na=False)
    emails = data["email"].map(lambda text: validate_email(text, check_deliverability=False))
    numbers = data["phone"].map(phonenumbers.parse)
    valid = numbers.map(phonenumbers.is_valid_number)
    spelled = numbers.map(lambda number: phonenumbers.format_number(number, e164))
    data["company_domain"] = emails.map(lambda email: suffixes.privatesuffix(email.ascii_domain))
    data["phone_e164"] = spelled.where(valid, "")
    data["country_code"] = numbers.map(lambda n: phonenumbers.region_code_for_number(n) or "")
    data["timezone"] = numbers.map(lambda number: ";".join(time_zones_for_number(number)))
    data.to_csv(target, index=False)


def copy(source: str, target: str) -> None:
    """Read every row as a dict, and write it again."""
    with (
        Path(source).open(newline="", encoding="utf-8") as file,
        Path(target).open("w", newline="", encoding="utf-8") as out,
    ):
        reader = csv.DictReader(file)
        writer = csv.DictWriter(out, reader.fieldnames or [])
        writer.writeheader()
        writer.writerows(reader)


if __name__ == "__main__":
    {f.__name__: f for f in (post_loop, thread_pool, libraries, frame, copy)}[sys.argv[1]](
        *sys.argv[2:]
    )
