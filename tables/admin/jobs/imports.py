"""Import: choose a file, say how it is read where that is not plain, look at the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tables.access.limits.rates import spend
from tables.admin.texts.core_messages import told
from tables.admin.texts.job_orders import delimiter_words
from tables.admin.texts.sentences import count_words
from tables.admin.values.differences import FEW_ROWS, Difference, differences_between
from tables.admin.values.hidden_characters import visible
from tables.admin.values.one_line import key_text
from tables.admin.visit import Visit, table_page
from tables.core.bare_words import place_words
from tables.core.errors import JobNotFound, TablesError
from tables.core.file_formats import FileReading, Look
from tables.core.file_text import ENCODINGS
from tables.core.import_rows import Verdict
from tables.core.import_rules import DUPLICATES, MODES
from tables.core.keys import encode_token
from tables.items.rules import kept_names
from tables.items.target import Target
from tables.jobs.files import keep_upload
from tables.jobs.finding import find_job, may_control
from tables.jobs.kinds import imports
from tables.jobs.orders import start, want
from tables.records.jobs.models import Job

ROWS = 50
_CHOSEN = ("upload", "name", "mode", "encoding", "delimiter", "format", "duplicates")
_LISTED = ("taken", "cleared", "left_out")
# Tabs of the difference page -> the verdicts of their rows.
TABS: Mapping[str, tuple[Verdict, ...]] = {
    "write": ("new", "changed"),
    "partial": ("changed",),
    "conflict": ("conflict",),
    "refused": ("refused",),
    "same": ("same",),
}


@dataclass(frozen=True, slots=True)
class ShownFault:
    """What is wrong with a cell; `taken` is its column where a person may say that it is right."""

    column: str
    words: str
    taken: str


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """A row of the file as the page shows it."""

    line: int
    verdict: str
    key: str
    url: str
    rows: Sequence[Difference]
    faults: Sequence[ShownFault]


@require_http_methods(["GET", "HEAD", "POST"])
@table_page
def import_items(visit: Visit) -> HttpResponse:
    """Take a file, and order that it is checked; ask first what can't be known of it."""
    if not (visit.can("add") or visit.can("change")):
        visit.require("add")
    if visit.request.method != "POST":
        spend(visit.request, "read")
        return _ask(visit)
    spend(visit.request, "write")
    try:
        given = _given(visit.request, visit)
        if not given["upload"]:
            return _ask(visit, error=_("Choose a file."), status=422)
        look = imports.look(
            visit.target, given["upload"], encoding=given["encoding"], delimiter=given["delimiter"]
        )
        if not look.reading.is_decided:
            return _ask_how(visit, given, look)
        job, _is_new = start(visit.caller, "import", visit.table.alias, given)
        _replace(visit)
    except TablesError as error:
        if error.status not in (400, 403, 409, 413, 422, 507):
            raise
        return _ask(visit, error=told(error.message), status=error.status)
    return HttpResponseRedirect(reverse("admin:job", args=[job.pk]))


def _replace(visit: Visit) -> None:
    """Cancel the job whose file is checked once more: two that wait for a yes are one too many."""
    with suppress(JobNotFound):
        former = find_job(visit.caller, visit.request.POST.get("instead_of", ""))
        if former.state == "ready" and may_control(visit.caller, former):
            want(former, visit.caller, "cancel")


