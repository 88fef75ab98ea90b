"""Growth is told by kind, with a tolerance for memory and disk only."""

from dataclasses import replace

from benchmarks.holdings import Holdings, growth

NOW = Holdings(10**8, 10**7, 12, 20, 2, 2, 10**10)


def unmet(after: Holdings) -> list[str]:
    return [claim.what for claim in growth("soak", NOW, after) if not claim.met]


def test_every_kind_is_claimed_and_no_change_is_no_growth() -> None:
    assert len(growth("soak", NOW, NOW)) == 7
    assert unmet(NOW) == []


def test_less_is_no_growth() -> None:
    assert unmet(replace(NOW, host_bytes=0, containers=0)) == []


def test_one_more_of_what_is_counted_is_growth() -> None:
    after = replace(NOW, host_descriptors=13, uid_blocks=3, containers=3)
    assert unmet(after) == [f"soak: growth of {what}" for what in ("host descriptors", "uid blocks", "containers")]


def test_memory_may_differ_by_two_megabytes() -> None:
    assert unmet(replace(NOW, host_bytes=NOW.host_bytes + 1_900_000)) == []
    assert unmet(replace(NOW, host_bytes=NOW.host_bytes + 2_100_000)) == ["soak: growth of host"]
