"""Where files live and what the user has configured.

``config.toml`` is optional. Without it nothing is parsed and pydantic is not imported; with it,
every key is checked and a mistake is a `UsageError` that names file, line and key.
"""

import os
import stat
import sys
from pathlib import Path

from enrichctl.config.places import Place, stands_at
from enrichctl.config.settings import BudgetSetting, ProviderSettings, RateSetting, Settings
from enrichctl.config.wording import duration, parse_budget
from enrichctl.errors import StateError

__all__ = [
    "BudgetSetting",
    "Place",
    "ProviderSettings",
    "RateSetting",
    "Settings",
    "config_path",
    "duration",
    "ensure_private",
    "load",
    "parse_budget",
    "stands_at",
    "state_dir",
]

_APP = "enrichctl"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def state_dir() -> Path:
    """Return the directory of the journal: ``ENRICHCTL_STATE_DIR``, else the user's."""
    if chosen := os.environ.get("ENRICHCTL_STATE_DIR"):
        return Path(chosen)
    return _own_place("XDG_STATE_HOME", ".local/state", "user_state_dir")


def ensure_private(path: Path) -> Path:
    """Create a directory that only its owner can enter, or close one that stands open.

    Raises:
        StateError: It cannot be created.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
        shared = found.st_mode & stat.S_ISVTX  # /tmp and its like belong to everybody
        if os.name == "posix" and found.st_mode & _OTHERS and not shared:
            path.chmod(0o700)
    except OSError as error:
        raise StateError(
            f"cannot use the state directory {path}: {error.strerror}",
            next="set ENRICHCTL_STATE_DIR to a directory of your own",
        ) from error
    return path


def config_path() -> Path:
    """Return the configuration file: ``ENRICHCTL_CONFIG``, else the user's."""
    if chosen := os.environ.get("ENRICHCTL_CONFIG"):
        return Path(chosen).expanduser()
    return _own_place("XDG_CONFIG_HOME", ".config", "user_config_dir") / "config.toml"


def _own_place(variable: str, folder: str, elsewhere: str) -> Path:
    """Return a place of the user's for this program.

    Args:
        variable: Names the folder of such places on Linux (XDG Base Directory Specification).
        folder: Which one that is below the user's home where it is not set.
        elsewhere: What platformdirs calls it, which knows all other cases and is slow to import.
    """
    base, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    if sys.platform == "linux" and (base.startswith("/") or home.startswith("/")):
        return Path(base if base.startswith("/") else f"{home}/{folder}") / _APP
    import platformdirs  # noqa: PLC0415 - slow to import

    return Path(getattr(platformdirs, elsewhere)(_APP, False))


def load(path: Path | None = None) -> Settings:
    """Read the configuration; defaults when the user has no file.

    Args:
        path: A file that must exist, instead of `config_path`.

    Raises:
        UsageError: A file that was asked for is missing, or one cannot be used.
    """
    chosen = path is not None or bool(os.environ.get("ENRICHCTL_CONFIG"))
    path = path or config_path()
    if not chosen and not _may_be(path):
        return Settings()
    from enrichctl.config.reading import read  # noqa: PLC0415 - most runs have no file to read

    return read(path)


def _may_be(path: Path) -> bool:
    """Tell whether a file may be there: where nobody can look, reading it says why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
