"""Sealed plans are opened by the job that they are for, within a day, and by no other."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from review.seal import LONGEST_SECONDS, SealError, seal, unseal

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123456789abcdef" * 4
PURPOSE = "acme/infra 7 abc prod"
NOW = 1_800_000_000


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "prod-data.plan").write_bytes(b"hidden-value" * 100)
    (plans / "results.json").write_text("{}")
    file = tmp_path / "artifact" / "plans"
    seal(plans, file, purpose=PURPOSE, key=KEY, now=NOW)
    assert not plans.exists()
    return file


def test_what_was_sealed_comes_back_for_this_user_only(sealed: Path, tmp_path: Path) -> None:
    unseal(sealed, tmp_path / "again", purpose=PURPOSE, key=KEY, now=NOW + 3600)
    assert (tmp_path / "again" / "prod-data.plan").read_bytes() == b"hidden-value" * 100
    assert (tmp_path / "again" / "results.json").read_text() == "{}"
    assert stat.S_IMODE((tmp_path / "again").stat().st_mode) == 0o700


def test_nothing_of_it_can_be_read(sealed: Path) -> None:
    content = sealed.read_bytes()
    assert b"hidden" not in content
    assert b"prod-data" not in content


@pytest.mark.parametrize("place", [0, 14, 18, 24, 40, -1])
def test_a_changed_byte_is_noticed(sealed: Path, tmp_path: Path, place: int) -> None:
    content = bytearray(sealed.read_bytes())
    content[place] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(SealError, match="cannot be opened: it was changed"):
        unseal(sealed, tmp_path / "again", purpose=PURPOSE, key=KEY, now=NOW)


@pytest.mark.parametrize("purpose", ["acme/infra 8 abc prod", "acme/infra 7 abd prod", "acme/infra 7 abc dev", ""])
def test_it_is_for_one_run_commit_and_environment(sealed: Path, tmp_path: Path, purpose: str) -> None:
    with pytest.raises(SealError, match="for another run, commit or environment"):
        unseal(sealed, tmp_path / "again", purpose=purpose, key=KEY, now=NOW)


def test_it_needs_the_same_key(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(SealError, match="sealed with another PLAN_KEY"):
        unseal(sealed, tmp_path / "again", purpose=PURPOSE, key="f" * 64, now=NOW)


@pytest.mark.parametrize("seconds", [LONGEST_SECONDS + 1, -61])
def test_it_is_of_no_use_after_a_day(sealed: Path, tmp_path: Path, seconds: int) -> None:
    with pytest.raises(SealError, match=r"was sealed .* hours ago, and at most 24 are allowed"):
        unseal(sealed, tmp_path / "again", purpose=PURPOSE, key=KEY, now=NOW + seconds)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("key", ["", "short", "g" * 64, "a" * 63, "a" * 65])
def test_a_key_that_is_none_is_refused_before_anything_is_deleted(tmp_path: Path, key: str) -> None:
    plans = tmp_path / "plans"
    plans.mkdir()
    with pytest.raises(SealError, match=r"must be 64 hexadecimal digits, and it has \d+ characters; make one with"):
        seal(plans, tmp_path / "sealed", purpose=PURPOSE, key=key)
    assert plans.exists()


def test_two_seals_of_the_same_plans_differ(tmp_path: Path) -> None:
    contents = set()
    for number in range(2):
        plans = tmp_path / "plans"
        plans.mkdir()
        (plans / "a.plan").write_text("same")
        seal(plans, tmp_path / str(number), purpose=PURPOSE, key=KEY, now=NOW)
        contents.add((tmp_path / str(number)).read_bytes()[-40:])
    assert len(contents) == 2


def test_a_file_that_is_no_seal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sealed").write_bytes(b"short")
    with pytest.raises(SealError, match="cannot be opened"):
        unseal(tmp_path / "sealed", tmp_path / "again", purpose=PURPOSE, key=KEY)
