"""Reads ``config.toml``: every key is checked, and a mistake is told by file, line and key."""

import math
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from enrichctl import urls
from enrichctl.config.places import Place
from enrichctl.config.settings import BudgetSetting, ProviderSettings, RateSetting, Settings
from enrichctl.config.wording import duration
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.fields import FIELDS, is_field

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PROVIDER_KEYS = {f.name for f in fields(ProviderSettings)} - {
    "login", "raw", "place", "keyring", "keyring_any_backend", "private",
}  # fmt: skip
_ACCOUNT = r"[\w.@-]{0,64}"  # no blank: the accounts of the sandbox have one in their names
_CURRENCY = r"[A-Z]{3} +\d{1,9}(\.\d{1,9})?"
_DEFINED = {"price", "rates"}  # a definition has these in a form of its own
_KEYS = {f.name for f in fields(Settings)} - {"tables", "path", "verify"}


# Beyond these no setting means anything, and the system or the journal cannot hold it.
MOST_CREDITS = 10**12
MOST_CALLS = 1_000_000  # of one window; a departure takes 8 bytes
LONGEST_WINDOW = 366 * 86_400  # seconds
MOST_AT_ONCE = 1_000
LONGEST_CALL = 86_400  # seconds
DEEPEST = 64  # tables and lists inside each other; a definition has a dozen


def read(path: Path) -> Settings:
    """Read and check a configuration file.

    Raises:
        UsageError: It cannot be read or used.
    """
    return _File(path).settings()


def check_definition(name: str, table: Mapping[str, Any], place: Place) -> None:
    """Check what any provider may have of settings in a definition's file, which is not configured.

    Args:
        name: The provider's.
        table: All of its definition.
        place: Where that stands.

    Raises:
        UsageError: A setting is wrong.
    """
    where = ("providers", name)
    file = _File(place.path, above=where[: len(where) - len(place.table)])
    file._check_provider(where, file._provider(name, {"kind": "declared", **table}))  # noqa: SLF001 - the same module


