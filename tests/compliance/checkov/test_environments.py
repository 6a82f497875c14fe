"""What checkov says of a graph, as findings of the stacks that it is made of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from compliance.checkov import environments
from compliance.checkov.environments import OF_CHECKOV, Checked, check
from compliance.rules import RULES
from hcl.merge import Origin
from tests.compliance.checkov.programs import answering
from tests.compliance.samples import stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from synthesis.manifest import Stack

ONE = stack({"aws_a.same": {}, "aws_b.b": {}}, layer="one")
TWO = stack({"aws_a.same": {}}, layer="two")
NAMES = {
    "aws_a.same": Origin("test-one", "aws_a.same"),
    "aws_a.two_same": Origin("test-two", "aws_a.same"),
    "aws_b.b": Origin("test-one", "aws_b.b"),
    "data.aws_d.d": Origin("test-one", "data.aws_d.d"),
}
ALL = ["aws_a.same", "aws_a.two_same", "aws_b.b"]


@pytest.fixture(autouse=True)
def _graph(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_merged(stacks: Mapping[str, Stack], folder: Path) -> SimpleNamespace:
        assert folder.is_dir()
        mine = {address: origin for address, origin in NAMES.items() if origin.stack in stacks}
        return SimpleNamespace(addresses=mine)

    monkeypatch.setattr(environments, "write_merged", write_merged)


def checked(tmp_path: Path, **scan: Any) -> Checked:
    (only,) = check([ONE, TWO], python=answering(tmp_path, {"resources": ALL} | scan)).environments
    return only


def test_a_failure_is_of_the_stack_that_has_the_resource_by_its_address_there(tmp_path: Path) -> None:
    found = checked(tmp_path, results=[["CKV_AWS_1", "aws_a.two_same", "FAILED"]])
    (failure,) = found.failures
    assert (failure.check, failure.stack.id, failure.finding.address) == ("CKV_AWS_1", "test-two", "aws_a.same")
    assert failure.finding.message == "One"
    assert (found.resources, found.checked, found.problems) == (3, 3, ())


@pytest.mark.parametrize("address", ["aws_d.d", "data.aws_d.d"])
def test_a_data_source_is_found_however_it_is_named(tmp_path: Path, address: str) -> None:
    (failure,) = checked(tmp_path, results=[["CKV_AWS_1", address, "FAILED"]]).failures
    assert failure.finding.address == "data.aws_d.d"


def test_a_provider_is_of_the_environment(tmp_path: Path) -> None:
    (failure,) = checked(tmp_path, results=[["CKV_AWS_2", "aws.one", "FAILED"]]).failures
    assert (failure.stack.environment, failure.finding.address) == ("test", "aws.one")


def test_a_resource_that_it_leaves_out_is_a_finding(tmp_path: Path) -> None:
    found = checked(tmp_path, resources=ALL[1:])
    (problem,) = found.problems
    assert problem.rule == "checkov-reads-every-resource"
    assert "did not read aws_a.same:" in problem.message
    assert (found.resources, found.checked) == (3, 2)


def test_a_resource_that_the_hcl_leaves_out_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(NAMES, "aws_b.b")
    (problem,) = checked(tmp_path, resources=ALL[:2]).problems
    assert problem.rule == "hcl-has-every-resource"
    assert problem.message.startswith("the HCL has 2 resources and the JSON 3")


@pytest.mark.parametrize(
    ("scan", "rule", "message"),
    [
        ({"unreadable": ["/x/one.tf", "/x/two.tf"]}, "checkov-reads-every-resource", "cannot read one.tf, two.tf of"),
        ({"crashes": [["CKV_AWS_1", "aws_b.b: TypeError"]]}, "checkov-runs-every-check", "so it says nothing: aws_b.b"),
    ],
)
def test_what_it_could_not_do_is_a_finding(tmp_path: Path, scan: dict[str, Any], rule: str, message: str) -> None:
    (problem,) = checked(tmp_path, **scan).problems
    assert problem.rule == rule
    assert message in problem.message


def test_no_exception_can_accept_what_is_wrong_with_the_check() -> None:
    assert not OF_CHECKOV & {rule.id for rule in RULES}
