"""What units cost, at the prices that the settings name."""

from __future__ import annotations

from django.conf import settings

_UNITS_PRICED = 1_000_000


def money_of(*, read: float, write: float) -> float | None:
    """What so many units cost, as far as they have a price; None where no price is set."""
    prices = ((settings.PRICE_READ, read), (settings.PRICE_WRITE, write))
    known = [float(price) * units for price, units in prices if price is not None]
    return sum(known) / _UNITS_PRICED if known else None
