"""Whether a definition holds together: the first thing that does not is one `UsageError`."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from enrichctl.declared.schema import DeclaredCall, Definition, PollCall
from enrichctl.declared.templates import Template
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.fields import FIELDS, is_field
from enrichctl.model import NOTHING
from enrichctl.patterns import pattern
from enrichctl.price import Price
from enrichctl.provider import VERDICT

Where = Callable[[Sequence[str | int], str], UsageError]
"""Makes an error of a key and what is wrong with it, naming file and line."""

Complaint = tuple[tuple[str, ...], str]

TELLS = {"item", "asks", "save", "overwrite"}  # what templates may name besides fields
_NAME = pattern(r"[a-z][a-z0-9_]*")


def read(name: str, table: Mapping[str, Any], where: Where) -> Definition:
    """Check a definition and return it.

    Raises:
        UsageError: The first thing that is wrong with it.
    """
    if not _NAME.fullmatch(name):
        raise where((), "must be named in lower-case letters, digits and _")
    try:
        found = Definition.model_validate(dict(table))
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        # A key that is not known is often why another is missing.
        first = min(details, key=lambda one: one["type"] != "extra_forbidden")
        raise where(*_explained(first)) from None
    for key, what in _complaints(name, found):
        raise where(key, what)
    return found


def verifier_of(d: Definition) -> Definition | None:
    """Return a definition of the call that verifies an address, as if it were a provider's own."""
    if d.verify is None:
        return None
    own = d.verify
    return d.model_copy(
        update={
            "needs": [["email"]], "hints": [], "about": None, "default_wants": [VERDICT],
            "request": own.request, "response": own.response, "words": own.words or d.words,
            "billed": own.billed or d.billed, "price": own.price, "cost": own.cost,
            "sold_as": {}, "confidence": None, "source": None, "verify": None,
        }
    )  # fmt: skip


def price_of(definition: Definition) -> Price:
    """Return the price that a definition states.

    What a request cannot leave out is charged once it is found, whoever wanted it.
    """
    items, names, asks = dict(definition.price), definition.request.names, definition.request.asks
    each = items.pop("each", NOTHING)
    always = tuple(
        field
        for field in definition.response
        if items.get(definition.sold_as.get(field, field), each)
        and f"wants.{field}" not in names
        and not ("asks" in names and field in asks)
    )
    return Price(definition.billed, items, definition.sold_as, each, always)


def _explained(error: ErrorDetails) -> Complaint:
    """Turn a complaint of pydantic's into a key and words."""
    key = tuple(str(part) for part in error["loc"] if isinstance(part, str) and part != "*")
    if error["type"] == "extra_forbidden":
        return key, "is not a setting" + did_you_mean(key[-1], _known(key[:-1]))
    if error["type"] == "missing":
        return key[:-1], f"lacks {key[-1]}"
    if error["type"] == "value_error":
        return key, str(error["ctx"]["error"])
    return key, error["msg"].replace("Input should", "must", 1)


def _known(key: Sequence[str]) -> list[str]:
    """Return the keys that a table of a definition may have."""
    model: Any = Definition
    for part in key:
        fields = {f.alias or name: f for name, f in model.model_fields.items()}
        model = next(filter(None, map(_model, _types(fields[part].annotation))), None)
        if model is None:
            return []
    return [f.alias or name for name, f in model.model_fields.items()]


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _types(part)


def _model(kind: Any) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _complaints(name: str, d: Definition) -> Iterator[Complaint]:
    yield from _about_fields(name, d)
    yield from _about_login(d)
    yield from _about_price(d)
    yield from _about_request(d)
    yield from _about_batch(d)
    yield from _about_poll(d)
    yield from _about_meaning(d)
    yield from _about_verify(name, d)


