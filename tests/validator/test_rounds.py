"""One round with the real sandbox and real miners, most of whom have something wrong with them."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, closing, suppress
from functools import cache
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chain import identity
from chain.identity import Identity
from chain.ledger import Ledger
from evaluator.protocol import Status
from miner.client import MinerClient
from miner.engine import Delta, Engine, Generation
from miner.engines.scripted import AnswerBook, Entry, Scripted
from miner.errors import Code, Refused
from miner.protocol import Usage
from miner.server import app
from miner.settings import Settings
from miner.testing import served
from sandbox.local import open_sandbox
from sandbox.pool import Pool
from sandbox.serving import listen
from validator.errors import NoMiners, NoProblems, SynthesisError
from validator.problems import verifying
from validator.problems.choosing import slots
from validator.problems.kinds import make
from validator.problems.protocol import Kind, Recipe
from validator.problems.variants import variant
from validator.problems.verifying import ATTEMPTS
from validator.problems.workshop import open_workshop
from validator.protocol import Plan, Result, Sent
from validator.rounds import Report, Validator
from validator.store import Store

PLAN = Plan(3, 2, 2, 2.0, {Kind.GENERATION: 0.5, Kind.REPAIR: 0.5})
SECRET = b"a secret that the test knows"
TEMPO = 10
Knowing = Callable[[Identity], Engine]


class Busy:
    """An engine that never has a place free."""

    model = "busy"

    ready = True

    async def open(self) -> None:
        """There is nothing to load."""

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        raise Refused(Code.OVERLOADED, "come back later", 1)
        yield Usage()

    async def close(self) -> None:
        """It holds nothing."""


class Listening:
    """An engine that remembers what it was asked, and answers what another would."""

    model = "listening"

    def __init__(self, engine: Engine, heard: list[str]) -> None:
        self._engine = engine
        self._heard = heard

    ready = True

    async def open(self) -> None:
        await self._engine.open()

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        self._heard.append(wanted.messages[-1].content)
        async with aclosing(self._engine.generate(wanted)) as generated:
            async for came in generated:
                yield came

    async def close(self) -> None:
        await self._engine.close()


class Altered:
    """A proxy that adds a blank to whatever a miner signed."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def altered(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value) for name, value in message["headers"] if name != b"content-length"]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body":
                message = {**message, "body": message["body"] + b" "}
            await send(message)

        await self._application(scope, receive, altered)


class Network:
    """A ledger, a validator's key, and as many miners as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.validator = identity.create(folder / "validator")
        self.ledger = Ledger.create(folder / "ledger.db", tempo=TEMPO, weights_rate_limit=1)
        self.ledger.register(self.validator.hotkey, "cold", stake=1000.0)
        self.ledger.skip(TEMPO)
        self._stack = ExitStack()

    def join(self, body: Callable[[Identity], ASGIApp]) -> int:
        """The uid of a new miner, served."""
        key = identity.create(self.folder / f"miner-{len(self.ledger.metagraph().neurons)}")
        uid = self.ledger.register(key.hotkey, key.hotkey)
        self.ledger.announce(key.hotkey, self._stack.enter_context(served(body(key))))
        return uid

    def join_down(self) -> int:
        """The uid of a new miner that is down."""
        key = identity.create(self.folder / f"miner-{len(self.ledger.metagraph().neurons)}")
        uid = self.ledger.register(key.hotkey, key.hotkey)
        with closing(listen("127.0.0.1", 0)) as listener:
            self.ledger.announce(key.hotkey, f"http://127.0.0.1:{listener.getsockname()[1]}")
        return uid

    def serving(self, engine: Callable[[Identity], Engine], *leaves_out: str) -> Callable[[Identity], ASGIApp]:
        """Our own server in front of ``engine``, which knows whose it is."""
        return lambda key: app(engine(key), key, self.ledger, Settings(leaves_out=leaves_out))

    def close(self) -> None:
        self._stack.close()
        self.ledger.close()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    with closing(Network(tmp_path)) as made:
        yield made


@pytest_asyncio.fixture(scope="module")
async def sandbox(engine: None) -> AsyncIterator[Pool]:
    async with open_sandbox(["python"]) as pool:
        yield pool


@pytest.fixture(scope="module")
def good() -> Knowing:
    """An engine that is always right, for whoever it is."""
    return lambda key: Scripted(book(key.hotkey), skill=1.0, seed=1, name="good")


def book(hotkey: str) -> AnswerBook:
    """What is right for a miner in the first round of a validator with our secret."""
    entries = []
    for recipe in drawn():
        made = make(recipe, variant(SECRET, 1, hotkey, recipe))
        assert made.problem.shown
        right, wrong = made.right, made.wrong[0]
        entries.append(Entry(task_id=recipe.name, prompt=made.problem.shown, right=right, wrong=wrong, whole=True))
    return AnswerBook(entries=tuple(entries))


@cache
def drawn() -> tuple[Recipe, ...]:
    """The problems of PLAN's round."""
    found = []
    for slot in slots(PLAN.seed, PLAN.problems, PLAN.shares, PLAN.languages):
        for recipe in map(slot.recipe, range(ATTEMPTS)):
            with suppress(SynthesisError):
                found.append(make(recipe).recipe)
                break
    return tuple(found)


