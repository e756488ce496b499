"""The pages of one item: add, change, resolve a conflict, delete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.admin.cells import Cells
from tables.admin.item_conflicts import (
    conflict_context,
    resolved_changes,
    sealed_changes,
    unsealed_changes,
)
from tables.admin.item_forms import ItemForm, mode_of
from tables.admin.item_saves import (
    EditConflict,
    changes_between,
    create_item,
    delete_as_shown,
    fixed_names,
    save_changes,
    seal,
    unseal,
)
from tables.admin.pages import Visit, table_page
from tables.admin.recent import forget, remember
from tables.admin.summaries import key_text
from tables.core.errors import InvalidRequest, ItemNotFound, PreconditionFailed, TablesError
from tables.core.keys import coerce_binary_keys, decode_token, encode_token, key_of
from tables.core.updates import Change, apply_changes
from tables.core.values import Item
from tables.dynamodb.reads import get_item

_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@table_page
def add_item(visit: Visit) -> HttpResponse:
    """A form for a new item; an existing key is refused."""
    visit.require("add")
    if visit.request.method == "POST":
        return _create(visit, ItemForm.submitted(visit, is_new=True))
    return _form_page(visit, ItemForm.of_new(visit, visit.request.GET.dict(), _mode(visit)))


@require_http_methods(_METHODS)
@table_page
def change_item(visit: Visit, key: str) -> HttpResponse:
    """An item's form, or the item without controls for whoever may only look."""
    where = decode_token(key, visit.description)
    if visit.request.method != "POST":
        return _form_page(visit, ItemForm.of_item(visit, _stored(visit, where), _mode(visit)))
    if "_saveasnew" in visit.request.POST:
        visit.require("add")
        form = ItemForm.submitted(visit, is_new=False)
        return _create(visit, form)
    visit.require("change")
    if "changes" in visit.request.POST:
        return _resolve(visit, where)
    return _change(visit, where, ItemForm.submitted(visit, is_new=False))


@require_http_methods(_METHODS)
@table_page
def delete_item(visit: Visit, key: str) -> HttpResponse:
    """Show the item in full, then delete it if it still is what was shown."""
    visit.require("delete")
    where = decode_token(key, visit.description)
    if visit.request.method != "POST":
        return _delete_page(visit, _stored(visit, where))
    shown = _opened(visit, where)
    try:
        delete_as_shown(visit, shown)
    except EditConflict as conflict:
        if conflict.stored is None:
            raise ItemNotFound(_("Somebody else has deleted this item already.")) from conflict
        return _delete_page(visit, conflict.stored, conflict)
    forget(visit, key)
    messages.success(
        visit.request,
        _("The item “%(key)s” was deleted.") % {"key": key_text(where, visit.description)},
    )
    return HttpResponseRedirect(_list_url(visit))


# ---------------------------------------------------------------- writing


def _create(visit: Visit, form: ItemForm) -> HttpResponse:
    if not form.is_valid:
        return _form_page(visit, form, status=422)
    fixed = fixed_names(visit).difference(visit.description.key_names)
    fresh = {name: value for name, value in form.edited.items() if name not in fixed}
    try:
        made = create_item(visit, coerce_binary_keys(fresh, visit.description))
    except PreconditionFailed as error:
        return _form_page(visit, form, {"existing": error.current}, status=409)
    except TablesError as error:
        if error.status >= 500:
            raise
        form.add_error(error)
        return _form_page(visit, form, status=error.status if error.status == 413 else 422)
    return _saved(visit, made, "added")


def _change(visit: Visit, where: Item, form: ItemForm) -> HttpResponse:
    _require_same_item(visit, where, form.opened)
    if form.is_valid:
        _require_same_key(form)
    if not form.is_valid:
        return _form_page(visit, form, status=422)
    changes = changes_between(form.opened, form.edited, visit)
    if not changes:
        messages.info(visit.request, _("Nothing was changed, so nothing was written."))
        return _onward(visit, form.opened)
    return _write(visit, form, changes)


def _write(visit: Visit, form: ItemForm, changes: list[Change]) -> HttpResponse:
    try:
        after = save_changes(visit, form.opened, changes)
    except EditConflict as conflict:
        return _conflict_page(visit, form.opened, changes, conflict)
    except TablesError as error:
        if error.status >= 500:
            raise
        form.add_error(error)
        return _form_page(visit, form, status=error.status if error.status == 413 else 422)
    return _saved(visit, after, "changed", changes)


def _resolve(visit: Visit, where: Item) -> HttpResponse:
    """What the conflict page sends: the state that it showed, and a choice for each conflict."""
    stored = _opened(visit, where)
    changes = unsealed_changes(visit.request.POST.get("changes", ""), visit.table.alias)
    if "_recreate" in visit.request.POST:
        visit.require("add")
        form = ItemForm.of_item(visit, apply_changes(changes, stored), "rows")
        form.edited = form.opened
        return _create(visit, form)
    kept = resolved_changes(changes, visit.request.POST)
    if not kept:
        messages.info(visit.request, _("Your changes were dropped; nothing was written."))
        return _onward(visit, stored)
    form = ItemForm.of_item(visit, stored, "rows")
    return _write(visit, form, kept)


