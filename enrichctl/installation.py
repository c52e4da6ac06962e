"""By what this installation of the program is told from another.

What is made of a record follows from its cells and from code, and lists of names, free mail hosts
or numbering plans come with libraries that are upgraded on their own.
"""

import os
import sys
from collections.abc import Iterator
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import enrichctl

_INSTALLED = (".dist-info", ".egg-info")
_CODE = (".py", ".toml", ".txt", ".json", ".csv")
_DOWNLOADED = ("publicsuffixlist",)  # whose data its owner may fetch anew without installing it


def seal() -> str:
    """Return a digest that another version of the program or of any library changes."""
    return _digest([("enrichctl", enrichctl.__version__), *_code(), libraries()])


def libraries() -> str:
    """Return a digest that another version of any library changes."""
    return _digest([*_installed(), *_downloaded()])


def _digest(parts: list[object]) -> str:
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _code() -> Iterator[tuple[str, int, int]]:
    """Yield the files of the program: a build of the same version may be another one."""
    home = Path(enrichctl.__file__).parent
    for path in sorted(home.rglob("*")):
        if path.suffix in _CODE:
            seen = path.stat()
            yield str(path.relative_to(home)), seen.st_size, seen.st_mtime_ns


def _installed() -> Iterator[tuple[str, int]]:
    """Yield what is installed: version in the name, and when."""
    for place in sys.path:
        if not os.path.isdir(place):  # noqa: PTH112 - an archive, or nothing
            continue
        with os.scandir(place) as entries:
            found = [(e.name, e.stat().st_mtime_ns) for e in entries if e.name.endswith(_INSTALLED)]
        yield from sorted(found)


def _downloaded() -> Iterator[tuple[str, int, int]]:
    """Yield the data of libraries that are renewed in place."""
    for name in _DOWNLOADED:
        spec = find_spec(name)
        home = Path(spec.origin).parent if spec and spec.origin else None
        for path in sorted(home.iterdir()) if home and home.is_dir() else ():
            if path.is_file():
                seen = path.stat()
                yield path.name, seen.st_size, seen.st_mtime_ns
