"""Items of more attributes than one condition can compare, on an engine that takes such updates."""

import pytest

from tests.api.v1.conftest import ok, problem
from tests.tables import store

pytestmark = pytest.mark.usefixtures("embedded_tables")
USES = ("Bare", "Workers")


@pytest.mark.parametrize("alias", ["Bare", "Workers"])
@pytest.mark.parametrize(("held", "added"), [(3, 140), (3, 300), (400, 140), (400, 300)])
def test_a_patch_may_add_many_attributes_with_stamps_and_without(staff, alias, held, added):
    store(f"v1-{alias}", id={"S": "1"}, **{f"a{n}": {"S": "x"} for n in range(held)})
    new = {f"b{n}": n for n in range(added)}

    body = ok(staff.patch(f"{alias}/items/1", new))

    assert {name: value for name, value in body.items() if name.startswith("b")} == new
    assert sum(name.startswith("a") for name in body) == held


def test_a_patch_of_more_than_one_update_holds_loses_nothing_of_a_wide_item(staff):
    store("v1-Bare", id={"S": "1"}, **{f"a{n}": {"S": "x"} for n in range(400)})
    refusal = problem(
        staff.patch("Bare/items/1", {f"b{n}": n for n in range(400)}), 409, "conflict"
    )
    assert "single attributes" in refusal["detail"]
    store("v1-Bare", id={"S": "1"}, a={"S": "x"})
    assert len(ok(staff.patch("Bare/items/1", {f"b{n}": n for n in range(400)}))) == 402
