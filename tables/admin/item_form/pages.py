"""What the pages of one item show: its form, a conflict, the question before a delete."""

from __future__ import annotations

from html import escape
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from tables.admin.item_form.back_to_list import list_of, remembering
from tables.admin.item_form.conflict import Carried, contested_paths, merged_paths
from tables.admin.item_form.form import ItemForm
from tables.admin.item_form.further import further_url, start_of
from tables.admin.item_form.in_full import ShownPart, shown_item
from tables.admin.item_form.key_parts import said_by_key
from tables.admin.item_form.leads import leads_of
from tables.admin.item_form.saving import EditConflict, seal
from tables.admin.related import belongings_of, collection_url, panels_of
from tables.admin.texts.people import name_words
from tables.admin.texts.sentences import expiry_words, moment_words
from tables.admin.values.hidden_characters import unseen_words
from tables.admin.values.moments import DISTANCES
from tables.admin.values.one_line import key_text, size_text
from tables.admin.visit import Visit
from tables.core.audit import UPDATED
from tables.core.keys import encode_token, key_of
from tables.core.sizes import item_size
from tables.core.updates import apply_changes
from tables.core.values import Item, content_of
from tables.items.told import told
from tables.records.history.entries import days_kept


def form_page(
    visit: Visit, form: ItemForm, *, existing: Item | None = None, status: int = 200
) -> HttpResponse:
    """The item's form, or the item alone for whoever may not write it."""
    may_write = visit.can("add") if form.is_new else visit.can("change")
    see = visit.target.sight.see
    key = {} if form.is_new else key_of(form.opened, visit.description)
    leads = leads_of(visit, form.edited or form.opened, key)
    rows = leads.beside(form.form_rows)
    size = form.size
    alone = {} if form.is_new else said_by_key(form.opened, visit.table)
    context = {
        **headed(_title(form, may_write=may_write), visit, key),
        "form": form,
        "rows": rows,
        "distances": DISTANCES if any(row.widget == "moment" for row in rows) else (),
        "error_rows": [row for row in rows if row.row.error],
        "may_write": may_write,
        "shown": [] if may_write else leads.below(_read_only(visit, form.opened)),
        "further_url": further_url(visit.request, start_of(visit.request)),
        "fixed": leads.below(shown_item(see({**alone, **form.fixed}))),
        "offers": any(row.choices_url for row in rows),
        "size": size,
        "size_text": size_text(size),
        "existing_url": item_url(visit, existing) if existing else "",
        **(_around(visit, form.opened) if key else _around_new(visit)),
    }
    return visit.render("admin/tables/item_form.html", context, status=status)


def conflict_page(
    visit: Visit, opened: Item, conflict: EditConflict, *, of: int | None = None
) -> HttpResponse:
    """What was opened, is stored and was written, to choose from; or to create it again.

    `of` is the version that was to be undone: opened is what it left, written what it found.
    """
    alias, see = visit.table.alias, visit.target.sight.see
    base = opened if conflict.stored is None else conflict.stored
    choices = contested_paths(conflict.changes, conflict.conflicts)
    title = (
        _("“%(key)s” was deleted since you opened it")
        if conflict.stored is None
        else _("“%(key)s” was changed since you opened it")
    )
    if of is not None:
        title = _("“%(key)s” was changed since the version to undo")
    context = {
        **_around(visit, base),
        **headed(title, visit, base),
        "of": of,
        "opened_words": _("As version %(n)s left it") % {"n": of} if of else _("You opened"),
        "yours_words": _("Undo would set") if of else _("Yours"),
        "is_deleted": conflict.stored is None,
        "choices": choices,
        "merged": merged_paths(conflict.changes, conflict.conflicts),
        "yours": shown_item(see(apply_changes(conflict.changes, base))),
        "sealed": seal(see(base), alias),
        "changes": Carried(conflict.changes, [c.number for c in choices], of).sealed(alias),
    }
    return visit.render("admin/tables/item_conflict.html", context, status=409)


def delete_page(visit: Visit, item: Item, conflict: EditConflict | None = None) -> HttpResponse:
    """The item in full, before it is deleted; with what changed when it was not as shown."""
    see = visit.target.sight.see
    context = {
        **_around(visit, item),
        **headed(_("Delete “%(key)s”?"), visit, item),
        "unseen": _unseen_in_key(visit, item),
        "shown": shown_item(see(told(item, visit.table))),
        "size_text": size_text(item_size(item)),
        "choices": contested_paths([], conflict.conflicts if conflict else ()),
        "sealed": seal(see(item), visit.table.alias),
        "keeps_history": visit.target.keeps_history,
        "days": days_kept(visit.table),
        "belongings": belongings_of(visit, item),
    }
    return visit.render("admin/tables/item_delete.html", context, status=409 if conflict else 200)


def _read_only(visit: Visit, item: Item) -> ShownPart:
    seen = visit.target.sight.see(told(item, visit.table))
    return shown_item(seen, start_of(visit.request))


def _around(visit: Visit, item: Item) -> dict[str, Any]:
    """What every page of an existing item says of it: its key, addresses and last change."""
    token = encode_token(item, visit.description)
    back = list_of(visit.request, visit.table.alias)
    by, at = (item.get(name, {}).get("S", "") for name in UPDATED)
    return {
        "key": key_text(item, visit.description),
        "list_url": back.url,
        "item_url": remembering(item_url(visit, item), back),
        "delete_url": remembering(
            reverse("admin:tables_item_delete", args=[visit.table.alias, token]), back
        ),
        "history_url": _history_url(visit, token),
        "twin": f"/api/v1/tables/{visit.table.alias}/items/{token}",
        "changed_by": name_words(by),
        "changed_at": moment_words(at),
        "expiry": expiry_words(item, visit.description),
        "panels": panels_of(visit, item),
        "collection_url": collection_url(visit, item),
    }


def _history_url(visit: Visit, token: str) -> str:
    """Where the item's history is; empty where none is kept, or it is not the caller's to see."""
    if not (visit.target.keeps_history and visit.can("history")):
        return ""
    return reverse("admin:tables_item_history", args=[visit.table.alias, token])


def _around_new(visit: Visit) -> dict[str, Any]:
    back = list_of(visit.request, visit.table.alias)
    return {"list_url": back.url, "form_url": remembering(add_url(visit), back)}


def _title(form: ItemForm, *, may_write: bool) -> str:
    if form.is_new:
        return _("Add an item to %(table)s")
    return _("Change “%(key)s”") if may_write else _("View “%(key)s”")


def headed(words: str, visit: Visit, item: Item, **numbers: int) -> dict[str, str]:
    """A page's title, and the same as its heading with the key isolated from the words around."""
    key = key_text(item, visit.description) if item else ""
    label = str(visit.table.label)
    isolated = {"table": escape(label), "key": f"<bdi>{escape(key)}</bdi>"}
    heading = escape(words) % {**isolated, **numbers}
    title = words % {"table": label, "key": key, **numbers}
    return {"title": title, "heading": mark_safe(heading)}  # noqa: S308 - escaped


def _unseen_in_key(visit: Visit, item: Item) -> str:
    key = key_of(item, visit.description)
    return unseen_words("".join(str(content_of(value)) for value in key.values()))


def item_url(visit: Visit, item: Item) -> str:
    """Where the item's form is."""
    token = encode_token(item, visit.description)
    return reverse("admin:tables_item_change", args=[visit.table.alias, token])


def add_url(visit: Visit) -> str:
    """Where the form of a new item is."""
    return reverse("admin:tables_item_add", args=[visit.table.alias])
