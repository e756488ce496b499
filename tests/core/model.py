"""A DynamoDB of a few lines, written apart from the core, that says what its plans should find."""

import base64
from dataclasses import replace
from decimal import Decimal

ORDERED = "SNB"


def find(value, path):
    """The value at a path, or None."""
    value = {"M": value}
    for segment in path:
        inside = value.get("M" if isinstance(segment, str) else "L")
        if inside is None:
            return None
        if isinstance(segment, str):
            value = inside.get(segment)
        else:
            value = inside[segment] if segment < len(inside) else None
        if value is None:
            return None
    return value


def comparable(value):
    ((tag, content),) = value.items()
    if tag == "N":
        return Decimal(content)
    if tag == "S":
        return content.encode()
    if tag == "B":
        return base64.b64decode(content)
    if tag == "NS":
        return {Decimal(entry) for entry in content}
    if tag in ("SS", "BS"):
        return set(content)
    if tag == "L":
        return [(next(iter(child)), comparable(child)) for child in content]
    if tag == "M":
        return {name: (next(iter(child)), comparable(child)) for name, child in content.items()}
    return content


def kind(value):
    return next(iter(value))


def equal(left, right):
    return kind(left) == kind(right) and comparable(left) == comparable(right)


def contains(value, sought):
    if kind(value) in ("SS", "NS", "BS"):
        return kind(sought) == kind(value)[0] and comparable(sought) in (
            comparable({kind(sought): entry}) for entry in value[kind(value)]
        )
    if kind(value) == "L":
        return any(equal(child, sought) for child in value["L"])
    if kind(value) in ("S", "B"):
        return kind(sought) == kind(value) and comparable(sought) in comparable(value)
    return False


def ordered(value, operand):
    return kind(value) == kind(operand) and kind(value) in ORDERED


def every_type(term):
    return (term.operands, *term.alternatives)


def holds(term, item):
    """Whether DynamoDB would say that the condition is true of the item."""
    if term.alternatives:
        one_type = [replace(term, alternatives=(), operands=o) for o in every_type(term)]
        one_holds = [holds(each, item) for each in one_type]
        is_negation = term.operator.suffix in ("ne", "not_contains")
        return all(one_holds) if is_negation else any(one_holds)
    value, operands, name = find(item, term.path), term.operands, term.operator.suffix
    if name in ("not_exists", "ne", "not_contains") and value is None:
        return True
    if value is None:
        return False
    if name in ("exists", "not_exists"):
        return name == "exists"
    first = operands[0]
    if name == "between":
        return all(ordered(value, o) for o in operands) and (
            comparable(first) <= comparable(value) <= comparable(operands[1])
        )
    if name in ("lt", "lte", "gt", "gte"):
        if not ordered(value, first):
            return False
        left, right = comparable(value), comparable(first)
        return {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right}[
            name
        ]
    if name == "begins_with":
        return kind(value) == kind(first) and comparable(value).startswith(comparable(first))
    return {
        "eq": lambda: equal(value, first),
        "ne": lambda: not equal(value, first),
        "in": lambda: any(equal(value, operand) for operand in operands),
        "contains": lambda: contains(value, first),
        "not_contains": lambda: not contains(value, first),
        "type": lambda: kind(value) == first["S"],
    }[name]()


def matches(node, item):
    if not hasattr(node, "parts"):
        return holds(node, item)
    results = [matches(part, item) for part in node.parts]
    return all(results) if node.joiner == "AND" else any(results)
