"""What the tests' engine serves: the demo's, and at `/tests/…` what sets its tables up at once.

`empty` leaves no table, `keep/NAME` remembers the tables as they are, and `recall/NAME` makes them
again where there is none: 404 is a name that nobody kept, 409 an engine with a table. Imported by
`tests.engine`'s command line only, as `demo.emulator` is by `demo.engine`'s.
"""

import pickle

from ministack.services import dynamodb

from demo.emulator import STORES, Guarded, serve

__all__ = ["STORES", "application", "serve"]  # what `demo.engine` asks of an emulator

PREFIX = "/tests/"
_kept = {}


class Prepared(Guarded):
    """The demo's application, and the way to set tables up."""

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await super().__call__(scope, receive, send)
            return
        action, _, name = scope["path"].removeprefix(PREFIX).partition("/")
        status = {"empty": empty, "keep": keep, "recall": recall}[action](name)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def empty(_name):
    dynamodb.reset()
    return 204


def keep(name):
    _kept[name] = pickle.dumps(dynamodb.get_state())
    return 204


def recall(name):
    if name not in _kept:
        return 404
    if dynamodb.get_state()["tables"]:
        return 409
    dynamodb.load_persisted_state(pickle.loads(_kept[name]))
    return 204


application = Prepared
