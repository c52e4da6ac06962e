import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from enrichctl.journal.pages import Fill, Spending, SpendingLine, WaterfallStep
from enrichctl.journal.record_rows import RecordRow
from enrichctl.render.html_document import GENERATOR, POLICY
from enrichctl.render.markup import VOID, Html, tag
from enrichctl.render.page import RunPage, page_html

BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)
ALLOWED = {  # elements that can fetch or run nothing
    "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section",
    "article", "div", "h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "span", "b", "i",
    "em", "small", "bdi", "code", "pre", "del", "ins", "ol", "table", "thead", "tbody",
    "tr", "th", "td", "figure", "figcaption", "svg", "path", "details", "summary",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "style", "role", "aria-label",
    "aria-hidden", "scope", "data-of", "d", "vector-effect", "viewbox", "preserveaspectratio",
}  # fmt: skip
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=//evil.example/x onerror=alert(1)>', "'--><b>",
    "</style></title></textarea>", "&lt;b&gt;", "https://evil.example/?a=1&b=2",
)  # fmt: skip
UNSEEN = "\u202egnp.exe\x00\x1b[2J\u2066"


class Read(HTMLParser):
    """A page as a strict reader sees it."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.attributes, self.said = [], set(), set(), []
        self.tinted = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.tinted.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.said.append(data)

    @property
    def text(self):
        return "".join(self.said)


def story(**facts):
    run = {
        "id": "20260131-100000-aaaa", "sandbox": False, "started_at": BEGAN,
        "finished_at": BEGAN + timedelta(seconds=8), "waited": 0.0, "state": "done",
        "stopped_by": None,
        "exit_status": 3, "input": "/in/leads.csv", "output": "-", "records": 8, "people": 7,
        "outcomes": {"enriched": 5, "failed": 1, "no_match": 2}, "resume": None, "needs_you": False,
        "written": True, "piloted": False,
        "who": None, "suppressed": {"records": 0, "attempts": 0}, "waiting": 0, "erased": 0,
        "not_asked": [],
        "job": {"runs": 1, "since": BEGAN, "credits": Decimal("10.5"), "set_aside": Decimal(0)},
        "providers": [
            {
                "name": name, "asked": 4, "matched": 3, "missed": 1, "declined": 0, "failed": 0,
                "unconfirmed": 0, "calls": 4, "reused": 0, "credits": Decimal(cost),
                "set_aside": Decimal(0),
                "match_rate": 0.75,
            }
            for name, cost in (("leadlex", "3"), ("lemlist", "7.5"))
        ],
        "fields": [
            {"name": "phone", "filled_before": 2, "filled_after": 6},
            {"name": "industry", "filled_before": 0, "filled_after": 0},
        ],
        "errors": [{"cause": "leadlex: rejected", "count": 1, "next": "correct the rows"}],
    }  # fmt: skip
    told = {
        "run": run, "command": "enrichctl enrich leads.csv", "means": "done, some records failed",
        "waterfall_steps": [
            WaterfallStep(1, "leadlex", 8, 5, 3, Counter(phone=3)),
            WaterfallStep(2, "lemlist", 3, 1, 1, Counter(phone=1)),
        ],
        "fills": [Fill("phone", 2, {"leadlex": 3, "lemlist": 1})],
        "spending": Spending(
            BEGAN, BEGAN + timedelta(seconds=8),
            [SpendingLine("leadlex", [(0.0, Decimal(1)), (0.5, Decimal(3))]),
             SpendingLine("lemlist", [(1.0, Decimal("7.5"))])],
        ),
        "sample": [], "later": "", "at": BEGAN + timedelta(hours=1),
    }  # fmt: skip
    told["run"] |= facts.pop("run", {})
    return RunPage(**(told | facts))


def found(**values):
    """Return a record of which leadlex found some values."""
    cells = {name: [None, text, "leadlex", "", 1] for name, text in values.items()}
    return RecordRow(3, 4, "enriched", "", cells, [])


def bars(read, kind="i"):
    """Return the parts of bars: (colour, width)."""
    return [
        (how["class"], how["style"]) for tag, how in read.tinted if tag == kind and "style" in how
    ]


@pytest.fixture
def hostile():
    """Put what strangers may write wherever a page shows something of theirs."""
    bad = "".join((*HOSTILE, UNSEEN))
    record = RecordRow(3, 4, "enriched", "", {bad: [bad, f"{bad}!", bad, bad, 1]}, [])
    made = story(command=bad, means=bad, sample=[record], later=bad)
    made.run.update(input=f"/in/{bad}", output=bad, resume=bad, stopped_by=bad, state="stopped")
    made.run["errors"] = [{"cause": bad, "count": 1, "next": bad}]
    made.run["fields"][0]["name"] = made.run["fields"][1]["name"] = bad
    made.run["providers"][0]["name"] = made.waterfall_steps[0].provider = bad
    made.fills[0].name = bad
    made.fills[0].found[bad] = 1
    made.spending.lines.append(SpendingLine(bad, [(0.5, Decimal(1))]))
    return page_html(made)


def test_what_strangers_write_stays_text(hostile):
    read = Read(hostile)

    assert read.elements <= ALLOWED
    assert read.attributes <= ATTRIBUTES
    for text in HOSTILE:
        assert read.text.count(text) >= 10
    for character in UNSEEN:
        assert character.isprintable() or character not in hostile


def test_a_page_asks_nothing_of_the_network(hostile):
    style = hostile[hostile.index("<style>") : hostile.index("</style>")]

    assert (
        f'http-equiv="Content-Security-Policy" content="{POLICY.replace(chr(39), "&#x27;")}"'
        in hostile
    )
    assert not re.search(r"url\(|@import|//|<", style.removeprefix("<style>"))
    assert Read(hostile).attributes.isdisjoint({"src", "href", "srcset", "action", "xmlns"})


def test_a_page_says_who_made_it_where_that_is_looked_for():
    assert GENERATOR in page_html(story())[:2048]


def test_the_parts_of_bars_are_what_was_counted():
    read = Read(page_html(story()))

    widths = bars(read)
    assert ("o-enriched", "width:62.50%") in widths
    phone = widths.index(("was", "width:25.00%"))
    assert widths[phone + 1 : phone + 3] == [("p0", "width:37.50%"), ("p1", "width:12.50%")]
    assert "25% → 75%2 → 6" in read.text
    assert "Not found: industry." in read.text


def test_the_waterfall_is_as_wide_at_each_place_as_records_came_that_far():
    read = Read(page_html(story()))

    widths = [how["style"] for tag, how in read.tinted if tag == "div" and "style" in how]
    assert widths[:2] == ["width:100.00%", "width:37.50%"]  # 8 and 3 of 8
    parts = bars(read)
    first = parts.index(("p0", "width:62.50%"))
    assert parts[first : first + 4] == [
        ("p0", "width:62.50%"), ("p0 striped", "width:37.50%"),
        ("p1", "width:33.33%"), ("p1 striped", "width:33.33%"),
    ]  # fmt: skip
    said = [
        how["aria-label"] for _, how in read.tinted if "lemlist: 3" in how.get("aria-label", "")
    ]
    assert said == ["lemlist: 3 records, 1 matched (50%), 1 missed, 1 without an answer"]
    assert "5 matched (62%), 3 missedfilled phone 3" in read.text


@pytest.mark.parametrize(("more", "said"), [
    ("", "To go on, run this command; nothing is paid for twice:"),
    (" --retry-unconfirmed", "After that, run this command; what was charged is charged again:"),
])  # fmt: skip
def test_the_command_to_go_on_says_whether_something_may_be_paid_for_twice(more, said):
    text = Read(page_html(story(run={"resume": f"enrichctl enrich leads.csv{more}"}))).text
    assert said in text


def test_credits_of_a_rehearsal_are_nowhere_called_spent():
    job = {"runs": 2, "since": BEGAN, "credits": Decimal(21), "set_aside": Decimal(0)}
    text = Read(page_html(story(run={"sandbox": True, "job": job}))).text

    assert "2 runs since 2026-01-31 10:00 UTC, 21 made-up credits" in text
    assert "Made-up credits over time" in text
    assert "spent" not in text.replace("credits spent over time; the totals", "")


def test_who_filled_a_field_is_left_out_when_not_all_records_are_kept():
    made = story(fills=[Fill("phone", 1, {"leadlex": 1})])

    assert ("gain", "width:50.00%") in bars(Read(page_html(made)))


def test_credits_over_time_are_steps_up_to_a_round_mark():
    read = Read(page_html(story()))

    lines = [how["d"] for tag, how in read.tinted if how.get("class", "").startswith("line")]
    assert lines == ["M0,250H0.0V218.8H500.0V156.2H1000", "M0,250H1000.0V15.6H1000"]
    assert "leadlex 3lemlist 7.5" in read.text
    assert "02468" in read.text
    assert "10:00:0010:00:08" in read.text


@pytest.mark.parametrize(
    ("spent", "marks"), [("0.3", "00.10.20.3"), ("9", "0510"), ("90", "050100")]
)
def test_marks_on_the_axis_are_round_and_few(spent, marks):
    line = SpendingLine("leadlex", [(0.0, Decimal(spent))])
    read = Read(page_html(story(spending=Spending(BEGAN, BEGAN + timedelta(days=2), [line]))))

    assert marks in read.text
    assert "01-31 10:0002-02 10:00" in read.text


def test_credits_of_answers_that_were_erased_are_told_apart():
    line = SpendingLine("leadlex", [(0.0, Decimal(3))])
    read = Read(page_html(story(spending=Spending(BEGAN, BEGAN + timedelta(1), [line]))))

    assert "7.5 credits more are of answers that were erased since." in read.text


def test_the_sample_shows_each_field_about_as_often_and_cuts_long_values():
    few = {f"f{n}": "x" for n in range(4)}
    records = [found(**few, late="y" * 500), found(**few, late="z")]
    read = Read(page_html(story(sample=records)))

    assert "Row 3 line 4, 1 more change" in read.text
    assert "lateblank → z" in read.text
    assert "lateblank → y" not in read.text

    alone = Read(page_html(story(sample=[found(late="y" * 500)])))
    assert f"{'y' * 160}…" in alone.text
    assert "y" * 161 not in alone.text


def test_a_run_of_nothing_has_a_page_too():
    made = story(
        run={"records": 0, "outcomes": {}, "providers": [], "fields": [], "errors": []},
        waterfall_steps=[], fills=[], spending=Spending(BEGAN, BEGAN + timedelta(1), []),
    )  # fmt: skip

    read = Read(page_html(made))
    assert "Nothing is left to do." in read.text
    assert "The input has no records." in read.text
    assert [how for _, how in read.tinted if how.get("class", "").startswith("bar")] == []
    assert "svg" not in read.elements


def test_elements_escape_all_but_html():
    assert (
        tag("p", "<", Html("<b>"), None, class_='"', aria_label=None)
        == '<p class="&quot;">&lt;<b></p>'
    )
