import pytest

from enrichctl.journal import Journal


@pytest.fixture
def journal(tmp_path, monkeypatch):
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ENRICHCTL_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "config.toml").touch()
    with Journal(tmp_path / "journal.db") as opened:
        yield opened
