"""The command in this process and in a folder of its own, over the sandbox."""

import csv
import json
from contextlib import contextmanager

import jsonschema

from enrichctl.cli import app
from enrichctl.sandbox import Sandbox

PRICE = {"leadlex": 1, "lemlist": 2}  # credits for whoever has a title


@contextmanager
def rehearsal(folder, patch, *, limits=False, **how):
    """Go to a folder, logged in at a sandbox that is yielded, with ``folder`` on it."""
    patch.chdir(folder)
    (folder / "config.toml").touch()
    with Sandbox(limits=limits, **how) as box:
        for name, value in (box.environ() | places(folder)).items():
            patch.setenv(name, value)
        box.folder = folder
        yield box


def places(folder):
    """Return the environment in which the state and the configuration are there."""
    return {
        "ENRICHCTL_STATE_DIR": str(folder / "state"),
        "ENRICHCTL_CONFIG": str(folder / "config.toml"), "COLUMNS": "100",
    }  # fmt: skip


def write_rows(path, header, rows):
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def document(capsys, *words, status=0):
    """Return what a command prints with ``--json``, once it is as ``--json-schema`` says."""
    capsys.readouterr()
    assert app.run([*words, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert app.run([word for word in words if word != "-y"] + ["--json-schema"]) == 0
    jsonschema.validate(found, json.loads(capsys.readouterr().out))
    return found


def charged_for(population, vendor, person):
    """Return what a vendor takes `PRICE` for when it is asked for a title; None if nothing."""
    known = population.person_at(vendor, person.email)
    if vendor == "lemlist" and known and not known.linkedin_url:
        return None  # it reads titles from profiles
    return known
