"""Scores by hand: every number here was worked out on paper."""

from collections.abc import Callable, Sequence

import pytest

from evaluator import passk
from evaluator.protocol import Verdict
from validator.problems.protocol import Kind
from validator.problems.shares import Shares
from validator.protocol import Interval, Miner, Result, Score, Sent
from validator.scoring import SPEED_SHARE, percentile
from validator.scoring import score as score_of

MakeMiner = Callable[[int], Miner]
MakeVerdict = Callable[[bool], Verdict]
Answered = Callable[..., Result]

ONE = {Kind.GENERATION: 1.0}
THREE = {Kind.GENERATION: 0.5, Kind.REPAIR: 0.3, Kind.ANALYSIS: 0.2}


@pytest.fixture
def answered(miner: MakeMiner, verdict: MakeVerdict) -> Answered:
    """A request that was answered; ``marks`` has a 1 for each completion that passed and a 0 for one that did not."""

    def make(
        uid: int, marks: Sequence[float], *, latency: float = 1.0, unjudged: int = 0, kind: Kind = Kind.GENERATION
    ) -> Result:
        verdicts = tuple(
            verdict(mark > 0.5).model_copy(update={"credit": None if mark in (0, 1) else mark}) for mark in marks
        )
        return Result(miner(uid), "T/0", kind, Sent.ANSWERED, latency, None, verdicts, unjudged)

    return make


def silent(
    miner: Miner, sent: Sent = Sent.FAILED, error: str = "did not answer", kind: Kind = Kind.GENERATION
) -> Result:
    return Result(miner, "T/9", kind, sent, None, error, (), 0)


def score(results: Sequence[Result], samples: int, shares: Shares = ONE) -> tuple[Score, ...]:
    """``score_of`` a round of one kind, unless told otherwise."""
    return score_of(results, samples, shares)


def only(scores: Sequence[Score]) -> Score:
    (one,) = scores
    return one


def test_two_problems_by_hand(answered: Answered) -> None:
    found = only(score([answered(1, [1, 1, 1, 0]), answered(1, [1, 0, 0, 0])], samples=2))
    assert found.quality.value == pytest.approx((3 / 4 + 1 / 4) / 2)
    # 1 - C(1,2)/C(4,2) = 1; 1 - C(3,2)/C(4,2) = 1/2
    assert found.pass_at_k.value == pytest.approx((1 + 1 / 2) / 2)
    assert (found.reliability, found.speed, found.problem) == (1.0, 1.0, None)
    assert found.total == pytest.approx(0.5)


def test_the_intervals_are_those_of_passk(answered: Answered) -> None:
    found = only(score([answered(1, [1, 1, 0]), answered(1, [0, 0, 0]), answered(1, [1, 1, 1])], samples=3))
    low, high = passk.interval([(3, 2), (3, 0), (3, 3)], 1)
    assert (found.quality.low, found.quality.high) == pytest.approx((low, high))
    low, high = passk.interval([(3, 2), (3, 0), (3, 3)], 3)
    assert (found.pass_at_k.low, found.pass_at_k.high) == pytest.approx((low, high))


def test_the_total_is_quality_times_reliability_times_speed(answered: Answered, miner: MakeMiner) -> None:
    slow = [answered(1, [1, 1], latency=1.5), answered(1, [1, 0], latency=1.5), silent(miner(1)), silent(miner(1))]
    found = score([*slow, answered(2, [1], latency=0.5)], samples=2)
    # The field's median is (1.5 + 0.5) / 2 = 1, so 1.5 is half way to twice that.
    assert found[0].quality.value == pytest.approx(3 / 4)
    assert found[0].reliability == pytest.approx(1 / 2)
    assert found[0].speed == pytest.approx(1 - SPEED_SHARE / 2)
    assert found[0].total == pytest.approx(3 / 4 * 1 / 2 * (1 - SPEED_SHARE / 2))


