"""How benchmarks measure: children with accounts of their own, in turn, compared pair by pair.

The machine is shared, so an absolute figure says little. A ratio of two runs that stood side by
side says much, and the median of several such ratios says what can be relied upon.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
Watch = Callable[[float, float], None]
LOOK = 0.1  # seconds between two looks at a child
COMMAND = str(Path(sys.executable).with_name("enrichctl"))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a child took: seconds, seconds of processor, and its largest memory in MB."""

    wall: float
    cpu: float
    peak: float


def run(
    *words: str,
    env: Mapping[str, str] | None = None,
    core: int | None = None,
    watch: Watch | None = None,
) -> Spent:
    """Run a command to its end; return what it took.

    Args:
        words: Program and arguments.
        env: The whole environment; that of this process when there is none.
        core: The one processor that it may use.
        watch: Is called again and again with the seconds of processor used so far, and the MB
            of memory in use, both of the command and of what it has started.
    """
    began = time.perf_counter()
    child = subprocess.Popen(
        words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),  # noqa: PLW1509 - no threads here
    )  # fmt: skip
    assert child.stderr is not None
    while watch is not None and (now := _now(child.pid)) is not None:
        watch(*now)
        time.sleep(LOOK)
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {child.returncode}: {said.decode()}")
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _now(pid: int) -> tuple[float, float] | None:
    """Return the seconds of processor and the MB of a process and its children; None at its end."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        shared = Path(f"/proc/{pid}/smaps_rollup").read_text().split()
    except OSError:
        return None
    if words[0] == "Z":
        return None
    cpu = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    memory = int(shared[shared.index("Pss:") + 1]) / 1024  # what is shared is shared out
    parts = [(cpu, memory), *filter(None, (_now(int(child)) for child in children))]
    return sum(cpu for cpu, _ in parts), sum(memory for _, memory in parts)


def bare(name: str, *words: object, core: int | None = None) -> Spent:
    """Run one of the scripts in ``bare.py``."""
    return run(sys.executable, str(HERE / "bare.py"), name, *map(str, words), core=core)


class Place:
    """A folder of its own, where the program is run with a journal of its own.

    Attributes:
        folder: Where everything is written.
        state: Where the journal is kept.
        command: The program that is run.
    """

    def __init__(self, folder: Path, state: Path | None = None) -> None:
        self.folder = folder
        self.state = state or folder / "state"
        self.command = COMMAND

    def environ(self, url: str = "") -> dict[str, str]:
        """Return the environment in which the program keeps to this place, and to one server."""
        server = {"ENRICHCTL_LEADLEX_BASE_URL": url, "ENRICHCTL_LEADLEX_API_KEY": "wbk_bench"}
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "ENRICHCTL_STATE_DIR": str(self.state),
            **(server if url else {}),
        }

    def enrich(
        self,
        source: Path,
        *words: str,
        url: str = "",
        core: int | None = None,
        watch: Watch | None = None,
    ) -> Spent:
        """Enrich a file into ``out.csv``; see `run`."""
        out = str(self.folder / "out.csv")
        return run(
            self.command, "enrich", str(source), "-o", out, "--force", "-y", "-q", *words,
            env=self.environ(url), core=core, watch=watch,
        )  # fmt: skip

    def forget(self) -> None:
        """Remove the journal."""
        for file in self.state.glob("journal.db*"):
            file.unlink()


@contextmanager
def place(*, in_memory: bool = False) -> Iterator[Place]:
    """Make a place that is removed afterwards.

    Args:
        in_memory: Keep the journal in memory, where syncing it costs nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        if not in_memory:
            yield Place(Path(folder))
            return
        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            yield Place(Path(folder), Path(memory))


def pairs(count: int, *works: Callable[[], Spent]) -> list[list[Spent]]:
    """Do some works in turn, so many times; return what each of them took."""
    found: list[list[Spent]] = [[] for _ in works]
    for _ in range(count):
        for work, spent in zip(works, found, strict=True):
            spent.append(work())
    return found


def ratio(ours: Sequence[Spent], theirs: Sequence[Spent], of: Callable[[Spent], float]) -> float:
    """Return the median of the ratios of runs that stood side by side."""
    return median(of(a) / of(b) for a, b in zip(ours, theirs, strict=True))


def wall(spent: Spent) -> float:
    """Return the seconds."""
    return spent.wall


def cpu(spent: Spent) -> float:
    """Return the seconds of processor."""
    return spent.cpu


def peak(spent: Spent) -> float:
    """Return the MB of the largest process."""
    return spent.peak


def say(what: str, figure: float, goal: str, *, met: bool, unit: str = "x") -> bool:
    """Print a figure beside its goal; return whether it is met."""
    print(f"{what:58} {figure:9.3f} {unit:6} goal {goal:10} {'met' if met else 'NOT MET'}")  # noqa: T201 - what it is run for
    return met