@asynccontextmanager
async def validator_of(network: Network, sandbox: Pool) -> AsyncIterator[Validator]:
    with closing(Store(network.folder / "validator.db", SECRET)) as store:
        async with httpx.AsyncClient(timeout=None) as http, open_workshop() as workshop:
            client = MinerClient(http, network.validator)
            yield Validator(network.validator.hotkey, network.ledger, store, client, sandbox, workshop)


async def run(network: Network, sandbox: Pool) -> tuple[Report, tuple[Result, ...]]:
    async with validator_of(network, sandbox) as validator:
        report = await validator.run_round(PLAN)
        assert validator.store.unfinished() is None
        return report, validator.store.results(report.round)


def results_of(uid: int, results: Sequence[Result]) -> list[Result]:
    own = [result for result in results if result.miner.uid == uid]
    assert len(own) == PLAN.problems
    return own


async def rejected(network: Network, sandbox: Pool, good: Knowing, uid: int, sent: Sent, reason: str) -> None:
    """Run a round in which miner ``uid`` gives no answer that counts, beside a good one who gets all the weight."""
    best = network.join(network.serving(good))
    report, results = await run(network, sandbox)
    for result in results_of(uid, results):
        assert (result.sent, result.verdicts) == (sent, ())
        assert reason in (result.error or "")
    assert [note for note in report.notes if f"uid {uid} left requests unanswered" in note and reason in note]
    assert [score.reliability for score in report.scores if score.miner.uid == uid] == [0.0]
    assert report.weights == {uid: 0.0, best: 1.0}
    assert network.ledger.weights(network.validator.hotkey) == {best: 1.0}


async def test_a_miner_that_is_down(network: Network, sandbox: Pool, good: Knowing) -> None:
    await rejected(network, sandbox, good, network.join_down(), Sent.FAILED, "did not answer")


async def test_a_miner_that_is_slow(network: Network, sandbox: Pool, good: Knowing) -> None:
    uid = network.join(network.serving(lambda key: Scripted(book(key.hotkey), 1.0, 1, "slow", delay_seconds=30)))
    await rejected(network, sandbox, good, uid, Sent.FAILED, "no whole answer within 2 s")


async def test_a_miner_that_is_no_miner(network: Network, sandbox: Pool, good: Knowing) -> None:
    page = PlainTextResponse("<h1>Welcome to nginx!</h1>")
    await rejected(network, sandbox, good, network.join(lambda _: page), Sent.FAILED, "did not sign its answer")


async def test_a_miner_that_has_none_of_our_routes(network: Network, sandbox: Pool, good: Knowing) -> None:
    await rejected(network, sandbox, good, network.join(lambda _: Starlette()), Sent.FAILED, "answered 404")


async def test_a_miner_that_is_overloaded_for_ever(network: Network, sandbox: Pool, good: Knowing) -> None:
    uid = network.join(network.serving(lambda _: Busy()))
    await rejected(network, sandbox, good, uid, Sent.OVERLOADED, "come back later")


async def test_a_miner_too_overloaded_to_tell_its_capacity(network: Network, sandbox: Pool, good: Knowing) -> None:
    uid = network.join(lambda _: PlainTextResponse("not now", 429, {"Retry-After": "60"}))
    await rejected(network, sandbox, good, uid, Sent.OVERLOADED, "not now")


async def test_a_miner_whose_answers_are_altered_on_the_way(network: Network, sandbox: Pool, good: Knowing) -> None:
    serving = network.serving(good)
    uid = network.join(lambda key: Altered(serving(key)))
    await rejected(network, sandbox, good, uid, Sent.FAILED, "for this request, status and body")


async def test_a_miner_that_signs_with_another_key(network: Network, sandbox: Pool, good: Knowing) -> None:
    another = identity.create(network.folder / "another")
    uid = network.join(lambda _: network.serving(good)(another))
    await rejected(network, sandbox, good, uid, Sent.FAILED, "answered 401")


async def test_a_miner_that_talks_nonsense_is_judged_for_it(network: Network, sandbox: Pool, good: Knowing) -> None:
    best, chatty = network.join(network.serving(good)), network.join(network.serving(empty_headed))
    report, results = await run(network, sandbox)
    # Where a whole program is asked for, words are one that does not run.
    empty = {v.status for r in results_of(chatty, results) for v in r.verdicts}
    assert empty <= {Status.NO_PROGRAM, Status.CRASHED}
    assert [v.status for r in results_of(best, results) for v in r.verdicts] == [Status.PASSED] * 4
    assert [(s.quality.value, s.reliability) for s in report.scores] == [(1.0, 1.0), (0.0, 1.0)]
    assert report.weights == {best: 1.0, chatty: 0.0}
    assert report.notes == ()


