"""What write units cost, at the price that the settings name."""

from __future__ import annotations

from django.conf import settings


def money_of(units: float) -> float | None:
    """What so many write units cost; None where no price is set."""
    price = settings.PRICE_WRITE
    return None if price is None else float(price) * units / 1_000_000
