"""The way in, and the files that pages ask for."""


def test_the_root_leads_to_the_admin_pages(client):
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_static_files_are_served_before_anything_is_collected(client):
    answer = client.get("/static/dynadmin/favicon.svg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"".join(answer.streaming_content).startswith(b"<svg")