def test_a_problem_of_which_nothing_was_judged_is_absent_not_zero(answered: Answered) -> None:
    found = only(score([answered(1, [1, 1]), answered(1, [], unjudged=2)], samples=2))
    assert found.quality.value == 1.0
    assert found.pass_at_k.value == 1.0
    assert found.reliability == 1.0


def test_completions_that_we_failed_to_judge_do_not_hurt(answered: Answered) -> None:
    whole = only(score([answered(1, [1, 1, 0, 0])], samples=2))
    holed = only(score([answered(1, [1, 0], unjudged=2)], samples=2))
    assert holed.quality.value == whole.quality.value == 0.5
    assert holed.total == whole.total
    assert only(score([answered(1, [1, 1], unjudged=3)], samples=2)).total == 1.0


def test_pass_at_k_is_of_the_problems_with_enough_samples(answered: Answered) -> None:
    found = only(score([answered(1, [1, 0, 0]), answered(1, [0, 0], unjudged=1)], samples=3))
    assert found.pass_at_k.value == 1.0
    assert found.quality.value == pytest.approx((1 / 3 + 0) / 2)
    none = only(score([answered(1, [1, 1], unjudged=1)], samples=3))
    assert none.pass_at_k == Interval(0.0, 0.0, 1.0)
    assert none.quality.value == 1.0


def test_a_silent_miner_has_shown_nothing_and_earns_nothing(answered: Answered, miner: MakeMiner) -> None:
    found = score([silent(miner(1)), answered(2, [1])], samples=1)
    assert found[0].quality == Interval(0.0, 0.0, 1.0)
    assert (found[0].reliability, found[0].total) == (0.0, 0.0)
    assert (found[0].latency_p50_seconds, found[0].latency_p95_seconds) == (None, None)
    assert found[1].total == 1.0


@pytest.mark.parametrize("sent", [Sent.FAILED, Sent.OVERLOADED, Sent.PENDING])
def test_whatever_is_not_an_answer_costs_reliability(answered: Answered, miner: MakeMiner, sent: Sent) -> None:
    found = only(score([*[answered(1, [1])] * 3, silent(miner(1), sent)], samples=1))
    assert found.reliability == 0.75
    assert found.quality.value == 1.0


def test_the_commonest_reason_is_the_one_that_is_told(miner: MakeMiner) -> None:
    reasons = ["reset", "timed out", "timed out"]
    assert only(score([silent(miner(1), error=reason) for reason in reasons], samples=1)).problem == "timed out"


@pytest.mark.parametrize(
    ("latency", "speed"), [(0.001, 1.0), (1.0, 1.0), (1.5, 0.95), (2.0, 0.9), (3.0, 0.9), (1e9, 0.9)]
)
def test_speed_costs_a_tenth_at_most(answered: Answered, latency: float, speed: float) -> None:
    # Three of the field answer in one second, so its median is one second, however long the fourth takes.
    field = [answered(uid, [1], latency=1.0) for uid in (2, 3, 4)]
    assert score([answered(1, [1], latency=latency), *field], samples=1)[0].speed == pytest.approx(speed)


def test_a_miner_alone_is_as_fast_as_its_field(answered: Answered) -> None:
    assert only(score([answered(1, [1], latency=50.0)], samples=1)).speed == 1.0


def test_latencies_of_no_time_at_all_divide_nothing(answered: Answered) -> None:
    assert [s.speed for s in score([answered(uid, [1], latency=0.0) for uid in (1, 2)], samples=1)] == [1.0, 1.0]


def test_scores_come_by_uid_each_from_its_own_results(answered: Answered) -> None:
    results = [answered(uid, [uid % 2]) for uid in (5, 2, 9, 5)]
    found = score(results, samples=1)
    assert [s.miner.uid for s in found] == [2, 5, 9]
    assert [s.quality.value for s in found] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1.0), (5, 1.0), (25, 1.0), (26, 2.0), (50, 2.0), (51, 3.0), (95, 4.0), (100, 4.0)]
)
def test_percentiles_are_values_that_were_measured(percent: float, value: float) -> None:
    assert percentile([4.0, 2.0, 3.0, 1.0], percent) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 50) is None


