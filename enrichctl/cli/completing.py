"""Names that a shell completes. Quick: nothing is imported that a key press would notice."""

from pathlib import Path

from enrichctl.config import config_path


def one_provider(incomplete: str) -> list[str]:
    """Return the providers whose names begin so."""
    return [name for name in _names() if name.startswith(incomplete)]


def several_providers(incomplete: str) -> list[str]:
    """Return what completes ``A,B,…``, without those that are named already."""
    before, comma, last = incomplete.rpartition(",")
    named = before.split(",")
    return [before + comma + name for name in one_provider(last) if name not in named]


def _names() -> list[str]:
    """Return the providers that need no look at packages, as far as they can be read."""
    import tomllib  # noqa: PLC0415 - only to complete

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
