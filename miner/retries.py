"""When asking a miner again is honest, and how long to wait before it."""

from collections.abc import Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay

from miner.errors import MinerOverloaded, MinerUnavailable

ATTEMPTS_TO_CONNECT = 4
LEAST_WAIT_SECONDS = 0.1


def retrying(deadline_seconds: float) -> AsyncRetrying:
    """Retry a connection that failed before an answer began, a few times; and a 429 for as long as the deadline lasts.

    The last failure is raised as it is.
    """
    return AsyncRetrying(
        retry=retry_if_exception(_worth_a_retry), wait=_wait_seconds, stop=_enough(deadline_seconds), reraise=True
    )


def _worth_a_retry(error: BaseException) -> bool:
    if isinstance(error, MinerUnavailable):
        return not error.answer_began
    return isinstance(error, MinerOverloaded)


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _wait_seconds(state: RetryCallState) -> float:
    """What a 429 asked for; else longer and longer."""
    failure = _failure(state)
    if isinstance(failure, MinerOverloaded):
        return max(failure.retry_after_seconds, LEAST_WAIT_SECONDS)
    return float(LEAST_WAIT_SECONDS * 2 ** (state.attempt_number - 1))


def _enough(deadline_seconds: float) -> Callable[[RetryCallState], bool]:
    """Stop when the next attempt would begin after the deadline, or the miner is plainly down."""
    too_late = stop_before_delay(deadline_seconds)

    def enough(state: RetryCallState) -> bool:
        down = isinstance(_failure(state), MinerUnavailable) and state.attempt_number >= ATTEMPTS_TO_CONNECT
        return down or too_late(state)

    return enough
