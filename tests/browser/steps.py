"""Steps that many of these tests take: items behind the site's back, forms, rows of a list."""

import base64
import json
import re

import requests
from playwright.sync_api import expect

from demo.cognito import id_token

ITEM = {
    "empId": {"S": "two-browsers"},
    "worker": {"M": {"name": {"S": "Ann"}, "site": {"S": "North"}}},
    "dueDays": {"N": "3"},
    "note": {"S": "one\ntwo"},
}


def token(value):
    """A key part as a URL has it."""
    tag, content = next(iter(value.items()))
    data = base64.b64decode(content) if tag == "B" else content.encode()
    if re.fullmatch(rb"[A-Za-z0-9_-]+", data):
        return data.decode()
    return "~" + base64.urlsafe_b64encode(data).decode().rstrip("=")


def change(alias, *key):
    return f"/admin/tables/{alias}/{','.join(map(token, key))}/change/"


def items_of(site, alias):
    return site.engine.dynamodb("Scan", TableName=f"ttd-{alias}")["Items"]


def key_names(site, alias):
    schema = site.engine.dynamodb("DescribeTable", TableName=f"ttd-{alias}")["Table"]["KeySchema"]
    return [entry["AttributeName"] for entry in schema]


def put(site, item=ITEM, alias="Workers"):
    site.engine.dynamodb("PutItem", TableName=f"ttd-{alias}", Item=item)


def stored(site, key=ITEM["empId"], alias="Workers"):
    (name,) = key_names(site, alias)
    return site.engine.dynamodb("GetItem", TableName=f"ttd-{alias}", Key={name: key}).get("Item")


def forget(site, key, alias):
    (name,) = key_names(site, alias)
    site.engine.dynamodb("DeleteItem", TableName=f"ttd-{alias}", Key={name: key})


def written(site, *requests_, user="sam.staff"):
    """Send requests of REST v1 one after the other, each a method, a path below Workers, a body."""
    token = id_token(site.engine, site.pool, user)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        for method, path, body in requests_:
            url = f"{site.url}/api/v1/tables/Workers/{path}"
            kind = {"PATCH": "application/merge-patch+json"}.get(method, "application/json")
            answer = session.request(
                method, url, data=json.dumps(body), headers={"Content-Type": kind}
            )
            assert answer.ok, answer.text


def in_colours(page, scheme):
    """Let the system ask for light or dark, and leave nothing on its way to its colour."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(
        "document.getAnimations().forEach((each) => each instanceof CSSTransition && each.finish())"
    )


def undo(page):
    """Press the button in the message."""
    page.locator(".messagelist .undo").click()


def value(page, name):
    """The control of an attribute's value in the item form."""
    return page.locator(f"[role=group][aria-label='{name}'] .value")


def save(page, button="_save"):
    page.locator(f".saving [name={button}]").click()


def keys(page):
    """What the first column of a list shows."""
    return page.locator("#result_list tbody .key a > :first-child").all_inner_texts()


def sort_keys(page):
    return page.locator("#result_list tbody .key .k2").all_inner_texts()


def settled(page):
    """Wait until htmx has swapped what it asked for."""
    expect(page.locator(".htmx-request")).to_have_count(0)


def continued(page):
    """How often a scan was continued until it reached the end."""
    times = 0
    while page.locator("#continue-scan").count():
        before = page.url
        page.click("#continue-scan")
        page.wait_for_function("before => location.href !== before", arg=before)
        settled(page)
        times += 1
    return times


def act(page, action):
    """Tick every row, choose an action, go."""
    page.check("#action-toggle")
    page.select_option("select[name=action]", action)
    page.click("button[name=index]")


def add_filter(page, path, text, operator="eq", type="", *, apply=True):
    """Fill in one more condition of a list's filter, and apply it."""
    page.click("#add-filter > summary")
    row = page.locator(".condition.spare")
    row.locator(".path").fill(path)
    row.locator(".operator").select_option(operator)
    row.locator("input.value").fill(text)
    row.locator("select.type").select_option(type)
    if apply:
        page.click("#apply-filter")


def typed_filters(page):
    """Attribute and value of each condition that has one: set ones, then one still to come."""
    boxes = page.locator(".chip-set .condition, .condition.spare").all()
    typed = [
        [box.locator(f"input.{name}").input_value() for name in ("path", "value")] for box in boxes
    ]
    return sorted(pair for pair in typed if pair[1])
