"""Who asks, by headers and peer address alone."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from sandbox import keys, store
from sandbox.errors import RateLimited, Unauthorized
from sandbox.keys import Keys
from sandbox.server.access import Access
from sandbox.server.rate import Limiter
from sandbox.server.tenant import Kind, Tenant
from sandbox.settings import Settings

LOCAL = Tenant(Kind.LOCAL)
JSON = {"Host": "127.0.0.1:8080", "Content-Type": "application/json"}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.db"


def ask(
    file: Path,
    headers: dict[str, str],
    peer: str = "127.0.0.1",
    method: str = "POST",
    path: str = "/x",
    **settings: Any,
) -> Tenant:
    access = Access(Settings(keys=file, **settings), Keys(file))
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return access.tenant(method, path, Headers(raw=raw), peer)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "LOCALHOST", "[::1]:8080", "127.3.2.1"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_machines_own_user_needs_no_key(host: str, peer: str, file: Path) -> None:
    assert ask(file, {**JSON, "Host": host}, peer) == LOCAL
    assert ask(file, {**JSON, "Host": host, "Origin": f"http://{host}"}, peer) == LOCAL
    assert ask(file, {"Host": host}, peer, "GET") == LOCAL


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Host": "example.com"}, "its Host is 'example.com'"),
        ({"Host": "127.0.0.1.example.com"}, "its Host is"),
        ({"Host": "localhost.example.com"}, "its Host is"),
        ({"Host": "[::1].example.com"}, "its Host is"),
        ({"Host": "[::2]"}, "its Host is"),
        ({"Host": ""}, "its Host is ''"),
        ({"Origin": "http://example.com"}, "a page of 'http://example.com'"),
        ({"Origin": "http://127.0.0.1:9090"}, "a page of"),
        ({"Origin": "null"}, "a page of 'null'"),
        ({"Content-Type": "text/plain"}, "Content-Type"),
        ({"Content-Type": ""}, "Content-Type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        ({"Forwarded": "for=1.2.3.4"}, "forwarded by a proxy"),
        ({"X-Forwarded-For": "1.2.3.4"}, "forwarded by a proxy"),
        ({"X-Forwarded-Host": "example.com"}, "forwarded by a proxy"),
        ({"X-Forwarded-Proto": "https"}, "forwarded by a proxy"),
        ({"X-Real-IP": "127.0.0.1"}, "forwarded by a proxy"),
    ],
)
def test_a_web_page_or_a_stranger_is_not_the_machines_own_user(headers: dict[str, str], why: str, file: Path) -> None:
    with pytest.raises(Unauthorized, match=why):
        ask(file, {**JSON, **headers})
    assert ask(file, {**JSON, **headers, "Content-Type": "application/json"}, anonymous=True).kind is not Kind.KEY


def test_elsewhere_is_not_this_machine(file: Path) -> None:
    with pytest.raises(Unauthorized, match="does not come from this machine"):
        ask(file, JSON, "192.0.2.1")


def test_a_trusted_proxy_is_nobody_itself(file: Path) -> None:
    with pytest.raises(Unauthorized, match="forwarded by a proxy"):
        ask(file, JSON, trusted_proxy=(ip_network("127.0.0.0/8"),))


def test_the_machines_own_user_can_be_switched_off(file: Path) -> None:
    with pytest.raises(Unauthorized, match="--no-local"):
        ask(file, JSON, local=False)


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1"])
def test_a_key_is_taken_from_anywhere(peer: str, file: Path) -> None:
    bearer = {"Authorization": f"Bearer {keys.create(file, 'alice')}", "Host": "example.com", "X-Real-IP": "1.2.3.4"}
    assert ask(file, bearer, peer) == Tenant(Kind.KEY, "alice")
    store.revoke(file, "alice")
    with pytest.raises(Unauthorized, match="unknown or was revoked"):
        ask(file, bearer, peer)


@pytest.mark.parametrize("header", ["Bearer x", "Bearer lvs_00000000_x", "Basic YTpi", "Bearer", "lvs_", "Bearer ü"])
def test_a_wrong_key_is_refused_though_none_would_do(header: str, file: Path) -> None:
    keys.create(file, "alice")
    with pytest.raises(Unauthorized, match="unknown or was revoked"):
        ask(file, {**JSON, "Authorization": header}, anonymous=True)


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7:4242", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::/64"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_a_visitors_address_is_what_trusted_proxies_vouch_for(
    peer: str, forwarded: str, visitor: str, file: Path
) -> None:
    headers = {**JSON, **({"X-Forwarded-For": forwarded} if forwarded else {})}
    trusted = (ip_network("10.0.0.0/8"),)
    assert ask(file, headers, peer, anonymous=True, trusted_proxy=trusted) == Tenant(Kind.ANONYMOUS, visitor)


def test_metrics_are_not_for_visitors(file: Path) -> None:
    with pytest.raises(Unauthorized):
        ask(file, {}, "192.0.2.1", "GET", "/metrics", anonymous=True)


def test_a_visitor_may_ask_only_so_often(file: Path) -> None:
    access = Access(Settings(keys=file, anonymous=True, anonymous_burst=2), Keys(file))
    headers = Headers(raw=[(b"content-type", b"application/json")])
    for _ in range(2):
        access.tenant("POST", "/x", headers, "2001:db8::1")
    with pytest.raises(RateLimited) as told:
        access.tenant("POST", "/x", headers, "2001:db8::2")  # of the same /64
    assert told.value.retry_after == 2
    access.tenant("POST", "/x", headers, "2001:db8:0:1::1")
    access.tenant("GET", "/v1/languages", headers, "2001:db8::1")


def test_tokens_come_back_with_time() -> None:
    clock = Clock()
    limiter = Limiter(60, 3, clock=clock)
    limiter.take("a", 3)
    with pytest.raises(RateLimited) as told:
        limiter.take("a", 2)
    assert told.value.retry_after == 2
    clock.now = 2.0
    limiter.take("a", 2)
    with pytest.raises(RateLimited):
        limiter.take("a")


def test_the_table_of_visitors_is_bounded_and_nobody_gains_by_that() -> None:
    clock = Clock()
    limiter = Limiter(60, 2, most=100, clock=clock)
    for number in range(102):  # the last two share a bucket
        limiter.take(str(number))
    for number in range(102, 1000):
        with pytest.raises(RateLimited):
            limiter.take(str(number))
    assert len(limiter) == 101
    limiter.take("0")
    with pytest.raises(RateLimited):
        limiter.take("0")  # still remembered
    clock.now = 10.0
    limiter.take("new", 2)
    assert len(limiter) == 1
