"""Files of jobs: what people send, what is made of it, what they fetch; nobody else reads them."""

from __future__ import annotations

import gzip
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

import orjson
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from tables.access.callers import Caller
from tables.core.errors import InvalidRequest, TooLarge, Unavailable
from tables.dynamodb.tries import FAILURES
from tables.records.jobs.models import Job

MAX_UPLOAD = 1024**3
_UPLOADS = "uploads"
# A check is confirmed within a day, and an upload can be checked again meanwhile.
_UPLOAD_LIFE = timedelta(days=2)
_BLOCK = 64 * 1024


def keep_upload(caller: Caller, blocks: Iterable[bytes]) -> str:
    """Keep what somebody sends; the id of it, which is theirs alone. Raises TooLarge."""
    upload = str(uuid.uuid4())
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
        with _reached():
            _storage().save(upload_name(caller, upload), file)
    return upload


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
    with _reached():
        _storage().delete(upload_name(caller, upload))


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


def tidy_uploads() -> None:
    """Remove uploads that nobody will import any more. Raises Unavailable."""
    storage = _storage()
    oldest = timezone.now() - _UPLOAD_LIFE
    with _reached():
        for owner in _listed(storage, _UPLOADS)[0]:
            for file in _listed(storage, f"{_UPLOADS}/{owner}")[1]:
                _remove_older(storage, f"{_UPLOADS}/{owner}/{file}", oldest)


def _remove_older(storage: Storage, name: str, moment: datetime) -> None:
    # Another worker that tidies may be faster.
    with suppress(FileNotFoundError):
        if storage.get_modified_time(name) < moment:
            storage.delete(name)


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
        raise Unavailable("The place for files can't be reached, or is full.") from error


def _storage() -> Storage:
    return storages["jobs"]


def _no_upload() -> InvalidRequest:
    return InvalidRequest("There is no such file any more. Send it again.")
