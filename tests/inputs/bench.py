"""The installed command run on small inputs, and what came out as rows."""

import csv
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import forking

DATA = Path(__file__).parents[1] / "data" / "inputs"
Row = dict[str, str]


@dataclass
class Ran:
    """How a run ended, what it wrote to standard output, and what it said."""

    status: int
    out: bytes
    said: str

    @property
    def rows(self) -> list[Row]:
        """Return the rows of CSV on standard output."""
        text = self.out.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))

    @property
    def document(self) -> Any:
        """Return the JSON on standard output."""
        return json.loads(self.out)

    def column(self, name: str) -> list[str]:
        """Return one column of the rows."""
        return [row[name] for row in self.rows]


@dataclass
class Bench:
    """A folder in which the command is run."""

    folder: Path
    environ: dict[str, str]

    def __call__(self, *words: str, **environ: str) -> Ran:
        """Run ``enrichctl`` to its end; it must not end in a bug."""
        done = forking.run(words, folder=self.folder, environ=self.environ | environ)
        said = done.stderr.decode()
        assert done.returncode != 1, said
        assert "Traceback" not in said, said
        return Ran(done.returncode, done.stdout, said)

    def config(self, *tables: str) -> None:
        """Write the configuration, which every later run reads."""
        path = self.write("config.toml", "\n".join(tables))
        self.environ |= {"ENRICHCTL_CONFIG": str(path), "ENRICHCTL_ACME_API_KEY": "made-up"}

    def write(self, name: str, text: str) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def table(self, name: str, rows: Sequence[Mapping[str, str]]) -> Path:
        """Write rows as CSV, with the columns of all of them."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
        return self.write(name, text.getvalue())

    def copy(self, name: str) -> Path:
        """Copy an input of ``tests/data/inputs`` here."""
        return Path(shutil.copy(DATA / name, self.folder / name))

    def plan(self, name: str, provider: str, *words: str) -> dict[str, Any]:
        """Return the plan of asking one provider about an input of ``tests/data/inputs``."""
        ran = self("enrich", str(DATA / name), "-p", provider, "-n", "--json", *words)
        assert ran.status == 0, ran.said
        return dict(ran.document)

    def filled(self, name: str, want: str, *words: str) -> list[Row]:
        """Return an input of ``tests/data/inputs`` with what was found offline."""
        ran = self(
            "enrich", str(DATA / name), "-w", want, "-o", "-", "--format", "csv",
            "--provenance", "none", *words,
        )  # fmt: skip
        assert ran.status == 0, ran.said
        return ran.rows

    def offline(self, rows: Sequence[Mapping[str, str]], want: str, *words: str) -> list[Row]:
        """Enrich rows offline; return them with what was found."""
        self.table("rows.csv", rows)
        ran = self(
            "enrich", "rows.csv", "-w", want, "-o", "-", "--format", "csv",
            "--provenance", "none", *words,
        )  # fmt: skip
        assert ran.status == 0, ran.said
        return ran.rows
