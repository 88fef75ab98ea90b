"""For tests: a small subnet on disk, and a real HTTP server in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from starlette.types import ASGIApp

from chain import identity
from chain.identity import Identity
from chain.ledger import Ledger
from miner.answering import complete
from miner.engine import Engine
from miner.protocol import ChatRequest, ChatResponse
from sandbox.serving import listen


@dataclass(frozen=True, slots=True)
class Subnet:
    """A ledger with a miner, a validator that holds a permit, and two hotkeys that a miner must turn away."""

    path: Path
    ledger: Ledger
    miner_key: Path
    miner: Identity
    validator: Identity
    without_permit: Identity
    stranger: Identity

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make it in ``folder``, with the same hotkeys every time."""
        names = ("miner", "validator", "without_permit", "stranger")
        keys = {name: identity.create(folder / name, seed=bytes([number]) * 32) for number, name in enumerate(names, 1)}
        ledger = Ledger.create(folder / "ledger.db", tempo=10)
        ledger.register(keys["miner"].hotkey, "cold-miner")
        ledger.register(keys["validator"].hotkey, "cold-validator", stake=1000.0)
        ledger.register(keys["without_permit"].hotkey, "cold-poor", stake=0.0)
        ledger.skip(11)
        return cls(folder / "ledger.db", ledger, folder / "miner", **keys)


@contextmanager
def served(application: ASGIApp) -> Iterator[str]:
    """Serve it on loopback; the address is ``http://127.0.0.1:port``."""
    import uvicorn

    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


async def chat(engine: Engine, request: ChatRequest) -> ChatResponse:
    """The whole of an engine's answer, without a server between."""
    answer = await complete(engine, request)
    assert isinstance(answer, ChatResponse)
    return answer
