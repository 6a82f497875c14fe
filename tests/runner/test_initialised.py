"""When `terraform init` is left out, and that it is not where it would do something."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from runner.executable import Executable
from runner.initialised import Initialised
from runner.provider_mirror import Installation
from synthesis.manifest import Stack

DOCUMENT: dict[str, Any] = {
    "terraform": {
        "backend": {"s3": {"bucket": "b", "key": "network/terraform.tfstate"}},
        "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
    }
}


@dataclass(frozen=True)
class Folder:
    """A stack's folder after an `init`, and what that depended on."""

    root: Path
    document: Any
    terraform: Executable
    installation: Installation

    @property
    def package(self) -> Path:
        return self.root / "data/providers/registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64"

    @property
    def record(self) -> Initialised:
        stack = Stack(id="dev-network", folder=self.root, document=self.document)
        folders = {"folder": self.root, "config": self.root / "config", "data": self.root / "data"}
        return Initialised(stack, self.terraform, self.installation, **folders)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    settings = tmp_path / "terraform.rc"
    settings.write_text("provider_installation {}")
    installation = Installation({"TF_CLI_CONFIG_FILE": str(settings)}, fetches=False, origin="a mirror")
    found = Folder(tmp_path, DOCUMENT, Executable(("terraform",), "1.11.4", "linux_amd64"), installation)
    found.package.mkdir(parents=True)
    (tmp_path / "data" / "terraform.tfstate").write_text('{"backend": {}}')
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / ".terraform.lock.hcl").write_text("locked")
    found.record.remember()
    return found


def test_the_same_again_needs_no_init(folder: Folder) -> None:
    assert folder.record.holds()
    assert replace(folder, document={**DOCUMENT, "resource": {"aws_vpc": {"Default": {}}}}).record.holds()


def test_nothing_holds_before_the_first_init(folder: Folder) -> None:
    folder.record.forget()
    assert not folder.record.holds()


def test_another_backend_needs_it(folder: Folder) -> None:
    block = {**DOCUMENT["terraform"], "backend": {"s3": {"bucket": "another", "key": "network/terraform.tfstate"}}}
    assert not replace(folder, document={"terraform": block}).record.holds()


def test_another_terraform_needs_it(folder: Folder) -> None:
    assert not replace(folder, terraform=replace(folder.terraform, version="1.12.0")).record.holds()


def test_another_mirror_needs_it(folder: Folder) -> None:
    Path(folder.installation.variables["TF_CLI_CONFIG_FILE"]).write_text("another")
    assert not folder.record.holds()


@pytest.mark.parametrize("path", ["config/.terraform.lock.hcl", "data/terraform.tfstate"])
def test_a_file_of_terraform_that_is_not_what_init_left_needs_it(folder: Folder, path: str) -> None:
    (folder.root / path).write_text("another")
    assert not folder.record.holds()
    (folder.root / path).unlink()
    assert not folder.record.holds()


def test_a_provider_that_is_gone_needs_it(folder: Folder) -> None:
    cache = folder.root / "cache"
    cache.mkdir()
    folder.package.rmdir()
    folder.package.symlink_to(cache)
    assert folder.record.holds()
    shutil.rmtree(cache)
    assert not folder.record.holds()


def test_a_stack_without_providers_needs_no_second_one(folder: Folder) -> None:
    listing = replace(folder, document={"terraform": {"backend": DOCUMENT["terraform"]["backend"]}})
    listing.record.remember()
    assert listing.record.holds()


@pytest.mark.parametrize(
    "added",
    [
        {"module": {"vpc": {"source": "../vpc"}}},
        {"terraform": {"required_providers": {"aws": {"source": "aws", "version": "~> 5.0"}}}},
    ],
)
def test_a_module_and_a_version_that_is_not_exact_need_it_every_time(folder: Folder, added: dict[str, Any]) -> None:
    changed = replace(folder, document={**DOCUMENT, **added})
    folder.record.forget()
    changed.record.remember()
    assert not changed.record.holds()


def test_an_init_without_a_backend_is_not_remembered(folder: Folder) -> None:
    folder.record.forget()
    (folder.root / "data" / "terraform.tfstate").unlink()
    folder.record.remember()
    assert not folder.record.holds()
