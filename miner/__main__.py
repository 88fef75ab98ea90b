"""``lovelace miner``: serve a model to the validators of a subnet."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from miner.engine import Engine

API_KEY_VARIABLE = "LOVELACE_ENGINE_API_KEY"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to

app = typer.Typer(no_args_is_help=True, help="Serve a model to the validators of a subnet.")


@app.callback()
def miner() -> None:
    """Keeps ``serve`` a word of its own though it is the only command."""


@app.command()
def serve(
    key: Annotated[Path, typer.Option(help="The miner's hotkey file, readable by its owner only.")],
    ledger: Annotated[Path, typer.Option(help="The ledger on which the hotkey is registered.")],
    engine: Annotated[str, typer.Option(help="vllm, transformers, openai, scripted, or module:Class of your own.")],
    model: Annotated[
        str | None, typer.Option(help="vllm, transformers: a directory or a hub name; openai: as its server knows it.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="vllm: passed on, as --option=--max-model-len=8192; repeatable.")
    ] = None,
    engine_url: Annotated[str | None, typer.Option(help="openai: the server's base URL, ending in /v1.")] = None,
    answers: Annotated[Path | None, typer.Option(help="scripted: the answer book, JSON.")] = None,
    skill: Annotated[float, typer.Option(min=0, max=1, help="scripted: probability of a right answer.")] = 0.6,
    seed: Annotated[int, typer.Option(help="scripted: where its luck comes from.")] = 1,
    delay: Annotated[float, typer.Option(min=0, help="scripted: seconds to take for an answer, +- 20 %.")] = 0.0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 0,
    endpoint: Annotated[str | None, typer.Option(help="What to announce, if not http://HOST:PORT.")] = None,
    concurrent: Annotated[int, typer.Option(min=1, max=4096, help="Requests in work at once.")] = 16,
    tokens: Annotated[int | None, typer.Option(min=1, help="To be generated an hour; no limit unless given.")] = None,
    leave_out: Annotated[list[str] | None, typer.Option(help="A kind of task not to be asked; repeatable.")] = None,
    admit: Annotated[list[str] | None, typer.Option(help="A hotkey to serve without a permit; repeatable.")] = None,
    stop_on_eof: Annotated[bool, typer.Option(help="Stop when standard input closes.")] = False,
) -> None:
    """Load the model, announce where this miner listens, and answer validators until stopped.

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
    bodies: dict[str, Callable[[], Engine]] = {
        "scripted": lambda: _scripted(answers, skill, seed, delay, model),
        "openai": lambda: _openai(engine_url, model),
        "vllm": lambda: _vllm(model, option or []),
        "transformers": lambda: _transformers(model),
    }
    body = bodies.get(engine, lambda: _own(engine, model))()
    miner_identity, chain, listener = identity.load(key), Ledger.open(ledger), listen(host, port)
    own = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"

    async def load_and_announce() -> None:
        await body.open()
        chain.announce(miner_identity.hotkey, endpoint or own)

    kinds = tuple(kind.replace("-", "_") for kind in leave_out or ())
    admitted = frozenset(admit or ())
    settings = Settings(concurrent_requests=concurrent, tokens=tokens, leaves_out=kinds, admitted=admitted)
    server = application(body, miner_identity, chain, settings)
    serve_application(server, listener, stop_on_eof=stop_on_eof, first=load_and_announce)


def _scripted(answers: Path | None, skill: float, seed: int, delay: float, model: str | None) -> "Engine":
    from miner.engines.scripted import AnswerBook, Scripted

    if answers is None:
        raise typer.BadParameter("--engine scripted needs --answers BOOK.json")
    return Scripted(AnswerBook.load(answers), skill, seed, model or "scripted", delay_seconds=delay)


def _openai(engine_url: str | None, model: str | None) -> "Engine":
    import os

    from pydantic import SecretStr

    from miner.engines.openai import OpenAI

    if engine_url is None or model is None:
        raise typer.BadParameter("--engine openai needs --engine-url URL and --model NAME")
    api_key = os.environ.get(API_KEY_VARIABLE)
    return OpenAI(engine_url, model, SecretStr(api_key) if api_key else None)


def _vllm(model: str | None, options: list[str]) -> "Engine":
    from miner.engines.vllm import Vllm

    _check_installed("vllm", model)
    return Vllm(str(model), Path(str(model)).name, options)


def _transformers(model: str | None) -> "Engine":
    from miner.engines.transformers import Transformers

    _check_installed("transformers", model)
    _check_installed("torch", model)
    return Transformers(str(model), Path(str(model)).name)


def _check_installed(library: str, model: str | None) -> None:
    from importlib.util import find_spec

    if model is None:
        raise typer.BadParameter("this engine needs --model DIRECTORY, or a name on the hub")
    if find_spec(library) is None:
        raise typer.BadParameter(f"{library} is not installed here: run `make engine`, or install it as its makers say")


def _own(path: str, model: str | None) -> "Engine":
    """A class of the user's, called with the model's name. See ``miner.engine.Engine`` for what it has to promise."""
    from importlib import import_module
    from typing import cast

    module, _, name = path.partition(":")
    if not name:
        known = "vllm, transformers, openai, scripted"
        raise typer.BadParameter(f"unknown engine {path!r}; there are {known}, and module:Class of your own")
    try:
        made = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise typer.BadParameter(f"there is no engine {path!r}: {error}") from error
    return cast("Engine", made(model))


if __name__ == "__main__":
    app()
