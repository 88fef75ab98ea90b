"""Hugging Face transformers, for machines where vLLM has no build: choices of many requests decoded side by side.

A batch is filled from what waits when the one before it is done; who comes later waits. A choice leaves its batch when
it ends, or when nobody waits for it any more.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from miner.engine import Delta, Generation, Token
from miner.engines.stops import Speech
from miner.errors import EngineFailed
from miner.protocol import FinishReason, Usage


@dataclass(slots=True, eq=False)
class _Choice:
    """One answer in the making."""

    index: int
    wanted: Generation
    prompt: list[int]
    tell: Any
    """Called with a Delta, or an exception, in the decoding thread."""
    generator: Any
    speech: Speech
    tokens: list[int] = field(default_factory=list)
    ended: bool = False


class Transformers:
    """``miner.engine.Engine``. ``source``: a directory, or a name on the hub; ``batch``: choices at once."""

    def __init__(self, source: str, model: str, batch: int = 16) -> None:
        self._source = source
        self._model = model
        self._batch = batch
        self._waiting: deque[_Choice] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._tokenizer: Any = None
        self._network: Any = None

    @property
    def model(self) -> str:
        return self._model

    @property
    def ready(self) -> bool:
        return self._thread is not None

    async def open(self) -> None:
        """Load the model, onto a GPU if there is one. Raises EngineFailed."""
        await asyncio.to_thread(self._load)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    async def generate(self, wanted: Generation) -> AsyncGenerator[Delta | Usage, None]:
        loop, came = asyncio.get_running_loop(), asyncio.Queue[Delta | Exception]()

        def tell(what: Delta | Exception) -> None:
            loop.call_soon_threadsafe(came.put_nowait, what)

        prompt = self._encode(wanted)
        choices = [self._choice(index, wanted, prompt, tell) for index in range(wanted.n)]
        with self._changed:
            self._waiting.extend(choices)
            self._changed.notify()
        try:
            unfinished = wanted.n
            while unfinished:
                what = await came.get()
                if isinstance(what, Exception):
                    raise EngineFailed(f"the engine failed: {what}") from what
                unfinished -= what.finish_reason is not None
                yield what
        finally:
            for choice in choices:
                choice.ended = True
        answered = sum(len(choice.tokens) for choice in choices)
        yield Usage(prompt_tokens=len(prompt), completion_tokens=answered, total_tokens=len(prompt) + answered)

    async def close(self) -> None:
        """Stop decoding."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _load(self) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self._source)
            self._network = AutoModelForCausalLM.from_pretrained(self._source, dtype="auto").to(device).eval()
        except (OSError, ValueError) as error:
            raise EngineFailed(f"{self._source} cannot be loaded: {error}") from error

    def _encode(self, wanted: Generation) -> list[int]:
        """The tokens before the answer. Raises EngineFailed: no such chat can be put to this model."""
        if not wanted.messages:
            return list(self._tokenizer(wanted.prompt)["input_ids"])
        chat = [message.model_dump() for message in wanted.messages]
        try:
            text = self._tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
        except ValueError as error:
            raise EngineFailed(f"the model takes no chats: {error}") from error
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _choice(self, index: int, wanted: Generation, prompt: list[int], tell: Any) -> _Choice:
        import torch

        generator = torch.Generator(device=self._network.device)
        if wanted.seed is None:
            generator.seed()
        else:
            generator.manual_seed(wanted.seed + index)
        return _Choice(index, wanted, prompt, tell, generator, Speech(wanted.stop))

    def _work(self) -> None:
        """Batch after batch, until closed. What fails in one is told to those who wait for it."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            try:
                self._decode([choice for choice in batch if not choice.ended])
            except (RuntimeError, ValueError, IndexError) as error:  # out of memory, a prompt too long, ...
                for choice in batch:
                    choice.tell(error)

    def _decode(self, batch: list[_Choice]) -> None:
        """All of ``batch`` to its end, a token of each at a time."""
        import torch

        if not batch:
            return
        device, longest = self._network.device, max(len(choice.prompt) for choice in batch)
        padding = self._tokenizer.pad_token_id or 0
        ids = torch.tensor([[padding] * (longest - len(c.prompt)) + c.prompt for c in batch], device=device)
        mask = torch.tensor([[0] * (longest - len(c.prompt)) + [1] * len(c.prompt) for c in batch], device=device)
        past = None
        with torch.inference_mode():
            while not all(choice.ended for choice in batch) and not self._closing:
                positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
                out = self._network(
                    input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=past, use_cache=True
                )
                past = out.past_key_values
                logits = out.logits[:, -1].float()
                drawn = [padding if c.ended else self._say(c, row) for c, row in zip(batch, logits, strict=True)]
                ids = torch.tensor([[token] for token in drawn], device=device)
                mask = torch.cat([mask, mask.new_ones((len(batch), 1))], dim=1)

    def _say(self, choice: _Choice, logits: Any) -> int:
        """Draw the next token of a choice, and tell what it adds to its text."""
        token = _draw(logits, choice.wanted, choice.generator)
        eos = self._network.generation_config.eos_token_id
        is_end = token == eos or (isinstance(eos, list) and token in eos)
        if not is_end:
            choice.tokens.append(token)
        is_full = len(choice.tokens) >= choice.wanted.max_tokens
        text = self._tokenizer.decode(choice.tokens, skip_special_tokens=True)
        said, is_stopped = choice.speech.heard(text, last=is_end or is_full)
        if is_end or is_full or is_stopped:
            choice.ended = True
        with_logprobs = choice.wanted.logprobs is not None and not is_end
        tokens = (self._token(token, logits, choice.wanted.logprobs or 0),) if with_logprobs else ()
        if said or tokens or choice.ended:
            finish: FinishReason = "stop" if is_end or is_stopped else "length"
            choice.tell(Delta(choice.index, said, tokens, finish if choice.ended else None))
        return token

    def _token(self, token: int, logits: Any, alternatives: int) -> Token:
        """A token's probability, of the model's own distribution, as at temperature 1."""
        logprobs = logits.log_softmax(-1)
        best = logprobs.topk(alternatives) if alternatives else None
        others = [] if best is None else zip(best.indices.tolist(), best.values.tolist(), strict=True)
        spelt = self._tokenizer.decode
        return Token(spelt([token]), float(logprobs[token]), tuple((spelt([other]), value) for other, value in others))


def _draw(logits: Any, wanted: Generation, generator: Any) -> int:
    """A token by temperature and top_p (Holtzman et al. 2020): of the likeliest that together have that much."""
    import torch

    if wanted.temperature == 0:
        return int(logits.argmax())
    probabilities, order = (logits / wanted.temperature).softmax(-1).sort(descending=True)
    probabilities = probabilities.masked_fill(probabilities.cumsum(-1) - probabilities >= wanted.top_p, 0.0)
    return int(order[torch.multinomial(probabilities, 1, generator=generator)])
