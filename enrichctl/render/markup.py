"""HTML that cannot be broken by what it shows, and the pieces that a page is made of."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from enrichctl.render.listing import percent
from enrichctl.render.screen import clean

VOID = frozenset({"meta", "hr", "br"})  # elements that have no end
OTHER = "gain"  # the colour of what has none of its own

Cells = Sequence[tuple[str, object]]
Tints = Mapping[str, str]  # provider → its colour


class Html(str):
    """Text that is HTML already, and is put in as it is."""

    __slots__ = ()


def text(value: object) -> Html:
    """Return a value as HTML; what would act on the reader's screen is made visible."""
    return value if isinstance(value, Html) else Html(escape(clean(str(value))))


def join(*parts: object) -> Html:
    """Return parts one after the other; None is nothing."""
    return Html("".join(text(part) for part in parts if part is not None))


def tag(element: str, /, *inside: object, **attributes: object) -> Html:
    """Return an element.

    Args:
        element: Its name.
        inside: What it holds; text is escaped, None is nothing.
        attributes: Underscores stand for hyphens, one at the end is dropped; None is left out.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "" if element in VOID else f"{join(*inside)}</{element}>"
    return Html(f"<{element}{said}>{end}")


def section(title: str, *inside: object, kind: str | None = None) -> Html:
    """Return a part of the page under its title."""
    return tag("section", tag("h2", title), *inside, class_=kind)


def note(*inside: object) -> Html:
    """Return what is said in passing."""
    return tag("p", *inside, class_="note")


def table(columns: Sequence[str], rows: Iterable[Cells]) -> Html:
    """Return a table of (column, content); cells name their column for narrow screens."""
    return tag("table", _head(columns), tag("tbody", *map(_row, rows)))


def grouped(groups: Sequence[tuple[str, Sequence[Cells]]]) -> Html:
    """Return a table whose rows stand under the names of their groups; none of them is empty."""
    columns = [column for column, _ in groups[0][1][0]]
    span = len(columns)
    bodies = (
        tag(
            "tbody",
            tag("tr", tag("th", name, scope="rowgroup", colspan=span), class_="group"),
            *map(_row, rows),
        )
        for name, rows in groups
    )
    return tag("table", _head(columns), *bodies)


def figures(columns: Sequence[str], rows: Iterable[Cells]) -> Html:
    """Return the figures of a picture as a table, to be opened."""
    return tag("details", tag("summary", "Figures"), table(columns, rows))


def _head(columns: Sequence[str]) -> Html:
    return tag("thead", tag("tr", *(tag("th", name, scope="col") for name in columns)))


def _row(cells: Cells) -> Html:
    (_, first), *rest = cells
    return tag(
        "tr",
        tag("th", first, scope="row"),
        *(tag("td", what, data_of=column) for column, what in rest),
    )


def bar(*parts: tuple[str, float], said: str | None = None, kind: str = "bar") -> Html:
    """Return a bar of (colour, share); ``said`` is for people who cannot see it."""
    drawn = (tag("i", class_=tint, style=f"width:{min(p, 1):.2%}") for tint, p in parts if p > 0)
    return tag("span", *drawn, class_=kind, role=said and "img", aria_label=said)


def meter(rate: float | None, tint: str) -> Html:
    """Return a share as a bar with its number."""
    return tag("span", bar((tint, rate or 0)), tag("b", percent(rate)), class_="meter")


def dot(tint: str) -> Html:
    """Return a dot in a colour."""
    return tag("i", class_=f"dot {tint}")


def named(name: str, tints: Tints) -> Html:
    """Return a provider's name with its colour."""
    return join(dot(tints.get(name, OTHER)), name)


def key(tints: Tints) -> Html:
    """Return what each colour stands for."""
    return tag("ul", *(tag("li", named(name, tints)) for name in tints), class_="key")
