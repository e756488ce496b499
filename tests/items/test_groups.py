"""Ids of bulk actions."""

import time
import uuid

from tables.items.groups import new_group


def test_an_id_is_a_uuid_of_version_7_and_tells_when_the_action_began():
    earliest = time.time_ns() // 1_000_000
    group = uuid.UUID(new_group())
    assert (group.version, group.variant) == (7, uuid.RFC_4122)
    assert earliest <= group.int >> 80 <= time.time_ns() // 1_000_000


def test_two_actions_of_one_millisecond_differ():
    assert len({new_group() for _ in range(100)}) == 100
