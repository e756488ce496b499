"""The meter: what reading a list took, in staff's words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tables.admin.texts.sentences import count_words, items_words
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


def meter_words(page: Page, before: Tally | None = None, matched_before: int = 0) -> str:
    """What reading took, and why it ended; `before` is what the pages before this one took, whose
    sum is then told.
    """
    matched = len(page.items)
    if before is not None:
        words = _sum_words(before + tally_of(page), matched_before + matched)
        words.append(_("%(count)s looked at for this page") % {"count": _count(page)})
    elif page.scanned_count == matched:
        words = [_("Read %(items)s") % {"items": items_words(matched)}, *_cost(tally_of(page))]
    else:
        looked = _("Looked at %(count)s") % {"count": _count(page)}
        words = [looked, _matched(matched), *_cost(tally_of(page))]
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
