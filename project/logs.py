"""How log lines look: JSON for machines or colours for people; secrets masked, one line each."""

from __future__ import annotations

import functools
import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog
from django.utils.log import CallbackFilter
from structlog.typing import EventDict, Processor, WrappedLogger

from tables.access.log_fields import add_names

MASK = "[masked]"
# What a line says of one thing: more would be what somebody made for us to carry. Only this module
# writes `error`, the places of exceptions, and a deep one's may be many.
MOST_CHARACTERS = 500
MOST_ENTRIES = 20
_LONGER = {"error": 5000}
# What must never reach a log, wherever it came from: an address, a header, AWS's own words.
# Each alternative, once begun, ends where it began or takes what it has seen: linear in the text.
_SECRETS = re.compile(
    r"""
    eyJ[\w-]{5,}(?:\.[\w-]*)*                                # JSON Web Tokens, begun ones too
    | \b(?:Bearer|Basic|AWS4-HMAC-SHA256)\s+[^\s,"']+         # credentials in a header
    | \b(?:AKIA|ASIA|AKDY|AROA|AIDA)[A-Z0-9]{12,}             # access key and principal ids
    | \barn:aws[\w-]*:[^\s"',]+                               # ARNs hold account ids
    | \b(?:account|Account)\W{1,3}\d{12}\b
    | (?i:[?&](?:code|state|nonce)=)[^\s&;,"']+
    | (?i:(?:code_verifier|id_token|access_token|refresh_token|client_secret|password
        |csrfmiddlewaretoken|csrftoken|sessionid|secret_?access_?key|secret_?key
        |x-amz-security-token|signature)["']?\s*[=:]\s*["']?)[^\s&;,"']+
    """,
    re.VERBOSE,
)
# A text without any of these holds nothing of the above; most hold none, and this is quick.
_SIGNS = re.compile("[=:]|eyJ|earer|asic|AWS4|AKIA|ASIA|AKDY|AROA|AIDA|ccount")
# Written by this module alone.
_OWN = frozenset({"timestamp", "level", "logger", "request_id"})
_BEGIN: list[Processor] = [
    add_names,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# What a line of the standard library's loggers may say beside its event.
EXTRAS = frozenset({"reason", "aws_code", "aws_request_id", "mend"})
_ADD_EXTRAS = structlog.stdlib.ExtraAdder(allow=EXTRAS)
_RENDERERS: dict[str, Processor] = {
    "json": structlog.processors.JSONRenderer(lambda event, **_: orjson.dumps(event).decode()),
    "console": structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
}


def logging_config(form: str) -> dict[str, Any]:
    """Django's LOGGING for `json` or `console`; structlog is configured on the way."""
    end: list[Processor] = [tell_where, mask, _RENDERERS[form]]
    structlog.configure(
        processors=[*_BEGIN, *end],
        logger_factory=LineLogger,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*_BEGIN, _ADD_EXTRAS],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *end,
                ],
            }
        },
        "filters": {"unexpected": {"()": CallbackFilter, "callback": has_exception}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["lines"], "level": "INFO"},
        "loggers": {
            # A request's own line says what Django says of its status.
            "django.request": {"level": "ERROR", "filters": ["unexpected"]},
            "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "botocore": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


class LineLogger:
    """Where our own lines go: to the stream of the handler that everyone else's lines go to.

    Through `logging` itself each would become two LogRecords first, half of a line's time.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name

    def write(self, line: str) -> None:
        """Write a rendered line, whole."""
        handler = _handler()
        with handler.lock:  # type: ignore[union-attr]
            handler.stream.write(f"{line}\n")
            handler.flush()

    debug = info = warning = error = critical = write


@functools.cache
def _handler() -> logging.StreamHandler[TextIO]:
    """The one that `logging_config` describes."""
    handlers = logging.getLogger().handlers
    return next(handler for handler in handlers if type(handler) is logging.StreamHandler)


def has_exception(record: logging.LogRecord) -> bool:
    """Whether a record tells of an exception, and not only of an answer's status."""
    return bool(record.exc_info)


def tell_where(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its classes and places. Its words may quote an item, so they stay out."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = [_told(cause) for cause in _causes(error)]
    event.pop("stack_info", None)
    return event


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Secrets become MASK; what could break a line or colour a terminal becomes an escape."""
    return {
        name: value if name in _OWN else _clean(value, _LONGER.get(name, MOST_CHARACTERS))
        for name, value in event.items()
    }


def _causes(error: BaseException) -> list[BaseException]:
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return causes


def _told(error: BaseException) -> str:
    trace: TracebackType | None = error.__traceback__
    frames = (
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)
    )
    return " < ".join([type(error).__qualname__, *reversed(list(frames))])


def _clean(value: Any, room: int) -> Any:
    """A value that a line has room for: texts of at most so many characters, and few of them."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_clean(entry, room) for entry in value[:MOST_ENTRIES]]
    text = value if isinstance(value, str) else str(value)
    # Cut before it is searched; twice as long as its room, so that a secret at the end of that is
    # seen as one.
    text = text[: 2 * room]
    if _SIGNS.search(text):
        text = _SECRETS.sub(MASK, text)
    text = text if text.isprintable() else _escaped(text)
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _escaped(text: str) -> str:
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
