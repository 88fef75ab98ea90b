"""A server with more to do than it can: turns, refusals, limits, and how it stops."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox import keys

if TYPE_CHECKING:
    from docker import APIClient

Serving = Callable[..., AbstractContextManager[Any]]
SLEEP = "import time; time.sleep({}); print('done')"
FIRST_RUN = "import os; print(os.getcwd()[-2:])"


def post(url: str, source: str, **headers: str) -> httpx.Response:
    return httpx.post(
        f"{url}/v1/execute", json={"language": "python", "source": source}, timeout=60, headers=dict(headers)
    )


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def stdout(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    said: str = answer.json()["runs"][0]["stdout"]
    return said


def gauge(url: str, name: str) -> float:
    text = httpx.get(f"{url}/metrics").text
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))


def until(url: str, name: str, value: float) -> None:
    settled(lambda: gauge(url, name), value, name)


def settled(look: Callable[[], object], value: object, name: str) -> None:
    """Look until ``value`` is seen; nobody tells of such a moment."""
    deadline = time.monotonic() + 30
    while (found := look()) != value:
        assert time.monotonic() < deadline, f"{name} is {found}, and not {value}"
        time.sleep(0.05)


def runs_a_program(client: "APIClient", containers: list[str]) -> bool:
    """Whether something runs in one of them that is not the agent, who is root."""
    up = {one["Id"] for one in client.containers(filters={"status": "running"})}
    return any(process[0] != "root" for one in up.intersection(containers) for process in client.top(one)["Processes"])


def takes_connections(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz")
    except httpx.TransportError:  # refused, or cut off while it was taken
        return False
    return True


LEASED = 'lovelace_sandbox_containers{state="leased"}'
IDLE = 'lovelace_sandbox_containers{state="idle"}'
QUEUED = "lovelace_sandbox_queue_length"


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as crowd:
        yield crowd


def test_overload_is_429_and_what_was_accepted_is_done(serving: Serving, crowd: ThreadPoolExecutor) -> None:
    with serving("--slots", 1, "--queue", 8) as served:
        answers = list(crowd.map(lambda number: post(served.url, f"{SLEEP.format(0.1)}; print({number})"), range(30)))
    assert {answer.status_code for answer in answers} == {200, 429}
    for number, answer in enumerate(answers):
        if answer.status_code == 200:
            assert stdout(answer) == f"done\n{number}\n"
        else:
            assert answer.json()["code"] == "queue_full"
            assert int(answer.headers["Retry-After"]) >= 1


def test_who_waits_too_long_is_504_and_the_queue_goes_on(serving: Serving, crowd: ThreadPoolExecutor) -> None:
    with serving("--slots", 1, "--queue-seconds", 0.5) as served:
        first = crowd.submit(post, served.url, SLEEP.format(2))
        until(served.url, LEASED, 1)
        late = post(served.url, "print('late')")
        assert (late.status_code, late.json()["code"]) == (504, "waited_too_long")
        assert int(late.headers["Retry-After"]) >= 1
        assert stdout(first.result()) == "done\n"
        assert stdout(post(served.url, "print('again')")) == "again\n"


def test_one_tenants_flood_does_not_keep_another_waiting(
    serving: Serving, crowd: ThreadPoolExecutor, open_directory: Path
) -> None:
    file = open_directory / "fair.db"
    alice, bob = keys.create(file, "alice"), keys.create(file, "bob")
    with serving("--slots", 1, "--keys", file) as served:
        order: list[str] = []

        def ask(name: str, key: str) -> None:
            stdout(post(served.url, SLEEP.format(0.5), **bearer(key)))
            order.append(name)

        flood = [crowd.submit(ask, "alice", alice) for _ in range(12)]
        until(served.url, QUEUED, 11)
        bobs = [crowd.submit(ask, "bob", bob) for _ in range(2)]
        for asked in (*flood, *bobs):
            asked.result()
    assert [place for place, name in enumerate(order) if name == "bob"][-1] <= 5, order


def test_a_tenant_alone_uses_every_slot_and_gives_them_up_when_idle(
    serving: Serving, crowd: ThreadPoolExecutor
) -> None:
    with serving("--slots", 2, "--idle-seconds", 2) as served:
        both = [crowd.submit(post, served.url, SLEEP.format(1)) for _ in range(2)]
        until(served.url, LEASED, 2)
        assert [stdout(one.result()) for one in both] == ["done\n"] * 2
        assert gauge(served.url, IDLE) == 2
        until(served.url, IDLE, 0)


def test_an_idle_container_makes_room_for_another_tenant(serving: Serving, open_directory: Path) -> None:
    file = open_directory / "room.db"
    alice, bob = keys.create(file, "alice"), keys.create(file, "bob")
    with serving("--slots", 1, "--keys", file) as served:
        places = [stdout(post(served.url, FIRST_RUN, **bearer(key))) for key in (alice, alice, bob, bob, alice)]
    assert places == ["/1\n", "/2\n", "/1\n", "/2\n", "/1\n"]


def test_visitors_have_a_fresh_container_each_time_and_only_so_many(serving: Serving) -> None:
    with serving("--slots", 1, "--anonymous", "--anonymous-burst", 3, "--trusted-proxy", "127.0.0.0/8") as served:
        visitor = {"X-Forwarded-For": "203.0.113.9"}
        assert [stdout(post(served.url, FIRST_RUN, **visitor)) for _ in range(2)] == ["/1\n"] * 2
        batch = {"programs": [{"language": "python", "source": ""}] * 2}
        answer = httpx.post(f"{served.url}/v1/execute", json=batch, headers=visitor)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")  # each of its programs counts
        answer = post(served.url, FIRST_RUN, **visitor)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert stdout(post(served.url, FIRST_RUN, **{"X-Forwarded-For": "203.0.113.10"})) == "/1\n"


@pytest.mark.parametrize("anonymous", [True, False])
def test_an_unexplained_death_is_retried_but_not_for_visitors(
    anonymous: bool,
    serving: Serving,
    crowd: ThreadPoolExecutor,
    client: "APIClient",
    containers_of: Callable[[int], list[str]],
) -> None:
    with serving("--slots", 1, "--anonymous") as served:
        headers = {"X-Real-IP": "203.0.113.9"} if anonymous else {}
        asked = crowd.submit(post, served.url, SLEEP.format(3), **headers)
        settled(lambda: runs_a_program(client, containers_of(served.process.pid)), True, "that a program runs")
        for container in containers_of(served.process.pid):
            client.kill(container)
        if anonymous:
            answer = asked.result()
            assert (answer.status_code, answer.json()["code"]) == (502, "container_lost")
        else:
            assert stdout(asked.result()) == "done\n"


def chunks(number: int, size: int) -> Iterator[bytes]:
    for _ in range(number):
        yield b" " * size


def test_a_body_that_is_too_long_or_too_slow_is_refused_while_it_is_read(serving: Serving) -> None:
    with serving("--slots", 1, "--body-bytes", 100_000, "--body-seconds", 1) as served:
        json = {"Content-Type": "application/json"}
        for body in (b" " * 100_001, chunks(11, 10_000)):
            answer = httpx.post(f"{served.url}/v1/execute", content=body, headers=json)
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        answer = httpx.post(f"{served.url}/v1/execute", content=chunks(10, 10_000), headers=json)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")  # of the right length, but no JSON
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as slow:
            slow.sendall(b"POST /v1/execute HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                         b"Content-Length: 100\r\n\r\n{")  # fmt: skip
            assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


def at_work_and_waiting(url: str, crowd: ThreadPoolExecutor, seconds: float) -> list[Future[httpx.Response]]:
    """Two programs for one slot."""
    asked = [crowd.submit(post, url, SLEEP.format(seconds)) for _ in range(2)]
    until(url, QUEUED, 1)
    return asked


def test_sigterm_finishes_what_was_accepted(
    serving: Serving, crowd: ThreadPoolExecutor, running: Callable[[int, int], list[str]], gone: Callable[[str], None]
) -> None:
    with serving("--slots", 1) as served:
        asked = at_work_and_waiting(served.url, crowd, 1)
        containers = running(served.process.pid, 2)
        served.process.send_signal(signal.SIGTERM)
        assert [stdout(one.result()) for one in asked] == ["done\n"] * 2
        with pytest.raises(httpx.ConnectError):
            post(served.url, "print('too late')")
        served.process.wait(timeout=30)
    for container in containers:
        gone(container)


@pytest.mark.parametrize(("grace", "signals"), [(60, 2), (1, 1)], ids=["a second SIGTERM", "the end of its grace"])
def test_a_server_does_not_wait_for_ever(
    grace: int,
    signals: int,
    serving: Serving,
    crowd: ThreadPoolExecutor,
    running: Callable[[int, int], list[str]],
    gone: Callable[[str], None],
) -> None:
    with serving("--slots", 1, "--grace-seconds", grace) as served:
        asked = at_work_and_waiting(served.url, crowd, 25)
        containers = running(served.process.pid, 2)
        began = time.monotonic()
        for _ in range(signals):
            served.process.send_signal(signal.SIGTERM)
            settled(lambda: takes_connections(served.url), False, "that it takes connections")
        served.process.wait(timeout=20)
        assert time.monotonic() - began < 20
        for one in asked:
            assert one.exception() is not None or one.result().status_code >= 500
    for container in containers:
        gone(container)


class Door:
    """A Unix socket before the engine's own, which can be shut."""

    def __init__(self, path: Path, engine: str) -> None:
        self.path = path
        self.engine = engine
        self.open()

    def open(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(64)
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def shut(self) -> None:
        self.path.unlink()
        for one in (self.listener, *self.connections):
            with_end(one)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                outer, _ = listener.accept()
            except OSError:
                return
            inner = socket.socket(socket.AF_UNIX)
            inner.connect(self.engine)
            self.connections += [outer, inner]
            for source, target in ((outer, inner), (inner, outer)):
                threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def with_end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:  # it has ended already
        pass
    finally:
        one.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_an_engine_that_is_away_is_not_ready_and_ready_when_it_is_back(serving: Serving, open_directory: Path) -> None:
    door = Door(open_directory / "engine.sock", "/var/run/docker.sock")
    with serving("--slots", 1, DOCKER_HOST=f"unix://{door.path}") as served:
        ready = f"{served.url}/readyz"
        door.shut()
        settled(lambda: httpx.get(ready, timeout=30).status_code, 503, "the status of /readyz")
        answer = httpx.get(ready, timeout=30)
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
        assert answer.json()["reasons"] == ["the Docker engine does not answer"]
        assert httpx.get(f"{served.url}/healthz").status_code == 200
        door.open()
        settled(lambda: httpx.get(ready, timeout=30).status_code, 200, "the status of /readyz")
        assert stdout(post(served.url, "print('back')")) == "back\n"
    door.shut()
