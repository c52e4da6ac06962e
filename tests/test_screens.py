"""Every screen as a person sees it, compared with what stands in ``tests/screens``.

A screen is made by the command line itself, in this process, at a terminal of 80 columns without
colour, with the sandbox for providers. What differs from run to run stands there as something
else of the same length. After a change that is wanted, record all of them again, and read the
difference before it is committed::

    .venv/bin/python tests/test_screens.py
"""

import contextlib
import io
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from rich.console import Console

from enrichctl.cli import app, context
from enrichctl.sandbox import Sandbox

HERE = Path(__file__).parent
SCREENS = HERE / "screens"
WIDTH = 80
OTHER_WIDTHS = (55, 120)
LABEL = 20  # columns before a word that is longer than its line
VARYING = (
    (r"\d{8}-\d{6}-[0-9a-f]{4}", "20260102-030405-abcd"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, <?\d+ s", "2026-01-02 03:04:05 UTC, 1 s"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-02 03:04"),
    (r"\bin <?\d s\b", "in 1 s"),
    (r"( |<)\d s$", " 1 s"),
    (r"127\.0\.0\.1:\d{5}", "127.0.0.1:40404"),
    (r"req_[0-9a-f]{32}", "req_" + "0123456789abcdef" * 2),
    (r"/tmp/screens-[a-z0-9_]{8}", "/home/jane/sales/team"),  # noqa: S108 - made by mkdtemp
)
WORD = re.compile(r"""'[^']*'(?: \\\\)?$|\S+(?: \\\\)?$|\S+""")
LEADS = "".join((HERE / "data" / "leads.csv").read_text("utf-8").splitlines(keepends=True)[:13])
CONFIG = "[providers.leadlex]\nbudget = {run = 200, day = 500, month = 5000}\n"


class Terminal(io.StringIO):
    """Takes what is said to a terminal, and types answers on it."""

    encoding = "utf-8"

    def __init__(self, answers: str = "") -> None:
        super().__init__()
        self.answers = io.StringIO(answers)

    def isatty(self) -> bool:
        return True

    def readline(self, size: int = -1) -> str:
        typed = self.answers.readline(size)
        self.write(typed)
        return typed


class Desk:
    """A fresh home in which commands are typed, one after the other.

    Args:
        folder: The home.
        width: Columns of the terminal.
    """

    def __init__(self, folder: Path, width: int = WIDTH) -> None:
        self.folder = folder
        self.width = width
        self.seen: list[str] = []
        self.shown: list[tuple[str, list[str]]] = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TERM": "dumb",
            "COLUMNS": str(width),
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
            "ENRICHCTL_CONFIG": str(folder / "config.toml"),
        }
        self.write("config.toml", "")
        self.write("leads.csv", LEADS)

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        (self.folder / name).write_text(text, "utf-8")

    def __call__(self, *argv: str, typed: str | None = None, piped: str = "") -> None:
        """Type a command, and what it asks for."""
        terminal = Terminal(typed or "")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "environ", self.environ)
            patch.setattr(Console, "_environ", self.environ)  # it keeps that of its first import
            patch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["enrichctl", *argv])
            patch.setattr(sys, "stdout", terminal)
            patch.setattr(sys, "stderr", terminal)
            pipe = io.TextIOWrapper(io.BytesIO(piped.encode()))
            patch.setattr(sys, "stdin", pipe if typed is None else terminal)
            context.set_up(color="auto", quiet=False, verbose=0, config="")
            status = app.run(argv)
        lines = terminal.getvalue().splitlines()
        self.shown.append((" ".join(argv), lines))
        said = "\n".join(line.rstrip() for line in lines)
        end = f"\n[exit {status}]" if status else ""
        self.seen.append(f"$ enrichctl {' '.join(argv)}\n{said}{end}\n")

    def paid(self, **switches: object) -> "contextlib.AbstractContextManager[Sandbox]":
        """Log in at the sandbox."""
        return self._paid(**switches)

    @contextlib.contextmanager
    def _paid(self, **switches: object) -> Iterator[Sandbox]:
        with Sandbox(**switches) as box:
            before = dict(self.environ)
            self.environ |= box.environ()
            yield box
            self.environ = before


