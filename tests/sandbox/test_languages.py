"""Languages and tiers, as they are shipped."""

from pathlib import Path

import pytest

from sandbox import languages
from sandbox.errors import BadRequest


@pytest.mark.parametrize(
    ("name", "found"),
    [("python", "python"), ("PY", "python"), ("python3", "python"), ("C++", "cpp"), ("Js", "javascript")],
)
def test_finds_a_language_by_name_and_alias_in_any_case(name: str, found: str) -> None:
    assert languages.find(name).name == found


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadRequest, match=r"unknown language 'cobol'; there are: .*cpp.*python"):
        languages.find("cobol")


def test_no_name_no_alias_and_no_suffix_means_two_languages() -> None:
    found = languages.catalogue().values()
    names = [name for one in found for name in (one.name, *one.aliases)]
    suffixes = [suffix for one in found for suffix in one.suffixes]
    assert sorted(names) == sorted(set(names))
    assert sorted(suffixes) == sorted(set(suffixes))
    assert all(word == word.lower() for word in (*names, *suffixes))


def test_knows_each_language_by_the_suffix_of_its_source() -> None:
    for name, language in languages.catalogue().items():
        assert languages.of_file(Path(language.source)).name == name


@pytest.mark.parametrize(("file", "found"), [("a.cc", "cpp"), ("a/b.MJS", "javascript"), ("a.b.py", "python")])
def test_knows_a_file_by_its_suffix(file: str, found: str) -> None:
    assert languages.of_file(Path(file)).name == found


@pytest.mark.parametrize("file", ["program", "program.txt", ".py", "program.py/program"])
def test_a_file_of_no_known_suffix_is_refused(file: str) -> None:
    with pytest.raises(BadRequest, match="name it with --language"):
        languages.of_file(Path(file))


def test_every_tier_has_languages_that_exist_and_is_larger_than_the_one_before() -> None:
    sizes = []
    for names in languages.tiers().values():
        assert set(names) <= languages.catalogue().keys()
        assert len(names) == len(set(names))
        sizes.append(len(names))
    assert sizes == sorted(sizes)


def test_every_language_is_in_a_tier() -> None:
    assert {name for names in languages.tiers().values() for name in names} == languages.catalogue().keys()


def test_a_warm_language_needs_no_compiler() -> None:
    assert not [one.name for one in languages.catalogue().values() if one.warm and one.compile]
