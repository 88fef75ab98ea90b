"""Problem to request to completion: what is asked, in words that a user could have chosen, and what came back."""

from dataclasses import dataclass
from hashlib import sha256

from evaluator.protocol import Problem
from miner.client import MinerClient
from miner.errors import MinerError, MinerOverloaded
from miner.protocol import ChatMessage, ChatRequest
from validator.problems.protocol import Kind
from validator.protocol import Request, Sent
from validator.wrapping import wrappers


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request: completions, or why there are none."""

    sent: Sent
    completions: tuple[str, ...] = ()
    latency_seconds: float | None = None
    error: str | None = None


def seed_of(round_seed: int, uid: int, task_id: str) -> int:
    """The sampling seed that a request carries: its own for every miner, the same when the round is run again."""
    return int.from_bytes(sha256(f"{round_seed}/{uid}/{task_id}".encode()).digest()[:4], "big") >> 1


def phrase(problem: Problem, kind: Kind, seed: int, samples: int) -> ChatRequest:
    """The request that puts ``problem`` to a miner."""
    text = wrappers().wrap(kind, problem.shown or problem.prompt, seed)
    return ChatRequest(
        model="default",
        messages=(ChatMessage(role="user", content=text),),
        n=samples,
        max_tokens=wrappers().kinds[kind].max_tokens,
        seed=seed,
    )


async def ask(
    client: MinerClient, request: Request, problem: Problem, *, samples: int, deadline_seconds: float
) -> Reply:
    """Put ``problem`` to the miner and wait for the whole answer. A miner's failure is a Reply, never an exception."""
    chat = phrase(problem, request.kind, request.seed, samples)
    miner = request.miner
    try:
        answer = await client.complete(miner.endpoint, miner.hotkey, chat, deadline_seconds=deadline_seconds)
    except MinerError as error:
        return no_answer(error)
    texts = tuple(choice.message.content for choice in answer.response.choices)
    return Reply(Sent.ANSWERED, texts, answer.latency_seconds)


def no_answer(error: MinerError) -> Reply:
    """The reply that a miner's failure amounts to."""
    return Reply(Sent.OVERLOADED if isinstance(error, MinerOverloaded) else Sent.FAILED, error=str(error))
