"""The pages of one item: add, change, resolve a conflict, delete."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import Throttled as TooOften

from tables.access.limits.rates import spend, wait_of
from tables.admin.errors import error_page
from tables.admin.item_form.after_save import list_before, onward, saved
from tables.admin.item_form.back_to_list import remembering
from tables.admin.item_form.conflict import resolved_changes, unsealed_changes
from tables.admin.item_form.creating import create_item, is_as_written, unseal_new_key
from tables.admin.item_form.form import ItemForm, mode_of
from tables.admin.item_form.pages import conflict_page, delete_page, form_page, item_url
from tables.admin.item_form.saving import (
    EditConflict,
    delete_as_shown,
    others_changes,
    read_only_names,
    save_changes,
    unseal,
)
from tables.admin.recent_items import forget
from tables.admin.texts.core_messages import told
from tables.admin.values.json_text import json_text
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, table_page
from tables.core.errors import (
    Forbidden,
    InvalidRequest,
    ItemNotFound,
    PreconditionFailed,
    TablesError,
)
from tables.core.keys import decode_token, encode_token
from tables.core.updates import Change, apply_changes, diff
from tables.core.values import Item
from tables.dynamodb.reads import get_item

_METHODS = ["GET", "HEAD", "POST"]
# Buttons that show the form again in another way and write nothing.
_LOOKS = ("_tab", "_view", "_addrow")


@require_http_methods(_METHODS)
@table_page
def add_item(visit: Visit) -> HttpResponse:
    """A form for a new item; an existing key is refused."""
    if visit.request.method != "POST":
        visit.require("add")
        spend(visit.request, "read")
        start = visit.request.GET.dict()
        return form_page(visit, ItemForm.of_new(visit, start, mode_of(visit.request)))
    if refusal := _refusal(visit, "add", is_new=True):
        return refusal
    form = ItemForm.submitted(visit, is_new=True)
    return _wait(visit, form) or _look(visit, form) or _create(visit, form)


@require_http_methods(_METHODS)
@table_page
def change_item(visit: Visit, key: str) -> HttpResponse:
    """An item's form, or the item without controls for whoever may only look."""
    where = decode_token(key, visit.description)
    if visit.request.method != "POST":
        spend(visit.request, "read")
        item = _stored(visit, where)
        return form_page(visit, ItemForm.of_item(visit, item, mode_of(visit.request)))
    as_new = "_saveasnew" in visit.request.POST
    if refusal := _refusal(visit, "add" if as_new else "change", is_new=False):
        return refusal
    if "changes" in visit.request.POST:
        spend(visit.request, "write")
        return _resolve(visit, where)
    form = ItemForm.submitted(visit, is_new=False)
    _require_same_item(visit, where, form.opened)
    held = _wait(visit, form) or _look(visit, form)
    return held or (_create(visit, form) if as_new else _change(visit, form))


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
    _require_same_item(visit, where, shown)
    try:
        delete_as_shown(visit, shown)
    except EditConflict as conflict:
        if conflict.stored is not None:
            return delete_page(visit, conflict.stored, conflict)
        words = _("The item “%(key)s” was deleted already.")
    else:
        words = _("The item “%(key)s” was deleted.")
    forget(visit, key)
    messages.success(visit.request, words % {"key": key_text(where, visit.description)})
    return HttpResponseRedirect(list_before(visit).url)


# ---------------------------------------------------------------- writing


def _refusal(visit: Visit, right: str, *, is_new: bool) -> HttpResponse | None:
    """For whoever lost a right while they typed: what they typed, to be copied."""
    try:
        visit.require(right)
    except Forbidden as error:
        try:
            form = ItemForm.submitted(visit, is_new=is_new)
        except InvalidRequest:
            raise error from None
        typed = form.raw or json_text(form.edited)
        return error_page(visit.request, error, visit.table, typed=typed)
    return None


def _wait(visit: Visit, form: ItemForm) -> HttpResponse | None:
    """The form again, with what was typed, when this person writes too often."""
    try:
        spend(visit.request, "write")
    except TooOften as refusal:
        form.trouble = _("You save too often. What you typed is still here: wait a little.")
        answer = form_page(visit, form, status=429)
        answer["Retry-After"] = str(wait_of(refusal))
        return answer
    return None


