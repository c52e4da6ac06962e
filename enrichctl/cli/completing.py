"""Names that a shell completes. Quick: nothing is imported that a key press would notice."""

from collections.abc import Iterable
from pathlib import Path

from enrichctl.fields import FIELDS


def one_provider(incomplete: str) -> list[str]:
    """Return the providers whose names begin so."""
    return [name for name in _names() if name.startswith(incomplete)]


def several_providers(incomplete: str) -> list[str]:
    """Return what completes ``A,B,…``, without those that are named already."""
    return _several(_names(), incomplete)


def several_fields(incomplete: str) -> list[str]:
    """Return what completes ``email,phone,…``."""
    return _several(FIELDS, incomplete)


def several_kinds(incomplete: str) -> list[str]:
    """Return what completes ``--by provider,country,…``."""
    from enrichctl.analysis.breakdown import BY  # noqa: PLC0415 - only to complete

    return _several(BY, incomplete)


def mapped_field(incomplete: str) -> list[str]:
    """Return what completes the field in ``FIELD=COLUMN``."""
    return [f"{name}=" for name in FIELDS if name.startswith(incomplete)]


def run(incomplete: str) -> list[str]:
    """Return the latest runs whose ids begin so, and ``last``."""
    from enrichctl.config import state_dir  # noqa: PLC0415 - only to complete

    path = state_dir() / "journal.db"
    if not path.is_file():
        return []
    from enrichctl.journal.sqlite import latest_runs  # noqa: PLC0415 - only to complete

    return [name for name in ("last", *latest_runs(path)) if name.startswith(incomplete)]


def status(incomplete: str) -> list[str]:
    """Return the statuses of a record, and what may be left undone for it, that begin so."""
    from enrichctl.model import UNDONE, Status  # noqa: PLC0415 - only to complete

    words = [*(word.value for word in Status), *UNDONE]
    return [word for word in words if word.startswith(incomplete)]


def accepted(incomplete: str) -> list[str]:
    """Return what ``--accept`` takes."""
    return [word for word in ("review",) if word.startswith(incomplete)]


def topic(incomplete: str) -> list[str]:
    """Return the pages of the manual whose names begin so."""
    from enrichctl import manual  # noqa: PLC0415 - only to complete

    return [name for name in manual.topics() if name.startswith(incomplete)]


def _several(names: Iterable[str], incomplete: str) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    named = before.split(",")
    return [before + comma + name for name in names if name.startswith(last) and name not in named]


def _names() -> list[str]:
    """Return the providers that need no look at packages, as far as they can be read."""
    import tomllib  # noqa: PLC0415 - only to complete

    from enrichctl.config import config_path  # noqa: PLC0415 - the same

    folder = Path(__file__).parents[1]
    built_in = (path.stem for path in (folder / "providers").iterdir())
    shipped = (path.stem for path in (folder / "declared" / "definitions").glob("*.toml"))
    try:
        with config_path().open("rb") as file:
            tables = tomllib.load(file).get("providers")
    except (OSError, ValueError):
        tables = None
    own = tables if isinstance(tables, dict) else {}
    return sorted({name for name in (*built_in, *shipped, *own) if not name.startswith("_")})
