"""``lovelace miner``: serve a model to the validators of a subnet."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from miner.engine import Engine

API_KEY_VARIABLE = "LOVELACE_ENGINE_API_KEY"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to

app = typer.Typer(no_args_is_help=True, help="Serve a model to the validators of a subnet.")


class EngineKind(StrEnum):
    """What stands behind the server."""

    SCRIPTED = "scripted"
    OPENAI = "openai"


@app.callback()
def miner() -> None:
    """Keeps ``serve`` a word of its own though it is the only command."""


@app.command()
def serve(
    key: Annotated[Path, typer.Option(help="The miner's hotkey file, readable by its owner only.")],
    ledger: Annotated[Path, typer.Option(help="The ledger on which the hotkey is registered.")],
    engine: Annotated[EngineKind, typer.Option(help="What answers.")],
    answers: Annotated[Path | None, typer.Option(help="scripted: the answer book, JSON.")] = None,
    skill: Annotated[float, typer.Option(min=0, max=1, help="scripted: probability of a right answer.")] = 0.6,
    seed: Annotated[int, typer.Option(help="scripted: where its luck comes from.")] = 1,
    delay: Annotated[float, typer.Option(min=0, help="scripted: seconds to take for an answer, +- 20 %.")] = 0.0,
    engine_url: Annotated[str | None, typer.Option(help="openai: the server's base URL, ending in /v1.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name, for openai as its server knows it.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 0,
    endpoint: Annotated[str | None, typer.Option(help="What to announce, if not http://HOST:PORT.")] = None,
    concurrent: Annotated[int, typer.Option(min=1, max=4096, help="Completions in work at once.")] = 16,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="A kind of task not to be asked, such as refactoring; again for more.")
    ] = None,
    stop_on_eof: Annotated[bool, typer.Option(help="Stop when standard input closes.")] = False,
) -> None:
    """Announce where this miner listens, and answer validators until stopped.

    LOVELACE_ENGINE_API_KEY, if set, is the openai engine's API key.
    """
    from chain import identity
    from chain.ledger import Ledger
    from miner.server import app as application
    from miner.settings import Settings
    from sandbox.serving import listen
    from sandbox.serving import serve as serve_application

    if host in EVERY_ADDRESS and endpoint is None:
        raise typer.BadParameter(f"with --host {host} say by --endpoint which address to announce")
    body = (
        _scripted(answers, skill, seed, delay, model) if engine is EngineKind.SCRIPTED else _openai(engine_url, model)
    )
    miner_identity = identity.load(key)
    chain = Ledger.open(ledger)
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    chain.announce(miner_identity.hotkey, endpoint or f"http://{shown}:{listener.getsockname()[1]}")
    settings = Settings(
        concurrent_requests=concurrent, leaves_out=tuple(kind.replace("-", "_") for kind in leave_out or ())
    )
    serve_application(application(body, miner_identity, chain, settings), listener, stop_on_eof=stop_on_eof)


def _scripted(answers: Path | None, skill: float, seed: int, delay: float, model: str | None) -> "Engine":
    from miner.engines.scripted import AnswerBook, Scripted

    if answers is None:
        raise typer.BadParameter("--engine scripted needs --answers BOOK.json")
    return Scripted(AnswerBook.load(answers), skill, seed, model or "scripted", delay_seconds=delay)


def _openai(engine_url: str | None, model: str | None) -> "Engine":
    from pydantic import SecretStr

    from miner.engines.openai import OpenAI

    if engine_url is None or model is None:
        raise typer.BadParameter("--engine openai needs --engine-url URL and --model NAME")
    api_key = os.environ.get(API_KEY_VARIABLE)
    return OpenAI(engine_url, model, SecretStr(api_key) if api_key else None)


if __name__ == "__main__":
    app()
