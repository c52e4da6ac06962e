"""A document of HTML that stands alone: no script, no network, no other file."""

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files

from enrichctl import __version__
from enrichctl.render.listing import moment
from enrichctl.render.markup import Html, join, tag

GENERATOR = '<meta name="generator" content="enrichctl '  # by which a page of ours is known
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
COLOURS = 7  # that page.css has for providers
NOT_REAL = tag("span", "sandbox: made-up people, no real credits", class_="state")


def html_document(title: str, parts: Iterable[Html | None], at: datetime, more: str = "") -> str:
    """Return a whole document.

    Args:
        title: Of its window.
        parts: What it shows; None is nothing.
        at: When it was made.
        more: What else its last line says.
    """
    style = (files(__package__) / "page.css").read_text("utf-8")
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="generator", content=f"enrichctl {__version__}"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("style", Html(style)),
    )
    made = f"Made by enrichctl {__version__}, {moment(at)} UTC.{more}"
    body = tag("main", *parts, tag("footer", made))
    html = tag("html", tag("head", head), tag("body", body), lang="en")
    return f"<!doctype html>\n{html}\n"
