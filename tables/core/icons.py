"""The icons that an alias can have: lines on a square of 16 by 16, drawn for this project."""

from __future__ import annotations

from collections.abc import Mapping

# Name -> the lines of it, as the `d` of an SVG path.
ICONS: Mapping[str, str] = {
    "box": "M2 5l6-3 6 3v6l-6 3-6-3z M2 5l6 3 6-3 M8 8v6",
    "calendar": "M2.5 3.5h11v10h-11z M2.5 6.5h11 M5.5 2v3 M10.5 2v3",
    "cart": "M1.5 2.5h2l2 8h6.5l2-6h-9.5 M6.5 13.5h.01 M11.5 13.5h.01",
    "document": "M4 1.5h5l3.5 3.5v9.5H4z M9 1.5V5h3.5",
    "house": "M2 8l6-5.5L14 8 M4 7v6.5h8V7",
    "list": "M6 4h8 M6 8h8 M6 12h8 M2.5 4h.01 M2.5 8h.01 M2.5 12h.01",
    "message": "M2 3h12v8H7l-3 2.5V11H2z",
    "person": "M8 7.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z M2.5 14c.4-3 2.6-4.4 5.5-4.4 "
    "s5.1 1.4 5.5 4.4",
    "receipt": "M3.5 1.5v13l1.5-1 1.5 1 1.5-1 1.5 1 1.5-1 1.5 1v-13z M6 5h4 M6 8h4",
    "tag": "M2 2h6l6 6-6 6-6-6z M5 5h.01",
    "truck": "M1.5 4h8v7h-8z M9.5 6.5h3l2 2.5v2h-5 M4.5 13h.01 M11.5 13h.01",
    "wallet": "M2 4.5h11.5v9H2z M2 4.5L11 2v2.5 M10.5 9h3",
}
