"""How the page is served: what a browser may do with it, what it may keep, how much it has to fetch."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Request

from sandbox.server import page
from tests.web.conftest import Site
from tests.web.desk import ROOT, Desk, draft

pytestmark = pytest.mark.heavy
MOST_BYTES = 350 * 1024


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url) as client:
        yield client


def test_the_policy_allows_nothing_inline_and_no_other_host(client: httpx.Client) -> None:
    answer = client.get("/")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert not any("unsafe" in value or "http" in value or "*" in value for value in policy.values())
    assert "<style" not in answer.text
    assert re.findall(r"<script(?![^>]*\bsrc=)", answer.text) == []


def test_each_answer_has_a_nonce_of_its_own(client: httpx.Client) -> None:
    answers = [client.get("/") for _ in range(2)]
    nonces = [re.search(r"'nonce-([\w-]{20,})'", answer.headers["content-security-policy"])[1] for answer in answers]  # type: ignore[index]  # there is one
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f'content="{nonce}"' in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_assets_are_kept_for_ever_and_the_rest_is_not_there(client: httpx.Client) -> None:
    script = re.search(r'src="\./(assets/[^"]+\.js)"', client.get("/").text)[1]  # type: ignore[index]  # there is one
    answer = client.get(f"/{script}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert client.get(f"/{script}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    plain = client.get(f"/{script}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    for path in ("/assets/none.js", "/assets/..%2findex.html", "/assets/%2e%2e/page.py", "/index.html"):
        assert client.get(path).status_code == 404


def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "DIST", tmp_path)
    application = FastAPI()
    application.include_router(page.router)
    answer = TestClient(application).get("/")
    assert answer.status_code == 503
    assert "make page" in answer.text


def test_little_is_fetched_before_one_can_write(desk_at: Callable[..., Desk], site: Site) -> None:
    desk = desk_at(site.url)
    requests: list[Request] = []
    desk.page.on("requestfinished", lambda request: requests.append(request))
    desk.open(draft("print(1)"))
    desk.page.wait_for_selector(".tok-string, .tok-number")
    sizes = {request.url: request.sizes()["responseBodySize"] for request in requests}
    assert any(url.endswith(".css") for url in sizes)
    assert 0 < sum(sizes.values()) < MOST_BYTES, sizes


def test_the_wheel_holds_the_page_and_not_what_it_is_made_of(tmp_path: Path, built: None) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        ours = [name for name in archive.namelist() if name.startswith("sandbox/web/")]
    assert "sandbox/web/dist/index.html" in ours
    assert any(name.endswith(".css") for name in ours)
    assert "sandbox/web/dist/licenses.md" in ours
    assert [name for name in ours if not name.startswith("sandbox/web/dist/")] == []


def test_what_cannot_be_judged_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/judge", json={"problem": "HumanEval/999", "completion": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert "HumanEval/999" in answer.json()["message"]


def test_a_client_is_told_what_it_may_count_on(client: httpx.Client) -> None:
    told = client.get("/v1/service").json()
    assert (told["judges"], told["visitor"], told["runs_a_minute"]) == (True, False, None)
    assert told["defaults"]["memory_bytes"] <= told["maxima"]["memory_bytes"]
    assert len(client.get("/v1/problems").json()) == 164
