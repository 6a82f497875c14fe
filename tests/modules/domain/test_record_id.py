from __future__ import annotations

from modules.domain.record_id import record_id


def test_the_id_of_a_record_is_its_name_with_hyphens() -> None:
    taken: set[str] = set()
    assert record_id("www.users.example.com", taken) == "www-users-example-com"
    assert record_id("*.users.example.com", taken) == "wildcard-users-example-com"
    assert taken == {"www-users-example-com", "wildcard-users-example-com"}


def test_a_name_whose_id_is_taken_keeps_its_dots() -> None:
    taken: set[str] = set()
    ids = [record_id(name, taken) for name in ("a.b.example.com", "a-b.example.com", "a.b-example.com")]
    assert ids == ["a-b-example-com", "a-b.example.com", "a.b-example.com"]
