"""Many operations in one request, each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from tables.api.v1.media_types import PLAIN, TYPED
from tables.api.v1.requests.batch_jobs import stage
from tables.api.v1.requests.batch_operations import (
    MAX_OPERATIONS,
    BatchOperation,
    read_operations,
)
from tables.api.v1.requests.bodies import draft_of, json_change, merge_change, require_media_type
from tables.api.v1.requests.parameters import require_known_parameters
from tables.api.v1.requests.preconditions import require_precondition
from tables.api.v1.requests.prefer import Deferral, preferred_deferral, preferred_return
from tables.api.v1.resources.errors_page import error_entries
from tables.api.v1.resources.waiting import has_ended, keyed_of
from tables.api.v1.resources.writing import WritingView
from tables.api.v1.responses.batch_results import batch_results
from tables.api.v1.responses.jobs import job_document, job_headers
from tables.api.v1.responses.links import item_link, link
from tables.api.v1.responses.problems import problem_of
from tables.core.errors import PreconditionFailed, TablesError, Unavailable, WriteInDoubt
from tables.core.keys import decode_token, encode_token
from tables.core.values import Item, dumps
from tables.items.creates import create
from tables.items.deletes import delete
from tables.items.puts import replace as replace_item
from tables.items.updates import patch
from tables.items.wanted import Outcome, Told, Write
from tables.items.writes import perform
from tables.jobs.files import drop_upload, keep_upload
from tables.jobs.kinds.batch import MOST_OPERATIONS, StagedOperation
from tables.jobs.orders import How, start
from tables.records.idempotency.keeping import REPLAYED_HEADER, Keeping, Part, keep_parts
from tables.records.idempotency.kept_answers import Answer
from tables.records.idempotency.keyed_requests import KeyedRequest
from tables.records.jobs.models import Job

_NOT_BEGUN = Unavailable("Not begun: it is not known whether the operation before it was done.")


def _status_and_title(code: str) -> tuple[int, str]:
    entry = next(entry for entry in error_entries() if entry.code == code)
    return entry.statuses[0], entry.title


class Batch(WritingView):
    """Up to 100 operations, as {"operations": [{"method": "PUT", "key": "…", "body": {…}}]}.

    With `Prefer: respond-async` up to 10,000: they become a job.
    """

    rights: ClassVar = {"POST": ("add", "change", "delete")}
    accepted: ClassVar = {"POST": (PLAIN, TYPED)}
    starts: ClassVar = {"POST": {"operations": [{"method": "POST", "body": {}}]}}

    def batch(self, request: Request, alias: str) -> HttpResponse:
        """207 with one result for each operation, in the same order; 202 where it comes later."""
        deferral = preferred_deferral(request)
        if deferral is not None:
            operations = self._operations(MOST_OPERATIONS)
            if not deferral.wait or len(operations) > MAX_OPERATIONS:
                return self._later(operations, deferral)
        answer = keep_parts(
            self.keyed(), self._run_all, word=self.word, require=self.target.require
        )
        response = self.respond(answer)
        if deferral is not None:
            response["Preference-Applied"] = deferral.kept
        return response

    def _run_all(self, part: Part) -> Answer:
        operations, is_typed = self._operations(), self._is_typed
        answers: list[Answer] = []
        broken: TablesError | None = None
        for position, operation in enumerate(operations):
            try:
                if broken is not None:
                    raise broken
                answers.append(self._run_one(operation, part(position), is_typed=is_typed))
            except (TablesError, APIException) as error:
                if isinstance(error, WriteInDoubt):
                    broken = _NOT_BEGUN
                elif isinstance(error, Unavailable):
                    # Each further try would wait for the same silence.
                    broken = error
                # With a key, what will not change is worded and kept: what comes here may.
                is_final = not isinstance(error, TablesError)
                answers.append(replace(self._refusal(operation, error), final=is_final))
        return self._answer(answers)

    def _operations(self, most: int = MAX_OPERATIONS) -> list[BatchOperation]:
        require_known_parameters(self.request, frozenset({"format"}))
        return read_operations(self.body, is_typed=self._is_typed, most=most)

    @property
    def _is_typed(self) -> bool:
        return require_media_type(self.request, self.accepted["POST"], self.body) == TYPED

    def _later(self, operations: Sequence[BatchOperation], deferral: Deferral) -> HttpResponse:
        """The job that they become, or what became of them where it ended within the wait."""
        job, is_new = self._ordered(stage(operations, self.target, is_typed=self._is_typed))
        told = {"Preference-Applied": deferral.applied}
        if not is_new:
            told[REPLAYED_HEADER] = "true"
        if has_ended(job, self.target.caller, deferral.wait):
            results = batch_results(job, _status_and_title, self.document)
            answer = self.present({"results": results}, told)
            answer.status_code = 207
            return answer
        job.refresh_from_db()
        told |= {**job_headers(job), "Location": link(self.request, "v1-job", id=job.pk)}
        answer = self.present(job_document(self.request, job, self.target.caller), told)
        answer.status_code = 202
        return answer

    def _ordered(self, staged: Sequence[StagedOperation]) -> tuple[Job, bool]:
        target, keyed = self.target, self.keyed()
        upload = keep_upload(target.caller, (operation.packed() for operation in staged))
        given = {
            "upload": upload,
            "count": len(staged),
            "methods": {operation.method for operation in staged},
            "repeats": any(operation.is_again for operation in staged),
        }
        how = How(by_token=self.request.auth is not None, keyed=keyed_of(keyed))
        try:
            job, is_new = start(target.caller, "batch", target.table.alias, given, how)
        except TablesError:
            drop_upload(target.caller, upload)
            raise
        if not is_new:
            drop_upload(target.caller, upload)
        return job, is_new

    def _run_one(
        self, operation: BatchOperation, keyed: KeyedRequest | None, *, is_typed: bool
    ) -> Answer:
        """The result of one operation as the answer that is kept for it."""
        keeping = Keeping(
            keyed,
            word=lambda error: self._refusal(operation, error),
            rebuild=lambda answer, item: self._rebuilt(operation, answer, item),
            require=self.target.require,
            transactions=self.target.table.transactions,
        )

        def tell(outcome: Outcome) -> Told[Answer]:
            answer = self._result(outcome)
            return Told(answer, keeping.companions(answer, outcome.effect(self.target)))

        while keeping.answer is None:
            with keeping:
                keeping.finish(perform(self._wanted(operation, is_typed=is_typed), tell))
        return keeping.answer

    def _wanted(self, operation: BatchOperation, *, is_typed: bool) -> Write:
        target, tags = self.target, operation.tags
        if operation.method == "POST":
            return create(target, draft_of(operation.body, is_typed=is_typed), tags)
        require_precondition(target.table, operation.method, tags)
        key = decode_token(operation.key or "", target.description)
        if operation.method == "PUT":
            draft = draft_of(operation.body, is_typed=is_typed).keyed(target.description)
            return replace_item(target, key, draft, tags)
        if operation.method == "DELETE":
            return delete(target, key, condition=tags, must_be_there=True)
        change = (
            json_change(operation.body)
            if isinstance(operation.body, list)
            else merge_change(operation.body, is_typed=is_typed)
        )
        return patch(target, key, change, tags)

    def _result(self, outcome: Outcome) -> Answer:
        key = encode_token(outcome.key, self.target.description)
        rights = frozenset({outcome.right})
        if outcome.after is None:
            return Answer(204, {}, dumps({"status": 204, "key": key}), rights=rights)
        status = 201 if outcome.before is None else 200
        return Answer(status, {}, self._entry(status, key, outcome.after), rights=rights)

    def _entry(self, status: int, key: str | None, item: Item) -> bytes:
        representation, seen = self.representation(), self.target.sight.see(item)
        tag = representation.etag(seen)
        entry: dict[str, Any] = {"status": status, "key": key, "etag": tag}
        if status == 201:
            target = self.target
            entry["location"] = item_link(self.request, target.table, target.description, item)
        if preferred_return(self.request) != "minimal":
            entry["item"] = representation.show(seen)
        return dumps(entry)

    def _refusal(self, operation: BatchOperation, error: Exception) -> Answer:
        problem = problem_of(error, self.request)
        if problem is None:
            raise error
        entry: dict[str, Any] = {"status": problem.status, "key": operation.key}
        if isinstance(error, PreconditionFailed) and error.current is not None:
            entry["etag"] = self.representation().etag(self.target.sight.see(error.current))
        body = dumps({**entry, "problem": self.document(problem)})
        return Answer(problem.status, {}, body)

    def _rebuilt(self, operation: BatchOperation, answer: Answer, item: Item | None) -> Answer:
        body = dumps({"status": answer.status, "key": operation.key})
        item = self.target.sight.kept(item)
        if item is not None:
            key = encode_token(item, self.target.description)
            body = self._entry(answer.status, key, item)
        return replace(answer, body=body)

    def _answer(self, answers: list[Answer]) -> Answer:
        results = [orjson.Fragment(answer.body) for answer in answers]
        representation = self.representation()
        headers = {"Content-Type": TYPED if representation.is_typed else PLAIN}
        return Answer(
            207,
            headers,
            representation.body({"results": results}),
            final=all(answer.final for answer in answers),
            rights=frozenset[str]().union(*(answer.rights for answer in answers)),
        )
