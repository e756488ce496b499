"""Who may open the pages, and what every page shows."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_hosted_sign_in_with_the_page_they_wanted(client):
    answer = client.get("/admin/tables/Workers/?a=1", follow=False)
    assert answer.status_code == 302
    print(answer["Location"])
