"""The load test's judgement can say no, of every kind of wrong answer."""

import itertools

import pytest

from benchmarks import traffic
from sandbox import attacks, corpus, languages
from sandbox.protocol import Ended, Execution, Peak, Program, Step


def step(ended: Ended, stdout: bytes = b"") -> Step:
    return Step(
        ended=ended,
        exit_code=0 if ended is Ended.EXITED else None,
        stdout=stdout,
        cpu_seconds=0,
        wall_seconds=0,
        peak_memory_bytes=0,
        peak=Peak.EXACT,
    )


def execution(*runs: Step, compiled: Step | None = None) -> Execution:
    return Execution(language="c", version="", image="", compile=compiled, runs=runs)


def test_a_third_is_hostile_and_every_language_is_there() -> None:
    make = traffic.orders(seed=7)
    made = [make() for _ in range(3000)]
    assert 900 < sum(not order.honest for order in made) < 1100
    honest = {Program.model_validate_json(order.body).language for order in made if order.honest}
    assert honest == set(traffic.HONEST)
    hostile = {order.body for order in made if not order.honest}
    assert len(hostile) == len(traffic.ATTACKS)


def test_the_same_seed_makes_the_same_orders() -> None:
    one, other = traffic.orders(seed=3), traffic.orders(seed=3)
    assert all(one().body == other().body for _ in range(100))


def test_an_honest_answer_is_right_only_if_it_is_the_sum() -> None:
    make = traffic.orders(seed=1)
    order = next(order for order in (make() for _ in itertools.count()) if order.honest)
    number = int(Program.model_validate_json(order.body).runs[0].stdin)
    right = b"%d\n" % sum(i * i for i in range(number))
    assert order.wrong(execution(step(Ended.EXITED, right))) is None
    for wrong in (right[:-1], b"", b"breached\n"):
        assert order.wrong(execution(step(Ended.EXITED, wrong)))
    assert order.wrong(execution(step(Ended.CPU_LIMIT, right)))
    assert order.wrong(execution(compiled=step(Ended.SIGNALLED)))


@pytest.mark.parametrize("name", traffic.ATTACKS)
def test_an_attack_must_not_get_through_nor_go_unstopped(name: str) -> None:
    attack = attacks.load(corpus.directory() / "attacks" / name)
    assert not any((attack.arguments, attack.companion, attack.next, attack.beside))
    assert attack.language in traffic.HONEST
    assert attack.success.ended not in traffic.BY_LIMITS
    if attack.success.says:
        assert traffic.fault(attack, execution(step(Ended.EXITED, attack.success.says))) == "got through"
    assert traffic.fault(attack, execution(step(Ended.WALL_LIMIT))) is None
    if attack.success.ended is not Ended.CONTAINER_DEATH:
        assert traffic.fault(attack, execution(step(Ended.CONTAINER_DEATH)))
    unstopped = traffic.fault(attack, execution(step(Ended.EXITED)))
    assert unstopped == ("was not stopped" if attack.stopped else None)
    if languages.find(attack.language).compile and attack.success.place == "run":
        assert traffic.fault(attack, execution(compiled=step(Ended.EXITED))) == "did not compile"
