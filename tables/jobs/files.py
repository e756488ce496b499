"""Files of jobs: what people send, what is made of it, what they fetch; nobody else reads them."""

from __future__ import annotations

import errno
import gzip
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

import orjson
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from tables.access.callers import Caller
from tables.core.errors import InvalidRequest, StorageFull, TablesError, TooLarge, Unavailable
from tables.core.job_states import ENDED
from tables.dynamodb.tries import FAILURES
from tables.jobs.states import hold
from tables.records.jobs.models import Job, JobUpload

MAX_UPLOAD = 1024**3
_UPLOADS = "uploads"
# A check is confirmed within a day, and an upload can be checked again meanwhile.
_UPLOAD_LIFE = timedelta(days=2)
_BLOCK = 64 * 1024
_MB = 1024 * 1024
# Workers tidy so often.
_ROOM_SECONDS = 600
_FULL = (errno.ENOSPC, errno.EDQUOT)


def keep_upload(caller: Caller, blocks: Iterable[bytes]) -> str:
    """Keep what somebody sends; the id of it, which is theirs alone.

    Raises TooLarge for a file, or all that this person has sent, and StorageFull for all that
    everybody has.
    """
    upload = str(uuid.uuid4())
    _require_room(caller, 1)  # before a byte of it is read
    with TemporaryUploadedFile("upload", None, 0, None) as file:
        size = 0
        for block in blocks:
            size += len(block)
            if size > MAX_UPLOAD:
                raise TooLarge("A file to import has at most {most} MB.", most=MAX_UPLOAD >> 20)
            file.write(block)
        file.flush()
        file.seek(0)
        file.size = size
        _save_upload(caller, upload_name(caller, upload), file)
    return upload


def _save_upload(caller: Caller, name: str, file: TemporaryUploadedFile) -> None:
    """Store an upload, whose room is taken first."""
    size = file.size or 0
    with transaction.atomic():
        hold()
        _require_room(caller, size)
        JobUpload.objects.create(name=name, owner_sub=caller.sub, size=size)
    try:
        with _reached():
            _storage().save(name, file)
    except TablesError:
        JobUpload.objects.filter(name=name).delete()
        raise


def _require_room(caller: Caller, size: int) -> None:
    """Raise TooLarge or StorageFull where uploads with this one would take more than they may."""
    sums = JobUpload.objects.aggregate(
        all=Sum("size", default=0), own=Sum("size", filter=Q(owner_sub=caller.sub), default=0)
    )
    if sums["own"] + size > settings.JOB_UPLOADS_PERSON_MB * _MB:
        raise TooLarge(
            "Your files to import take up to {most} MB at a time. Cancel imports that you don't "
            "need; those that have ended make room within ten minutes.",
            most=settings.JOB_UPLOADS_PERSON_MB,
            retry_after=_ROOM_SECONDS,
        )
    if sums["all"] + size > settings.JOB_UPLOADS_MB * _MB:
        raise StorageFull(
            "There is no room for files to import at the moment: those of everybody take up to "
            "{most} MB at a time.",
            most=settings.JOB_UPLOADS_MB,
            retry_after=_ROOM_SECONDS,
        )


def upload_name(caller: Caller, upload: str) -> str:
    """The name under which somebody's upload is kept. Raises InvalidRequest for what is no id."""
    try:
        number = uuid.UUID(upload)
    except ValueError as error:
        raise _no_upload() from error
    owner = hashlib.sha256(caller.sub.encode()).hexdigest()[:32]
    return f"{_UPLOADS}/{owner}/{number}"


def drop_upload(caller: Caller, upload: str) -> None:
    """Let go of an upload that nobody wants to import any more."""
    _drop(upload_name(caller, upload))


def _drop(name: str) -> None:
    with _reached():
        _storage().delete(name)
    JobUpload.objects.filter(name=name).delete()


def open_file(name: str) -> BinaryIO:
    """A stored file, to be read and closed. Raises InvalidRequest where there is none."""
    with _reached():
        return cast("BinaryIO", _storage().open(name, "rb"))


def put(name: str, blocks: Iterable[bytes]) -> None:
    """Store a file, packed by gzip, in the place of one of that name."""
    # Two workers that make the same piece must make the same bytes.
    packed = gzip.compress(b"".join(blocks), 6, mtime=0)
    with _reached():
        _storage().delete(name)
        _storage().save(name, ContentFile(packed))


def get(name: str) -> bytes:
    """What such a file holds. Raises InvalidRequest where there is none."""
    with _reached(), open_file(name) as file:
        return gzip.decompress(file.read())


def size_of(name: str) -> int:
    """Bytes of such a file, packed. Raises InvalidRequest where there is none."""
    with _reached():
        return int(_storage().size(name))


def packed_blocks(names: Iterable[str]) -> Iterator[bytes]:
    """Such files one after the other, as one gzip file. Raises InvalidRequest."""
    for name in names:
        with open_file(name) as file:
            while block := file.read(_BLOCK):
                yield block


def digest(value: Any) -> str:
    """A short name of a place, which any JSON says."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def folder(job: Job) -> str:
    """Where the files of a job are, which go with it."""
    return f"jobs/{job.pk}"


def remove_files(job: Job) -> None:
    """Remove what a job has stored: what was read of its upload, its output. Raises Unavailable."""
    with _reached():
        _remove(_storage(), folder(job))


def remove_read_files(job: Job) -> None:
    """Remove what an ended import or batch has read of its upload, and that, unless another job
    goes on with it: nobody reads them any more. Raises Unavailable.
    """
    remove_files(job)
    upload = job.spec.get("upload", "")
    others = Job.objects.filter(spec__upload=upload).exclude(state__in=ENDED)
    if upload and not others.exists():
        _drop(upload)


def tidy_uploads() -> None:
    """Remove uploads that nobody will import any more. Raises Unavailable."""
    storage = _storage()
    oldest = timezone.now() - _UPLOAD_LIFE
    with _reached():
        for owner in _listed(storage, _UPLOADS)[0]:
            for file in _listed(storage, f"{_UPLOADS}/{owner}")[1]:
                _remove_older(storage, f"{_UPLOADS}/{owner}/{file}", oldest)
    # Of a process that died before it had stored the file.
    JobUpload.objects.filter(created__lt=oldest).delete()


def _remove_older(storage: Storage, name: str, moment: datetime) -> None:
    # Another worker that tidies may be faster.
    with suppress(FileNotFoundError):
        if storage.get_modified_time(name) < moment:
            storage.delete(name)
            JobUpload.objects.filter(name=name).delete()


def _remove(storage: Storage, place: str) -> None:
    folders, names = _listed(storage, place)
    for name in names:
        storage.delete(f"{place}/{name}")
    for name in folders:
        _remove(storage, f"{place}/{name}")
    storage.delete(place)


def _listed(storage: Storage, place: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(place)
    except FileNotFoundError:
        return [], []


@contextmanager
def _reached() -> Iterator[None]:
    """Raise InvalidRequest for a file that is not there, Unavailable for a place that fails."""
    try:
        yield
    except FileNotFoundError as error:
        raise _no_upload() from error
    except (OSError, *FAILURES) as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageFull("The place for files is full.", retry_after=_ROOM_SECONDS) from error
        raise Unavailable("The place for files can't be reached.") from error


def _storage() -> Storage:
    return storages["jobs"]


def _no_upload() -> InvalidRequest:
    return InvalidRequest("There is no such file any more. Send it again.")
