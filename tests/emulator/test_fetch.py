from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from emulator.probe import fetch
from emulator.probe.terraform import TerraformError

if TYPE_CHECKING:
    from pathlib import Path


class Fake:
    """Instead of a Terraform: where there is a mirror, and where it fetches."""

    fetches = True
    refuses = False
    calls: list[tuple[Any, tuple[str, ...]]]

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        assert environment == {}
        self._folder = folder

    def run(self, *arguments: str) -> None:
        if self.refuses:
            message = "no such host"
            raise TerraformError(message)
        self.calls.append((json.loads((self._folder / "main.tf.json").read_text()), arguments))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[Fake]:
    made = type("Made", (Fake,), {"calls": []})
    monkeypatch.setattr(fetch, "Terraform", made)
    return made


def test_it_is_fetched_once_before_several_programs_would_do_it(fake: type[Fake]) -> None:
    assert fetch.main() == 0
    ((configuration, arguments),) = fake.calls
    aws = {"source": "hashicorp/aws", "version": "5.100.0"}
    assert configuration == {"terraform": {"required_providers": {"aws": aws}}}
    assert arguments == ("init", "-no-color")


def test_where_there_is_a_mirror_nothing_is_done(fake: type[Fake], capsys: pytest.CaptureFixture[str]) -> None:
    fake.fetches = False
    assert fetch.main() == 0
    assert fake.calls == []
    assert capsys.readouterr().out == "The AWS provider is in a local mirror.\n"


def test_what_prevents_it_is_reported(fake: type[Fake], capsys: pytest.CaptureFixture[str]) -> None:
    fake.refuses = True
    assert fetch.main() == 1
    assert capsys.readouterr().err == "The provider cannot be fetched: no such host\n"
