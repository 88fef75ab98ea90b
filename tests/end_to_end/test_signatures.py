"""Who may speak to a miner: every wrong way to ask a real ``lovelace miner serve``."""

import subprocess
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from bittensor import http_auth

from chain.identity import Identity
from miner.engines.scripted import AnswerBook, Entry
from miner.protocol import ChatMessage, ChatRequest, ChatResponse
from miner.testing import Subnet

Begin = Callable[..., "subprocess.Popen[str]"]

CHAT = "/v1/chat/completions"
BODY = ChatRequest(model="any", messages=(ChatMessage(role="user", content="hello"),)).model_dump_json().encode()


@pytest.fixture(scope="module")
def subnet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subnet]:
    made = Subnet.create(tmp_path_factory.mktemp("subnet"))
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def url(
    subnet: Subnet,
    begin: Begin,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    answers = tmp_path_factory.mktemp("book") / "answers.json"
    AnswerBook(entries=(Entry(task_id="t", prompt="A question", right="Yes.", wrong="No."),)).save(answers)
    files = ("--key", subnet.miner_key, "--ledger", subnet.path, "--answers", answers)
    process = begin("miner", "serve", "--engine", "scripted", "--stop-on-eof", *files)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("listening on ").strip() + CHAT
    finally:
        process.kill()
        process.communicate()


def sign(subnet: Subnet, by: Identity, *, receiver: str | None = None, age_seconds: float = 0.0) -> dict[str, str]:
    """The headers of a request for a completion of BODY."""
    headers: dict[str, str] = http_auth.sign(
        by._keypair,
        method="POST",
        path=CHAT,
        body=BODY,
        receiver_ss58=receiver or subnet.miner.hotkey,
        nonce_ns=time.time_ns() - int(age_seconds * 1e9),
    )
    return headers


def asked(url: str, headers: dict[str, str], body: bytes = BODY) -> tuple[int, str]:
    """The status and the error code of an answer."""
    answer = httpx.post(url, content=body, headers=headers)
    return answer.status_code, answer.json()["error"]["code"]


def test_a_signed_request_of_a_validator_is_answered(subnet: Subnet, url: str) -> None:
    answer = httpx.post(url, content=BODY, headers=sign(subnet, subnet.validator))
    assert answer.status_code == 200
    assert len(ChatResponse.model_validate_json(answer.content).choices) == 1


def test_an_unsigned_request_is_401(url: str) -> None:
    assert asked(url, {}) == (401, "unauthenticated")


def test_a_wrong_signature_is_401(subnet: Subnet, url: str) -> None:
    headers = sign(subnet, subnet.validator)
    of_another = sign(subnet, subnet.stranger)
    (name,) = (name for name in headers if name.lower().endswith("signature"))
    assert asked(url, {**headers, name: of_another[name]}) == (401, "unauthenticated")


def test_a_signature_of_another_body_is_401(subnet: Subnet, url: str) -> None:
    assert asked(url, sign(subnet, subnet.validator), BODY + b" ") == (401, "unauthenticated")


def test_a_signature_for_another_receiver_is_401(subnet: Subnet, url: str) -> None:
    headers = sign(subnet, subnet.validator, receiver=subnet.stranger.hotkey)
    assert asked(url, headers) == (401, "unauthenticated")


@pytest.mark.parametrize("age_seconds", [15.0, 3600.0, -15.0])
def test_a_stale_signature_is_401(subnet: Subnet, url: str, age_seconds: float) -> None:
    assert asked(url, sign(subnet, subnet.validator, age_seconds=age_seconds)) == (401, "unauthenticated")


def test_a_replayed_request_is_401(subnet: Subnet, url: str) -> None:
    headers = sign(subnet, subnet.validator)
    assert httpx.post(url, content=BODY, headers=headers).status_code == 200
    assert asked(url, headers) == (401, "unauthenticated")
    assert asked(url, headers) == (401, "unauthenticated")


def test_an_unregistered_hotkey_is_403(subnet: Subnet, url: str) -> None:
    assert asked(url, sign(subnet, subnet.stranger)) == (403, "not_registered")


def test_a_hotkey_without_a_permit_is_403(subnet: Subnet, url: str) -> None:
    assert asked(url, sign(subnet, subnet.without_permit)) == (403, "no_permit")
