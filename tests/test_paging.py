"""Lists in pages: the vendor says when they end, and where it does not, they end all the same."""

import itertools

import pytest

from enrichctl.errors import BadRecord, Cancelled
from enrichctl.paging import PAGES, Page, whole_list


def test_all_pages_are_read_and_what_two_of_them_show_counts_once():
    pages = {1: Page([{"id": "a"}, {"id": "b"}], 2), 2: Page([{"id": "b"}, {"id": "c"}], None)}
    assert whole_list("the list", 1, pages.__getitem__) == [{"id": "a"}, {"id": "b"}, {"id": "c"}]


@pytest.mark.parametrize("items", [[], [{"id": "a"}]], ids=["an empty page", "the same page"])
def test_a_page_with_nothing_new_that_promises_more_ends_the_list(items):
    pages = iter([Page([{"id": "a"}], 2), Page(items, 3)])
    with pytest.raises(BadRecord, match="the list goes on without anything new"):
        whole_list("the list", 1, lambda _: next(pages))


def test_a_list_that_always_has_something_new_ends_too():
    asked = itertools.count(1)
    with pytest.raises(BadRecord, match="the list has no end within 100 pages"):
        whole_list("the list", 0, lambda page: Page([{"id": next(asked)}], page + 1))
    assert next(asked) == PAGES + 1


def test_a_stop_between_two_pages_is_passed_on():
    def fetch(page: int) -> Page[int]:
        if page == 3:
            raise Cancelled("the run is stopping")
        return Page([{"id": page}], page + 1)

    with pytest.raises(Cancelled):
        whole_list("the list", 1, fetch)
