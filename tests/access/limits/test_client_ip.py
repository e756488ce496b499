"""An address counts as far as it can be believed."""

import pytest
from django.http import HttpRequest

from tables.access.limits.client_ip import client_address


def request_from(address, forwarded=None):
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = address
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


def test_x_forwarded_for_means_nothing_without_a_trusted_proxy(settings):
    settings.TRUST_PROXY = False
    assert client_address(request_from("192.0.2.7", "198.51.100.1")) == "192.0.2.7"


def test_a_trusted_proxy_wrote_the_last_entry(settings):
    settings.TRUST_PROXY = True
    assert client_address(request_from("10.0.0.1", "6.6.6.6, 198.51.100.1")) == "198.51.100.1"
    assert client_address(request_from("10.0.0.1")) == "10.0.0.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_one_client_is_one_address(settings, address, counted):
    assert client_address(request_from(address)) == counted
