"""What every test shares: the bindings' fast start, one synthesis of the tests' own environments."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import pytest

from synthesis import fast_start

# Before any test file imports a binding.
fast_start.prepare(os.environ)

import hypothesis  # noqa: E402

from config.load import load_environment  # noqa: E402
from main import synthesize  # noqa: E402
from synthesis.manifest import read_stacks  # noqa: E402
from tests.fixtures import ENVIRONMENTS, FOLDER, fixture_environment, with_public_origin  # noqa: E402
from tests.order import long_first  # noqa: E402
from tests.template import Template  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from synthesis.manifest import Stack

# The bindings are a large heap that lives to the end: without this, every collection walks all of it.
gc.freeze()
gc.set_threshold(50_000, 20, 20)

# The same examples on every run: a test that fails only now and then is no use to the one who did not cause it.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(trylast=True)  # when the tests that are not selected are gone
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the long ones first."""
    by_group = getattr(config.option, "loadgroup", False)  # set by xdist in its processes
    items[:] = long_first(items, reserved=config.workerinput["workercount"] if by_group else 0)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _no_default_session_of_another_test() -> None:
    """`boto3.client()` keeps the credentials of the first test that called it: the order of tests must not matter."""
    if boto3 := sys.modules.get("boto3"):
        vars(boto3)["DEFAULT_SESSION"] = None


@pytest.fixture(scope="session")
def environments() -> dict[str, Environment]:
    """The environments of tests/environments/, by name."""
    return {name: fixture_environment(name) for name in ENVIRONMENTS}


@pytest.fixture(scope="session")
def output(environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of one synthesis of these environments."""
    folder: Path = tmp_path_factory.mktemp("synthesized") / "cdktf.out"
    synthesize(list(environments.values()), folder)
    return folder


@pytest.fixture(scope="session")
def stacks(output: Path) -> dict[str, Template]:
    """Every stack of these environments, by its id (`prod-network`)."""
    return {path.parent.name: Template.read(path) for path in sorted(output.glob("stacks/*/cdk.tf.json"))}


@pytest.fixture(scope="session")
def every_stack(
    output: Path, environments: dict[str, Environment], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Stack]:
    """The stacks of these environments by id, and of two others: at home in Europe; CloudFront without a VPC origin."""
    folder: Path = tmp_path_factory.mktemp("further") / "cdktf.out"
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    synthesize([with_public_origin(environments["prod"]), elsewhere], folder)
    return {**read_stacks(output), **read_stacks(folder)}
