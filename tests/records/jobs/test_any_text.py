"""PostgreSQL's JSON holds no NUL: what a job keeps may all the same."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tables.records.jobs.any_text import AnyTextJSONField
from tables.records.jobs.models import Job, JobPart

TEXT = st.text(st.sampled_from("\0\ufdd0\ufdd1\ufdd2a\\u0"))
FIELD = AnyTextJSONField()


@given(
    st.recursive(
        TEXT | st.none() | st.booleans() | st.integers(),
        lambda below: st.lists(below) | st.dictionaries(TEXT, below),
    )
)
def test_any_text_comes_back_and_no_nul_is_kept(value):
    kept = FIELD.get_prep_value(value)
    assert "\0" not in repr(kept).replace("\\x00", "\0")
    restored = FIELD.from_db_value(connection.ops.adapt_json_value(kept, None), None, connection)
    assert restored == value


@pytest.mark.django_db
def test_a_job_goes_on_at_a_key_with_nul_in_it(monkeypatch):
    key = {"id": {"S": "a\0b"}, "na\0me": {"S": "\ufdd0"}}
    job = Job.objects.create(
        id="01a21ca8-13de-70c4-82a2-e3a1cd254065",
        expires="2026-11-27T00:00:00Z",
        spec={"changes": [{"value": {"S": "\0"}}], "to": "Things"},
        estimate={"heads": ["a\0"]},
    )
    part = JobPart.objects.create(job=job, number=0, total=1, cursor=key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cursor FROM tables_jobpart")
        assert "\\u0000" not in str(cursor.fetchone()[0])
    part.refresh_from_db()
    job.refresh_from_db()
    assert (part.cursor, job.spec["changes"]) == (key, [{"value": {"S": "\0"}}])
    assert job.estimate == {"heads": ["a\0"]}
    assert [*Job.objects.filter(spec__to="Things")] == [job]
