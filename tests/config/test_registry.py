import pytest

from tests.config.examples import PROJECT, changed, parsed, refusal

KEEP = "keep_releases = 30"


def test_repositories_are_called_after_the_project_unless_the_setting_says_otherwise() -> None:
    assert parsed(changed()).repository_prefix == PROJECT == "user-management"
    assert parsed(changed((KEEP, f'{KEEP}\nrepository_prefix = "team/users"'))).repository_prefix == "team/users"


@pytest.mark.parametrize("prefix", ["User", "-a", "a--b", "a/", "a" * 201])
def test_a_prefix_that_no_repository_can_have_is_refused(prefix: str) -> None:
    (line,) = refusal(changed((KEEP, f'{KEEP}\nrepository_prefix = "{prefix}"')))
    assert "is not a valid start of a repository name; use lowercase letters" in line


def test_one_release_to_go_back_to_is_kept_at_least() -> None:
    assert refusal(changed((KEEP, "keep_releases = 1"))) == ["registry.keep_releases = 1: must be 2 or more"]
