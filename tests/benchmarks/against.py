"""This build beside another one: both installed alike, run in turn, compared pair by pair.

A benchmark takes ``--against DIR``, a checkout of another commit::

    git worktree add /tmp/before COMMIT
    python tests/benchmarks/offline.py --against /tmp/before

Both checkouts are installed as they are into environments of their own, which are removed
afterwards, over the libraries of the environment that the benchmark runs in: so the same libraries
of the same versions stand below both. Each has a folder and a journal of its own.
"""

import argparse
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from venv import EnvBuilder

from timing import HERE, Place, Spent, pairs, place, say

OURS = HERE.parents[1]


class Builds(NamedTuple):
    """Where this build is run, and where the other one is.

    Attributes:
        ours: The place of the checkout that this benchmark stands in.
        theirs: The place of the one that it is held against.
    """

    ours: Place
    theirs: Place


def takes_against(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--against`` to a benchmark."""
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="a checkout of another commit to compare with"
    )


@contextmanager
def builds(other: Path, *, in_memory: bool = False) -> Iterator[Builds]:
    """Install this checkout and another one; remove both afterwards.

    Args:
        other: The other checkout.
        in_memory: Keep the journals in memory; see `timing.place`.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = []
        for name, checkout in (("ours", OURS), ("theirs", other.resolve())):
            here = stack.enter_context(place(in_memory=in_memory))
            here.command = _installed(checkout, folder / name)
            places.append(here)
        yield Builds(*places)


def environment(folder: Path) -> Path:
    """Make an environment over the libraries that are in use here; return its Python."""
    EnvBuilder(with_pip=False).create(folder)
    purelib = f"lib/python{sysconfig.get_python_version()}/site-packages"
    # Behind what is installed there, so that this is found before an installation of it here.
    (folder / purelib / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"


def _installed(checkout: Path, folder: Path) -> str:
    """Install a checkout over the libraries that are in use here; return its command."""
    python = environment(folder)
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
         "--disable-pip-version-check", str(checkout)],
        check=True,
    )  # fmt: skip
    return str(folder / "bin" / "enrichctl")


def versus(
    both: Builds, count: int, work: Callable[[Place], Spent]
) -> tuple[list[Spent], list[Spent]]:
    """Do the same with both builds in turn, so many times; return what it took here and there.

    The first pair is left out: files are read and compiled for the first time.
    """
    ours, theirs = pairs(count + 1, lambda: work(both.ours), lambda: work(both.theirs))
    return ours[1:], theirs[1:]


def say_ratio(
    what: str,
    ours: Sequence[Spent],
    theirs: Sequence[Spent],
    of: Callable[[Spent], float],
    most: float,
) -> bool:
    """Print the median ratio of pairs and their spread beside the goal; return whether it is met.

    Args:
        what: What is compared.
        ours: What runs of this build took.
        theirs: What those of the other one took that stood beside them.
        of: What of it is compared.
        most: The goal: the largest median that will do.
    """
    shares = sorted(of(a) / of(b) for a, b in zip(ours, theirs, strict=True))
    share = median(shares)
    met = say(f"{what} / before", share, f"<= {most:g}", met=share <= most)
    print(f"{'':58} {shares[0]:9.3f} to {shares[-1]:.3f} in {len(shares)} pairs")  # noqa: T201 - what it is run for
    return met