Scene = Callable[[Desk], None]
SCENES: dict[str, Scene] = {}


def scene(play: Scene) -> Scene:
    """Enter a scene under its name."""
    SCENES[play.__name__] = play
    return play


def _help(*words: str) -> None:
    def play(desk: Desk) -> None:
        desk(*words, "-h")

    SCENES["_".join(("help", *words))] = play


_help()
for _command in (
    "enrich", "status", "credits", "benchmark",
    "providers", "providers list", "providers show", "providers login", "providers logout",
    "providers check", "providers sandbox", "providers new",
    "journal", "journal path", "journal init", "journal move",
    "journal forget", "journal prune", "journal export",
    "fields", "config", "config path", "help",
):  # fmt: skip
    _help(*_command.split())


@scene
def enrich_offline(desk: Desk) -> None:
    desk("enrich", "leads.csv")
    desk("enrich", "leads.csv")
    desk("enrich", "leads.csv", "-q")


@scene
def enrich_plan(desk: Desk) -> None:
    desk.write("config.toml", CONFIG)
    desk.write("never.txt", "@brackenridge-logistics.co.uk\n")
    desk("enrich", "leads.csv", "-p", "offline,leadlex,lemlist", "-n", "--suppress", "never.txt")
    desk("enrich", "leads.csv", "-p", "close", "-w", "close.Industry", "-n")
    desk("enrich", "leads.csv", "-n")


@scene
def enrich_confirmed(desk: Desk) -> None:
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "offline,leadlex", typed="n\n")
        desk("enrich", "leads.csv", "-p", "offline,leadlex", typed="")
        desk("enrich", "leads.csv", "-p", "offline,leadlex", typed="y\n")
        desk("enrich", "leads.csv", "-p", "leadlex")
        desk("enrich", "leads.csv", "-p", "leadlex", "--fresh")
        desk("enrich", "leads.csv", "-p", "offline,leadlex", "--fresh")


@scene
def enrich_sandbox(desk: Desk) -> None:
    desk("enrich", "leads.csv", "-p", "offline,leadlex", "--sandbox", "--limit", "3")


@scene
def enrich_budget(desk: Desk) -> None:
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "leadlex", "--budget", "3", "--concurrency", "1")
        desk("status", "last")


@scene
def enrich_trouble(desk: Desk) -> None:
    ids = "".join(f"cont_{n},row {n}\n" for n in range(1, 4))
    desk.write("ids.csv", f"leadlex.contact_id,Notes\n{ids}")
    desk.write("firms.csv", "company,country\nFalcon Pharma,Spain\nNord Eins,Germany\n")
    with desk.paid(miss_rate=0.0) as box:
        desk("enrich", "ids.csv", "-p", "leadlex", "-y", "--concurrency", "1")
        desk("status", "--records", "failed")
        box.fault("leadlex", "credits", 9)
        desk("enrich", "leads.csv", "-p", "leadlex", "-y", "--concurrency", "1")
        box.reset()
        box.fault("leadlex", "login", 9)
        desk("enrich", "leads.csv", "-p", "leadlex", "-y", "-q", "--concurrency", "1")
        box.reset()
        box.fault("superoffice", "lost", 9, "EnrichContactEntity")
        desk("enrich", "firms.csv", "-p", "superoffice", "--save", "-y", "--concurrency", "1")
        desk("status", "last", "--records", "unconfirmed")
        desk("enrich", "firms.csv", "-p", "superoffice", "--save", "--retry-unconfirmed", "-n")


@scene
def columns(desk: Desk) -> None:
    desk.write("two.csv", "Email,Email\njane.doe@acme.io,john.roe@other.io\n")
    desk("enrich", "two.csv", "-w", "full_name", typed="2\n")
    desk("enrich", "two.csv", "-w", "full_name", typed="\n")
    desk("enrich", "two.csv", "-w", "full_name")


@scene
def status(desk: Desk) -> None:
    desk("status")
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "offline,leadlex", "-y", "-q")
        desk("enrich", "leads.csv", "-p", "leadlex", "-yq", "--limit", "1", "--fresh", "--force")
    desk("status")
    desk("status", "last")
    desk("status", "last", "--records", "pending")
    desk("status", "last", "--records", "failed")
    desk("status", "--watch")


