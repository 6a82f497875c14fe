"""Checkov itself, on a few lines of HCL: what it decides, what it cannot, and what it would not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance.checkov.never_excepted import NEVER_EXCEPTED_CHECKS
from compliance.checkov.run import PYTHON, Answer, Failed, run
from tests.compliance.checkov.programs import program

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_security_group" "unused" {
  name   = "unused"
  vpc_id = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.unused.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
}

resource "aws_network_acl_rule" "out" {
  network_acl_id = "acl-1"
  egress         = true
  rule_number    = 1
  protocol       = "-1"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
}
"""

# The check of Log4j reads `override_action` of the rule, and ends with a TypeError where there is none.
CRASH = """
resource "aws_wafv2_web_acl" "broken" {
  name  = "broken"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "known-bad-inputs"
    priority = 1

    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
        vendor_name = "AWS"
      }
    }
  }
}
"""

# Each call of the network ends here, and leaves a file.
GUARD = """
import runpy, socket, sys

def refuse(*_, **__):
    open({calls!r}, "w").close()
    raise OSError("no network")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Path]:
    """Three folders, scanned by one process that must not call the network."""
    folder = tmp_path_factory.mktemp("scanned")
    folders = [folder / name for name in ("network", "crash", "broken")]
    for each, text in zip(folders, (NETWORK, CRASH, 'resource "aws_vpc" "main" {\n'), strict=True):
        each.mkdir()
        (each / "main.tf").write_text(text, encoding="utf-8")
    calls = folder / "calls"
    (folder / "guard.py").write_text(GUARD.format(calls=str(calls)), encoding="utf-8")
    guarded = program(folder, f'shift; exec {PYTHON} -I {folder}/guard.py "$@"')
    return run(folders, python=guarded), calls


def test_it_finds_what_is_wrong_in_a_resource_and_between_resources(scanned: tuple[Answer, Path]) -> None:
    network = scanned[0].scans[0]
    assert Failed("CKV_AWS_24", "aws_vpc_security_group_ingress_rule.ssh") in network.failed
    assert Failed("CKV2_AWS_5", "aws_security_group.unused") in network.failed
    assert network.passed > 0
    assert {address.partition(".")[0] for address in network.resources} == {
        "aws_vpc",
        "aws_security_group",
        "aws_vpc_security_group_ingress_rule",
        "aws_network_acl_rule",
    }


def test_what_it_cannot_decide_is_neither_passed_nor_failed(scanned: tuple[Answer, Path]) -> None:
    network = scanned[0].scans[0]
    assert network.undecided > 0  # the checks of ingress, of a rule that is egress
    assert not [failed for failed in network.failed if failed.address == "aws_network_acl_rule.out"]


def test_a_check_that_crashes_is_seen(scanned: tuple[Answer, Path]) -> None:
    ((check, error),) = scanned[0].scans[1].crashes
    assert check == "CKV_AWS_192"
    assert error.startswith("aws_wafv2_web_acl.broken: TypeError")


def test_a_file_that_cannot_be_read_is_seen(scanned: tuple[Answer, Path]) -> None:
    broken = scanned[0].scans[2]
    assert [file.rpartition("/")[2] for file in broken.unreadable] == ["main.tf"]
    assert not broken.resources


def test_folders_do_not_see_each_other(scanned: tuple[Answer, Path]) -> None:
    assert scanned[0].scans[1].resources == {"aws_wafv2_web_acl.broken"}
    assert not scanned[0].scans[0].crashes


def test_it_calls_no_network(scanned: tuple[Answer, Path]) -> None:
    assert not scanned[1].exists()


def test_the_checks_that_allow_no_exception_exist(scanned: tuple[Answer, Path]) -> None:
    assert scanned[0].checks.keys() >= NEVER_EXCEPTED_CHECKS