def _look(visit: Visit, form: ItemForm) -> HttpResponse | None:
    """The form again in another look, when one of those buttons was pressed."""
    post = visit.request.POST
    if not any(name in post for name in _LOOKS):
        return None
    if "_view" in post:
        form.switch_view(post["_view"])
    elif "_addrow" in post:
        form.add_rows()
    elif form.is_valid:
        form.show("raw" if post["_tab"] == "raw" else "rows")
    else:
        return form_page(visit, form, status=422)
    return form_page(visit, form)


def _create(visit: Visit, form: ItemForm) -> HttpResponse:
    form.check(as_new=True)
    if not form.is_valid:
        return form_page(visit, form, status=422)
    fixed = read_only_names(visit)
    fresh = {name: value for name, value in form.edited.items() if name not in fixed}
    new_key = unseal_new_key(form.new_key, visit.table.alias)
    try:
        made = create_item(visit, fresh, new_key)
    except PreconditionFailed as error:
        return _exists(visit, form, error.current or {}, fresh)
    except TablesError as error:
        return _refused(visit, form, error)
    return saved(visit, made, "added")


def _exists(visit: Visit, form: ItemForm, stored: Item, fresh: Item) -> HttpResponse:
    """An item with this key is there: the very one, when a form was sent twice."""
    if is_as_written(stored, fresh, visit):
        words = _("The item “%(key)s” is there already, just as you wrote it.")
        messages.info(visit.request, words % {"key": key_text(stored, visit.description)})
        return onward(visit, stored)
    form.new_key = ""
    return form_page(visit, form, existing=stored, status=409)


def _change(visit: Visit, form: ItemForm) -> HttpResponse:
    form.check(as_new=False)
    if not form.is_valid:
        return form_page(visit, form, status=422)
    changes = diff(form.opened, form.edited, nested=True)
    if not changes:
        messages.info(visit.request, _("Nothing was changed, so nothing was written."))
        return onward(visit, form.opened)
    return _write(visit, form, changes)


def _write(visit: Visit, form: ItemForm, changes: Sequence[Change]) -> HttpResponse:
    try:
        after = save_changes(visit, form.opened, changes)
    except EditConflict as conflict:
        return conflict_page(visit, form.opened, conflict)
    except TablesError as error:
        return _refused(visit, form, error)
    theirs = others_changes(visit, form.opened, after, changes)
    return saved(visit, after, "changed", changes, theirs)


def _refused(visit: Visit, form: ItemForm, error: TablesError) -> HttpResponse:
    """The form again, with what was typed and what is wrong."""
    if error.status == 403:
        raise error
    if error.status < 500:
        form.add_error(error)
        return form_page(visit, form, status=error.status if error.status in (409, 413) else 422)
    # The write may have been made all the same: to make it once more changes nothing.
    form.trouble = _("%(reason)s What you typed is still here: save again in a moment.") % {
        "reason": told(error.message)
    }
    answer = form_page(visit, form, status=error.status)
    if error.retry_after is not None:
        answer["Retry-After"] = str(error.retry_after)
    return answer


def _resolve(visit: Visit, where: Item) -> HttpResponse:
    """What the conflict page sends: the state that it showed, and a choice for each attribute."""
    post = visit.request.POST
    base = unseal(post.get("opened", ""), visit.table.alias)
    _require_same_item(visit, where, base)
    if "_recreate" in post:
        visit.require("add")
        changes, _asked = unsealed_changes(post["changes"], visit.table.alias)
        form = ItemForm.of_item(visit, base, "rows", apply_changes(changes, base))
        return _create(visit, form)
    kept = resolved_changes(post["changes"], visit.table.alias, post)
    if not kept:
        messages.info(visit.request, _("Your changes were dropped; nothing was written."))
        return HttpResponseRedirect(remembering(item_url(visit, base), list_before(visit)))
    form = ItemForm.of_item(visit, base, "rows", apply_changes(kept, base))
    return _write(visit, form, kept)


def _require_same_item(visit: Visit, where: Item, opened: Item) -> None:
    """Raise InvalidRequest when the form of one item was sent to another one's address."""
    token = encode_token(where, visit.description)
    names = visit.description.key_names
    if any(name not in opened for name in names) or token != encode_token(
        opened, visit.description
    ):
        raise InvalidRequest(_("This form belongs to another item. Open the item again."))


# ---------------------------------------------------------------- parts


def _stored(visit: Visit, where: Item) -> Item:
    item = get_item(visit.table.table, where, consistent=True).item
    if item is None:
        raise ItemNotFound(_("There is no item with this key."))
    return item
