"""A server with twice as much to do as it can, a third of it hostile; and the client that loads it."""

import pytest

from benchmarks import leftovers, served
from benchmarks.caller import Caller
from benchmarks.figures import load


@pytest.mark.heavy
@pytest.mark.usefixtures("engine")
def test_a_server_with_twice_its_load_answers_right_and_leaves_nothing() -> None:
    """No claim of it is one of time."""
    figure = load.measure(quick=True)
    assert [claim for claim in figure.claims if not claim.met] == [], figure.notes
    answered = {one.name: one.values[0] for one in figure.series if one.name.startswith("answered ")}
    assert answered["answered 200"] > 0
    assert answered["answered 429"] > 0


@pytest.mark.usefixtures("engine")
async def test_what_a_server_holds_is_seen_while_it_runs_and_gone_when_it_has_ended() -> None:
    async with served.serving("--tier", "python", "--slots", 1) as server, Caller(server) as caller:
        answer = await caller.post("/v1/execute", b'{"language": "python", "source": "print(1)"}')
        assert (answer.status, answer.json()["runs"][0]["stdout"]) == (200, "1\n")
        assert (await caller.post("/v1/execute", b"{")).status == 400
        family = server.family()
        assert len(family) > 1
        held = await leftovers.when_idle(server, warm=0, patience_seconds=0.5)
        assert [claim.met for claim in held] == [False, False]
    assert all(claim.met for claim in await leftovers.when_ended(server, family))