def test_kinds_count_by_their_shares_however_many_problems_each_has(answered: Answered) -> None:
    results = [
        answered(1, [1, 1]), answered(1, [1, 0]),
        answered(1, [0, 0], kind=Kind.REPAIR),
        *[answered(1, [1, 1], kind=Kind.ANALYSIS)] * 5,
    ]  # fmt: skip
    found = only(score(results, 2, THREE))
    assert found.quality.value == pytest.approx(0.5 * 3 / 4 + 0.3 * 0 + 0.2 * 1)
    assert found.pass_at_k.value == pytest.approx(0.5 * 1 + 0.3 * 0 + 0.2 * 1)
    assert [(part.kind, part.share, part.problems) for part in found.kinds] == [
        (Kind.GENERATION, 0.5, 2), (Kind.REPAIR, 0.3, 1), (Kind.ANALYSIS, 0.2, 5)
    ]  # fmt: skip
    assert [part.quality.value for part in found.kinds] == pytest.approx([0.75, 0.0, 1.0])
    assert found.quality.low < found.quality.value < found.quality.high


def test_credit_counts_by_its_size_and_pass_at_k_by_passing(answered: Answered) -> None:
    found = only(score([answered(1, [0.9, 0.3]), answered(1, [0.8, 1])], samples=2))
    assert found.quality.value == pytest.approx((0.6 + 0.9) / 2)
    assert found.pass_at_k.value == 1.0


def test_a_kind_that_is_left_out_earns_nothing_and_costs_no_reliability(answered: Answered, miner: MakeMiner) -> None:
    left = silent(miner(1), Sent.LEFT_OUT, "", Kind.REPAIR)
    found = only(score([answered(1, [1]), answered(1, [1], kind=Kind.ANALYSIS), left], 1, THREE))
    assert found.quality.value == pytest.approx(0.7)
    assert found.quality.high <= 0.7 + 1e-12
    assert (found.reliability, found.problem) == (1.0, None)
    assert [part.left_out for part in found.kinds] == [False, True, False]


def test_whoever_leaves_everything_out_earns_nothing(miner: MakeMiner) -> None:
    found = only(score([silent(miner(1), Sent.LEFT_OUT, "", kind) for kind in THREE], 1, THREE))
    assert (found.quality, found.reliability, found.total) == (Interval(0.0, 0.0, 0.0), 0.0, 0.0)


def test_a_kind_of_which_nothing_was_judged_is_absent(answered: Answered, miner: MakeMiner) -> None:
    withdrawn = silent(miner(1), Sent.WITHDRAWN, "its reference does not pass", Kind.ANALYSIS)
    found = only(score([answered(1, [1]), answered(1, [], unjudged=1, kind=Kind.REPAIR), withdrawn], 1, THREE))
    assert (found.quality.value, found.reliability, found.problem) == (1.0, 1.0, None)


def test_a_round_without_a_kind_shares_its_part_among_the_others(answered: Answered) -> None:
    found = only(score([answered(1, [1]), answered(1, [0], kind=Kind.ANALYSIS)], 1, THREE))
    assert found.quality.value == pytest.approx(0.5 / 0.7)
    assert len(found.kinds) == 2


def test_leaving_out_and_keeping_silent_earn_the_same(answered: Answered, miner: MakeMiner) -> None:
    """Nobody gains by not answering what it could have said that it does not take."""
    own = [*[answered(1, [1])] * 5, *[answered(1, [1], kind=Kind.ANALYSIS)] * 2]
    out = only(score([*own, *[silent(miner(1), Sent.LEFT_OUT, "", Kind.REPAIR)] * 3], 1, THREE))
    mute = only(score([*own, *[silent(miner(1), kind=Kind.REPAIR)] * 3], 1, THREE))
    assert out.total == pytest.approx(mute.total) == pytest.approx(0.7)
