"""The scripted engine: its skill is what it says, and its luck is reproducible."""

import asyncio
import re
from pathlib import Path

import pytest

from miner.engines.prose import dress
from miner.engines.scripted import AnswerBook, Entry, Scripted
from miner.errors import BadAnswerBook
from miner.protocol import ChatMessage, ChatRequest
from miner.testing import chat


def ask(prompt: str, *, n: int = 1, seed: int | None = None) -> ChatRequest:
    question = f"Complete this function.\n\n```python\n{prompt}\n```\n"
    return ChatRequest(model="any", messages=(ChatMessage(role="user", content=question),), n=n, seed=seed)


async def answers(engine: Scripted, request: ChatRequest) -> list[str]:
    return [choice.message.content for choice in (await chat(engine, request)).choices]


async def hits(engine: Scripted, book: AnswerBook, *, seed: int = 0) -> list[bool]:
    found = []
    for entry in book.entries:
        for answer in await answers(engine, ask(entry.prompt, n=100, seed=seed)):
            found.append(entry.right.strip() in answer)
            assert found[-1] != (entry.wrong.strip() in answer)
    return found


@pytest.mark.parametrize("skill", [0.0, 0.2, 0.6, 0.9, 1.0])
async def test_is_right_as_often_as_its_skill_says(book: AnswerBook, skill: float) -> None:
    found = await hits(Scripted(book, skill, seed=1, name="m"), book)
    deviation = 4 * (skill * (1 - skill) / len(found)) ** 0.5
    assert len(found) == 2000
    assert abs(sum(found) / len(found) - skill) <= deviation, sum(found)


async def test_the_same_request_always_has_the_same_answer(book: AnswerBook) -> None:
    request = ask(book.entries[3].prompt, n=20, seed=5)
    assert await answers(Scripted(book, 0.5, 1, "m"), request) == await answers(Scripted(book, 0.5, 1, "m"), request)


async def test_a_sample_does_not_depend_on_how_many_are_asked_for(book: AnswerBook) -> None:
    engine = Scripted(book, 0.5, 1, "m")
    prompt = book.entries[3].prompt
    assert (await answers(engine, ask(prompt, n=20, seed=5)))[:4] == await answers(engine, ask(prompt, n=4, seed=5))


async def test_miners_and_requests_of_different_seeds_are_independent(book: AnswerBook) -> None:
    one = await hits(Scripted(book, 0.5, 1, "m"), book)
    for other in (
        await hits(Scripted(book, 0.5, 2, "m"), book),
        await hits(Scripted(book, 0.5, 1, "m"), book, seed=1),
    ):
        agreements = sum(a == b for a, b in zip(one, other, strict=True))
        assert abs(agreements / 2000 - 0.5) < 4 * (0.25 / 2000) ** 0.5


async def test_talks_like_a_chat_model(book: AnswerBook) -> None:
    found = await answers(Scripted(book, 1.0, 1, "m"), ask(book.entries[0].prompt, n=100))
    labels = {match for answer in found for match in re.findall(r"^```(\w*)\n", answer, re.MULTILINE)}
    assert {"python", ""} <= labels
    assert any(answer.startswith("```") for answer in found)
    assert any(answer.endswith("```") for answer in found)
    assert any(not answer.endswith("```") for answer in found)
    assert len({answer.split("```")[0] for answer in found}) >= 5


def test_a_fence_outgrows_the_backticks_in_the_code() -> None:
    code = 'x = """\n````\n"""'
    assert f"`````python\n{code}\n`````" in dress(code, bytes(3))


async def test_what_is_not_in_the_book_gets_a_polite_answer_without_code(scripted: Scripted) -> None:
    for answer in await answers(scripted, ask("def unheard_of():", n=10)):
        assert "```" not in answer
        assert len(answer) > 20


async def test_of_prompts_within_prompts_the_longest_counts(book: AnswerBook) -> None:
    short = book.entries[0]
    longer = short.model_copy(update={"task_id": "longer", "prompt": short.prompt + "    # and more\n"})
    assert AnswerBook(entries=(short, longer)).find(f"Do: {longer.prompt}!") == longer


async def test_only_the_last_user_message_is_the_question(book: AnswerBook) -> None:
    messages = (
        ChatMessage(role="user", content=book.entries[0].prompt),
        ChatMessage(role="assistant", content="And now?"),
        ChatMessage(role="user", content=book.entries[1].prompt),
        ChatMessage(role="assistant", content="```python\n"),
    )
    (answer,) = await answers(Scripted(book, 1.0, 1, "m"), ChatRequest(model="m", messages=messages))
    assert book.entries[1].right.strip() in answer


async def test_counts_four_characters_a_token(scripted: Scripted, book: AnswerBook) -> None:
    request = ask(book.entries[0].prompt, n=3)
    response = await chat(scripted, request)
    assert response.usage.prompt_tokens == -(-len(request.messages[0].content) // 4)
    assert response.usage.completion_tokens == sum(-(-len(c.message.content) // 4) for c in response.choices)
    assert response.usage.total_tokens == response.usage.prompt_tokens + response.usage.completion_tokens


async def test_can_be_as_slow_as_a_model(book: AnswerBook) -> None:
    engine = Scripted(book, 1.0, 1, "m", delay_seconds=0.1)
    began = asyncio.get_running_loop().time()
    await chat(engine, ask(book.entries[0].prompt))
    assert 0.079 <= asyncio.get_running_loop().time() - began < 1


def test_refuses_a_skill_that_is_no_probability(book: AnswerBook) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Scripted(book, 1.5, 1, "m")


def test_a_book_survives_its_file(book: AnswerBook, tmp_path: Path) -> None:
    book.save(tmp_path / "book.json")
    assert AnswerBook.load(tmp_path / "book.json") == book


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot read the answer book"),
        ("{", "is no answer book"),
        ('{"entries": [{"task_id": "a", "prompt": "p", "right": "r"}]}', r"entries\.0\.wrong: Field required"),
        ('{"entries": [%s, %s]}' % (('{"task_id": "a", "prompt": "p", "right": "r", "wrong": "w"}',) * 2), "unique"),
    ],
)
def test_what_is_no_book_is_refused_with_a_reason(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "book.json").write_text(text)
    with pytest.raises(BadAnswerBook, match=message):
        AnswerBook.load(tmp_path / "book.json")


async def test_whole_answers_are_said_as_they_are() -> None:
    entry = Entry(task_id="t", prompt="Which line?", right="line 7\n", wrong="line 8\n", whole=True)
    book = AnswerBook(entries=(entry,))
    assert await answers(Scripted(book, 1.0, seed=1, name="m"), ask("Which line?", n=3)) == ["line 7\n"] * 3
    assert await answers(Scripted(book, 0.0, seed=1, name="m"), ask("Which line?", n=3)) == ["line 8\n"] * 3