def _about_fields(name: str, d: Definition) -> Iterator[Complaint]:
    if not d.needs or not all(d.needs):
        yield ("needs",), 'must hold at least one set of fields, such as [["email"]]'
    named = [("needs", need) for needs in d.needs for need in needs]
    named += [("hints", hint) for hint in d.hints]
    for key, field in [*named, *(("response", each) for each in d.response)]:
        owner = field.partition(".")[0]
        if not is_field(field) or ("." in field and field not in FIELDS and owner != name):
            hint = did_you_mean(field, FIELDS) or f"; a field of its own is called {name}.…"
            yield (key, field) if key == "response" else (key,), f"names no field: {field}{hint}"
    if not d.response:
        yield ("response",), "must say where at least one field stands"
    finds = d.response.keys()
    for key, fields in (
        ("default_wants", d.default_wants), ("about", d.about or ()),
        ("words", d.words), ("sold_as", d.sold_as),
    ):  # fmt: skip
        yield from _unknown((key,), fields, finds, "which [response] does not")
    yield from _unknown(("request", "asks"), d.request.asks, finds, "which [response] does not")


def _unknown(
    key: tuple[str, ...], named: Collection[str], known: Collection[str], why: str
) -> Iterator[Complaint]:
    for field in named:
        if field not in known:
            yield key, f"names {field}, {why}" + did_you_mean(field, known)


def _about_login(d: Definition) -> Iterator[Complaint]:
    if d.auth is None:
        return
    ways = [d.auth.bearer, d.auth.header, d.auth.basic, d.auth.query]
    if sum(map(bool, ways)) != 1:
        yield ("auth",), "must be one of bearer = true, header, basic and query"
    if d.auth.prefix and not d.auth.header:
        yield ("auth", "prefix"), "stands before a key in a header: name that header"


def _about_price(d: Definition) -> Iterator[Complaint]:
    sold = {*d.response, *d.sold_as.values(), "*", "each"}
    yield from _unknown(("price",), d.price, sold, "which is neither in [response] nor in sold_as")
    yield from _unknown(("sold_as",), d.sold_as.values(), d.price, "which has no price")
    if d.billed == "no" and any(d.price.values()):
        yield ("price",), 'is given, but billed = "no" says that nothing is charged'
    wants = d.default_wants or list(d.response)
    if d.billed != "no" and not price_of(d).most(wants):
        yield ("billed",), f'is "{d.billed}", so a price must be given for what is wanted'


def _about_request(d: Definition) -> Iterator[Complaint]:
    yield from _about_holes(d)
    request = d.request
    if "asks" in request.names and not request.asks:
        yield ("request",), "names {asks}, but has no asks = {FIELD = WORD}"
    if request.method == "GET" and request.body is not None:
        yield ("request", "json"), "cannot be sent with GET: use query"
    for header, value in request.headers.items():
        if "{" in value:
            yield ("request", "headers", header), "cannot hold a {field}: it is the same on all"
    for word in ("request", "poll", "balance", "check"):
        made: DeclaredCall | None = getattr(d, word)
        if made and not made.path.text.startswith("/"):
            yield (word, "path"), "must start with /"
        if made and word in ("balance", "check") and (names := made.path.names | made.others):
            yield (word,), f"names {{{min(names)}}}, but it is a call about nobody"


def _about_holes(d: Definition) -> Iterator[Complaint]:
    inputs = {*d.hints, *(field for need in d.needs for field in need)}
    known = inputs | TELLS | {f"wants.{field}" for field in d.response}
    for key, template in _templates(d):
        for name in sorted(template.names - known):
            if name == "ticket":
                why = "which is known only to [poll]"
            elif is_field(name):
                why = "which stands neither in needs nor in hints"
            else:
                why = "which is no field" + did_you_mean(name, known)
            yield key, f"names {{{name}}}, {why}"
    if unused := set(d.hints) - d.request.names:
        yield ("hints",), f"names {min(unused)}, but no part of the request tells it"
    if inputs.isdisjoint(d.request.names):
        yield ("request",), f"tells nothing: no part of it names {{{min(inputs)}}}"
    for name in sorted(d.request.path.names):
        if not all(name in need for need in d.needs):
            yield ("request", "path"), f"names {{{name}}}, which not every set of needs holds"


def _templates(d: Definition) -> Iterator[tuple[tuple[str, ...], Template]]:
    yield from ((("request", *key), template) for key, template in d.request.templates.items())


