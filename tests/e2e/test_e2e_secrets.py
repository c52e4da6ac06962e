"""Keys and people's data: wherever a vendor repeats them, nobody but the file's owner sees them."""

import base64
import json
from urllib.parse import quote

import pytest
from e2e_server import Asked, Said, serving

KEY = "wbk_m4de/up+key=="
BASIC = base64.b64encode(f":{KEY}".encode()).decode()
FORMS = {
    "as it is": KEY,
    "in a URL": quote(KEY, safe=""),
    "in base64": base64.b64encode(KEY.encode()).decode(),
    "as Basic": BASIC,
    "with another case": quote(KEY, safe="").lower(),
    "in upper case as a code": "SECRET_CANARY_KEY",
    "an address": "jane.canary@acme.example",
}
HIDDEN = [form.rstrip("=") for form in list(FORMS.values())[:5]]


def heard(shell, *words: str) -> bytes:
    """Run a command; return all that it says and writes, and what its journal holds."""
    done = shell(*words, "-o", "out.csv", "--log-file", "run.log", "-vv")
    said = done.stdout + done.stderr
    for name in ("out.csv", "run.log"):
        if (shell.folder / name).exists():
            said += (shell.folder / name).read_bytes()
    for more in (
        ("status", "last", "--json"),
        ("status", "last"),
        ("status", "last", "--row", "1", "--json"),
        ("status", "last", "--html", "page.html"),
        ("journal", "export"),
    ):
        done = shell(*more)
        said += done.stdout + done.stderr
    return said + (shell.folder / "page.html").read_bytes()


def logged_in(shell, vendor: str, url: str) -> None:
    shell.environ |= {
        f"ENRICHCTL_{vendor.upper()}_BASE_URL": url,
        f"ENRICHCTL_{vendor.upper()}_API_KEY": KEY,
    }


def test_an_error_s_code_is_shown_only_where_it_is_known(shell):
    forms = list(FORMS.values())

    def refuse(asked: Asked) -> Said:
        if asked.path.startswith("/v2"):
            tags = [one["metadata"] for one in asked.body]
            return Said([{"error": forms[int(tag)], "metadata": tag} for tag in tags])
        place = int(asked.body["email"][4])
        error = {"code": forms[place], "message": forms[place]}
        return Said({"error": error}, 400 if place % 2 else 409)

    with serving(refuse) as server:
        for vendor in ("leadlex", "lemlist"):
            logged_in(shell, vendor, server.url)
        rows = "".join(f"john{place}@acme.example,\n" for place in range(len(forms)))
        shell.write("in.csv", f"email,job_title\n{rows}")
        words = ("enrich", "in.csv", "-p", "leadlex,lemlist", "-w", "job_title", "-y")
        said = heard(shell, *words).decode()
    assert "LeadLex rejects it: 400" in said
    assert "lemlist rejects it: it does not say why" in said
    for form in forms:
        assert form not in said, form


def test_a_key_that_an_answer_repeats_is_not_kept(shell):
    """In any form, in values, names, headers, and in what JSON escapes."""

    def repeat(asked: Asked) -> Said:
        proof = asked.headers["Authorization"].partition(" ")[2]
        all_of_it = [*FORMS.values(), proof, proof.rstrip("=")]
        person = {"job_title": f"CEO {' '.join(all_of_it)}", KEY: KEY, "seniority": "c-level"}
        body = json.dumps({"data": {"person": person, "source": KEY, "url": all_of_it}})
        escaped = body.replace(KEY, KEY.replace("/", "\\/")).replace("m4de", "\\u006d4de")
        return Said(escaped.encode(), 200, {"X-Request-ID": f"req-{KEY}"})

    with serving(repeat) as server:
        logged_in(shell, "leadlex", server.url)
        shell.write("in.csv", "email,job_title,seniority\njohn@acme.example,,\n")
        said = heard(shell, "enrich", "in.csv", "-p", "leadlex", "-y").decode()
    assert "c-level" in said
    for form in HIDDEN:
        assert form not in said, form


def test_a_password_in_a_base_url_is_refused_and_not_quoted(shell):
    url = "http://ann:hunter2@127.0.0.1:9"
    shell.environ["ENRICHCTL_LEADLEX_API_KEY"] = KEY
    shell.write("in.csv", "email,job_title\njohn@acme.example,\n")
    words = ("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv", "-vv")
    done = shell(*words, ENRICHCTL_LEADLEX_BASE_URL=url)
    assert done.returncode == 2
    assert b"ENRICHCTL_LEADLEX_BASE_URL" in done.stderr
    config = shell.write("config.toml", f'[providers.leadlex]\nbase_url = "{url}"\n')
    configured = shell(*words, "--config", str(config))
    assert configured.returncode == 2
    assert b"line 2: providers.leadlex.base_url" in configured.stderr
    for one in (done, configured):
        assert b"hunter2" not in one.stdout + one.stderr
        assert b"Traceback" not in one.stderr


@pytest.mark.parametrize("command", [f'"{KEY}"', f'["{KEY}"]', f'["{KEY}", "--now"]', "[3]"])
def test_a_key_in_the_place_of_the_command_that_prints_it_is_not_quoted(command, shell):
    shell.write("in.csv", "email,job_title\njohn@acme.example,\n")
    config = shell.write("config.toml", f"[providers.leadlex]\nkey_command = {command}\n")
    done = shell("enrich", "in.csv", "-p", "leadlex", "-y", "--config", str(config), "-vv")
    assert done.returncode in (2, 4)
    assert b"key_command" in done.stderr
    assert KEY.encode() not in done.stderr
    assert b"Traceback" not in done.stderr
