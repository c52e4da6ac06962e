"""The walk of one record is what the engine's map says: the calls are recorded."""

import re
import sys
import threading
from pathlib import Path

from rig import provider

import enrichctl.engine

ENGINE = str(Path(enrichctl.engine.__file__).parent)


def walk_on_the_map() -> list[str]:
    """Return the functions that the map lists, in order."""
    walk = enrichctl.engine.__doc__.partition("this list::")[2].partition("Where a record")[0]
    return re.findall(r"^    ([\w.]+)", walk, flags=re.MULTILINE)


def test_a_record_passes_the_functions_on_the_map_in_their_order(rig):
    """One record, one provider that answers at once, over a journal that knows nothing."""
    due = walk_on_the_map()
    passed: list[str] = []

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_qualname in due and code.co_filename.startswith(ENGINE):
            passed.append(code.co_qualname)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        ended = rig.run(["anna@acme.com"], provider())
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    assert ended.statuses == ["enriched"]
    assert passed == due


def test_the_door_shows_the_same_walk():
    """The list in CONTRIBUTING is the map's."""
    door = (Path(ENGINE).parents[1] / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    walk = door.partition("```text walk\n")[2].partition("```")[0]
    assert re.findall(r"^([\w.]+)", walk, flags=re.MULTILINE) == walk_on_the_map()


def test_every_module_is_on_the_map():
    """A module that nobody can find from the map is not there for a stranger."""
    modules = {path.stem for path in Path(ENGINE).glob("*.py")} - {"__init__"}
    listed = enrichctl.engine.__doc__.partition("Modules::")[2]
    assert modules == {word for word in re.findall(r"\w+", listed) if word in modules}
