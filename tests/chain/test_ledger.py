"""The embedded ledger: its rules, its epochs, and its file in the hands of one process."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.errors import (
    BadWeights,
    ChainError,
    ChainUnreachable,
    LedgerExists,
    NoPermit,
    NotRegistered,
    RateLimited,
)
from chain.ledger import Ledger
from chain.protocol import Chain, Neuron


class Clock:
    """Unix time that goes on when told, a block of one second at a time."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    rules = {"tempo": 20, "block_seconds": 1.0, "weights_rate_limit": 5}
    with Ledger.create(tmp_path / "ledger", clock=clock, **rules) as opened:
        yield opened


def populate(ledger: Ledger, validators: int = 1, miners: int = 2) -> None:
    """Validators v0, v1, ... of stake 100, 99, ..., permits given, then miners m0, m1, ..."""
    for number in range(validators):
        ledger.register(f"v{number}", "cold", stake=100 - number)
    for number in range(miners):
        ledger.register(f"m{number}", "cold")
    ledger.skip(ledger.rules.tempo)


def neuron(ledger: Ledger, hotkey: str) -> Neuron:
    found = ledger.metagraph().by_hotkey(hotkey)
    assert found is not None
    return found


def test_keeps_the_chains_promise(ledger: Ledger) -> None:
    chain: Chain = ledger
    assert chain.metagraph().neurons == ()


def test_uids_are_given_in_order_and_kept(ledger: Ledger) -> None:
    assert [ledger.register(key, "cold", 1.0) for key in ("a", "b", "a", "c", "b")] == [0, 1, 0, 2, 1]
    assert [n.hotkey for n in ledger.metagraph().neurons] == ["a", "b", "c"]


@pytest.mark.parametrize("stake", [-1.0, float("nan"), float("inf")])
def test_refuses_a_stake_that_is_none(ledger: Ledger, stake: float) -> None:
    with pytest.raises(ValueError, match="stake"):
        ledger.register("a", "cold", stake)


def test_blocks_follow_the_clock_and_what_was_skipped(ledger: Ledger, clock: Clock) -> None:
    assert ledger.block == 0
    clock.now += 7.9
    assert ledger.block == 7
    assert ledger.skip(5) == 12
    assert ledger.block == 12


def test_a_clock_set_back_brings_no_epoch_back(ledger: Ledger, clock: Clock) -> None:
    clock.now += 45
    assert ledger.block == 45
    clock.now -= 30
    assert ledger.block == 40


def test_an_announced_endpoint_shows(ledger: Ledger) -> None:
    ledger.register("a", "cold")
    ledger.announce("a", "http://127.0.0.1:8091")
    assert neuron(ledger, "a").endpoint == "http://127.0.0.1:8091"
    with pytest.raises(NotRegistered):
        ledger.announce("b", "http://127.0.0.1:8091")


@pytest.mark.parametrize(
    "endpoint", ["", "127.0.0.1:80", "http://host", "http://host:0", "http://:1", "http://h:99999"]
)
def test_refuses_an_endpoint_that_is_none(ledger: Ledger, endpoint: str) -> None:
    ledger.register("a", "cold")
    with pytest.raises(ChainError, match="http://host:port"):
        ledger.announce("a", endpoint)


def test_weights_become_incentives_at_the_next_epoch(ledger: Ledger) -> None:
    populate(ledger)
    ledger.set_weights("v0", {1: 30.0, 2: 10.0})
    assert neuron(ledger, "m0").incentive == 0
    assert ledger.weights("v0") == pytest.approx({1: 0.75, 2: 0.25}, abs=1e-5)
    ledger.skip(20)
    assert [n.incentive for n in ledger.metagraph().neurons] == pytest.approx([0, 0.75, 0.25], abs=1e-5)
    assert neuron(ledger, "v0").dividends == pytest.approx(1)
    assert sum(n.emission for n in ledger.metagraph().neurons) == pytest.approx(1)


def test_a_permit_comes_with_an_epoch_to_the_highest_stakes(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "l", max_validators=2) as ledger:
        for hotkey, stake in (("a", 1), ("b", 3), ("c", 2), ("d", 0)):
            ledger.register(hotkey, "cold", stake)
        assert not any(n.validator_permit for n in ledger.metagraph().neurons)
        ledger.skip(360)
        assert [n.validator_permit for n in ledger.metagraph().neurons] == [False, True, True, False]
        with pytest.raises(NoPermit, match="360 blocks"):
            ledger.set_weights("a", {1: 1.0})


