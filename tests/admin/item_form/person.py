"""Somebody at the item pages: opens forms, types into rows, presses buttons."""

import re

from tables.configuration import description, registry
from tables.core.keys import encode_token
from tests.admin.item_form.forms import fields_of, row_named
from tests.tables import store as store_in
from tests.tables import stored as stored_in


def about(alias):
    return description(registry().get(alias))


def store(alias, item):
    """Put an item behind everybody's back."""
    store_in(about(alias).name, item)


def stored(alias, key):
    return stored_in(about(alias).name, key)


def url(alias, item, page="change"):
    return f"/admin/tables/{alias}/{encode_token(item, about(alias))}/{page}/"


class Person:
    """A signed-in test client at one form at a time."""

    def __init__(self, client):
        self.client = client
        self.page = None
        self.fields = {}
        self.url = ""

    def open(self, alias, item, **query):
        return self.look(url(alias, item), **query)

    def add(self, alias, **query):
        return self.look(f"/admin/tables/{alias}/add/", **query)

    def look(self, address, **query):
        self.url = address
        self.page = self.client.get(address, query)
        assert self.page.status_code == 200, self.page.content.decode()
        self.fields = fields_of(self.page)
        return self

    def row(self, label):
        return row_named(self.fields, self.page, label)

    def type(self, label, text, **more):
        """Type into the row with this label, turned to JSON where it has a field for each part.

        `more` are other members of the row; another type draws its control, as the script does.
        """
        number = self.row(label)
        parts = [f for f in self.fields if re.fullmatch(rf"a-{number}-(leaf|entry)-\d+", f)]
        for part in parts:
            del self.fields[part]
        if "type" in more or self.fields[f"a-{number}-view"] in ("rows", "chips", "lines"):
            self.fields[f"a-{number}-view"] = "plain"
        self.fields[f"a-{number}-as"] = more.get("type", self.fields[f"a-{number}-type"])
        self.fields[f"a-{number}-value"] = text
        self.fields.update({f"a-{number}-{name}": value for name, value in more.items()})
        return self

    def new(self, name, tag, text):
        """Fill in another row at the end."""
        number = 1 + max(int(field.split("-")[1]) for field in self.fields if field[:2] == "a-")
        self.fields |= {
            f"a-{number}-name": name,
            f"a-{number}-type": tag,
            f"a-{number}-value": text,
        }
        return self

    def remove(self, label):
        self.fields[f"a-{self.row(label)}-remove"] = "1"
        return self

    def press(self, button="_save", value="1", **more):
        """Submit; a page that shows the form again becomes the one that is filled in."""
        fields = {**self.fields, button: value, **more}
        answer = self.client.post(self.url, fields)
        if answer.status_code != 302:
            self.page = answer
            self.fields = fields_of(answer) or fields_of(answer, "conflict-form")
        return answer
