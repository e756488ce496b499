"""What a browser makes of a form: the fields that it would submit if nobody touched them."""

import re
from html.parser import HTMLParser

BUTTONS = ("submit", "button", "image", "reset")


class FormReader(HTMLParser):
    """Fields of one form, as an HTML parser and a form submission would alter them."""

    def __init__(self, form_id):
        super().__init__(convert_charrefs=True)
        self.form_id = form_id
        self.fields = {}
        self.inside = False
        self.in_template = 0
        self.text = None
        self.select = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = self.form_id is None or given.get("id") == self.form_id
        if tag == "template":
            self.in_template += 1
        if self.inside and not self.in_template:
            self._start_field(tag, given)

    def _start_field(self, tag, given):
        if tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "textarea":
            self.text = (given["name"], [])
        elif tag == "select":
            self.select = given["name"]
        elif (
            tag == "option"
            and self.select
            and ("selected" in given or self.select not in self.fields)
        ):
            self.fields[self.select] = submitted(given["value"] or "")

    def _input(self, given):
        kind = given.get("type", "text")
        if kind in BUTTONS or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        value = given.get("value") or ""
        # A field of one line drops line breaks.
        value = re.sub(r"[\r\n]", "", value) if kind == "text" else value
        self.fields[given["name"]] = submitted(value)

    def handle_data(self, data):
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "template":
            self.in_template -= 1
        elif tag == "select":
            self.select = None
        elif tag == "textarea" and self.text:
            text = "".join(self.text[1])
            text = re.sub(r"\r\n?", "\n", text).removeprefix("\n")
            self.fields[self.text[0]] = submitted(text)
            self.text = None


def submitted(text):
    """Line breaks as CRLF, and no NUL (HTML, constructing the form data set)."""
    return re.sub(r"\r\n|\r|\n", "\r\n", text.replace("\0", "\ufffd"))


def fields_of(page, form_id="item-form"):
    """The fields of the page's form, ready to be posted as they are."""
    reader = FormReader(form_id)
    reader.feed(page.content.decode())
    return reader.fields


def row_named(fields, page, name):
    """The number of the row of an attribute, found by its label."""
    html = page.content.decode()
    number = re.search(rf'<label class="name" for="a-(\d+)-value">{re.escape(name)}</label>', html)
    return number[1]