def test_weights_are_limited_in_rate(ledger: Ledger) -> None:
    populate(ledger)
    ledger.set_weights("v0", {1: 1.0})
    ledger.skip(4)
    with pytest.raises(RateLimited, match="try again in 1 blocks") as caught:
        ledger.set_weights("v0", {2: 1.0})
    assert caught.value.blocks == 1
    assert ledger.weights("v0") == {1: 1.0}
    ledger.skip(1)
    ledger.set_weights("v0", {2: 1.0})
    assert ledger.weights("v0") == {2: 1.0}
    assert neuron(ledger, "v0").last_update == 25


def test_who_came_in_block_zero_need_not_wait_for_the_rate_limit(tmp_path: Path, clock: Clock) -> None:
    with Ledger.create(tmp_path / "l", clock=clock, tempo=2) as ledger:
        populate(ledger)
        ledger.set_weights("v0", {1: 1.0})
        ledger.register("v1", "cold", stake=10)
        ledger.skip(2)
        with pytest.raises(RateLimited, match="98 blocks"):
            ledger.set_weights("v1", {1: 1.0})


def test_refusals_come_in_the_chains_order(ledger: Ledger) -> None:
    populate(ledger)
    bad = {77: -1.0}
    with pytest.raises(NotRegistered):
        ledger.set_weights("nobody", bad)
    ledger.register("late", "cold")
    with pytest.raises(RateLimited):
        ledger.set_weights("late", bad)
    with pytest.raises(NoPermit):
        ledger.set_weights("m0", bad)
    with pytest.raises(BadWeights):
        ledger.set_weights("v0", bad)


@pytest.mark.parametrize(
    "weights", [{}, {1: 0.0}, {1: -1.0}, {1: float("nan")}, {1: float("inf")}, {3: 1.0}, {-1: 1.0}, {1: 1.0, 9: 0.0}]
)
def test_refuses_a_row_that_is_none_and_keeps_the_old(ledger: Ledger, weights: dict[int, float]) -> None:
    populate(ledger)
    ledger.set_weights("v0", {1: 1.0})
    ledger.skip(5)
    with pytest.raises(BadWeights):
        ledger.set_weights("v0", weights)
    assert ledger.weights("v0") == {1: 1.0}
    assert neuron(ledger, "v0").last_update == 20


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_rows_are_kept_as_sixteen_bits_of_their_highest(ledger: Ledger, scale: float) -> None:
    populate(ledger)
    ledger.set_weights("v0", {0: 0.0, 1: 3 * scale, 2: 1e-9 * scale})
    assert ledger.weights("v0") == {1: 1.0}


def test_who_set_no_weights_has_none(ledger: Ledger) -> None:
    populate(ledger)
    assert ledger.weights("v0") == {}
    assert ledger.weights("nobody") == {}


