import pytest

from tests.config.examples import PROJECT, changed, parsed, refusal

KEEP = "keep_builds = 30"


def test_repositories_are_named_after_the_project_by_default() -> None:
    assert parsed(changed()).repository_prefix == PROJECT == "user-management"
    assert parsed(changed((KEEP, f'{KEEP}\nrepository_prefix = "team/users"'))).repository_prefix == "team/users"


@pytest.mark.parametrize("prefix", ["User", "-a", "a--b", "a/", "a" * 201])
def test_an_invalid_prefix_is_refused(prefix: str) -> None:
    (line,) = refusal(changed((KEEP, f'{KEEP}\nrepository_prefix = "{prefix}"')))
    assert "is not a valid start of a repository name; use lowercase letters" in line


def test_at_least_one_earlier_release_is_kept() -> None:
    assert refusal(changed((KEEP, "keep_builds = 1"))) == ["registry.keep_builds = 1: must be 2 or more"]
