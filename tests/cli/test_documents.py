"""Every document that ``--json`` prints: its keys, its schema, and nothing else on stdout."""

import io
import json
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from jsonschema import Draft202012Validator

from enrichctl.cli.app import run
from enrichctl.sandbox import Sandbox

LEADS = Path(__file__).parents[1] / "data" / "leads.csv"
LANE = {
    "name", "asked", "matched", "missed", "declined", "failed", "unconfirmed", "calls", "reused",
    "credits", "match_rate",
}  # fmt: skip
RUN = {
    "id", "started_at", "finished_at", "state", "stopped_by", "exit_status", "input", "output",
    "records", "people", "outcomes", "providers", "resume",
}  # fmt: skip
SPREAD = {"least", "expected", "most"}
# The keys of each document, and those of its parts by the path that leads to them.
KEYS: dict[str, dict[str, set[str]]] = {
    "plan": {
        "": {
            "schema", "records", "people", "complete", "suppressed", "unidentified", "mapping",
            "providers",
        },
        "providers": {"name", "ask", "reused", "calls", "credits", "writes"},
        "providers.calls": SPREAD,
        "providers.credits": SPREAD,
    },
    "runs": {"": {"schema", "runs"}, "runs": RUN, "runs.providers": LANE},
    "run": {
        "": {"schema", "run"},
        "run": RUN | {"fields", "errors"},
        "run.providers": LANE,
        "run.fields": {"name", "filled_before", "filled_after"},
        "run.errors": {"cause", "count", "next"},
    },
    "record": {
        "": {"schema", "row", "line", "status", "note", "values", "attempts"},
        "values.email": {"before", "after", "provider", "source", "confidence", "at"},
        "attempts": {
            "provider", "outcome", "told", "wanted", "answer", "accepted", "reason", "credits",
            "at", "request_id",
        },
    },
    "records": {"": {"schema", "records"}, "records": {"row", "line", "status", "note"}},
    "credits": {
        "": {"schema", "providers"},
        "providers": {
            "name", "balance", "balance_at", "balance_source", "spent", "budget", "left",
            "credits_per_filled_field", "match_rate",
        },
        "providers.spent": {"last_run", "today", "month"},
        "providers.budget": {"run", "day", "month"},
        "providers.left": {"day", "month"},
    },
    "providers": {
        "": {"schema", "providers"},
        "providers": {
            "name", "title", "origin", "needs", "uses", "finds", "default_wants", "writes",
            "billed", "price", "rates", "login",
        },
        "providers.login": {"state", "source"},
    },
    "journal": {"": {"schema", "action", "path", "entries"}},
    "fields": {
        "": {"schema", "fields"},
        "fields": {"name", "about", "kind", "means", "filled_by", "rewritten_by"},
    },
    "config": {"": {"schema", "path", "exists", "source"}},
}  # fmt: skip
# What is typed, and the document that comes; the options before --json-schema are the same.
COMMANDS = [
    ("enrich leads.csv -p offline,leadlex,lemlist -n", "plan"),
    ("enrich leads.csv -n", "plan"),
    ("status", "runs"),
    ("status last", "run"),
    ("status --watch", "run"),
    ("status --row 3", "record"),
    ("status --records pending", "records"),
    ("status --records failed", "records"),
    ("credits", "credits"),
    ("providers", "providers"),
    ("providers list", "providers"),
    ("providers show superoffice", "providers"),
    ("journal", "journal"),
    ("journal path", "journal"),
    ("journal forget oliver.tansley@brackenridge-logistics.co.uk --yes", "journal"),
    ("journal export", "journal"),
    ("journal prune --older-than 0 --yes", "journal"),
    ("fields", "fields"),
    ("config", "config"),
    ("config path", "config"),
]


@pytest.fixture(scope="module")
def box():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def desk(tmp_path, monkeypatch, box, capfd):
    """A home after a run that its budget stopped."""
    for name, value in box.environ().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_bytes(LEADS.read_bytes())
    words = "enrich leads.csv -p offline,leadlex --budget 2 --concurrency 1 -q"
    monkeypatch.setattr("sys.argv", ["enrichctl", *words.split()])
    assert run(words.split()) == 5
    capfd.readouterr()


def _at(document, path):
    """Yield the parts of a document to which a path leads, through lists."""
    parts = [document]
    for name in filter(None, path.split(".")):
        parts = [inner for part in parts for inner in _each(part[name])]
    return parts


def _each(thing):
    return thing if isinstance(thing, list) else [thing]


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(("line", "name"), COMMANDS)
def test_a_document_has_its_keys_and_fits_its_schema(line, name, capfd):
    words = line.split()
    assert run([*words, "--json-schema"]) == 0
    schema = json.loads(capfd.readouterr().out)
    assert run([*words, "--json", "--color", "always"]) == 0
    printed = capfd.readouterr().out
    document = json.loads(printed)

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    assert document["schema"] == f"enrichctl.{name}/1"
    assert "\x1b" not in printed
    for path, keys in KEYS[name].items():
        found = _at(document, path)
        assert all(keys <= part.keys() for part in found), path
        assert found or name in ("records", "plan"), path


@pytest.mark.usefixtures("desk")
def test_a_record_of_the_output_says_where_each_value_came_from(capfd):
    words = ["enrich", "leads.csv", "-p", "offline,leadlex", "--json"]
    assert run([*words, "--color", "always"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "--budget" in err

    assert run([*words, "-y", "--color", "always"]) == 0
    out, err = capfd.readouterr()
    assert "\x1b" not in out
    assert "\x1b" in err
    records = [json.loads(line) for line in out.splitlines()]
    assert len(records) == 62
    for record in records:
        told = record["_enrichctl"]
        assert told.keys() == {"status", "note", "credits", "fields"}
        for name, value in told["fields"].items():
            assert value.keys() == {"provider", "source", "confidence", "at", "previous"}, name


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("line", ["status nowhere", "status --row 99", "journal forget acme.com"])
def test_what_goes_wrong_is_said_on_stderr_alone(line, capfd):
    assert run([*line.split(), "--json"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: ")


@pytest.mark.usefixtures("desk")
def test_data_is_utf_8_whatever_the_locale(monkeypatch):
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", pipe)

    assert run(["status", "last", "--row", "8", "--json"]) == 0
    pipe.flush()
    document = json.loads(pipe.buffer.getvalue().decode("utf-8"))
    assert document["values"]["first_name"]["before"] == "Renée"