@scene
def status_row(desk: Desk) -> None:
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "offline,leadlex", "-y", "-q")
    desk("status", "last", "--row", "12")
    desk("status", "last", "--row", "99")


@scene
def credits(desk: Desk) -> None:  # noqa: A001 - the name of the command
    desk("credits")
    desk.write("config.toml", CONFIG)
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "leadlex", "-y", "-q", "--concurrency", "1")
        desk("credits")
        desk("credits", "--by", "country,seniority")


@scene
def providers(desk: Desk) -> None:
    desk("providers")
    desk("providers", "check")
    desk("providers", "login", "leadlex", piped="")
    desk("providers", "login", "leadlex", piped="ll_0123456789\n")
    desk("providers", "logout", "leadlex")
    with desk.paid() as box:
        desk("providers")
        desk("providers", "check")
        box.fault("leadlex", "login")
        desk("providers", "check", "leadlex")


@scene
def providers_show(desk: Desk) -> None:
    for name in ("offline", "leadlex", "close", "lemlist", "superoffice"):
        desk("providers", "show", name)


@scene
def journal(desk: Desk) -> None:
    desk("enrich", "leads.csv", "-q")
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "offline,leadlex", "-y", "-q")
    desk("journal")
    desk("journal", "forget", "oliver.tansley@brackenridge-logistics.co.uk", typed="y\n")
    desk("journal", "forget", "nobody@nowhere.example")
    desk("journal", "prune", "--older-than", "90d")
    desk("journal", "prune", "--older-than", "0")
    desk("journal", "prune", "--older-than", "0", typed="n\n")
    desk("journal", "prune", "--older-than", "0", "--yes")
    desk("journal", "export")


@scene
def fields(desk: Desk) -> None:
    desk("fields")


@scene
def config_path(desk: Desk) -> None:
    desk("config", "path")
    desk("config", "--config", "nowhere.toml")


@scene
def manual(desk: Desk) -> None:
    desk("help")
    desk("help", "mony")
    desk("help", "enrich", "leads.csv")
    desk("help", "team")


@scene
def errors(desk: Desk) -> None:
    desk.write("fake.xlsx", "email\njane.doe@acme.io\n")
    desk.write("strange.csv", "a,b,c,d,e,f\n1,2,3,4,5,6\n")
    for _ in range(2):
        desk("enrich", "leads.csv", "-q")
    for option in ("-p", "-w", "--budget", "--max-age", "--suppress", "-o", "--sheet"):
        desk("enrich", "leads.csv", option, "")
    desk("enrich", "")
    desk("status", "")
    for line in """
        nonsense
        enrich
        enrich nowhere.csv
        enrich .
        enrich -
        enrich leads.csv --nonsense
        enrich leads.csv --limit few
        enrich leads.csv --random
        enrich leads.csv --min-confidence 7
        enrich leads.csv -p leadlx
        enrich leads.csv -p leadlex
        enrich leads.csv -p leadlex,leadlex
        enrich leads.csv -w emial
        enrich leads.csv -w mobile
        enrich leads.csv --map email
        enrich leads.csv --map emial=Email
        enrich leads.csv --map email=Mail
        enrich leads.csv --max-age soon
        enrich leads.csv --budget much
        enrich leads.csv --budget leadlx=5
        enrich leads.csv --provenance all
        enrich leads.csv --default-region Europe
        enrich leads.csv --format doc
        enrich leads.csv --encoding klingon
        enrich leads.csv --sheet Leads
        enrich leads.csv --suppress nowhere.txt
        enrich leads.csv -o nowhere/out.csv
        enrich leads.csv -o config.toml
        enrich leads.csv --log-file nowhere/log
        enrich leads.csv --json -o out.csv
        enrich leads.csv -o out.csv --format xlsx
        enrich leads.csv -p ,
        enrich leads.csv -w ,
        enrich leads.csv --max-duration 0
        enrich leads.csv --max-duration 99999999d
        enrich leads.csv --budget offline=5
        enrich leads.csv --map email=Email --map email=Notes
        enrich leads.csv --overwrite fone
        enrich leads.csv more.csv
        enrich leads.csv -o leads.csv
        enrich fake.xlsx
        enrich strange.csv
        enrich leads.csv --input-format json
        enrich leads.csv --color blue
        enrich leads.csv --config nowhere.toml
        enrich config.toml
        status last
        status --row 3
        status 2025
        status 20
        status last --row 9999
        status last --row 0
        status --records fialed
        status --row 1 --records failed
        credits now
        providers show leadlx
        providers login offline
        providers --json list
        providers new acme -o .
        providers show nowhere.toml
        providers sandbox --fault lost
        providers sandbox --fault fire=1
        providers sandbox --credit lots
        journal forget
        journal forget acme.com
        journal prune
        journal prune --older-than long
        journal --json path
        --json status
        -p offline leads.csv
    """.strip().splitlines():
        desk(*line.split())
    desk.write("config.toml", "max_age = 30\n[providers.leadlex]\nbudjet = 3\n")
    desk("credits")


