"""Hotkeys, their files, and what they sign."""

import os
import stat
from pathlib import Path

import pytest

from chain import identity
from chain.errors import AnswerNotSigned, KeyFileProblem, Unauthenticated
from chain.identity import Identity, Verifier

BODY = b'{"model": "m"}'
PATH = "/v1/chat/completions?x=1"


@pytest.fixture
def sender(tmp_path: Path) -> Identity:
    return identity.create(tmp_path / "sender", seed=b"\x11" * 32)


@pytest.fixture
def receiver(tmp_path: Path) -> Identity:
    return identity.create(tmp_path / "receiver", seed=b"\x22" * 32)


def signed(sender: Identity, receiver: Identity) -> dict[str, str]:
    return identity.sign_request(sender, method="POST", path=PATH, body=BODY, receiver=receiver.hotkey)


def refused(
    verifier: Verifier, headers: dict[str, str], body: bytes = BODY, method: str = "POST", path: str = PATH
) -> str:
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(headers, body, method=method, path=path)
    return str(caught.value)


def test_a_key_file_gives_back_the_identity_that_it_was_made_for(tmp_path: Path) -> None:
    made = identity.create(tmp_path / "new" / "hot")
    assert stat.S_IMODE((tmp_path / "new" / "hot").stat().st_mode) == 0o600
    assert identity.load(tmp_path / "new" / "hot").hotkey == made.hotkey
    assert os.listdir(tmp_path / "new") == ["hot"]


def test_a_seed_gives_the_hotkey_that_bittensor_gives(sender: Identity) -> None:
    assert sender.hotkey == "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi"
    assert "0x" not in repr(sender)


def test_keys_are_bittensors_in_both_directions(tmp_path: Path) -> None:
    import bittensor

    wallet = bittensor.Wallet(name="w", hotkey="h", path=str(tmp_path))
    wallet.create_new_hotkey(use_password=False, suppress=True)
    assert identity.load(tmp_path / "w" / "hotkeys" / "h").hotkey == wallet.hotkey.ss58_address
    ours = identity.create(tmp_path / "w" / "hotkeys" / "ours")
    assert bittensor.Wallet(name="w", hotkey="ours", path=str(tmp_path)).hotkey.ss58_address == ours.hotkey


def test_refuses_a_key_file_that_others_can_read(tmp_path: Path) -> None:
    path = tmp_path / "hot"
    identity.create(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileProblem, match=f"chmod 600 {path}"):
        identity.load(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileProblem, match="0640"):
        identity.load(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"nonsense",
        b"\xff\xfe",
        b'{"secretSeed":"0x11"}',
        b'{"ss58Address":"5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi"}',
        b"$NACL" + b"x" * 50,
    ],
)
def test_refuses_a_file_that_holds_no_private_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hot"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileProblem, match=str(path)):
        identity.load(path)


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path, problem in ((tmp_path / "none", "chain key"), (tmp_path, "is not a file"), (tmp_path / "pipe", "is not")):
        with pytest.raises(KeyFileProblem, match=problem):
            identity.load(path)


def test_never_overwrites_a_key_file(tmp_path: Path) -> None:
    (tmp_path / "hot").write_text("precious")
    with pytest.raises(KeyFileProblem, match="exists"):
        identity.create(tmp_path / "hot")
    assert (tmp_path / "hot").read_text() == "precious"


def test_a_signed_request_names_its_caller(sender: Identity, receiver: Identity) -> None:
    headers = signed(sender, receiver)
    lowered = {name.lower(): value for name, value in headers.items()}
    caller = Verifier(receiver.hotkey).verify(lowered, BODY, method="POST", path=PATH)
    assert caller.hotkey == sender.hotkey
    assert caller.nonce == headers[identity.NONCE_HEADER]


def test_refuses_a_replayed_request(sender: Identity, receiver: Identity) -> None:
    verifier, headers = Verifier(receiver.hotkey), signed(sender, receiver)
    verifier.verify(headers, BODY, method="POST", path=PATH)
    refused(verifier, headers)
    refused(verifier, headers | {identity.NONCE_HEADER: "+" + headers[identity.NONCE_HEADER]})
    Verifier(receiver.hotkey).verify(headers, BODY, method="POST", path=PATH)  # each remembers for itself