def empty_headed(_: Identity) -> Scripted:
    return Scripted(AnswerBook(entries=()), 1.0, 1, "empty-headed")


async def test_a_round_in_which_nobody_earns_sets_no_weights(network: Network, sandbox: Pool) -> None:
    network.join(network.serving(empty_headed))
    report, _ = await run(network, sandbox)
    assert report.weights == {}
    assert "no weights set: nobody earned anything" in report.notes
    assert network.ledger.weights(network.validator.hotkey) == {}


async def test_a_round_without_a_permit_says_so_and_ends(network: Network, sandbox: Pool, good: Knowing) -> None:
    poor = Network(network.folder / "poor")
    with closing(poor):
        for number in range(64):
            poor.ledger.register(f"rich-{number}", "cold", stake=1e6)
        poor.ledger.skip(TEMPO)
        uid = poor.join(network.serving(good))
        network.ledger.register(poor.validator.hotkey, "cold", stake=1000.0)
        network.ledger.skip(TEMPO)
        report, _ = await run(poor, sandbox)
    assert report.weights == {uid: 1.0}
    assert [note for note in report.notes if note.startswith("no weights set: uid 0 has no validator permit")]


async def test_no_miners_is_refused_and_nothing_begun(network: Network, sandbox: Pool) -> None:
    network.ledger.announce(network.validator.hotkey, "http://127.0.0.1:9")
    network.ledger.register("without-endpoint", "cold")
    async with validator_of(network, sandbox) as validator:
        with pytest.raises(NoMiners, match="lovelace miner serve"):
            await validator.run_round(PLAN)
        assert validator.store.rounds() == ()


async def test_a_second_round_follows_the_first(network: Network, sandbox: Pool, good: Knowing) -> None:
    uid = network.join(network.serving(good))
    async with validator_of(network, sandbox) as validator:
        first = await validator.run_round(PLAN)
        network.ledger.skip(TEMPO)
        second = await validator.run_round(PLAN)
        assert second.notes[0] == "no weights set: nobody earned anything", "its variants are not those of the first"
        assert [round_.id for round_ in validator.store.rounds()] == [first.round.id, second.round.id]
        assert (first.weights, second.weights) == ({uid: 1.0}, {})


async def test_each_miner_is_asked_its_own_variant(network: Network, sandbox: Pool, good: Knowing) -> None:
    heard: dict[str, list[str]] = {}

    def listening(key: Identity) -> Engine:
        return Listening(good(key), heard.setdefault(key.hotkey, []))

    network.join(network.serving(listening))
    network.join(network.serving(listening))
    await run(network, sandbox)
    for hotkey, questions in heard.items():
        own = {entry.prompt.strip() for entry in book(hotkey).entries}
        assert len(own) == PLAN.problems
        assert all(any(prompt in question for question in questions) for prompt in own)
        others = {question for other, asked in heard.items() if other != hotkey for question in asked}
        assert not any(prompt in question for prompt in own for question in others)


async def test_a_kind_that_is_left_out_is_not_put_and_earns_nothing(
    network: Network, sandbox: Pool, good: Knowing
) -> None:
    picky, whole = network.join(network.serving(good, "repair")), network.join(network.serving(good))
    report, results = await run(network, sandbox)
    assert {result.kind: result.sent for result in results_of(picky, results)} == {
        Kind.GENERATION: Sent.ANSWERED,
        Kind.REPAIR: Sent.LEFT_OUT,
    }
    assert [(score.quality.value, score.reliability) for score in report.scores] == [(0.5, 1.0), (1.0, 1.0)]
    assert report.weights[whole] == pytest.approx(2 / 3, abs=0.05)
    assert report.notes == ()


async def test_a_kind_that_there_is_none_of_is_noted(network: Network, sandbox: Pool, good: Knowing) -> None:
    uid = network.join(network.serving(good, "repiar"))
    report, _ = await run(network, sandbox)
    assert report.notes == (f"uid {uid} leaves out 'repiar', which is no kind of problem",)
    assert report.scores[0].quality.value == 1.0


async def test_a_round_that_can_use_no_problem_is_not_begun(
    network: Network, sandbox: Pool, good: Knowing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would be with an image that has lost its senses: every reference fails."""
    network.join(network.serving(good))

    async def lost(*_: object) -> str:
        return "its reference does not pass: crashed"

    monkeypatch.setattr(verifying, "fault", lost)
    async with validator_of(network, sandbox) as validator:
        with pytest.raises(NoProblems, match="not one of 2 problems can be used"):
            await validator.run_round(PLAN)
        assert validator.store.rounds() == ()
