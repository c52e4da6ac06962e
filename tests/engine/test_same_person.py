"""A record whose person is being asked about waits for that answer."""

import csv
import io


def test_two_slow_rows_of_one_person_are_one_call_and_both_are_filled(tmp_path, monkeypatch):
    from enrichctl.cli import app  # noqa: PLC0415 - reads the environment set below
    from enrichctl.sandbox import Sandbox  # noqa: PLC0415 - the same

    with Sandbox(latency=0.3) as box:
        email = next(e for e in box.population.people if box.population.person_at("leadlex", e))
        for name, value in box.environ().items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        (tmp_path / "in.csv").write_text("email\n" + f"{email}\n" * 5)
        status = app.run(["enrich", "in.csv", "-p", "leadlex", "-y", "-q"])

        rows = list(csv.DictReader(io.StringIO((tmp_path / "in.enriched.csv").read_text())))
        assert status == 0
        assert [row["enrichctl_status"] for row in rows] == ["enriched"] * 5
        assert box.spent("leadlex") == 1
