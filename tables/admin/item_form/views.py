"""The pages of one item: add, change, resolve a conflict, delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.item_form.after_save import list_before
from tables.admin.item_form.buttons import press
from tables.admin.item_form.form import ItemForm, mode_of
from tables.admin.item_form.pages import delete_page, form_page
from tables.admin.item_form.saving import EditConflict, delete_shown, unseal
from tables.admin.item_form.writing import require_same_item
from tables.admin.recent_items import forget
from tables.admin.undo_button import with_undo
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, table_page
from tables.core.errors import ItemNotFound
from tables.core.keys import decode_token
from tables.core.values import Item
from tables.items.reads import stored

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@table_page
def add_item(visit: Visit) -> HttpResponse:
    """A form for a new item; an existing key is refused."""
    if visit.request.method != "POST":
        visit.require("add")
        spend(visit.request, "read")
        start = visit.request.GET.dict()
        return form_page(visit, ItemForm.of_new(visit, start, mode_of(visit.request)))
    return press(visit, None)


@require_http_methods(_METHODS)
@table_page
def change_item(visit: Visit, key: str) -> HttpResponse:
    """An item's form, or the item without controls for whoever may only look."""
    where = decode_token(key, visit.description)
    if visit.request.method != "POST":
        spend(visit.request, "read")
        item = _stored(visit, where)
        return form_page(visit, ItemForm.of_item(visit, item, mode_of(visit.request)))
    return press(visit, where)


@require_http_methods(_METHODS)
@table_page
def delete_item(visit: Visit, key: str) -> HttpResponse:
    """Show the item in full, then delete it if it still is what was shown."""
    visit.require("delete")
    where = decode_token(key, visit.description)
    spend(visit.request, "write" if visit.request.method == "POST" else "read")
    if visit.request.method != "POST":
        return delete_page(visit, _stored(visit, where))
    shown = unseal(visit.request.POST.get("opened", ""), visit.table.alias)
    require_same_item(visit, where, shown)
    name = key_text(where, visit.description)
    try:
        done = delete_shown(visit, shown)
    except EditConflict as conflict:
        if conflict.stored is not None:
            return delete_page(visit, conflict.stored, conflict)
        words = _("The item “%(key)s” was deleted already.") % {"key": name}
    else:
        words = with_undo(visit, _("The item “%(key)s” was deleted.") % {"key": name}, done)
    forget(visit, key)
    messages.success(visit.request, words)
    return HttpResponseRedirect(list_before(visit).url)


def _stored(visit: Visit, where: Item) -> Item:
    item = stored(visit.target, where)
    if item is None:
        raise ItemNotFound(_("There is no item with this key."))
    return item
