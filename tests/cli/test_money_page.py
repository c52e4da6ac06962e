"""What the money bought as a page: the figures of the document, no script, no network."""

import re
import stat
from html.parser import HTMLParser

import pytest
from test_credits import begin, spend

from enrichctl.cli import app
from enrichctl.journal import record_rows
from enrichctl.model import Gain, Outcome, Segment


class Reader(HTMLParser):
    """Takes the page apart: its elements, what they hold, and where they point."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.pointed, self.open = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.pointed += [value for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)


@pytest.fixture
def bought(journal, tmp_path):
    """Eight answers about people of two countries, three of them matches."""
    (tmp_path / "config.toml").write_text(
        '[providers.leadlex]\ncurrency = "EUR 0.10"\nbudget = {day = 5}\n'
    )
    run = begin(journal)
    gains = []
    for place in range(8):
        matched = place < 3
        number = spend(journal, run, "2" if matched else "0",
                       Outcome.MATCHED if matched else Outcome.MISSED)  # fmt: skip
        got = ("email",) if matched else ()
        segment = Segment("DE" if place % 2 else "<FR>")
        gains.append(Gain(number, segment, ("email",), ("email",), got, got, place == 0))
    tried = [
        {"provider": "leadlex", "outcome": "matched", "attempt": 1, "accepted": ["email"]},
        {"provider": "lemlist", "outcome": "missed", "attempt": 2, "accepted": []},
    ]
    told = record_rows.RecordRow(1, 2, "enriched", "", {}, tried)
    record_rows.put_records(journal, run, [record_rows.pack_record(told)], gains)
    journal.write(lambda db: db.execute("UPDATE runs SET records=1"))
    return tmp_path


def page(folder, capsys, *more):
    assert app.run(["credits", "--html", str(folder / "money.html"), *more]) == 0
    capsys.readouterr()
    return (folder / "money.html").read_text("utf-8")


def test_the_page_has_the_figures_and_stands_alone(bought, capsys):
    html = page(bought, capsys)
    read = Reader(html)
    words = " ".join(" ".join(read.words).split())

    assert read.open == []
    assert {"script", "link", "img", "iframe"}.isdisjoint(read.elements)
    assert read.pointed == []
    assert not re.search(r"https?://", html)
    assert "8 questions asked" in words
    assert "3 blank fields filled" in words
    assert "6 credits" in words
    assert "EUR 0.20" in words  # a filled field
    assert "EUR 0.60" in words  # a deliverable e-mail
    assert "38%" in words  # 3 of 8
    assert "14% to 69%" in html  # Wilson's bounds of 3 of 8
    assert "budget 5 a day" in words
    assert 'class="limit"' in html
    assert "&lt;FR&gt;" in html
    assert stat.S_IMODE((bought / "money.html").stat().st_mode) == 0o600


def test_a_page_shows_the_waterfall_of_the_last_run(bought, capsys):
    words = " ".join(Reader(page(bought, capsys)).words)
    words = " ".join(words.split())
    assert "Down the waterfall of the last run" in words
    assert "1. leadlex 1 record 1 matched (100%), 0 missed filled email 1" in words
    assert "2. lemlist 1 record 0 matched (0%), 1 missed filled nothing" in words
    assert "enrichctl status 20251120-090000-aaaa" in words


def test_what_a_deliverable_address_costs_is_a_bar_from_zero_for_each_kind_of_person(
    bought, capsys
):
    """Of four people in France two are matches, at EUR 0.20, and one address is deliverable."""
    html = page(bought, capsys)
    france = html[html.index("&lt;FR&gt;") :].partition("</tr></tbody>")[0]
    germany = html[html.index(">DE<") :].partition("</tr></tbody>")[0]

    assert '<i class="p0 striped" style="width:100.00%"></i></span><b>EUR 0.40</b>' in france
    assert '<span class="meter"><b>-</b></span>' in germany  # no bar of what is not known
    assert "all are in the same money" in html


def test_credits_of_rehearsals_are_never_in_money(bought, journal, capsys):
    name = begin(journal, "20251120-100000-bbbb")
    number = spend(journal, name, "7", account="sandbox acme")
    gain = Gain(number, Segment("DE"), ("email",), ("email",), ("email",), ("email",), True)
    record_rows.put_records(journal, name, [], [gain])
    html = page(bought, capsys, "--sandbox")

    assert "made-up credits" in html
    assert "Made-up credits by day" in html
    assert "EUR" not in html
    assert "budget 5" not in html
    assert "<b>7</b>" not in page(bought, capsys)


def test_a_page_of_ours_is_replaced_and_a_file_of_others_is_not(bought, capsys):
    page(bought, capsys)
    page(bought, capsys)
    (bought / "money.html").write_text("my own notes")
    assert app.run(["credits", "--html", str(bought / "money.html")]) == 2
    assert "--force" in capsys.readouterr().err
    assert (bought / "money.html").read_text() == "my own notes"
    page(bought, capsys, "--force")


def test_what_rehearsals_bought_says_so(bought, capsys):
    read = Reader(page(bought, capsys, "--sandbox"))
    words = " ".join(read.words)
    assert "sandbox: made-up people" in words
    assert "No provider has answered" in words


@pytest.mark.parametrize(
    "words", [["--html", "x.html", "--by", "country"], ["--html", "x.html", "--json"], ["--force"]]
)
def test_what_does_not_go_together_is_refused(bought, words, capsys):
    assert app.run(["credits", *words]) == 2
