"""Which contents of which output files are this program's own, and of which inputs they are.

There are outputs by path and digest, with those of rehearsals once more as such; and outputs with
their inputs, without a digest: those of pruned runs, and those of each file of a folder, of which a
run's entry names the folder only.
"""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime

from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.money import iso
from enrichctl.journal.owners import owned
from enrichctl.journal.store import Journal

_REHEARSED = "\nrehearsed"  # follows the path under which a rehearsal's digests are kept as such


def remember(journal: Journal, path: str, digest: bytes, *, rehearsed: bool = False) -> None:
    """Keep the digest of what is about to be put under a path; what stands there stays known."""
    path, at = owned(journal.store, path), iso(journal.now())

    def job(db: StoreConnection) -> None:
        for place in (path, path + _REHEARSED) if rehearsed else (path,):
            db.execute(
                "INSERT INTO outputs VALUES (?, ?, ?)"
                " ON CONFLICT (path, digest) DO UPDATE SET at=excluded.at",
                (place, digest, at),
            )
        if not rehearsed:
            db.execute("DELETE FROM outputs WHERE path=? AND digest=?", (path + _REHEARSED, digest))

    journal.write(job)


def written(journal: Journal, path: str) -> None:
    """Note that the last one stands there by now: those before it are known no longer."""
    path = owned(journal.store, path)

    def job(db: StoreConnection) -> None:
        db.execute(
            "DELETE FROM outputs WHERE path=?1 AND at<(SELECT MAX(at) FROM outputs WHERE path=?1)",
            (path,),
        )
        db.execute(
            "DELETE FROM outputs WHERE path=?"
            " AND digest NOT IN (SELECT digest FROM outputs WHERE path=?)",
            (path + _REHEARSED, path),
        )

    journal.write(job)


def keep_places(db: StoreConnection, places: Iterable[tuple[str, str]], at: str) -> None:
    """Keep which input an output was written for, though the runs that did so go.

    Args:
        db: The journal.
        places: Input and output, as runs name them there.
        at: By when they are gone, as the journal writes moments.
    """
    db.executemany(
        "INSERT INTO outputs VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(_place(*place), b"", at) for place in places if place[1] != "-"],
    )


def written_for(journal: Journal, places: Iterable[tuple[str, str]]) -> None:
    """Note of which inputs outputs are: an input, and an output of it."""
    store, at = journal.store, iso(journal.now())
    kept = [(owned(store, input_), owned(store, path)) for input_, path in places]
    journal.write(lambda db: keep_places(db, kept, at))


def has_written(journal: Journal, input_: str, output: str) -> bool:
    """Tell whether a run on an input has written to an output, in this journal's time."""
    places = owned(journal.store, input_), owned(journal.store, output)
    kept = journal.read(queries.HAS_WRITTEN, places)
    return bool(kept or journal.read(queries.CONTENTS, (_place(*places),)))


def written_among(journal: Journal, paths: Collection[str]) -> set[str]:
    """Return those of some files that were written for others of them, or for such an output.

    Where two were written for each other, and for none of the others, nobody can tell which came
    first: both are taken for inputs.
    """
    store = journal.store
    places = {owned(store, path): path for path in paths}
    inputs = {place: _inputs_of(journal, place) & places.keys() - {place} for place in places}
    known = {place for place, own in inputs.items() if not own}
    found: set[str] = set()
    while new := {place for place, own in inputs.items() if own & known} - found:
        found |= new
        known |= new
    return {places[place] for place in found}


def _inputs_of(journal: Journal, output: str) -> set[str]:
    """Return for which inputs an output was ever written; both as the journal names them."""
    start = _place("", output)
    kept = journal.read(queries.PLACES_FROM, (start,))
    runs = journal.read(queries.INPUTS_OF, (output,))
    return {path.removeprefix(start) for (path,) in kept} | {input_ for (input_,) in runs}


def _place(input_: str, output: str) -> str:
    """Return what stands for an output of an input among the paths."""
    return f"{output}\n{input_}"


def known_digests(journal: Journal, path: str) -> dict[bytes, datetime]:
    """Return the digests of what may stand under a path, and when each was written."""
    rows = journal.read(queries.CONTENTS, (owned(journal.store, path),))
    return {digest: datetime.fromisoformat(at) for digest, at in rows}


def rehearsed_digests(journal: Journal, path: str) -> AbstractSet[bytes]:
    """Return the digests among them that are of rehearsals: what is in there is made up."""
    return known_digests(journal, path + _REHEARSED).keys()
