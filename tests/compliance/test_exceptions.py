"""The list of exceptions: what it accepts, and how it refuses the rest."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from compliance.audit import audit
from compliance.exceptions import FILE, RuleException, load_exceptions
from compliance.rules import RULES
from compliance.rules.encryption import log_group_has_retention
from config.errors import ConfigError
from config.load import load_environment
from main import ROOT, synthesize
from synthesis.manifest import read_stacks
from tests.compliance.samples import stack
from tests.config.examples import changed, parsed, without
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from compliance.rule import AuditFinding

TODAY = date(2027, 1, 1)
RECOVERY_PAGE = ROOT / "docs" / "recovery.md"
GOOD = """
[[exception]]
rule = "log-group-has-retention"
address = "unit/aws_cloudwatch_log_group.app_*"
environments = ["test"]
reason = "The auditors ask for the whole history of this log"
owner = "platform"
expires = 2027-06-30
"""
GITHUB = """
[security.github]
repository = "acme/infrastructure"
branch = "main"
plan_pull_requests = true
"""
STACK = stack({"aws_cloudwatch_log_group.app_12AB": {}})


def load(tmp_path: Path, text: str) -> tuple[RuleException, ...]:
    file = tmp_path / "exceptions.toml"
    file.write_text(text, encoding="utf-8")
    return load_exceptions(file, rules=frozenset({"log-group-has-retention"}))


def test_an_exception_accepts_what_it_covers(tmp_path: Path) -> None:
    result = audit([STACK], rules=[log_group_has_retention], exceptions=load(tmp_path, GOOD), today=TODAY)
    assert result.findings == ()
    assert (result.accepted, result.exceptions) == (1, 1)


def test_without_an_exception_there_is_a_finding() -> None:
    (finding,) = audit([STACK], rules=[log_group_has_retention], exceptions=[], today=TODAY).findings
    assert finding.place == "test-unit/aws_cloudwatch_log_group.app_12AB"
    assert finding.message == "retention_in_days is not set"


@pytest.mark.parametrize(
    ("old", "new"),
    [("app_*", "api_*"), ('"unit/', '"other/'), ('["test"]', '["test", "prod"]')],
    ids=["another resource", "another layer", "an environment that is not there"],
)
def test_an_exception_counts_only_where_it_says(tmp_path: Path, old: str, new: str) -> None:
    exceptions = load(tmp_path, GOOD.replace(old, new))
    rules = [finding.rule for finding in audit_of(exceptions)]
    assert rules == ([] if "prod" in new else ["log-group-has-retention"])


def test_an_expired_exception_is_a_finding_and_so_is_what_it_covered(tmp_path: Path) -> None:
    exceptions = load(tmp_path, GOOD.replace("2027-06-30", "2027-01-01"))
    findings = audit_of(exceptions)
    assert [finding.rule for finding in findings] == ["log-group-has-retention", "exception-is-in-force"]
    assert "expired on 2027-01-01" in findings[1].message


@pytest.mark.parametrize("environments", ['["test"]', '["*"]'])
def test_an_exception_that_nothing_needs_is_a_finding(tmp_path: Path, environments: str) -> None:
    exceptions = load(tmp_path, GOOD.replace('["test"]', environments))
    clean = stack({"aws_cloudwatch_log_group.app_12AB": {"retention_in_days": 7}})
    (finding,) = audit([clean], rules=[log_group_has_retention], exceptions=exceptions, today=TODAY).findings
    assert finding.rule == "exception-is-needed"
    assert finding.message == "the rule has nothing against it in test: remove the exception there"


@pytest.mark.parametrize("environments", ['["test"]', '["*"]'])
def test_an_exception_for_a_part_that_is_left_out_waits_until_it_expires(tmp_path: Path, environments: str) -> None:
    exceptions = load(tmp_path, GOOD.replace('["test"]', environments))
    rest = stack({"aws_vpc.vpc": {}})
    assert audit([rest], rules=[log_group_has_retention], exceptions=exceptions, today=TODAY).findings == ()
    (expired,) = audit([rest], rules=[log_group_has_retention], exceptions=exceptions, today=date.max).findings
    assert expired.rule == "exception-is-in-force"


def test_an_exception_for_everywhere_must_be_needed_in_one_place_that_has_the_resource(tmp_path: Path) -> None:
    exceptions = load(tmp_path, GOOD.replace('["test"]', '["*"]'))
    clean = stack({"aws_cloudwatch_log_group.app_34CD": {"retention_in_days": 7}}, environment="other")
    result = audit([STACK, clean], rules=[log_group_has_retention], exceptions=exceptions, today=TODAY)
    assert (result.findings, result.exceptions) == ((), 1)


def test_an_exception_for_what_every_stack_has_must_be_needed(tmp_path: Path) -> None:
    text = GOOD.replace("log-group-has-retention", "state-is-locked").replace(
        "unit/aws_cloudwatch_log_group.app_*", "unit/terraform.backend.s3"
    )
    file = tmp_path / "exceptions.toml"
    file.write_text(text, encoding="utf-8")
    exceptions = load_exceptions(file, rules=frozenset({"state-is-locked"}))
    (finding,) = audit([STACK], rules=[], exceptions=exceptions, today=TODAY).findings
    assert finding.rule == "exception-is-needed"


def test_every_committed_exception_is_needed_where_every_part_is_there(tmp_path: Path) -> None:
    """`make check` lets an exception wait for its part; these three have all parts, so that none waits for ever."""
    with_public_load_balancer = changed(("[edge] #", "#"), ("replicas = 0 #", "replicas = 1 #"), drills=True)
    elsewhere = load_environment("elsewhere", folder=FOLDER / "renamed")
    builds = load_environment("dev", folder=FOLDER)
    synthesize([parsed(with_public_load_balancer + GITHUB), elsewhere, builds], tmp_path / "cdktf.out")
    stacks = list(read_stacks(tmp_path / "cdktf.out").values())
    exceptions = load_exceptions(rules=frozenset(rule.id for rule in RULES))
    of_rules = [
        exception for exception in exceptions if not exception.is_of_checkov
    ]  # `make compliance` asks the others
    result = audit(stacks, rules=RULES, exceptions=of_rules, today=date.min)
    assert (result.findings, result.exceptions) == ((), len(of_rules))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"log-group-has-retention"',
            '"no-such"',
            'exception[0].rule = "no-such": is not a valid rule; `python -m compliance',
        ),
        ('"unit/aws', '"aws', "is not a valid address; use layer and resource"),
        ('"unit/aws_cloudwatch_log_group.app_*"', '"*/a.b"', "accepts too much"),
        ('"unit/aws_cloudwatch_log_group.app_*"', '"unit/*.b"', "accepts too much"),
        ('["test"]', "[]", "exception[0].environments = []: must have 1 or more entries, not 0"),
        (
            '"The auditors ask for the whole history of this log"',
            '"because"',
            "is not a valid reason; explain in 20 characters or more",
        ),
        ('"platform"', '"jo@example.com"', "is not a valid team; use the name of a team"),
        ("2027-06-30", '"2027-06-30"', "must be a date without quotes, like 2027-06-30, not text"),
        ('owner = "platform"', "", "exception[0].owner: is missing; the team that is responsible for it"),
        ("owner =", "owners =", 'owners = "platform": unknown setting; did you mean owner? Allowed: rule, address, '),
        ("[[exception]]", "[[exceptions]]", "unknown setting; did you mean exception? Allowed: exception"),
        ("[[exception]]", "[[exception", "is not valid TOML"),
    ],
)
def test_a_wrong_entry_is_refused_in_plain_words(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "exceptions.toml"))


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_exceptions(tmp_path / "none.toml", rules=frozenset())


def audit_of(exceptions: tuple[RuleException, ...]) -> list[AuditFinding]:
    return list(audit([STACK], rules=[log_group_has_retention], exceptions=exceptions, today=TODAY).findings)


def test_the_documented_exceptions_accept_protected_data_without_copies_and_without_a_lock(tmp_path: Path) -> None:
    text = RECOVERY_PAGE.read_text("utf-8")
    found = re.findall(r"^\|(.*)\| `([a-z-]+)` \| `([a-z]+/aws_[^`]+)` \|$", text, re.MULTILINE)
    # The files of a pipeline are in tests/test_phases_page.py.
    rows = [row for setting, *row in found if "delivery.assets" not in setting]
    assert len(found) == len(rows) + 1
    file = tmp_path / "exceptions.toml"
    entry = GOOD.replace("log-group-has-retention", "{}").replace("unit/aws_cloudwatch_log_group.app_*", "{}")
    ours = "".join(entry.replace('["test"]', '["prod"]').format(*row) for row in rows)
    file.write_text(FILE.read_text("utf-8") + ours, encoding="utf-8")

    targets = without("recovery.targets", toml=changed(("lock_after_days = 3", "")))
    toml = re.sub(r'mode = "backup"\nregion = .*', 'mode = "none"', targets)
    synthesize([parsed(toml)], tmp_path / "cdktf.out")
    stacks = list(read_stacks(tmp_path / "cdktf.out").values())
    exceptions = load_exceptions(file, rules=frozenset(rule.id for rule in RULES))

    assert len(rows) == 6
    assert audit(stacks, rules=RULES, exceptions=exceptions, today=date.min).findings == ()
