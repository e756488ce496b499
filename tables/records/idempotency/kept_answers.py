"""The record of a keyed request in the state table: the answer that was given, or is being made."""

from __future__ import annotations

import base64
import logging
import time
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.conf import settings

from tables.core.errors import Refused, Sentence
from tables.core.expressions import Placeholders
from tables.core.operations import Delete, Put
from tables.core.preconditions import state_of
from tables.core.values import Item
from tables.dynamodb.reads import get_item

logger = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 60 * 60
# The record must stay under DynamoDB's 400 KB with the headers and the key of the item.
MAX_KEPT_BODY_BYTES = 300 * 1024
_NO_TABLE = Sentence(
    "Idempotency keys need a table that this site doesn't have yet; nothing was written. Whoever"
    " runs it makes it with `manage.py create_state_table`."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, made before the write that it tells of.

    `final` is False where the same request may end otherwise next time: it is not kept then.
    `rights` are those that its writes needed: who asks for it again must still have them.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    final: bool = True
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a write does: the item of this key in this real table becomes `after` (None: gone)."""

    table: str
    key: Item
    after: Item | None

    @property
    def state(self) -> str:
        """The state the item will have; empty for none."""
        return state_of(self.after) if self.after is not None else ""


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a keyed request until `expires` (Unix seconds).

    `attempt` tells the runs of one request apart. `body` is None where it was too large to keep.
    `table`, `key` and `state` say which item was written and what it became; they are empty
    where no item was. Without `status` the answer is not known yet.
    """

    id: str
    fingerprint: str
    attempt: str = field(default_factory=lambda: uuid.uuid4().hex)
    started: int = field(default_factory=lambda: int(time.time()))
    is_finished: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    rights: frozenset[str] = frozenset()
    table: str = ""
    key: Item = field(default_factory=dict)
    state: str = ""

    @property
    def expires(self) -> int:
        """When the key may be used anew, in Unix seconds."""
        return self.started + KEPT_SECONDS

    def answering(
        self, answer: Answer, effect: Effect | None = None, *, finished: bool = True
    ) -> Record:
        """This record with an answer, and the effect that goes with it."""
        compressed = zlib.compress(answer.body)
        kept = replace(
            self,
            is_finished=finished,
            status=answer.status,
            headers=dict(answer.headers),
            rights=answer.rights,
            body=answer.body if len(compressed) <= MAX_KEPT_BODY_BYTES else None,
        )
        if effect is None:
            return replace(kept, table="", key={}, state="")
        return replace(kept, table=effect.table, key=effect.key, state=effect.state)

    def put(self) -> Put:
        """The write of this record, unless another attempt's record stands there unexpired."""
        pool = Placeholders()
        identity, expires = pool.name("id"), pool.name("expires")
        now = pool.value({"N": str(int(time.time()))})
        condition = (
            f"attribute_not_exists({identity}) OR {expires} <= {now} OR {self._is_mine(pool)}"
        )
        return self._put(condition, pool)

    def finish(self) -> Put:
        """The write of this record over this attempt's own unfinished one, and no other."""
        pool = Placeholders()
        return self._put(self._is_mine(pool), pool)

    def withdraw(self) -> Delete:
        """The delete of this attempt's unfinished record."""
        pool = Placeholders()
        key: Item = {"id": {"S": self.id}}
        return Delete(settings.STATE_TABLE, key, self._is_mine(pool), pool, may_repeat=True)

    def item_now(self) -> Item | None:
        """The item that was written, read consistently."""
        return get_item(self.table, self.key, consistent=True).item

    def _put(self, condition: str, pool: Placeholders) -> Put:
        # Nobody else writes a record of this attempt.
        return Put(
            settings.STATE_TABLE, self._item(), condition, pool, may_repeat=True, key_names=("id",)
        )

    def _is_mine(self, pool: Placeholders) -> str:
        attempt, mine = pool.name("attempt"), pool.value({"S": self.attempt})
        finished, no = pool.name("finished"), pool.value({"BOOL": False})
        return f"({attempt} = {mine} AND {finished} = {no})"

    def _item(self) -> Item:
        item: Item = {
            "id": {"S": self.id},
            "fingerprint": {"S": self.fingerprint},
            "attempt": {"S": self.attempt},
            "started": {"N": str(self.started)},
            "expires": {"N": str(self.expires)},
            "finished": {"BOOL": self.is_finished},
            "headers": {"M": {name: {"S": value} for name, value in self.headers.items()}},
        }
        if self.status is not None:
            item["status"] = {"N": str(self.status)}
        if self.body is not None:
            item["body"] = {"B": base64.b64encode(zlib.compress(self.body)).decode()}
        if self.rights:
            item["rights"] = {"SS": sorted(self.rights)}
        if self.table:
            item |= {
                "table": {"S": self.table},
                "key": {"M": self.key},
                "state": {"S": self.state},
            }
        return item


def read_record(record_id: str) -> Record | None:
    """The record of that id; one that has expired is none, whether or not DynamoDB removed it."""
    try:
        item = get_item(settings.STATE_TABLE, {"id": {"S": record_id}}, consistent=True).item
    except Refused as error:
        if error.aws_code == "ResourceNotFoundException":
            logger.error("state_table_missing", extra={"mend": "manage.py create_state_table"})  # noqa: TRY400
            raise Refused(_NO_TABLE, aws_code=error.aws_code) from error
        raise
    if item is None or int(item["expires"]["N"]) <= time.time():
        return None
    return Record(
        id=record_id,
        fingerprint=item["fingerprint"]["S"],
        attempt=item["attempt"]["S"],
        started=int(item["started"]["N"]),
        is_finished=item["finished"]["BOOL"],
        status=int(item["status"]["N"]) if "status" in item else None,
        headers={name: value["S"] for name, value in item["headers"]["M"].items()},
        body=zlib.decompress(base64.b64decode(item["body"]["B"])) if "body" in item else None,
        rights=frozenset(item["rights"]["SS"] if "rights" in item else ()),
        table=item["table"]["S"] if "table" in item else "",
        key=item["key"]["M"] if "key" in item else {},
        state=item["state"]["S"] if "state" in item else "",
    )
