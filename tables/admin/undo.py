"""Taking back: one version of an item, an item as it was, a bulk action as a whole."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.item_form.form import ItemForm
from tables.admin.item_form.history import history_context, history_url, with_item
from tables.admin.item_form.pages import conflict_page, delete_page, form_page, headed, item_url
from tables.admin.item_form.saving import (
    EditConflict,
    clash_of,
    differences,
    read_only_names,
)
from tables.admin.recent_items import forget, remember
from tables.admin.texts.core_messages import told
from tables.admin.undo_button import page_of_button, with_undo
from tables.admin.values.differences import differences_between
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, table_page
from tables.core.deltas import apply_deltas, change_of, is_made, reversed_deltas
from tables.core.errors import (
    PreconditionFailed,
    TablesError,
    UndoConflict,
)
from tables.core.keys import decode_token, encode_token
from tables.core.preconditions import state_of
from tables.core.updates import diff
from tables.core.values import Item
from tables.items.conditions import Tags
from tables.items.history import Version, require_kept, version
from tables.items.reads import stored
from tables.items.rules import kept_names
from tables.items.undo import restore, undo
from tables.items.wanted import Outcome, itself
from tables.items.writes import perform


@require_http_methods(["POST"])
@table_page
def undo_item(visit: Visit, key: str, n: int) -> HttpResponse:
    """Take one version back, where what it left still stands; else ask."""
    require_kept(visit.target)
    spend(visit.request, "write")
    where = decode_token(key, visit.description)
    found = version(visit.target, where, n)
    try:
        done = perform(undo(visit.target, found), itself)
    except UndoConflict as conflict:
        return _contested(visit, found, conflict)
    except TablesError as error:
        return _refused(visit, where, _undone(found), error)
    words = _("Version %(n)s of “%(key)s” was undone.")
    return _done(visit, where, done, words % {"n": n, "key": key_text(where, visit.description)})


@require_http_methods(["GET", "HEAD", "POST"])
@table_page
def restore_item(visit: Visit, key: str, n: int) -> HttpResponse:
    """Show what going back to a version would write; then write it onto what was shown."""
    require_kept(visit.target)
    is_post = visit.request.method == "POST"
    spend(visit.request, "write" if is_post else "read")
    where = decode_token(key, visit.description)
    found = with_item(version(visit.target, where, n))
    try:
        if not is_post:
            return _ask(visit, where, found)
        write = restore(visit.target, found, condition=_as_shown(visit))
        done = perform(write, itself)
    except PreconditionFailed:
        return _ask(visit, where, found, is_stale=True)
    except TablesError as error:
        return _refused(visit, where, found.item, error)
    words = _("“%(key)s” is as version %(n)s left it.")
    return _done(visit, where, done, words % {"n": n, "key": key_text(where, visit.description)})


def _ask(visit: Visit, where: Item, found: Version, *, is_stale: bool = False) -> HttpResponse:
    see = visit.target.sight.see
    now = stored(visit.target, where)
    visit.require("add" if now is None else "change")
    _operation, outcome = restore(visit.target, found).decided(now)
    wanted, kept = see(outcome.after or {}), kept_names(visit.table)
    rows = differences_between(see(now) if now else None, wanted, kept)
    title = _("Restore version %(n)s of “%(key)s”?")
    context = {
        **headed(title, visit, where, n=found.entry.n),
        **history_context(visit, where),
        "n": found.entry.n,
        "is_gone": now is None,
        "is_stale": is_stale,
        "is_taken": now is not None and not found.entry.after,
        "rows": rows,
        "version_url": f"{history_url(visit, where)}{found.entry.n}/",
        "state": state_of(now) if now is not None else "",
    }
    return visit.render("admin/tables/item_restore.html", context, 409 if is_stale else 200)


def _as_shown(visit: Visit) -> Tags:
    """The state that the question showed, which must be there still."""
    state = visit.request.POST.get("state", "")
    return Tags(if_match=f'"{state}"') if state else Tags(if_none_match="*")


def _done(visit: Visit, where: Item, done: Outcome, words: str) -> HttpResponse:
    """Say what was taken back, with the way to take that back, and lead to where one was."""
    messages.success(visit.request, with_undo(visit, words, done))
    if done.after is None:
        forget(visit, encode_token(where, visit.description))
    else:
        remember(visit, done.after, "added" if done.before is None else "changed")
    return HttpResponseRedirect(_back(visit, where, is_gone=done.after is None))


def _back(visit: Visit, where: Item, *, is_gone: bool) -> str:
    """The page that the button was on; else the item, or what is known of it."""
    back, own = page_of_button(visit.request), item_url(visit, where)
    if back and not (is_gone and back.partition("?")[0] == own):
        return back
    return history_url(visit, where) if is_gone else own


# ---------------------------------------------------------------- what stands in the way


def _contested(visit: Visit, found: Version, conflict: UndoConflict) -> HttpResponse:
    """The page to choose on, where there is a choice; else the reason, on the item's history."""
    current, entry = conflict.current, found.entry
    if current is None or not conflict.contested:
        messages.warning(visit.request, told(conflict.message))
        return HttpResponseRedirect(history_url(visit, entry.key))
    if not entry.before:
        left = found.item or {}
        return delete_page(visit, current, EditConflict(differences(left, current), current))
    if not entry.after:
        return _ask(visit, entry.key, with_item(found), is_stale=True)
    edit = _edit_conflict(visit, found, conflict, current)
    return conflict_page(visit, found.item or {}, edit, of=entry.n)


def _edit_conflict(
    visit: Visit, found: Version, conflict: UndoConflict, current: Item
) -> EditConflict:
    """The undo as an edit of what the version left: parts that still stand are settled."""
    left, was = found.item or {}, _undone(found) or {}
    asked = {clash.path for clash in conflict.contested}
    ours = kept_names(visit.table)
    whole = [change for change in diff(left, was, nested=True) if change.path in asked]
    edit = clash_of(left, current, whole)
    names = {change.path[0] for change in edit.changes if len(change.path) == 1}
    settled = [
        change_of(delta, current)
        for delta in reversed_deltas(found.deltas)
        if delta.path not in asked
        and delta.path[0] not in {*ours, *names}
        and not is_made(delta, current)
    ]
    return EditConflict(edit.conflicts, current, [*settled, *edit.changes])


def _undone(found: Version) -> Item | None:
    """The item before a version."""
    return apply_deltas(reversed_deltas(found.deltas), found.item)


def _refused(visit: Visit, where: Item, wanted: Item | None, error: TablesError) -> HttpResponse:
    """Never a dead end: the form, filled with what was wanted and what is wrong with it."""
    if wanted is None or error.status not in (400, 409, 413, 422):
        raise error
    now = stored(visit.target, where)
    fixed = read_only_names(visit)
    kept = {name: value for name, value in wanted.items() if name not in fixed}
    if now is None:
        form = replace(ItemForm.of_item(visit, {}, "rows", kept), is_new=True)
    else:
        kept |= {name: now[name] for name in fixed if name in now}
        form = ItemForm.of_item(visit, now, "rows", kept)
    return form_page(visit, form.with_error(error), status=422)