def _given(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """The order of an import, its file kept. Raises InvalidRequest, TooLarge."""
    form = request.POST
    given: dict[str, Any] = {name: form.get(name, "") for name in _CHOSEN}
    given |= {name: form.getlist(name) for name in _LISTED}
    given["mode"] = given["mode"] or "upsert"
    file = request.FILES.get("file")
    if isinstance(file, UploadedFile):
        given |= {"upload": keep_upload(visit.caller, file.chunks()), "name": file.name or ""}
    return given


def _ask(visit: Visit, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "title": _("Import into %(table)s") % {"table": visit.table.label},
        "modes": [(name, _(str(words))) for name, words in MODES.items()],
        "mode": visit.request.POST.get("mode", "upsert"),
        "duplicates": [(name, _(str(words))) for name, words in DUPLICATES.items()],
        "chosen": visit.request.POST.get("duplicates", ""),
        "error": error,
    }
    return visit.render("admin/jobs/import.html", context, status)


def _ask_how(visit: Visit, given: Mapping[str, Any], look: Look) -> HttpResponse:
    """What the file does not tell by itself: its encoding, or what cuts its lines."""
    context = {
        "title": _("Import into %(table)s") % {"table": visit.table.label},
        "given": given,
        "listed": [(name, text) for name in _LISTED for text in given[name]],
        "bad": look.bad,
        "byte": f"{look.bad.byte:02X}" if look.bad else "",
        "encodings": [
            (name, ENCODINGS[name], [visible(line) for line in lines])
            for name, lines in look.lines.items()
        ],
        "delimiters": [
            (mark, delimiter_words(mark), [visible(cell) for cell in cells])
            for mark, cells in look.heads.items()
        ]
        if look.reading.encoding
        else [],
    }
    return visit.render("admin/jobs/import_how.html", context)


# ---------------------------------------------------------------- what a check has found


class ImportShown:
    """The differences of a checked import, a tab and a page of them."""

    def __init__(self, job: Job, target: Target, tab: str, start_at: int) -> None:
        self.job, self.target = job, target
        self.tab = tab if tab in TABS else "write"
        self.start = start_at
        is_partial, most = self.tab == "partial", ROWS + 1
        found = imports.differences(
            job, target, *TABS[self.tab], is_partial=is_partial, start=start_at, most=most
        )
        self.has_more = len(found) > ROWS
        self.rows = [self._shown(row) for row in found[:ROWS]]

    @property
    def tabs(self) -> list[tuple[str, str, str]]:
        """Each tab: what its address says, its words, how many rows it has."""
        counts = self.job.estimate
        words = {
            "write": _("To write"),
            "partial": _("But for a cell"),
            "conflict": _("Conflict"),
            "refused": _("Refused"),
            "same": _("Same"),
        }
        sums = {
            tab: sum(counts.get(verdict, 0) for verdict in verdicts)
            for tab, verdicts in TABS.items()
        } | {"partial": counts.get("kept", 0)}
        shown = (tab for tab in TABS if tab != "partial" or sums[tab])
        return [(tab, words[tab], count_words(sums[tab])) for tab in shown]

    @property
    def next_start(self) -> int:
        return self.start + ROWS

    @property
    def again(self) -> list[tuple[str, str]]:
        """What a form sends that has the same file checked once more."""
        spec = self.job.spec
        reading = FileReading(**spec["reading"])
        fixed = [
            ("instead_of", str(self.job.pk)),
            ("upload", spec["upload"].rpartition("/")[2]),
            *(("name", spec["name"]), ("mode", spec["mode"]), ("format", reading.format)),
            ("duplicates", spec.get("duplicates", "")),
            *(("encoding", reading.encoding), ("delimiter", reading.delimiter)),
        ]
        return [*fixed, *((name, text) for name in _LISTED for text in spec[name])]

    def _shown(self, row: imports.RowDifference) -> ShownDifference:
        description = self.target.description
        key = key_text(row.key, description) if row.key else ""
        url = ""
        if row.key is not None and row.before is not None:
            token = encode_token(row.key, description)
            url = reverse("admin:tables_item_change", args=[self.job.alias, token])
        hidden = kept_names(self.target.table)
        rows: Sequence[Difference] = ()
        if row.after:
            rows = differences_between(row.before, row.after, hidden, most=FEW_ROWS)
        faults = [
            ShownFault(
                visible(place_words(fault.column)),
                told(fault.detail),
                fault.column if _is_mangled(fault.code) else "",
            )
            for fault in row.faults
        ]
        return ShownDifference(row.line, row.verdict, key, url, rows, faults)


def _is_mangled(code: str) -> bool:
    """Whether a cell looks as a spreadsheet leaves it, and a person may say that it is right."""
    return code.startswith("mangled_") or code == "unsure_cell"