class _File:
    """One configuration file while it is being read.

    Args:
        path: The file.
        above: Keys that lead to what it holds, and do not stand in it.
    """

    def __init__(self, path: Path, above: tuple[str, ...] = ()) -> None:
        self.path = path
        self.text = ""
        self._above = above

    def settings(self) -> Settings:
        """Read, check and return the whole file."""
        document = self._read()
        tables = document.get("providers")
        named = {}
        if isinstance(tables, dict):
            document["providers"] = []
            named = {name: self._provider(name, table) for name, table in tables.items()}
        for key in document:
            if key not in _KEYS:
                raise self._wrong((key,), "is not a setting" + did_you_mean(key, _KEYS))
        for key in ("max_age", "miss_max_age"):
            if isinstance(age := document.get(key), str | int):
                try:
                    document[key] = duration(str(age))
                except UsageError as error:
                    raise self._wrong((key,), f"must be {error.next[12:]}") from error
        verify = self._verifier(document)
        found: Settings = self._checked(Settings, document, ())
        waterfall = dict(found.waterfall)
        default = waterfall.pop("default", found.providers)
        found = replace(
            found,
            providers=default,
            waterfall=waterfall,
            verify=verify,
            tables=named,
            path=self.path,
            ca_bundle=self._beside(found.ca_bundle),
        )
        self._check_values(found)
        return found

    def _verifier(self, document: dict[str, Any]) -> str:
        """Take out of the waterfall who verifies addresses: it is no order of providers."""
        waterfall = document.get("waterfall")
        if not isinstance(waterfall, dict) or "verify" not in waterfall:
            return ""
        document["waterfall"] = {key: one for key, one in waterfall.items() if key != "verify"}
        verify = waterfall["verify"]
        if not isinstance(verify, str) or not verify.strip():
            what = 'must be the name of one provider, such as verify = "hunter"'
            raise self._wrong(("waterfall", "verify"), what)
        return verify.strip()

    def _read(self) -> dict[str, Any]:
        try:
            self.text = self.path.read_text(encoding="utf-8-sig")
            document = tomllib.loads(self.text, parse_float=Decimal)
        except OSError as error:
            raise UsageError(
                f"cannot read the configuration {self.path}: {error.strerror}",
                next="check --config and ENRICHCTL_CONFIG",
            ) from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{self.path} is not UTF-8", next="save it as UTF-8") from error
        except RecursionError:
            raise self._too_deep() from None
        except ValueError as error:  # the parser's words quote no more than one character
            twice = re.search(r"(?m)^\s*providers\s*=", self.text) and "[providers." in self.text
            raise UsageError(
                f"{self.path} is not TOML: {error}",
                next="write the list as default = [...] under [waterfall] when there are "
                "[providers.NAME] tables"
                if twice
                else "correct the file",
            ) from error
        if _depth(document) > DEEPEST:
            raise self._too_deep()
        return document

    def _too_deep(self) -> UsageError:
        what = f"{self.path} nests tables or lists more than {DEEPEST} deep"
        return UsageError(what, next="correct the file")

    def _provider(self, name: str, table: Any) -> ProviderSettings:
        """Check one ``[providers.NAME]`` table; what is not ours stays in ``raw`` or ``login``."""
        where = ("providers", name)
        if not isinstance(table, dict):
            raise self._wrong(where, "must be a table")
        place = Place(self.path, where)
        if isinstance(file := table.get("file"), str):
            own = {key: value for key, value in table.items() if key != "file"}
            place, defined = self._definition(name, file)
            table = {"kind": "declared", **defined, **own}
        keys = _PROVIDER_KEYS - _DEFINED if "kind" in table else _PROVIDER_KEYS
        ours = {key: value for key, value in table.items() if key in keys}
        others = {key: value for key, value in table.items() if key not in _PROVIDER_KEYS}
        if "api_key" in others:
            raise self._wrong(
                (*where, "api_key"),
                "is not read from a file: use key_command, or enrichctl providers login",
            )
        if "kind" not in ours:
            for key, value in others.items():
                hint = did_you_mean(key, _PROVIDER_KEYS)
                if hint or not isinstance(value, str):
                    raise self._wrong((*where, key), "is not a setting" + hint)
        found: ProviderSettings = self._checked(ProviderSettings, ours, where)
        return replace(
            found,
            login={key: value for key, value in others.items() if isinstance(value, str)},
            raw=table if found.kind else {},
            place=place if found.kind else None,
            private=os.name != "posix" or not self.path.stat().st_mode & _OTHERS,
        )

    def _definition(self, name: str, file: str) -> tuple[Place, dict[str, Any]]:
        """Read a provider's definition from a file of its own, with or without its header."""
        where = ("providers", name)
        path = Path(self._beside(file))
        if not path.is_file():
            raise self._wrong((*where, "file"), f"names {path}, which is no file")
        document = _File(path)._read()  # noqa: SLF001 - the same class
        inner: Any = document
        table: tuple[str, ...] = ()
        if "providers" in document:
            inner, table = document["providers"], where
            inner = inner.get(name) if isinstance(inner, dict) else None
        if not isinstance(inner, dict):
            raise self._wrong((*where, "file"), f"names {path}, which holds no [providers.{name}]")
        return Place(self.path, where, Place(path, table)), inner

    def _beside(self, file: str) -> str:
        """Make a path of the file relative to its directory."""
        return str(self.path.parent / Path(file).expanduser()) if file else ""

    def _checked(self, kind: type[Any], document: dict[str, Any], where: tuple[str, ...]) -> Any:
        try:
            return TypeAdapter(kind).validate_python(document)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise self._explained(first, document, where) from None

    def _explained(
        self, error: ErrorDetails, document: dict[str, Any], where: tuple[str, ...]
    ) -> UsageError:
        """Turn the first complaint into words, without the branch names of a union."""
        path: tuple[str | int, ...] = where
        here: Any = document
        for part in error["loc"]:
            if part in here if isinstance(here, dict) else isinstance(here, list):
                here = here[part]
                path = (*path, part)
        if error["type"] == "missing":
            return self._wrong(path, f"lacks {error['loc'][-1]}")
        if error["type"] == "unexpected_keyword_argument":
            kind = BudgetSetting if "budget" in path else RateSetting
            hint = did_you_mean(str(path[-1]), (f.name for f in fields(kind)))
            return self._wrong(path, "is not a setting" + hint)
        if path[-1] == "price":
            return self._wrong(path, "must be a number or field = number")
        if error["type"] == "dataclass_type" and path[-1] == "budget":
            return self._wrong(path, "must be a table, as in {run = 200, day = 500, month = 5000}")
        said = error["msg"].replace("Input should", "must", 1)
        return self._wrong(path, said.replace("a valid decimal", "a number"))

    def _check_values(self, found: Settings) -> None:
        """Check what types cannot say."""
        for name in (*found.wants, *found.waterfall):
            if not is_field(name):
                key = ("wants",) if name in found.wants else ("waterfall", name)
                raise self._wrong(key, f"names no field: {name}" + did_you_mean(name, FIELDS))
        region = found.default_region
        if region and not re.fullmatch("[A-Z]{2}", region):
            raise self._wrong(("default_region",), "must be two capital letters, such as US")
        least = found.min_confidence
        if least is not None and not 0 <= least <= 1:
            raise self._wrong(("min_confidence",), "must be from 0 to 1")
        for name, table in found.tables.items():
            self._check_provider(("providers", name), table)

    def _check_provider(self, where: tuple[str, ...], table: ProviderSettings) -> None:
        if not re.fullmatch(_ACCOUNT, table.account):
            raise self._wrong(
                (*where, "account"), "must be a name of up to 64 letters, digits and . _ @ -"
            )
        if table.currency and not re.fullmatch(_CURRENCY, table.currency):
            raise self._wrong(
                (*where, "currency"), 'must say what a credit costs, as in "EUR 0.04"'
            )
        rates = table.rates or []
        price = table.price if isinstance(table.price, dict) else {"": table.price}
        numbers: list[tuple[str, str, Decimal | float | None, int]] = [
            *(
                ("budget", f.name, getattr(table.budget, f.name), MOST_CREDITS)
                for f in fields(BudgetSetting)
            ),
            *(("price", item, number, MOST_CREDITS) for item, number in price.items()),
            *(("rates", "limit", rate.limit, MOST_CALLS) for rate in rates),
            *(("rates", "seconds", rate.seconds, LONGEST_WINDOW) for rate in rates),
            ("warn_below", "", table.warn_below, MOST_CREDITS),
            ("concurrency", "", table.concurrency, MOST_AT_ONCE),
            ("timeout", "", table.timeout, LONGEST_CALL),
        ]
        for key, part, number, most in numbers:
            if number is None:
                continue
            path = (*where, key, part) if part else (*where, key)
            zero = most == MOST_CREDITS
            if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
                raise self._wrong(path, "must be " + ("0 or more" if zero else "above 0"))
            if number > most:
                raise self._wrong(path, f"must be at most {most}")
        if table.base_url and (wrong := urls.trouble(table.base_url)):
            raise self._wrong((*where, "base_url"), wrong)

    def _wrong(self, key: tuple[str | int, ...], what: str) -> UsageError:
        return Place(self.path).wrong(key[len(self._above) :], what)


def _depth(document: Any) -> int:
    """Return how many tables and lists are inside each other, without going down by calls."""
    depth, level = 0, [document]
    while level and depth <= DEEPEST:
        inner = (one.values() if isinstance(one, dict) else one for one in level)
        level = [each for part in inner for each in part if isinstance(each, dict | list)]
        depth += 1
    return depth