def normal(text: str) -> str:
    """Return a text with what differs from run to run replaced."""
    for pattern, same in VARYING:
        text = re.sub(pattern, same, text, flags=re.MULTILINE)
    return text


def play(name: str, width: int = WIDTH) -> Desk:
    """Return the desk at which a scene was played."""
    # The length of its path decides where lines break.
    with tempfile.TemporaryDirectory(prefix="screens-", dir="/tmp") as folder:
        desk = Desk(Path(folder), width)
        SCENES[name](desk)
        return desk


def seen(desk: Desk) -> str:
    """Return what a person saw there."""
    return normal("\n".join(desk.seen))


def fits(desk: Desk) -> None:
    """Only a single word may be longer than a line: it is copied, and breaks nowhere."""
    for command, lines in desk.shown:
        for line in lines:
            where = f"{command}: {line!r}"
            assert line == line.rstrip() or line.endswith(("] ", "? ")), where  # what asks
            if not command.startswith("help "):  # pages hold code; see tests/cli/test_manual.py
                label = len(line) - len(WORD.findall(f"-{line}")[-1])
                assert len(line) <= desk.width or label <= LABEL, where
            assert not re.search(r"\w…", line), where


@pytest.mark.parametrize("name", SCENES)
def test_a_screen_is_as_recorded_and_fits_its_terminal(name: str) -> None:
    desk = play(name)
    recorded = (SCREENS / f"{name}.txt").read_text("utf-8")
    assert seen(desk) == recorded, f"record them again: python {__file__}"
    fits(desk)


@pytest.mark.parametrize("width", OTHER_WIDTHS)
@pytest.mark.parametrize("name", SCENES)
def test_a_screen_fits_other_terminals_and_nothing_of_it_is_cut(name: str, width: int) -> None:
    fits(play(name, width))


@pytest.mark.parametrize("line", ["status", "status last", "credits", "fields", "help"])
def test_in_a_pipe_a_row_is_a_line_and_nothing_is_cut(line, tmp_path, monkeypatch, capsys) -> None:
    desk = Desk(tmp_path, 30)
    with desk.paid():
        desk("enrich", "leads.csv", "-p", "offline,leadlex,lemlist", "-yq", "--budget", "9")
        for name, value in desk.environ.items():
            monkeypatch.setenv(name, value)
        app.run(line.split())

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) > 60  # what a terminal of 30 columns has no room for
    assert all(one == one.rstrip() and not re.search(r"\w…", one) for one in lines)
    table = [one for one in lines if one.split()[:1] == ["leadlex"]]
    assert len(table) == (line in ("status last", "credits"))


def test_every_recording_has_its_scene() -> None:
    assert {path.stem for path in SCREENS.glob("*.txt")} == set(SCENES)


def record() -> None:
    """Write all screens, once all of them were played."""
    played = {name: seen(play(name)) for name in SCENES}
    for path in SCREENS.glob("*.txt"):
        path.unlink()
    for name, text in played.items():
        (SCREENS / f"{name}.txt").write_text(text, "utf-8")


if __name__ == "__main__":
    record()
