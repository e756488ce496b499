"""The admin pages as one more door: what a person does with a browser that runs no script."""

import json
from urllib.parse import quote, urlencode

from tables.core.keys import encode_token
from tests.admin.item_form.forms import fields_of
from tests.contract import languages
from tests.contract.languages import loads
from tests.contract.tables import THINGS


class Pages:
    """Forms are opened, changed in the tab of typed JSON, and sent with all their fields."""

    name = "pages"
    ways_in = ("session",)
    created, changed, deleted = 302, 302, 302

    def __init__(self, http):
        self.http = http

    def add(self, item, *, alias="Things"):
        url = f"/admin/tables/{quote(alias, safe='')}/add/"
        return self._send_form(url, lambda _: item)

    def view(self, name, *, alias="Things"):
        return self.http.send("GET", self._url(name, alias, "change"))

    def change(self, name, *, alias="Things"):
        url = self._url(name, alias, "change")
        return self._send_form(url, lambda item: {**item, "changed": {"BOOL": True}})

    def save_as_new(self, name, changes, *, alias="Things"):
        url = self._url(name, alias, "change")
        fields = fields_of(self.http.send("GET", url + "?view=raw"))
        item = {**json.loads(fields["raw"]), **changes}
        return self._post(url, {**fields, "raw": json.dumps(item), "_saveasnew": "1"})

    def delete(self, name, *, alias="Things"):
        url = self._url(name, alias, "delete")
        return self._post(url, fields_of(self.http.send("GET", url), None))

    def export(self, name, *, alias="Things"):
        chosen = {"action": "export_typed", "_selected_action": name, "select_across": "0"}
        return self._post(f"/admin/tables/{quote(alias, safe='')}/", chosen)

    def everything(self, *, alias="Things"):
        return self.http.send("GET", f"/admin/tables/{quote(alias, safe='')}/")

    def is_forbidden(self, response):
        return response.status_code == 403

    def is_unknown_table(self, response):
        # Who is in no staff group sees no page at all.
        return response.status_code == 404 or response["Location"].startswith("/admin/login/")

    def refusal(self, response):
        return (response.status_code,)

    def reads(self, item):
        page = self.http.send("GET", self._url(item["id"]["S"], "Things", "change") + "?view=raw")
        yield "form", loads(fields_of(page)["raw"]), languages.typed(item)
        line = b"".join(self.export(self._token(item["id"]["S"])).streaming_content)
        yield "export", loads(line), languages.typed(item)

    def writes(self):
        yield "form", lambda _: True, self.add

    def _send_form(self, url, edit):
        """Open a form, edit its item, send it; one that may not be opened is sent all the same."""
        page = self.http.send("GET", url + "?view=raw")
        fields = fields_of(page)
        item = json.loads(fields.get("raw") or "{}")
        return self._post(url, {**fields, "raw": json.dumps(edit(item)), "_save": "1"})

    def _post(self, url, fields):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.http.send("POST", url, urlencode(fields).encode(), kind)

    def _url(self, name, alias, page):
        return f"/admin/tables/{quote(alias, safe='')}/{self._token(name)}/{page}/"

    def _token(self, name):
        return encode_token({"id": {"S": name}}, THINGS)
