"""The meter: what reading a list took, in staff's words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.sentences import count_words, items_words
from tables.core.descriptions import TableDescription
from tables.core.plans import Plan
from tables.dynamodb.reads import Page


@dataclass(frozen=True, slots=True)
class Tally:
    """What reading some pages took: items looked at, capacity units, calls."""

    scanned: int = 0
    capacity: float = 0.0
    calls: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.scanned + other.scanned,
            round(self.capacity + other.capacity, 3),
            self.calls + other.calls,
        )


NOTHING = Tally()


def tally_of(page: Page) -> Tally:
    """What reading one page took."""
    return Tally(page.scanned_count, page.capacity, page.calls)


def meter_words(
    page: Page, before: Tally | None = None, matched_before: int = 0, besides: Tally = NOTHING
) -> str:
    """What reading took, and why it ended; `before` is what the pages before this one took, whose
    sum is then told, `besides` what was read to explain the page.
    """
    matched = len(page.items)
    took = tally_of(page) + Tally(0, besides.capacity, besides.calls)
    if before is not None:
        words = _sum_words(before + took, matched_before + matched)
        words.append(_("%(count)s looked at for this page") % {"count": _count(page)})
    elif page.scanned_count == matched:
        words = [_("Read %(items)s") % {"items": items_words(matched)}, *_cost(took)]
    else:
        looked = _("Looked at %(count)s") % {"count": _count(page)}
        words = [looked, _matched(matched), *_cost(took)]
    if page.stopped == "budget":
        words.append(_("stopped at your budget"))
    elif page.stopped == "end":
        words.append(_("reached the end"))
    return ", ".join(words)


def _sum_words(took: Tally, matched: int) -> list[str]:
    looked = _("Looked at %(count)s in all") % {"count": count_words(took.scanned)}
    return [looked, _matched(matched), *_cost(took)]


def _matched(count: int) -> str:
    return _("matched %(count)s") % {"count": count_words(count)}


def _count(page: Page) -> str:
    return count_words(page.scanned_count)


def _cost(took: Tally) -> list[str]:
    units = number_format(took.capacity, force_grouping=True)
    calls = ngettext("%(count)s call", "%(count)s calls", took.calls)
    return [_("%(units)s RCU") % {"units": units}, calls % {"count": count_words(took.calls)}]


def believable(
    description: TableDescription,
    plan: Plan,
    page: Page,
    before: Tally | None,
    is_from_first_on: bool,
) -> TableDescription:
    """The description, without a count of items that reading contradicts: AWS counts every six
    hours. `is_from_first_on`: all pages before this one are known.
    """
    count = description.item_count
    if count is None:
        return description
    looked = (before or NOTHING).scanned + page.scanned_count
    is_table = plan.operation == "Scan" and plan.index is None
    is_whole = is_table and is_from_first_on and page.stopped == "end"
    if looked > count or (is_whole and looked < count):
        return replace(description, item_count=None)
    return description
