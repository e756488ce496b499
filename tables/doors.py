"""What a door is to the rest of the site: where it stands, and how it words an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that no view answers: v1's code and title, the name of DynamoDB's protocols.

    `detail` is for a program; `cause` is for the pages alone, which have words of their own.
    """

    status: int
    code: str
    title: str
    aws_name: str
    detail: str
    cause: Exception | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Door:
    """One way into the site. `prefix` is the first segment of each of its paths.

    `name` is what metrics and log lines call it. `word` is absent where the pages speak for it.
    `is_for_programs` says that its clients follow no redirect and read no page. `claims` tells a
    request that is this door's whatever its path.
    """

    name: str
    prefix: str
    urls: Sequence[URLPattern | URLResolver]
    word: Callable[[HttpRequest, Refusal], HttpResponse] | None = None
    is_for_programs: bool = False
    claims: Callable[[HttpRequest], bool] | None = None
