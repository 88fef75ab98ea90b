"""Languages are data, and the data is sound."""

import pytest

from sandbox import context, languages
from sandbox.container import Part
from sandbox.languages import Language
from sandbox.pool import Pool
from sandbox.protocol import MEBIBYTE, Limits

LIMITS = Limits(memory_bytes=100 * MEBIBYTE)


def test_placeholders_are_filled_in_and_nothing_else() -> None:
    run = ("{program}/main", "-m{memory_mb}", "{other} ${memory_mb}")
    language = Language(name="x", packages=(), version="", source="x", run=run)
    assert language.run_command(LIMITS, "/runs/{memory_mb}") == ("/runs/{memory_mb}/main", "-m100", "{other} $100")


def test_tests_are_built_as_the_language_that_they_test() -> None:
    go, tests = languages.find("go"), languages.find("go-test")
    assert (tests.packages, tests.environment, tests.version, tests.run) == (
        go.packages, go.environment, go.version, go.run,
    )  # fmt: skip
    assert tests.compile != go.compile


@pytest.mark.parametrize("tier", languages.tiers())
def test_a_tier_names_languages_that_there_are(tier: str) -> None:
    assert set(languages.tiers()[tier]) <= languages.catalogue().keys()


def test_no_name_means_two_languages() -> None:
    names = [name for one in languages.catalogue().values() for name in (one.name, *one.aliases, *one.suffixes)]
    assert len(names) == len(set(names))


def test_every_tier_has_a_recipe_of_its_own() -> None:
    assert len({context.recipe(tier) for tier in languages.tiers()}) == len(languages.tiers())


@pytest.mark.parametrize("warm", [True, False])
async def test_a_program_finds_the_environment_of_its_language(sandbox: Pool, warm: bool) -> None:
    command = ("main.py",) if warm else ("python3", "main.py")
    part = Part(command, {"main.py": b"import os\nprint(os.environ['ANSWER'])"}, warm, {"ANSWER": "42"})
    container = await sandbox.take()
    try:
        step, _ = await container.step([part], Limits())
    finally:
        sandbox.discard(container)
    assert (step.exit_code, step.stdout) == (0, b"42\n")
