"""Writing what a form says: create, change, and what the conflict page resolves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from tables.admin.item_form.after_save import list_before, onward, saved
from tables.admin.item_form.back_to_list import remembering
from tables.admin.item_form.conflict import carried
from tables.admin.item_form.creating import create_item, is_as_written, unseal_new_key
from tables.admin.item_form.form import ItemForm
from tables.admin.item_form.key_parts import rebuilt
from tables.admin.item_form.pages import conflict_page, form_page, item_url
from tables.admin.item_form.saving import (
    EditConflict,
    others_changes,
    read_only_names,
    save_changes,
    unseal,
)
from tables.admin.texts.core_messages import told
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit
from tables.core.errors import InvalidRequest, ItemExists, TablesError
from tables.core.keys import encode_token
from tables.core.updates import Change, apply_changes, diff
from tables.core.values import Item


def create(visit: Visit, form: ItemForm, _value: str) -> HttpResponse:
    """Make an item of the form; one that is there already is refused, with the way to it."""
    form = form.checked(as_new=True)
    if not form.is_valid:
        return form_page(visit, form, status=422)
    fixed = read_only_names(visit)
    fresh = {name: value for name, value in form.edited.items() if name not in fixed}
    fresh = rebuilt(fresh, form.opened, visit)
    new_key = unseal_new_key(form.new_key, visit.table.alias)
    try:
        made = create_item(visit, fresh, new_key)
    except ItemExists as error:
        return _exists(visit, form, error.current or {}, fresh)
    except TablesError as error:
        return _refused(visit, form, error)
    return saved(visit, made, "added")


def _exists(visit: Visit, form: ItemForm, stored: Item, fresh: Item) -> HttpResponse:
    """An item with this key is there: the very one, when a form was sent twice.

    The item that another one was to be made from is no such answer: its key was left as it is.
    """
    names = visit.description.key_names
    is_source = all(form.opened.get(name) == stored.get(name) for name in names)
    if not is_source and is_as_written(stored, fresh, visit):
        words = _("The item “%(key)s” is there already, just as you wrote it.")
        messages.info(visit.request, words % {"key": key_text(stored, visit.description)})
        return onward(visit, stored)
    return form_page(visit, replace(form, new_key=""), existing=stored, status=409)


def change(visit: Visit, form: ItemForm, _value: str) -> HttpResponse:
    """Write what was changed in the form, and only that."""
    form = form.checked(as_new=False)
    if not form.is_valid:
        return form_page(visit, form, status=422)
    changes = diff(form.opened, form.edited, nested=True)
    if not changes:
        messages.info(visit.request, _("Nothing was changed, so nothing was written."))
        return onward(visit, form.opened)
    return _write(visit, form, changes)


def _write(
    visit: Visit, form: ItemForm, changes: Sequence[Change], *, of: int | None = None
) -> HttpResponse:
    """Write changes; those that undo a version are `of` that."""
    try:
        done = save_changes(visit, form.opened, changes, of=of)
    except EditConflict as conflict:
        return conflict_page(visit, form.opened, conflict, of=of)
    except TablesError as error:
        return _refused(visit, form, error)
    theirs = others_changes(visit, form.opened, done.after or {}, changes)
    return saved(visit, done, "changed", changes, theirs)


def _refused(visit: Visit, form: ItemForm, error: TablesError) -> HttpResponse:
    """The form again, with what was typed and what is wrong."""
    if error.status == 403:
        raise error
    if error.status < 500:
        status = error.status if error.status in (409, 413) else 422
        return form_page(visit, form.with_error(error), status=status)
    # The write may have been made all the same: to make it once more changes nothing.
    words = _("%(reason)s What you typed is still here: save again in a moment.") % {
        "reason": told(error.message)
    }
    answer = form_page(visit, form.in_trouble(words), status=error.status)
    if error.retry_after is not None:
        answer["Retry-After"] = str(error.retry_after)
    return answer


def of_conflict(visit: Visit, where: Item | None) -> ItemForm:
    """The item as the conflict page showed it, with all the changes that the page carries.

    Raises InvalidRequest where they were altered, or are of another item.
    """
    post, alias = visit.request.POST, visit.table.alias
    base = unseal(post.get("opened", ""), alias)
    require_same_item(visit, where or {}, base)
    changes = carried(post.get("changes", ""), alias).changes
    return ItemForm.of_item(visit, base, "rows", apply_changes(changes, base))


def resolve(visit: Visit, form: ItemForm, sealed: str) -> HttpResponse:
    """Write what the conflict page's choices keep, onto the state that it showed."""
    base = form.opened
    page = carried(sealed, visit.table.alias)
    kept = page.resolved(visit.request.POST)
    if not kept:
        messages.info(visit.request, _("Your changes were dropped; nothing was written."))
        return HttpResponseRedirect(remembering(item_url(visit, base), list_before(visit)))
    merged = ItemForm.of_item(visit, base, "rows", apply_changes(kept, base))
    return _write(visit, merged, kept, of=page.of)


def require_same_item(visit: Visit, where: Item, opened: Item) -> None:
    """Raise InvalidRequest when the form of one item was sent to another one's address."""
    token = encode_token(where, visit.description)
    names = visit.description.key_names
    if any(name not in opened for name in names) or token != encode_token(
        opened, visit.description
    ):
        raise InvalidRequest(_("This form belongs to another item. Open the item again."))