def _require_same_item(visit: Visit, where: Item, opened: Item) -> None:
    """Raise InvalidRequest when the form of one item was sent to another one's address."""
    if {name: opened.get(name) for name in visit.description.key_names} != where:
        raise InvalidRequest(_("This form belongs to another item. Open the item again."))


def _require_same_key(form: ItemForm) -> None:
    names = form.visit.description.key_names
    for name in names:
        if form.edited.get(name) != form.opened[name]:
            message = _("The key can’t be changed. “Save as new” makes an item with the new key.")
            error = InvalidRequest(message)
            form.errors.append(error.message)
            return


# ---------------------------------------------------------------- pages


def _form_page(
    visit: Visit, form: ItemForm, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    may_write = visit.can("add") if form.is_new else visit.can("change")
    key = {} if form.is_new else key_of(form.opened, visit.description)
    existing = (context or {}).get("existing")
    shown = {
        "title": _title(visit, form, key, may_write=may_write),
        "form": form,
        "may_write": may_write,
        "key": key_text(key, visit.description) if key else "",
        "token": encode_token(key, visit.description) if key else "",
        "cells": _cells(visit, form.opened),
        "fixed": [(name, Cells().value(value, name=name)) for name, value in form.fixed],
        "existing_url": _item_url(visit, existing) if existing else "",
        "error_rows": [row for row in form.form_rows if row.row.error],
        **(context or {}),
    }
    return visit.render("admin/tables/item_form.html", shown, status=status)


def _conflict_page(
    visit: Visit, opened: Item, changes: list[Change], conflict: EditConflict
) -> HttpResponse:
    base = opened if conflict.stored is None else conflict.stored
    context = {
        "title": _("Somebody else changed this item"),
        "key": key_text(key_of(opened, visit.description), visit.description),
        "item_url": _item_url(visit, opened),
        "is_deleted": conflict.stored is None,
        "sealed": seal(base, visit.table.alias),
        "changes": sealed_changes(changes, visit.table.alias),
        **conflict_context(changes, conflict),
    }
    return visit.render("admin/tables/item_conflict.html", context, status=409)


def _delete_page(visit: Visit, item: Item, conflict: EditConflict | None = None) -> HttpResponse:
    key = key_of(item, visit.description)
    context = {
        "title": _("Delete “%(key)s”?") % {"key": key_text(key, visit.description)},
        "key": key_text(key, visit.description),
        "item_url": _item_url(visit, item),
        "cells": _cells(visit, item),
        "sealed": seal(item, visit.table.alias),
        **(conflict_context([], conflict) if conflict else {}),
    }
    return visit.render("admin/tables/item_delete.html", context, status=409 if conflict else 200)


def _saved(
    visit: Visit, item: Item, action: str, changes: list[Change] | None = None
) -> HttpResponse:
    remember(visit, item, "added" if action == "added" else "changed")
    words = (
        _("The item “{}” was added.") if action == "added" else _("The item “{}” was changed: {}.")
    )
    link = format_html(
        '<a href="{}">{}</a>', _item_url(visit, item), key_text(item, visit.description)
    )
    names = ", ".join(dict.fromkeys(str(change.path[0]) for change in changes or ()))
    messages.success(visit.request, format_html(words, link, names))
    return _onward(visit, item)


def _onward(visit: Visit, item: Item) -> HttpResponse:
    """Where the button that was pressed leads."""
    if "_continue" in visit.request.POST:
        return HttpResponseRedirect(_item_url(visit, item))
    if "_addanother" in visit.request.POST and visit.can("add"):
        return HttpResponseRedirect(reverse("admin:tables_item_add", args=[visit.table.alias]))
    return HttpResponseRedirect(_list_url(visit))


# ---------------------------------------------------------------- parts


def _stored(visit: Visit, where: Item) -> Item:
    item = get_item(visit.table.table, where, consistent=True).item
    if item is None:
        raise ItemNotFound(_("There is no item with this key."))
    return item


def _opened(visit: Visit, where: Item) -> Item:
    """The state that the page had shown. Raises InvalidRequest when altered."""
    item = unseal(visit.request.POST.get("opened", ""), visit.table.alias)
    _require_same_item(visit, where, item)
    return item


def _cells(visit: Visit, item: Item) -> list[tuple[str, str, str]]:
    """Name, type tag and HTML of every attribute."""
    cells = Cells(visit.description.ttl_attribute)
    return [
        (name, next(iter(value)), cells.value(value, name=name)) for name, value in item.items()
    ]


def _title(visit: Visit, form: ItemForm, key: Item, *, may_write: bool) -> str:
    if form.is_new:
        return _("Add an item to %(table)s") % {"table": visit.table.label}
    words = _("Change “%(key)s”") if may_write else _("View “%(key)s”")
    return words % {"key": key_text(key, visit.description)}


def _item_url(visit: Visit, item: Item) -> str:
    token = encode_token(item, visit.description)
    return reverse("admin:tables_item_change", args=[visit.table.alias, token])


def _list_url(visit: Visit) -> str:
    return reverse("admin:tables_changelist", args=[visit.table.alias])


def _mode(visit: Visit) -> Any:
    return mode_of(visit.request)
