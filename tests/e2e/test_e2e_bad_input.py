"""Bad input ends in one clear line, the right exit status, nothing lost and nothing spent."""

import json
import resource
import subprocess

import pytest
from e2e_shell import COMMAND, DATA

FILES = {
    "missing.csv": (None, "does not exist"),
    "empty.csv": (b"", "empty"),
    "binary.csv": (bytes(range(256)) * 8, "binary"),
    "strange.csv": (b"alpha,beta\n1,2\n", "no column"),
    "bad.jsonl": (b'{"email": "a@b.io"}\n{"email": \n', "line 2"),
    "bad.json": (b'[{"email": "a@b.io"', "JSON"),
    "quote.csv": (b'email,name\n"a@b.io,x\nc@d.io,y\n', "quot"),
    "folder.csv": ("folder", "folder"),
}


@pytest.mark.parametrize("name", FILES)
def test_unusable_input_is_one_error_and_exit_2(shell, name):
    content, word = FILES[name]
    path = shell.folder / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)

    done = shell("enrich", name)

    words = done.stderr.decode()
    assert done.returncode == 2, words
    assert words.startswith("error: ")
    assert word.lower() in words.lower()
    assert "Traceback" not in words
    assert sorted(p.name for p in shell.folder.iterdir()) in (
        ["state"],
        [name],
        [name, "state"],
        [],
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-p", "nobody"], "nobody"),
        (["-w", "emial"], "did you mean email"),
        (["-w", "company_size"], "none of offline can find"),
        (["--map", "email"], "FIELD=COLUMN"),
        (["--map", "email=Nowhere"], "Nowhere"),
        (["--budget", "lots"], "budget"),
        (["--max-age", "soon"], "duration"),
        (["--format", "pdf"], "pdf"),
        (["--no-such-option"], "No such option"),
        (["--suppress", "nowhere.txt"], "nowhere.txt"),
        (["-p", "offline,offline"], "twice"),
        (["--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_an_unusable_command_line_says_what_to_change(shell, words, said):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    done = shell("enrich", "in.csv", *words)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
    assert not (shell.folder / "in.enriched.csv").exists()


def test_two_columns_that_could_both_be_the_email_are_not_guessed(shell):
    shell.write("in.csv", "Email,Email\na@b.io,c@d.io\n")
    done = shell("enrich", "in.csv")

    assert done.returncode == 2
    assert "--map" in done.stderr.decode()


def test_a_file_that_somebody_else_wrote_is_not_replaced(shell):
    shell.write("in.csv", "email\njane.doe@acme.io\n")
    other = shell.write("in.enriched.csv", "mine\n")

    refused = shell("enrich", "in.csv")
    assert refused.returncode == 2
    assert other.read_text() == "mine\n"

    forced = shell("enrich", "in.csv", "--force")
    assert forced.returncode == 0
    assert other.read_text() != "mine\n"


def test_an_output_folder_that_does_not_exist_is_said_before_anything_is_asked(paid, box):
    paid.write("in.csv", "email\njane.doe@acme.io\n")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "nowhere/out.csv")

    assert done.returncode == 2, done.stderr
    assert "nowhere" in done.stderr.decode()
    assert box.requests == []


def test_a_full_disk_leaves_the_previous_output_as_it_was(shell):
    shell.write("in.csv", "email,notes\n" + f"jane.doe@acme.io,{'x' * 900}\n" * 2000)
    (shell.folder / "out.csv").write_text("before\n")

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = subprocess.run(
        [COMMAND, "enrich", "in.csv", "-o", "out.csv", "--force"],
        cwd=shell.folder,
        env=shell.environ,
        capture_output=True,
        preexec_fn=small_disk,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr.decode()
    assert (shell.folder / "out.csv").read_text() == "before\n"
    assert [p.name for p in shell.folder.iterdir() if ".part" in p.name] == []


def test_a_state_folder_that_cannot_be_used_stops_the_run_before_anything_is_asked(paid, box):
    paid.write("in.csv", "email\njane.doe@acme.io\n")
    blocked = paid.write("blocked", "a file where a folder should be")
    done = paid("enrich", "in.csv", "-p", "leadlex", "-y", ENRICHCTL_STATE_DIR=str(blocked))

    assert done.returncode == 2, done.stderr
    assert "ENRICHCTL_STATE_DIR" in done.stderr.decode()
    assert box.requests == []


def test_a_ragged_file_keeps_every_cell_and_a_row_that_is_too_long_is_failed(shell):
    shell.write("in.csv", "email,notes\njane.doe@acme.io\njohn.roe@acme.io,a,b,c\n")
    done = shell("enrich", "in.csv", "-w", "full_name")

    assert done.returncode == 3, done.stderr
    _, short, long = (shell.folder / "in.enriched.csv").read_text().splitlines()
    assert short == "jane.doe@acme.io,,,,Jane Doe,enriched,full_name=offline,0.85,"
    assert long == ('john.roe@acme.io,a,b,c,,failed,,,"line 3 has 4 cells, the header has 2"')


def test_nobody_is_told_of_a_row_whose_cells_may_be_shifted(paid, box):
    paid.write(
        "in.csv",
        "Company,First Name,Last Name,Email,Phone\n"
        "Zeta GmbH,Jane,Doe,jane@zeta.io,\n"
        "Omega, Inc.,Tom,Roe,tom@omega.io,\n"  # the cell too many is blank
        '"Psi "Best, Inc"",Ann,Poe,\n'  # as wide as the header, and shifted
        'Chi,"Eve,Fay",eve@chi.io,1\n',  # a quote that hides a comma
    )
    done = paid("enrich", "in.csv", "-p", "lemlist", "-y")

    assert done.returncode == 3, done.stderr
    told = " ".join(f"{seen.query} {seen.body}" for seen in box.requests)
    assert "jane" in told
    assert [word for word in ("tom", "Ann", "eve", "omega", "Psi") if word in told] == []
    lines = (paid.folder / "in.enriched.csv").read_text().splitlines()
    assert lines[2].startswith("Omega, Inc.,Tom,Roe,tom@omega.io,,")
    assert [",failed,," in line for line in lines[1:]] == [False, True, True, True]
    assert "line 3 has 6 cells, the header has 5" in lines[2]


def test_quotes_written_with_a_backslash_throughout_are_read_and_written_so(shell):
    shell.write(
        "in.csv", 'Company,Email\n"Psi \\"Best, Inc\\"",jane.doe@acme.io\n"Chi",tom@chi.io\n'
    )
    done = shell("enrich", "in.csv", "--format", "jsonl", "-o", "-", "-w", "full_name")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["Company"] == 'Psi "Best, Inc"'


def test_a_delimiter_can_be_named(shell):
    shell.write("in.csv", "Email~Name\njane.doe@acme.io~Jane Doe\n")
    done = shell("enrich", "in.csv", "-w", "first_name", "--delimiter", "~", "--provenance", "none")

    assert done.returncode == 0, done.stderr
    text = (shell.folder / "in.enriched.csv").read_text()
    assert text == "Email~Name~first_name\njane.doe@acme.io~Jane Doe~Jane\n"
    for wrong in ("ab", '"', "x"):
        done = shell("enrich", "in.csv", "--delimiter", wrong)
        assert (done.returncode, b"--delimiter" in done.stderr) == (2, True)
    shell.write("in.json", '[{"email": "jane.doe@acme.io"}]')
    done = shell("enrich", "in.json", "--delimiter", ";")
    assert done.returncode == 2


@pytest.mark.parametrize("path", sorted((DATA / "files").iterdir()), ids=lambda p: p.name)
def test_every_file_of_the_corpus_can_be_enriched_or_says_why_not(shell, path):
    done = shell("enrich", str(path), "-o", "out.jsonl", "--format", "jsonl")

    words = done.stderr.decode()
    assert done.returncode in (0, 2, 3), words
    assert "Traceback" not in words
    assert (done.returncode != 2) == (shell.folder / "out.jsonl").exists()
    if done.returncode == 2:
        assert words.splitlines()[-2].startswith("error: ") or "error: " in words


def test_a_column_that_no_field_took_is_refused_where_something_would_be_bought(shell):
    shell.write("in.csv", "Company,Wohin\nPsi,ada@psi.io\nChi,bo@chi.io\n")
    words = ("enrich", "in.csv", "-p", "lemlist", "--sandbox", "-n")
    done = shell(*words)

    assert done.returncode == 2
    said = done.stderr.decode()
    assert "Wohin holds e-mails" in said
    assert '--map "email=Wohin" or --map email= to leave it as it is' in said
    assert "ada@psi.io" not in said  # no person in what may be a log
    assert b"2 people" in shell(*words, "--map", "email=Wohin").stderr
    assert shell(*words, "--map", "email=").returncode == 0

    done = shell("enrich", "in.csv")  # nothing is spent: said, and done
    assert done.returncode == 0, done.stderr
    assert 'is not taken for email: --map "email=Wohin"' in done.stderr.decode()


def test_an_address_in_the_file_is_not_bought_again(shell):
    shell.write(
        "in.csv",
        "First Name,Last Name,Company,Company Domain,E-mail 1 - Value,E-mail 2 - Value\n"
        'Ada,Quill,Psi,psi.io,"ada@psi.io; a@psi.io",\nBo,Fay,Chi,chi.io,,bo@chi.io\n'
        "Cy,Lee,Rho,rho.io,,\n",
    )
    words = ("enrich", "in.csv", "-p", "lemlist", "-w", "email", "--sandbox")
    plan = json.loads(shell(*words, "-n", "--json").stdout)
    assert (plan["complete"], plan["providers"][0]["ask"]) == (2, 1)

    shell(*words, "-o", "out.csv")
    lines = (shell.folder / "out.csv").read_text().splitlines()
    assert lines[1].startswith('Ada,Quill,Psi,psi.io,"ada@psi.io; a@psi.io",,complete')
    assert lines[2].startswith("Bo,Fay,Chi,chi.io,,bo@chi.io,complete")