def test_epochs_looked_at_late_come_out_as_if_looked_at_in_time(tmp_path: Path, clock: Clock) -> None:
    def run(name: str, steps: int) -> list[Neuron]:
        rules = {"tempo": 10, "block_seconds": 1.0, "weights_rate_limit": 0}
        with Ledger.create(tmp_path / name, clock=clock, **rules) as ledger:
            populate(ledger, validators=3, miners=3)
            ledger.set_weights("v0", {3: 1.0, 4: 1.0})
            ledger.set_weights("v1", {3: 1.0, 4: 1.0})
            ledger.set_weights("v2", {5: 1.0})
            ledger.skip(12)
            ledger.set_weights("v2", {4: 1.0})
            for _ in range(steps):
                ledger.skip(3000 // steps)
            return list(ledger.metagraph().neurons)

    assert run("once", 1) == run("often", 300)


def test_emission_notices_who_fell_silent_however_late_one_looks(ledger: Ledger, clock: Clock) -> None:
    ledger.register("v0", "cold", stake=10)
    ledger.skip(100)
    ledger.register("v1", "cold", stake=10)
    clock.now += 190
    assert [n.emission for n in ledger.metagraph().neurons] == [0, 1], "v0 is silent for 290 blocks, v1 for 190"
    clock.now += 100_000
    assert [n.emission for n in ledger.metagraph().neurons] == [0.5, 0.5], "with nobody active, stake decides"


def test_a_year_alone_costs_no_year_of_epochs(tmp_path: Path, clock: Clock) -> None:
    rules = {"tempo": 5, "block_seconds": 1.0, "weights_rate_limit": 0}
    with Ledger.create(tmp_path / "l", clock=clock, **rules) as ledger:
        populate(ledger, validators=2)
        ledger.set_weights("v0", {2: 1.0, 3: 2.0})
        ledger.set_weights("v1", {2: 1.0, 3: 1.0})
        clock.now += 365 * 86400
        assert ledger.metagraph().block == 365 * 86400 + 5
        assert neuron(ledger, "m0").incentive == 0, "validators that are silent for 13.9 tempos do not count"


def test_a_validator_that_falls_silent_loses_its_say(ledger: Ledger) -> None:
    populate(ledger, validators=2)
    ledger.set_weights("v0", {2: 1.0})
    ledger.skip(200)
    ledger.set_weights("v1", {3: 1.0})
    assert [n.incentive for n in ledger.metagraph().neurons[2:]] == [1, 0]
    ledger.skip(100)
    assert [n.incentive for n in ledger.metagraph().neurons[2:]] == [0, 1]


def test_committed_weights_show_and_count_only_after_the_reveal_period(tmp_path: Path, clock: Clock) -> None:
    rules = {"tempo": 20, "block_seconds": 1.0, "weights_rate_limit": 5, "commit_reveal": True, "reveal_period": 2}
    with Ledger.create(tmp_path / "l", clock=clock, **rules) as ledger:
        populate(ledger)
        ledger.set_weights("v0", {1: 1.0})
        assert neuron(ledger, "v0").last_update == 20
        with pytest.raises(RateLimited):
            ledger.set_weights("v0", {2: 1.0})
        ledger.skip(20)
        assert ledger.weights("v0") == {}
        ledger.set_weights("v0", {2: 1.0})
        ledger.skip(20)
        assert ledger.weights("v0") == {1: 1.0}
        assert neuron(ledger, "m0").incentive == 0
        ledger.skip(20)
        assert ledger.weights("v0") == {2: 1.0}
        assert neuron(ledger, "m0").incentive == pytest.approx(1)


def test_a_full_subnet_replaces_who_earns_least_and_forgets_what_it_was_given(tmp_path: Path, clock: Clock) -> None:
    rules = {"tempo": 20, "block_seconds": 1.0, "weights_rate_limit": 0, "max_uids": 4, "immunity_period": 10}
    with Ledger.create(tmp_path / "l", clock=clock, **rules) as ledger:
        populate(ledger, validators=1, miners=3)
        ledger.set_weights("v0", {1: 5.0, 2: 1.0, 3: 3.0})
        ledger.skip(40)
        assert ledger.register("new", "cold") == 2
        assert [n.hotkey for n in ledger.metagraph().neurons] == ["v0", "m0", "new", "m2"]
        assert ledger.weights("v0") == pytest.approx({1: 0.625, 3: 0.375}, abs=1e-4)
        assert ledger.register("newer", "cold") == 3, "uid 2 earns nothing but is immune"
        with pytest.raises(NotRegistered):
            ledger.announce("m1", "http://127.0.0.1:1")


def test_opened_again_it_is_the_same_ledger(tmp_path: Path, ledger: Ledger, clock: Clock) -> None:
    populate(ledger)
    ledger.set_weights("v0", {1: 1.0})
    before = ledger.metagraph()
    ledger.close()
    with Ledger.open(tmp_path / "ledger", clock) as again:
        assert again.metagraph() == before
        assert again.rules.tempo == 20


def test_never_overwrites_a_file(tmp_path: Path, ledger: Ledger) -> None:
    ledger.register("a", "cold")
    with pytest.raises(LedgerExists):
        Ledger.create(tmp_path / "ledger")
    assert len(ledger.metagraph().neurons) == 1
    assert not list(tmp_path.glob(".ledger.*"))


@pytest.mark.parametrize("rule", [{"tempo": 0}, {"block_seconds": 0.0}, {"nonsense": 1}])
def test_refuses_rules_that_are_none(tmp_path: Path, clock: Clock, rule: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(rule))):
        Ledger.create(tmp_path / "l", clock=clock, **rule)
    assert not list(tmp_path.iterdir())


def test_says_what_to_do_when_there_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(ChainUnreachable, match="chain create"):
        Ledger.open(tmp_path / "none")
    assert not list(tmp_path.iterdir())
    (tmp_path / "text").write_text("this is not a database, but long enough to be taken for one" * 100)
    with pytest.raises(ChainUnreachable, match="text cannot be used as a ledger: file is not a database"):
        Ledger.open(tmp_path / "text")
    (tmp_path / "empty").touch()
    with pytest.raises(ChainUnreachable, match="is not a ledger"):
        Ledger.open(tmp_path / "empty")
    with sqlite3.connect(tmp_path / "other") as other:
        other.execute("CREATE TABLE neuron (uid INTEGER)")
    other.close()
    with pytest.raises(ChainUnreachable, match="is not a ledger"):
        Ledger.open(tmp_path / "other")


def test_says_so_when_the_file_vanishes_or_is_damaged(tmp_path: Path, ledger: Ledger, clock: Clock) -> None:
    populate(ledger)
    ledger.close()
    path = tmp_path / "ledger"
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))
    with Ledger.open(path, clock) as damaged, pytest.raises(ChainUnreachable, match="malformed"):
        damaged.metagraph()
    path.unlink()
    with pytest.raises(ChainUnreachable, match="no ledger at"):
        ledger.metagraph()
