"""What decides about the records of a run, besides their cells and answers, as one digest.

Two runs of the same conditions make the same of the same record. Whatever might decide in a way
that is not known here makes a run incomparable: it works everything out, which is always right.
"""

from dataclasses import fields
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from enrichctl import installation
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.enrich.request import input_name
from enrichctl.config import ProviderSettings, Settings
from enrichctl.engine.question import Rules
from enrichctl.registry import origin
from enrichctl.wanted_fields import own_columns

if TYPE_CHECKING:
    from enrichctl.cli.enrich.job import Job

# What is in the digest by way of rules, steps and columns, and what changes no result.
_OPTIONS = frozenset(
    {
        "source", "provider", "want", "map_", "overwrite", "min_confidence", "accept",
        "default_region", "suppress", "save", "sandbox", "real_limits", "dry_run", "budget",
        "limit", "random", "yes", "max_age", "fresh", "retry_failed", "retry_unconfirmed",
        "max_errors", "max_duration", "concurrency", "output", "format_", "json_", "json_schema",
        "input_format", "encoding", "sheet", "delimiter", "provenance", "no_excel_safe", "force",
        "log_file",
    }
)  # fmt: skip
_SETTINGS = frozenset(
    {
        "providers", "wants", "default_region", "max_age", "miss_max_age", "min_confidence",
        "accept", "verified_email", "excel_safe", "keyring", "keyring_any_backend", "ca_bundle",
        "waterfall", "verify", "mappings", "tables", "path",
    }
)  # fmt: skip
_OF_PROVIDERS = frozenset(
    {
        "kind", "base_url", "account", "key_command", "price", "warn_below", "concurrency",
        "timeout", "save", "login", "raw", "place", "keyring", "keyring_any_backend", "private",
        "rates", "budget",
    }
)  # fmt: skip
_RULES = frozenset(
    {
        "overwrite", "min_confidence", "max_age", "miss_age", "region", "retry_failed",
        "retry_unconfirmed", "verified_email", "accept_review", "verify",
    }
)  # fmt: skip


def conditions_of(job: "Job") -> bytes | None:
    """Return the digest of the conditions of a run; None where they cannot be compared."""
    if input_name(job.source) == "-" or not _is_known(job) or own_columns(job.source.header):
        return None
    options, match = job.options, job.match
    parts: list[Any] = [
        installation.seal(),
        job.source.header,
        sorted(match.columns.items()),
        sorted((name, tuple(places)) for name, places in match.fallbacks.items()),
        _in_order(job.rules),
        sorted((name, tuple(chain)) for name, chain in job.chains.items()),
        job.suppression.seal if job.suppression else b"",
        (options.provenance, job.format in ("json", "jsonl"), options.sandbox),
    ]
    for step in job.steps:
        own = job.settings.provider(step.provider.name)
        parts.append((step.provider.name, step.fills, step.account, step.save, own.kind, own.raw))
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _is_known(job: "Job") -> bool:
    """Tell whether nothing decides about records that is not looked at here."""
    options, settings = job.options, job.settings
    odd = [name for name in options._fields if name not in _OPTIONS]
    if any(getattr(options, name) != EnrichOptions._field_defaults.get(name) for name in odd):
        return False
    names = [step.provider.name for step in job.steps]
    if any(origin(name, settings) == "package" for name in names):  # anybody's code
        return False
    own = [settings.provider(name) for name in names]
    if any(one.kind == "table" for one in own):  # a file that may change at any time
        return False
    return (
        _are_default(settings, Settings(), _SETTINGS)
        and all(_are_default(one, ProviderSettings(), _OF_PROVIDERS) for one in own)
        and _are_default(job.rules, Rules(), _RULES)
    )


def _are_default(given: Any, default: Any, known: frozenset[str]) -> bool:
    """Tell whether all that is not known is as it is by default."""
    odd = [one.name for one in fields(given) if one.name not in known]
    return all(getattr(given, name) == getattr(default, name) for name in odd)


def _in_order(rules: Rules) -> list[tuple[str, Any]]:
    """Return the rules, spelled alike in every process."""
    values = ((one.name, getattr(rules, one.name)) for one in fields(rules))
    return [(name, sorted(v) if isinstance(v, frozenset) else v) for name, v in values]
