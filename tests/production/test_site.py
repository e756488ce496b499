"""What the whole site promises: TLS, hashed files, shared counters, and answers as they are."""

import json
import re
import urllib.request


def bearer(site):
    return {"Authorization": f"Bearer {site.token}"}


def test_ready_behind_the_proxy_and_directly(site):
    for origin in (site.origin, site.direct):
        answer = site.session().get(f"{origin}/readyz", timeout=30)
        assert (answer.status_code, answer.text) == (200, "ok\n")


def test_people_are_led_from_plain_http_to_tls_with_their_method(site):
    for host in (None, "evil.example"):
        answer = site.session().post(
            f"{site.plain_origin}/admin/tables/Workers/",
            headers={"Host": host},
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code == 308
        assert answer.headers["Location"] == f"{site.origin}/admin/tables/Workers/"


def test_programs_are_refused_over_plain_http_in_their_doors_words(site):
    old_sdk = {"X-Amz-Target": "DynamoDB_20111205.PutItem"}
    for path, headers in {
        "/endpoint?table=Workers": {},
        "/endpoint/": {},
        "/api/v1/tables/Workers/items": {},
        "/dynamodb/": old_sdk,
        "/": old_sdk,
    }.items():
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = site.session().request(
                method,
                site.plain_origin + path,
                headers=bearer(site) | headers,
                data=b'{"empId":"in the clear"}',
                allow_redirects=False,
                timeout=30,
            )
            assert answer.status_code == 403, (method, path)
            assert "over HTTPS only" in answer.text


def test_browsers_are_told_to_stay_with_tls(site):
    answer = site.session().get(f"{site.origin}/admin/", allow_redirects=False, timeout=30)
    assert answer.status_code == 302
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_an_unknown_host_is_refused(site):
    answer = site.session().get(
        f"{site.origin}/admin/", headers={"Host": "evil.example"}, timeout=30
    )
    assert answer.status_code == 400


def test_static_files_have_hashed_names_and_stay_in_caches(site):
    page = site.session().get(f"{site.origin}/api/docs/errors", timeout=30).text
    (path,) = re.findall(r'href="(/static/api/docs\.[0-9a-f]{12}\.css)"', page)
    answer = site.session().get(site.origin + path, timeout=30)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


def test_an_item_by_both_doors_and_links_with_the_public_name(site):
    item = site.session().get(
        f"{site.origin}/endpoint?table=Workers&id=1", headers=bearer(site), timeout=30
    )
    assert item.json()["item"]["empId"] == "1"
    listed = site.session().get(
        f"{site.origin}/api/v1/tables/Workers/items?limit=1", headers=bearer(site), timeout=30
    )
    assert listed.json()["next"].startswith(f"{site.origin}/api/v1/tables/Workers/items?")


def test_a_token_of_8_kb_and_a_long_address_come_through(site):
    headers = {"Authorization": "Bearer " + "a" * 8192}
    answer = site.session().get(
        f"{site.origin}/endpoint?table=Workers&id={'k' * 8192}", headers=headers, timeout=30
    )
    assert answer.json() == {"success": False, "message": "Unauthorized"}


def test_a_body_over_the_limit_is_refused_in_the_doors_words(site):
    answer = site.session().post(
        f"{site.origin}/endpoint?table=Workers",
        data=b'{"empId":"' + b"a" * (5 * 1024 * 1024) + b'"}',
        headers=bearer(site),
        timeout=60,
    )
    assert answer.status_code == 413
    assert answer.json()["error"]["statusCode"] == 413


def test_a_chunked_body_is_read(site):
    def chunks():
        yield b'{"empId":"chunked",'
        yield b'"note":"in two"}'

    answer = site.session().post(
        f"{site.origin}/endpoint?table=Workers", data=chunks(), headers=bearer(site), timeout=30
    )
    assert answer.status_code == 200
    assert answer.json()["item"]["note"] == "in two"


def test_a_whole_list_streams_through_the_proxy(site):
    answer = site.session().get(
        f"{site.origin}/endpoint?table=Cities", headers=bearer(site), timeout=60
    )
    assert len(json.loads(answer.content)) == 200


def test_callers_are_counted_over_all_workers(site):
    statuses = [
        site.session()
        .get(
            f"{site.origin}/oidc/authenticate/",
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
            allow_redirects=False,
            timeout=30,
        )
        .headers["RateLimit"]
        for number in range(6)
    ]
    left = [int(re.search(r"r=(\d+)", text)[1]) for text in statuses]
    assert len(set(left)) == 6, left


def test_metrics_are_for_the_machine_and_not_for_the_internet(site):
    assert site.session().get(f"{site.origin}/metrics", timeout=30).status_code == 404
    with urllib.request.urlopen(f"{site.direct}/metrics", timeout=30) as page:
        assert b"dynadmin_requests_total{" in page.read()


def test_users_and_sessions_live_in_postgresql(site):
    shown = site.manage("showmigrations", "--plan")
    assert shown.returncode == 0
    assert "[ ]" not in shown.stdout


def test_the_log_is_json_and_holds_no_token(site):
    site.session().get(
        f"{site.origin}/endpoint?table=Workers&id=1", headers=bearer(site), timeout=30
    )
    lines = [json.loads(line) for line in site.log.splitlines() if line.startswith("{")]
    assert {"request"} <= {line["event"] for line in lines}
    assert site.token not in site.log
