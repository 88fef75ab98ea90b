"""Files of the Hugging Face hub, from a stand-in of it on this machine."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Response

from evaluator.datasets import hub, load
from evaluator.errors import CannotFetch
from miner.testing import served

REVISION = "0123456789abcdef0123456789abcdef01234567"
CONTENT = b'{"task_id": "T/0"}\n'
SHA256 = hashlib.sha256(CONTENT).hexdigest()
WANTED = hub.HubFile("owner/name", REVISION, "data/test.jsonl")


class Hub:
    """What of the hub's API a download needs. It counts downloads."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.downloads = 0

    def app(self) -> FastAPI:
        server = FastAPI()

        @server.api_route("/datasets/owner/name/resolve/{revision}/data/test.jsonl", methods=["HEAD", "GET"])
        def resolve(revision: str) -> Response:
            if revision != REVISION:
                return Response("{}", 404, {"X-Error-Code": "RevisionNotFound"})
            self.downloads += 1
            etag = hashlib.sha256(self.content).hexdigest()
            return Response(self.content, headers={"X-Repo-Commit": REVISION, "ETag": f'"{etag}"'})

        return server


@pytest.fixture
def standin() -> Hub:
    return Hub()


@pytest.fixture
def endpoint(standin: Hub) -> Iterator[str]:
    with served(standin.app()) as address:
        yield address


def laid_out(cache: Path, content: bytes = CONTENT) -> Path:
    """The file as the hub's own library keeps it."""
    folder = cache / "datasets--owner--name"
    blob, link = folder / "blobs" / SHA256, folder / "snapshots" / REVISION / "data" / "test.jsonl"
    for path in (blob, link):
        path.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(content)
    link.symlink_to(Path("../../../blobs") / SHA256)
    return link


def test_a_file_is_fetched_once_and_is_there_from_then_on(standin: Hub, endpoint: str, tmp_path: Path) -> None:
    path = hub.fetch(WANTED, tmp_path, endpoint)
    assert path.read_bytes() == CONTENT
    fetched = standin.downloads
    assert hub.fetch(WANTED, tmp_path, endpoint) == path
    assert standin.downloads == fetched


def test_what_the_hubs_library_keeps_needs_no_hub(tmp_path: Path) -> None:
    link = laid_out(tmp_path)
    assert hub.fetch(WANTED, tmp_path, "http://127.0.0.1:9") == link


def test_a_checksum_that_was_given_is_held(tmp_path: Path) -> None:
    laid_out(tmp_path)
    hub.fetch(hub.HubFile.parse(f"hf://owner/name@{REVISION}/data/test.jsonl#sha256={SHA256}"), tmp_path)
    with pytest.raises(CannotFetch, match=f"expected the SHA-256 {'0' * 64}, got {SHA256}"):
        hub.fetch(hub.HubFile.parse(f"hf://owner/name@{REVISION}/data/test.jsonl#{'0' * 64}"), tmp_path)


def test_the_checksum_of_the_first_fetch_is_kept_and_another_is_refused(tmp_path: Path) -> None:
    link = laid_out(tmp_path)
    hub.fetch(WANTED, tmp_path)
    assert SHA256 in (tmp_path / hub.CHECKSUMS).read_text()
    link.resolve().write_bytes(CONTENT + b"\n")
    with pytest.raises(CannotFetch, match=f"expected the SHA-256 {SHA256}, got"):
        hub.fetch(WANTED, tmp_path)
    (tmp_path / hub.CHECKSUMS).write_text("{")
    with pytest.raises(CannotFetch, match="not JSON"):
        hub.fetch(WANTED, tmp_path)


def test_what_the_hub_does_not_give_is_told(endpoint: str, tmp_path: Path) -> None:
    other = hub.HubFile("owner/name", "f" * 40, "data/test.jsonl")
    with pytest.raises(CannotFetch, match=r"the hub did not give it: .*--data"):
        hub.fetch(other, tmp_path, endpoint)
    with pytest.raises(CannotFetch, match="the hub did not give it"):
        hub.fetch(WANTED, tmp_path, "http://127.0.0.1:9")


@pytest.mark.parametrize(
    "address", ["hf://owner/name/test.jsonl", "hf://owner/name@main/test.jsonl", f"hf://name@{REVISION}/f", "hf://"]
)
def test_an_address_without_a_commit_is_refused(address: str) -> None:
    with pytest.raises(CannotFetch, match="expected hf://OWNER/NAME@COMMIT/FILE"):
        load("humaneval", address)


def test_every_pinned_file_has_a_commit_and_a_benchmark_that_reads_it() -> None:
    from evaluator.datasets import names

    assert set(hub.pinned()) <= set(names())
    for files in hub.pinned().values():
        for file in files:
            assert hub.HubFile.parse(str(file)).revision == file.revision
            assert file.sha256 is None or len(file.sha256) == 64
