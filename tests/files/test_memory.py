"""Memory does not grow with the file."""

import subprocess
import sys

OPEN = """
import resource, sys
from pathlib import Path
from enrichctl.files.detect import read_as_text
from enrichctl.files.origin import open_origin

def peak(path):
    read_as_text(open_origin(Path(path)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

print(*map(peak, sys.argv[1:]))
"""


def test_finding_the_encoding_of_a_large_file_takes_no_more_memory(tmp_path):
    line = "tilda@firm.de,Tilda,Ylönen,Head of People,+49 30 901820,Germany\n".encode()
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    few.write_bytes(line * 20_000)
    many.write_bytes(line * 600_000)
    said = subprocess.check_output([sys.executable, "-c", OPEN, few, many], text=True)
    small, large = map(int, said.split())
    assert large - small < 8 * 1024  # KB
