"""Settings of the network and limits of the system: one line and exit 2 before anything is sent."""

import resource
from collections.abc import Callable

import pytest
from e2e_server import Said, serving
from e2e_shell import money

from enrichctl.sandbox import Sandbox

AWAY = "https://api.acme.example"
CASES = {
    "a bundle that is not there": ({"REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"}, "REQUESTS_CA_BUNDLE"),
    "a bundle that is a folder": ({"SSL_CERT_FILE": "/proc/self"}, "SSL_CERT_FILE"),
    "a bundle that is none": ({"CURL_CA_BUNDLE": "/proc/self/stat"}, "CURL_CA_BUNDLE"),
    "a proxy without a host": ({"HTTPS_PROXY": "http://:hunter2@"}, "HTTPS_PROXY"),
    "a proxy with a mad port": ({"https_proxy": "http://x:hunter2@p.example:abc"}, "https_proxy"),
    "a proxy of another kind": ({"ALL_PROXY": "gopher://p.example"}, "ALL_PROXY"),
    "port 0": ({"ENRICHCTL_LEADLEX_BASE_URL": f"{AWAY}:0"}, "ENRICHCTL_LEADLEX_BASE_URL"),
    "port 99999": ({"ENRICHCTL_LEADLEX_BASE_URL": f"{AWAY}:99999"}, "LEADLEX_BASE_URL"),
    "port abc": ({"ENRICHCTL_LEADLEX_BASE_URL": f"{AWAY}:abc"}, "LEADLEX_BASE_URL"),
}
MAD = {
    'ca_bundle = "/nowhere/ca.pem"': "ca_bundle",
    "[providers.leadlex]\ntimeout = 0": "timeout must be above 0",
    "[providers.leadlex]\ntimeout = -1.5": "timeout must be above 0",
    "[providers.leadlex]\ntimeout = nan": "timeout must be above 0",
    "[providers.leadlex]\ntimeout = 1e300": "timeout must be at most 86400",
    "[providers.leadlex]\nconcurrency = 1_000_000": "concurrency must be at most 1000",
    "[providers.leadlex]\nrates = [{limit = 9_999_999, seconds = 1}]": "must be at most 1000000",
    "[providers.leadlex]\nbase_url = 'https://api.acme.example:0'": "base_url must have",
}


@pytest.fixture
def ask(shell):
    """Ask LeadLex about one person; the line that is said, and nothing else."""
    shell.environ["ENRICHCTL_LEADLEX_API_KEY"] = "made-up"
    shell.write("in.csv", "email,job_title\njohn@acme.example,\n")

    def ask(*words: str, **environ: str) -> str:
        done = shell("enrich", "in.csv", "-p", "leadlex", "-y", "-o", "out.csv", *words, **environ)
        said = done.stderr.decode()
        assert done.returncode == 2, said
        assert said.count("error: ") == 1
        assert "Traceback" not in said
        assert "hunter2" not in said
        assert not (shell.folder / "out.csv").exists()
        return said

    return ask


@pytest.mark.parametrize("case", CASES)
def test_a_setting_of_the_environment_that_cannot_work_is_named(case, ask):
    environ, named = CASES[case]
    said = ask(**{"ENRICHCTL_LEADLEX_BASE_URL": AWAY, **environ})
    assert named in said
    assert "later" not in said


@pytest.mark.parametrize("config", MAD)
def test_a_setting_of_the_configuration_that_cannot_work_is_named(config, ask, shell):
    path = shell.write("config.toml", config)
    with serving(lambda _: Said({}, 500)) as server:
        url = {} if "base_url" in config else {"ENRICHCTL_LEADLEX_BASE_URL": server.url}
        assert MAD[config] in ask("--config", str(path), **url)
        assert server.asked == []


def allowed(files: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def test_too_few_open_files_are_said_before_anything_is_sent(shell):
    shell.write("in.csv", "email\njohn@acme.example\n")
    process = shell.start("enrich", "in.csv", "-o", "out.csv", preexec_fn=allowed(20))
    _, said = process.communicate(timeout=20)
    assert process.returncode == 2
    assert said.startswith(b"error: the system allows this process 20 open files")
    assert b"Traceback" not in said


def test_connections_for_which_there_are_no_files_lose_nothing(shell):
    with Sandbox(latency=0.05) as box:
        shell.environ |= box.environ()
        people = "".join(f"{mail},\n" for mail in list(box.population.people)[:60])
        shell.write("in.csv", f"email,job_title\n{people}")
        words = ("enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-y", "-o", "out.csv")
        process = shell.start(*words, "--concurrency", "60", preexec_fn=allowed(46))
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2, said
        assert b"Traceback" not in said
        assert shell(*words).returncode == 0
        sure, doubt = money(shell.folder / "state", "leadlex")
        assert (sure, doubt) == (box.spent("leadlex"), 0)
