"""What an item in wire form is in each door's JSON, written down a second time, by other means."""

import base64
import json
from decimal import Decimal

OLD_TYPES = {"S", "N", "B", "SS", "NS", "BS"}


def dumps(value):
    """JSON bytes in which a Decimal keeps its digits."""
    if isinstance(value, dict):
        members = (json.dumps(name) + ":" + dumps(child).decode() for name, child in value.items())
        return ("{" + ",".join(members) + "}").encode()
    if isinstance(value, list):
        return ("[" + ",".join(dumps(child).decode() for child in value) + "]").encode()
    return (str(value) if isinstance(value, Decimal) else json.dumps(value)).encode()


def loads(data):
    """Parsed JSON whose numbers are Decimals."""
    return json.loads(data, parse_float=Decimal, parse_int=Decimal)


def typed(item):
    return item


def plain(item):
    """Sets as arrays, binary as base64 text."""
    return {name: _plain(value, lambda text: text) for name, value in item.items()}


def adminapi(item):
    """Sets as arrays, binary as what Node's Buffer becomes."""
    return {name: _plain(value, _buffer) for name, value in item.items()}


def adminapi_payload(item):
    """As a client writes it: sets in their wrapper."""
    return {name: _written(value) for name, value in item.items()}


def is_old(item):
    """Whether the protocol of 2011 can hold the item: types of that time, nothing empty."""
    contents = [content for value in item.values() for content in value.values()]
    return all(set(value) <= OLD_TYPES for value in item.values()) and not any(
        content == "" or (isinstance(content, list) and "" in content) for content in contents
    )


def is_plain(item):
    """Whether plain JSON tells every type of the item: no set, no binary."""
    return not any(tag in dumps(item).decode() for tag in ('"SS"', '"NS"', '"BS"', '"B"'))


def _buffer(text):
    return {"type": "Buffer", "data": [Decimal(byte) for byte in base64.b64decode(text)]}


def _plain(value, binary):
    ((tag, content),) = value.items()
    scalar = {"S": str, "N": Decimal, "B": binary, "BOOL": bool}
    if tag in scalar:
        return scalar[tag](content)
    if tag == "NULL":
        return None
    if tag == "M":
        return {name: _plain(child, binary) for name, child in content.items()}
    if tag == "L":
        return [_plain(child, binary) for child in content]
    return [scalar[tag[0]](entry) for entry in content]


def _written(value):
    ((tag, content),) = value.items()
    if tag == "M":
        return {name: _written(child) for name, child in content.items()}
    if tag == "L":
        return [_written(child) for child in content]
    if tag in ("SS", "NS", "BS"):
        kind = {"SS": "String", "NS": "Number", "BS": "Binary"}[tag]
        return {"wrapperName": "Set", "type": kind, "values": _plain(value, _buffer)}
    return _plain(value, _buffer)
