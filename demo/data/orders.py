"""Orders of a shop in one table: customers, orders, their lines, products and carts that expire."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from demo.data.tables import DemoTable, Index, Item, item

_CUSTOMERS = ("Alder & Sons", "Brightwater", "Cobalt Bikes", "Dune Café", "Ember Ltd", "Fjord AS")
# Name, price, colours.
_PRODUCTS = (
    ("Lamp", "34.90", ["red", "black"]),
    ("Chair", "119.00", ["blue", "oak"]),
    ("Desk", "349.50", ["oak", "white"]),
    ("Rug", "89.95", ["red", "blue", "grey"]),
    ("Clock", "24.00", ["pink", "blue"]),
)
_STATUSES = ("open", "shipped", "paid", "cancelled", "open", "paid")
_ORDERS_PER_CUSTOMER = 6
_CARTS_EXPIRE = 4_102_444_800  # epoch seconds, the year 2100: a demo's cart should be there


def orders() -> Iterator[Item]:
    yield from map(item, _products())
    for customer, name in enumerate(_CUSTOMERS, start=1):
        yield item(_profile(customer, name))
        yield item(_cart(customer))
        for order in range(_ORDERS_PER_CUSTOMER):
            yield from map(item, _order(customer, order))


def _products() -> Iterator[dict[str, Any]]:
    for number, (name, price, colors) in enumerate(_PRODUCTS, start=1):
        yield {
            "pk": f"PRODUCT#P-{number:03}",
            "sk": "DETAILS",
            "entity": "product",
            "name": name,
            "price": Decimal(price),
            "colors": colors,
            "tags": frozenset({"furniture" if number in {2, 3} else "home", name.lower()}),
        }


def _profile(customer: int, name: str) -> dict[str, Any]:
    return {
        "pk": f"CUSTOMER#C-{customer:03}",
        "sk": "PROFILE",
        "entity": "customer",
        "name": name,
        "email": f"office@{_host(name)}.example",
        "address": {"street": f"{customer} Harbour Road", "city": "Bergen", "lines": []},
        "newsletter": customer % 2 == 0,
        "fax": None,
    }


def _host(name: str) -> str:
    """The name as it could stand in an address: letters without their marks, and nothing else."""
    plain = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _cart(customer: int) -> dict[str, Any]:
    return {
        "pk": f"CUSTOMER#C-{customer:03}",
        "sk": "CART",
        "entity": "cart",
        "lines": [{"product": f"P-{1 + customer % 5:03}", "quantity": customer}],
        "expiresAt": _CARTS_EXPIRE + customer * 3600,
    }


def _order(customer: int, number: int) -> Iterator[dict[str, Any]]:
    """An order as its customer's item, and each of its lines as an item of the order."""
    order = f"O-{customer}{number:03}"
    placed = f"2026-{1 + (customer + 2 * number) % 12:02}-{1 + customer * 4 + number:02}"
    status = _STATUSES[(customer + number) % len(_STATUSES)]
    total = Decimal(0)
    for line in range(1 + (customer + number) % 3):
        name, price, colors = _PRODUCTS[(customer + number + line) % len(_PRODUCTS)]
        quantity = 1 + (number + line) % 4
        total += quantity * Decimal(price)
        yield {
            "pk": f"ORDER#{order}",
            "sk": f"LINE#{line + 1:02}",
            "entity": "line",
            "product": name,
            "color": colors[0],
            "quantity": quantity,
            "price": Decimal(price),
        }
    head = {
        "pk": f"CUSTOMER#C-{customer:03}",
        "sk": f"ORDER#{placed}#{order}",
        "entity": "order",
        "orderId": order,
        "customerId": f"C-{customer:03}",
        "status": status,
        "placedAt": placed,
        "total": total,
    }
    # Only open orders have the index's key, so the index holds nothing else.
    yield {**head, "openStatus": "open"} if status == "open" else head


TABLES = (
    DemoTable(
        "ttd-Orders",
        ("pk", "sk"),
        {"pk": "S", "sk": "S", "openStatus": "S", "placedAt": "S"},
        orders,
        indexes=(Index("open-orders", ("openStatus", "placedAt"), ("customerId", "total")),),
        expires="expiresAt",
    ),
)