def test_refuses_a_tampered_request(sender: Identity, receiver: Identity) -> None:
    verifier, headers = Verifier(receiver.hotkey), signed(sender, receiver)
    refused(verifier, headers, body=BODY + b" ")
    refused(verifier, headers, path="/v1/models")
    refused(verifier, headers, method="GET")
    refused(verifier, headers | {"X-Bittensor-Hotkey": receiver.hotkey})
    verifier.verify(headers, BODY, method="POST", path=PATH)


def test_refuses_a_request_for_another_receiver(sender: Identity, receiver: Identity) -> None:
    refused(Verifier(sender.hotkey), signed(sender, receiver))
    refused(Verifier(receiver.hotkey), signed(sender, receiver) | {"X-Bittensor-Receiver": sender.hotkey})


def test_refuses_a_request_for_any_receiver(sender: Identity, receiver: Identity) -> None:
    from bittensor import http_auth

    refused(Verifier(receiver.hotkey), http_auth.sign(sender._keypair, method="POST", path=PATH, body=BODY))


@pytest.mark.parametrize("seconds", [10.1, -2.1])
def test_refuses_a_stale_request_and_says_clock_skew(sender: Identity, receiver: Identity, seconds: float) -> None:
    headers = signed(sender, receiver)
    then = int(headers[identity.NONCE_HEADER]) + int(seconds * 1e9)
    assert "clock skew" in refused(Verifier(receiver.hotkey, clock=lambda: then), headers)


def test_accepts_a_request_at_the_edges_of_its_time(sender: Identity, receiver: Identity) -> None:
    for seconds in (9.9, -1.9):
        headers = signed(sender, receiver)
        then = int(headers[identity.NONCE_HEADER]) + int(seconds * 1e9)
        verifier = Verifier(receiver.hotkey, clock=iter([then]).__next__)
        assert verifier.verify(headers, BODY, method="POST", path=PATH).hotkey == sender.hotkey


@pytest.mark.parametrize("name", ["Version", "Hotkey", "Nonce", "Signature", "Receiver"])
@pytest.mark.parametrize("value", [None, "", "x", "0x", "0x" + "00" * 64, "9" * 5000, "é", "-1"])
def test_refuses_missing_and_malformed_headers(
    sender: Identity, receiver: Identity, name: str, value: str | None
) -> None:
    headers = signed(sender, receiver)
    if value is None:
        del headers[f"X-Bittensor-{name}"]
    else:
        headers[f"X-Bittensor-{name}"] = value
    message = refused(Verifier(receiver.hotkey), headers)
    assert not any(len(value) > 2 and value in message for value in headers.values())


def test_refuses_unsigned_requests_and_other_schemes(sender: Identity, receiver: Identity) -> None:
    from bittensor import http_auth
    from bittensor.sp_core import Keypair

    refused(Verifier(receiver.hotkey), {})
    other = Keypair.create_from_mnemonic(Keypair.generate_mnemonic(), 0)
    headers = http_auth.sign(other, method="POST", path=PATH, body=BODY, receiver_ss58=receiver.hotkey)
    assert "sr25519" in refused(Verifier(receiver.hotkey), headers)


def test_a_signed_answer_verifies(receiver: Identity) -> None:
    signature = identity.sign_answer(receiver, nonce="17", status=200, body=BODY)
    identity.verify_answer(hotkey=receiver.hotkey, nonce="17", status=200, body=BODY, signature=signature)


def test_refuses_an_answer_that_is_not_this_one(sender: Identity, receiver: Identity) -> None:
    signature = identity.sign_answer(receiver, nonce="17", status=200, body=BODY)
    wrong = (
        (sender.hotkey, "17", 200, BODY, signature),
        (receiver.hotkey, "18", 200, BODY, signature),
        (receiver.hotkey, "17", 429, BODY, signature),
        (receiver.hotkey, "17", 200, b"", signature),
        (receiver.hotkey, "17", 200, BODY, None),
        (receiver.hotkey, "17", 200, BODY, ""),
        (receiver.hotkey, "17", 200, BODY, "0x12"),
        (receiver.hotkey, "17", 200, BODY, "nonsense"),
        ("nobody", "17", 200, BODY, signature),
    )
    for hotkey, nonce, status, body, given in wrong:
        with pytest.raises(AnswerNotSigned):
            identity.verify_answer(hotkey=hotkey, nonce=nonce, status=status, body=body, signature=given)
