"""RFC 9110, section 13 and 8.8: preconditions, and the entity tags that they compare."""

import pytest

from tests.api.v1.conftest import TYPED, ok, problem, write_bare
from tests.tables import stored

pytestmark = pytest.mark.usefixtures("tables")
USES = ("Bare",)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ["{0}", '"other", {0}', "{bare}", "*", " {0} "])
def test_the_right_tag_lets_the_write_pass(staff, tag, method, form):
    """Section 13.1.1: any tag of the list may match, `*` matches what is there."""
    header = form.format(tag, bare=tag.strip('"'))
    assert write_bare(staff, method, If_Match=header).status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("query", ["format=dynamodb", "fields=a", "fields=tags&format=dynamodb"])
def test_the_tag_of_any_representation_of_the_state_counts(staff, tag, method, query):
    """Section 13.1.1: the state counts, in whichever representation it was read."""
    other = staff.get("Bare/items/1", query)["ETag"]
    assert other != tag
    assert write_bare(staff, method, If_Match=other).status_code in (200, 204)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ['"0000.p"', "0000", "W/{}", '"*"'])
def test_another_tag_or_a_weak_one_is_412_with_the_present_tag(staff, tag, method, form):
    """Sections 13.1.1 and 8.8.3.2: strong comparison; section 15.5.13: 412."""
    response = write_bare(staff, method, If_Match=form.format(tag))
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == tag
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_the_present_tag_is_that_of_the_representation_asked_for(staff, tag):
    """Section 8.8.3: a tag is of one representation."""
    response = staff.put("Bare/items/1", {}, If_Match='"x"', Accept=TYPED)
    assert response.status_code == 412
    assert response["ETag"] == staff.get("Bare/items/1", Accept=TYPED)["ETag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['"', '"a" "b"', "ä", ",", "W/", '"a"x', "a b", ""])
@pytest.mark.parametrize("name", ["If_Match", "If_None_Match"])
def test_a_malformed_tag_is_400_and_never_ignored(staff, tag, method, header, name):
    """Section 13.1: a precondition that is ignored would let through what it forbids."""
    problem(write_bare(staff, method, **{name: header}), 400, "invalid_request")
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


def test_if_none_match_star_creates_only(staff):
    """Section 13.1.2: `*` is false where anything is there."""
    ok(staff.put("Bare/items/1", {"a": 1}, If_None_Match="*"), 201)
    response = staff.put("Bare/items/1", {"a": 2}, If_None_Match="*")
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == staff.get("Bare/items/1")["ETag"]
    assert stored("v1-Bare", id={"S": "1"})["a"] == {"N": "1"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_none_match_of_the_present_state_refuses_a_write(staff, tag, method):
    """Section 13.1.2: weak comparison, and 412 for other methods than GET and HEAD."""
    problem(write_bare(staff, method, If_None_Match=f"W/{tag}"), 412, "precondition_failed")
    assert write_bare(staff, method, If_None_Match='"other.p"').status_code in (200, 204)


def test_if_match_never_creates(staff):
    """Section 13.1.1: `*` and tags are false where nothing is there."""
    for header in ("*", '"x.p"'):
        response = staff.put("Bare/items/1", {"a": 1}, If_Match=header)
        problem(response, 412, "precondition_failed")
        assert "ETag" not in response
    assert stored("v1-Bare", id={"S": "1"}) is None


def test_dates_are_no_preconditions_here(staff, tag):
    """Sections 13.1.3 and 13.1.4: without a Last-Modified, dates say nothing."""
    past = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert write_bare(staff, "PATCH", If_Unmodified_Since=past).status_code == 200


def test_the_tag_is_strong_and_names_the_representation(staff, tag):
    """Section 8.8.3: strong tags, one for each representation."""
    tags = {
        staff.get("Bare/items/1", query)["ETag"]
        for query in (
            "",
            "format=dynamodb",
            "fields=a",
            "fields=tags",
            "fields=a&format=dynamodb",
        )
    }
    assert len(tags) == 5
    assert {tag[0] + tag[-1] for tag in tags} == {'""'}
    assert len({tag.split(".")[0] for tag in tags}) == 1


@pytest.mark.parametrize("query", ["", "format=dynamodb", "fields=a"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_it_gets_304_without_a_body(staff, tag, method, query):
    """Sections 13.1.2 and 15.4.5: 304 with the headers that a cache needs."""
    tag = staff.get("Bare/items/1", query)["ETag"]
    response = staff.send(method, "Bare/items/1", query=query, If_None_Match=tag)
    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == tag
    assert "Content-Length" not in response
    assert response["Cache-Control"] == "private, no-cache"
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize("form", ["W/{}", '{0}, "other"', '"other" , {0}', "*", "{bare}"])
def test_if_none_match_is_a_list_weak_or_unquoted(staff, tag, form):
    """Section 13.1.2: a list, compared weakly."""
    header = form.format(tag, bare=tag.strip('"'))
    assert staff.get("Bare/items/1", If_None_Match=header).status_code == 304


def test_the_tag_of_another_representation_or_state_is_no_match(staff, tag):
    """Section 13.1.2: another representation is not what the client has."""
    typed = staff.get("Bare/items/1", "format=dynamodb")["ETag"]
    assert staff.get("Bare/items/1", If_None_Match=typed).status_code == 200
    ok(staff.patch("Bare/items/1", {"a": 7}))
    assert staff.get("Bare/items/1", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize("header", ["", '"', '"a" "b"', "ä", ",", "W/", '"a"x', "a b"])
def test_a_malformed_tag_on_a_read_is_400(staff, tag, header):
    """Section 13.1: as for writes."""
    problem(staff.get("Bare/items/1", If_None_Match=header), 400, "invalid_request")
    problem(staff.get("Bare/items/1", If_Match=header), 400, "invalid_request")


def test_if_match_on_a_read_refuses_another_state(staff, tag):
    """Section 13.1.1: If-Match holds for reads too."""
    assert staff.get("Bare/items/1", If_Match=tag).status_code == 200
    response = staff.get("Bare/items/1", If_Match='"other.p"')
    problem(response, 412, "precondition_failed")
    assert response["ETag"] == tag


def test_if_match_is_looked_at_before_if_none_match(staff, tag):
    """Section 13.2.2: the order of precedence; both must hold."""
    both = {"If_Match": '"other.p"', "If_None_Match": tag}
    problem(staff.get("Bare/items/1", **both), 412, "precondition_failed")
    assert staff.get("Bare/items/1", If_Match=tag, If_None_Match=tag).status_code == 304
    problem(write_bare(staff, "PUT", If_Match=tag, If_None_Match="*"), 412, "precondition_failed")


def test_a_date_beside_a_tag_is_ignored(staff, tag):
    """Section 13.1.3: If-Modified-Since has no say where If-None-Match stands."""
    future = "Fri, 01 Jan 2100 00:00:00 GMT"
    response = staff.get("Bare/items/1", If_None_Match='"x.p"', If_Modified_Since=future)
    assert response.status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_what_would_fail_anyway_fails_without_its_preconditions(staff, method):
    """Section 13.2.1: they are ignored where the answer without them is no success and no 412."""
    body = None if method in ("GET", "DELETE") else {}
    response = staff.send(method, "Bare/items/none", body, If_Match='"x.p"')
    problem(response, 404, "item_not_found")


def test_a_precondition_has_no_say_where_there_is_nothing_to_compare(staff, tag):
    """Section 13.2.1: OPTIONS selects no representation."""
    assert staff.send("OPTIONS", "Bare/items/1", If_Match='"x.p"').status_code == 200


@pytest.mark.parametrize("form", [",{0}", "{0},", '"x.p", ,{0}', "{0}\t,"])
def test_empty_elements_of_a_list_are_passed_over(staff, tag, form):
    """Section 5.6.1.2: what recipients must accept of a list."""
    assert staff.get("Bare/items/1", If_None_Match=form.format(tag)).status_code == 304
    assert write_bare(staff, "PATCH", If_Match=form.format(tag)).status_code == 200


def test_each_answer_of_a_write_has_the_tag_of_the_new_state(staff, tag):
    """Section 8.8.3: what was written can be written again without a read."""
    for method in ("PUT", "PATCH", "PUT"):
        response = write_bare(staff, method, If_Match=tag)
        assert response.status_code == 200
        tag = response["ETag"]
    assert staff.get("Bare/items/1")["ETag"] == tag