def _about_batch(d: Definition) -> Iterator[Complaint]:
    batch, body = d.request.batch, d.request.body
    if batch is None:
        if body is not None and "item" in body.names:
            yield ("request", "json"), "names {item}, but there is no batch"
        return
    key = ("request", "batch")
    if body is None:
        yield key, "needs json: what one of its items looks like"
        return
    if batch.around is not None and not batch.items:
        yield key, "lacks items: the key that holds the list beside what is around it"
    yield from _about_shared(d)
    if batch.echo is not None and "item" not in body.names:
        yield (*key, "echo"), "tells answers apart by {item}, which json does not send"
    at_once = d.poll is None or d.poll.adds
    if batch.cost is not None and (d.cost or not at_once):
        yield (*key, "cost"), "is for answers that come at once, in place of the other cost"
    for name in ("missed", "refused"):
        if getattr(batch, name) is not None and batch.echo is None:
            yield (*key, name), "needs echo: by position nobody knows who is missing"


def _about_shared(d: Definition) -> Iterator[Complaint]:
    for part, template in _templates(d):
        fields = {name for name in template.names - TELLS if not name.startswith("wants.")}
        own = fields | (template.names & {"item"})
        if part != ("request", "json") and own:
            yield part, f"names {{{min(own)}}}, but stands once for a whole batch"


def _about_poll(d: Definition) -> Iterator[Complaint]:
    poll = d.poll
    if poll is None:
        return
    if not poll.pending and not poll.done:
        yield ("poll",), "lacks pending or done: when is there an answer?"
    yield from _about_adds(d, poll)
    names = poll.path.names | poll.others
    if "ticket" not in names:
        yield ("poll", "path"), "does not name {ticket}, nor does any other part of the call"
    for name in sorted(names - {"ticket"}):
        yield ("poll",), f"names {{{name}}}, but knows {{ticket}} only"


def _about_adds(d: Definition, poll: PollCall) -> Iterator[Complaint]:
    if not poll.adds:
        if poll.answers or poll.echo:
            yield ("poll",), "has answers and echo only with adds: what comes later"
        return
    key = ("poll", "adds")
    yield from _unknown(key, poll.adds, d.response, "which [response] does not")
    if d.request.batch is None or not (poll.answers and poll.echo):
        yield key, "needs [request.batch], and answers and echo: whose is what comes later?"
    for field in poll.adds:
        if f"wants.{field}" not in d.request.names:
            yield key, f"names {field}, but no part of the request names {{wants.{field}}}"


def _about_meaning(d: Definition) -> Iterator[Complaint]:
    plain: dict[int, str] = {}
    for kind in type(d.meaning).model_fields:
        for rule in getattr(d.meaning, kind):
            if rule.status is None and rule.when is None:
                yield ("meaning", kind), "holds a rule with neither status nor when"
            if rule.when is not None or rule.status is None:
                continue
            if rule.status in plain:
                yield ("meaning", kind), f"{rule.status} is {plain[rule.status]} already"
            plain[rule.status] = kind
            if rule.status < 300 and kind not in ("miss", "pending"):  # noqa: PLR2004 - HTTP's own
                yield ("meaning", kind), f"{rule.status} is an answer: say when it means this"
    for window in d.windows:
        if window.reset is None and window.seconds is None:
            yield ("windows",), f"{window.name} needs reset or seconds: how long is it waited?"


def _about_verify(name: str, d: Definition) -> Iterator[Complaint]:
    own = verifier_of(d)
    if own is None:
        return
    if d.poll or d.request.batch or own.request.batch:
        yield ("verify",), "is for definitions that ask about one person a call and wait for it"
    if VERDICT not in own.response or VERDICT not in d.response:
        yield ("verify", "response"), f"must say where {VERDICT} stands, as [response] must"
    for words in own.words.keys() - own.response.keys() if d.verify and d.verify.words else ():
        yield ("verify", "words"), f"names {words}, which [verify.response] does not"
    trimmed = own.model_copy(update={"words": {}})
    for about in (_about_fields(name, trimmed), _about_price(own), _about_request(own)):
        for key, what in about:
            yield ("verify", *key), what
