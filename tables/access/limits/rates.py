"""How often: rates per caller and per address, and how many scans at a time."""

from __future__ import annotations

import contextlib
import hashlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from tables.access.callers import Caller
from tables.access.limits.client_ip import client_address
from tables.access.users import caller_of_user

if TYPE_CHECKING:
    from rest_framework.views import APIView  # its import reads the settings that name this

# Scope -> the setting with its rate; None there is no limit.
SCOPES = {
    "read": "THROTTLE_READ",
    "write": "THROTTLE_WRITE",
    "scan": "THROTTLE_SCAN",
    "export": "THROTTLE_EXPORT",
    "anonymous": "THROTTLE_ANONYMOUS",
}
_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
_ALLOWANCE = "tables.allowance"  # in request.META, which DRF's request shares
SCANS_AT_ONCE = 2
# A slot whose holder died is free again after this; a longer scan may get company.
SLOT_SECONDS = 120

# After a failure of the cache nobody counts, or waits for it, until this has passed.
REST_SECONDS = 5

log = structlog.get_logger(__name__)


class Rest:
    """Whether the cache has failed a moment ago: a silent one would cost every request a wait."""

    def __init__(self) -> None:
        self._ends_at = -float("inf")

    def is_on(self) -> bool:
        return time.monotonic() < self._ends_at

    def begin(self, scope: str, error: Exception) -> None:
        log.warning("limit_not_counted", scope=scope, reason=type(error).__name__)
        self._ends_at = time.monotonic() + REST_SECONDS


rest = Rest()


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a scope's rate after a request was counted."""

    scope: str
    quota: int
    window: int
    used: int
    resets_in: int

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.quota

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them."""
        left = max(0, self.quota - self.used)
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.quota};w={self.window}',
            "RateLimit": f'"{self.scope}";r={left};t={self.resets_in}',
        }


def count(scope: str, who: str) -> Allowance | None:
    """Count one request; None where the scope has no limit, or where nothing can be counted.

    Windows are fixed: what counts is one number in the cache, added to in one step.
    """
    rate = getattr(settings, SCOPES[scope])
    if not rate or rest.is_on():
        return None
    quota, window = _quota(rate)
    now = time.time()
    key = f"limit:{scope}:{_short(who)}:{window}:{int(now // window)}"
    try:
        cache.add(key, 0, timeout=window + 1)
        used = cache.incr(key)
    except ValueError:  # it went between the two: a full cache forgets
        used = 1
    except (RedisError, OSError) as error:
        # Nobody is shut out because the counter is.
        rest.begin(scope, error)
        return None
    return Allowance(scope, quota, window, used, math.ceil(window - now % window))


def spend(request: HttpRequest | Request, scope: str) -> None:
    """Count a request of its caller. Raises DRF's Throttled, worded by every door as 429."""
    _require(request, count(scope, caller_of_user(request.user).sub))


def count_stranger(request: HttpRequest | Request) -> None:
    """Count a request of nobody we know by its address. Raises DRF's Throttled.

    Whoever is known never meets this limit: many people may share one address.
    """
    _require(request, count("anonymous", client_address(request)))


def allowance_of(request: HttpRequest) -> Allowance | None:
    """What the last count left to this request's caller."""
    allowance: Allowance | None = request.META.get(_ALLOWANCE)
    return allowance


def wait_of(refusal: Throttled) -> int:
    """Seconds until another try makes sense; DRF keeps them where no stub says so."""
    return int(getattr(refusal, "wait", None) or 1)


def _require(request: HttpRequest | Request, allowance: Allowance | None) -> None:
    if allowance is None:
        return
    request.META[_ALLOWANCE] = allowance
    if allowance.is_exceeded:
        raise Throttled(wait=allowance.resets_in)


class CallerThrottle(BaseThrottle):
    """A DRF throttle for the callers of one scope."""

    scope: str

    def allow_request(self, request: Request, view: APIView) -> bool:
        spend(request, self.scope)
        return True


class ReadThrottle(CallerThrottle):
    scope = "read"


class WriteThrottle(CallerThrottle):
    scope = "write"


class ScanThrottle(CallerThrottle):
    scope = "scan"


@contextlib.contextmanager
def concurrent_scan(caller: Caller, *, patience: float = 0.0) -> Iterator[None]:
    """Hold one of the caller's two scan slots, after at most `patience` seconds of waiting.

    Raises DRF's Throttled when none comes free.
    """
    slot = _slot(caller, patience)
    try:
        yield
    finally:
        give_back(slot)


def _slot(caller: Caller, patience: float) -> str:
    deadline = time.monotonic() + patience
    while True:
        slot = free_slot("scan", caller.sub, SCANS_AT_ONCE)
        if slot is not None:
            return slot
        if time.monotonic() >= deadline:
            raise Throttled(wait=1, detail=f"At most {SCANS_AT_ONCE} scans at a time.")
        time.sleep(0.05)


def free_slot(kind: str, who: str, most: int) -> str | None:
    """Take one of `most` slots for SLOT_SECONDS. None: all are taken; "": none can be counted."""
    if rest.is_on():
        return ""
    for number in range(most):
        slot = f"{kind}:{_short(who)}:{number}"
        try:
            if cache.add(slot, 1, timeout=SLOT_SECONDS):
                return slot
        except (RedisError, OSError) as error:
            rest.begin(f"{kind} slots", error)
            return ""
    return None


def keep_slot(slot: str) -> None:
    """Hold a slot for SLOT_SECONDS from now."""
    if slot:
        with contextlib.suppress(RedisError, OSError):
            cache.set(slot, 1, timeout=SLOT_SECONDS)


def give_back(slot: str) -> None:
    """Let somebody else have a slot."""
    if slot:
        with contextlib.suppress(RedisError, OSError):
            cache.delete(slot)


def _short(who: str) -> str:
    """A part of a cache key: not every cache takes blanks, or any length."""
    return hashlib.sha256(who.encode()).hexdigest()[:32]


def _quota(rate: str) -> tuple[int, int]:
    """`600/min` -> 600 requests in 60 seconds."""
    number, _, period = rate.partition("/")
    return int(number), _SECONDS[period[0]]
