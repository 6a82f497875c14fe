"""`make compliance`: the rules and checkov together, what is printed, and both reports."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from compliance import full
from compliance.__main__ import EXIT_BAD_INPUT, EXIT_FINDINGS, EXIT_OK, main
from compliance.checkov import environments
from compliance.rules.buckets import bucket_is_versioned
from compliance.rules.public_addresses import database_is_not_public
from hcl.merge import Origin
from main import ROOT
from synthesis.manifest import read_stacks
from tests.compliance.checkov.programs import answering, program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

RULES = (bucket_is_versioned, database_is_not_public)
TODAY = date(2026, 12, 1)
BUCKET = "aws_s3_bucket.backups"
ENTRY = """
[[exception]]
rule = "{rule}"
address = {address}
environments = ["*"]
reason = "Its data can be made again from the source"
owner = "platform"
expires = {expires}
"""


@pytest.fixture(autouse=True)
def _graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """One graph without Terraform: each name with its stack before it."""

    def write_merged(stacks: Mapping[str, Stack], _: Path) -> SimpleNamespace:
        pairs = [(stack.id, resource.address) for stack in stacks.values() for resource in stack.all()]
        return SimpleNamespace(addresses={f"{id_}/{address}": Origin(id_, address) for id_, address in pairs})

    monkeypatch.setattr(environments, "write_merged", write_merged)
    monkeypatch.setattr(full, "RULES", RULES)


class Run:
    """One run of the program, on the environments of the tests."""

    def __init__(self, output: Path, folder: Path) -> None:
        self.output, self.folder = output, folder
        self.sarif, self.junit = folder / "reports" / "new" / "x.sarif", folder / "reports" / "x.xml"

    def python(self, *, failed: bool, leave_out: str = "", environment: str | None = None) -> Path:
        scans: dict[str, list[str]] = {}
        for stack in read_stacks(self.output).values():
            addresses = [f"{stack.id}/{resource.address}" for resource in stack.all()]
            scans.setdefault(stack.environment, []).extend(each for each in addresses if each != leave_out)
        return answering(
            self.folder,
            *(
                {
                    "resources": addresses,
                    "results": [
                        ["CKV_AWS_1", each, "FAILED" if failed and each.endswith(f"data/{BUCKET}") else "PASSED"]
                        for each in addresses
                    ],
                }
                for name, addresses in scans.items()
                if environment in {name, None}
            ),
        )

    def __call__(self, python: Path, exceptions: str, *further: str, today: date = TODAY) -> int:
        file = self.folder / "exceptions.toml"
        file.write_text(exceptions, encoding="utf-8")
        paths = ("--output", str(self.output), "--exceptions", str(file), "--python", str(python))
        reports = ("--sarif", str(self.sarif), "--junit", str(self.junit))
        return main(["--checkov", *paths, *reports, *further], today=today)


@pytest.fixture
def run(output: Path, tmp_path: Path) -> Run:
    return Run(output, tmp_path)


def entry(rule: str = "CKV_AWS_1", address: str = f'"data/{BUCKET}"', expires: str = "2027-06-30") -> str:
    return ENTRY.format(rule=rule, address=address, expires=expires)


def test_without_findings_there_is_a_table_and_both_reports(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(run.python(failed=False), "") == EXIT_OK
    head, *rows = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    assert head.split()[:7] == ["environment", "by", "resources", "checked", "passed", "failed", "excepted"]
    assert [row.split()[:2] for row in rows] == [
        [name, by] for name in dict.fromkeys(row.split()[0] for row in rows) for by in ("rules", "checkov")
    ]
    assert len({len(row) for row in rows}) == 1
    assert [each["results"] for each in json.loads(run.sarif.read_text("utf-8"))["runs"]] == [[], []]
    suites = ET.parse(run.junit).getroot()  # noqa: S314 - its own
    assert suites.get("failures") == "0"
    assert suites.get("tests") == str(len(suites) * (len(RULES) + 1))


def test_a_finding_names_the_resource_the_file_that_makes_it_and_what_to_do(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(run.python(failed=True), "") == EXIT_FINDINGS
    printed = capsys.readouterr().out
    assert f"CKV_AWS_1  prod-data/{BUCKET}\n  One\n  modules/bucket.py:" in printed
    assert printed.endswith(
        "Next: correct what is listed, or accept it in compliance/exceptions.toml (docs/compliance.md).\n"
    )
    results = json.loads(run.sarif.read_text("utf-8"))["runs"][1]["results"]
    assert results
    for result in results:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert (ROOT / uri).is_file()
    assert len(ET.parse(run.junit).getroot().findall(".//failure[@type='CKV_AWS_1']")) == len(results)  # noqa: S314 - its own


def test_an_exception_accepts_it_and_stays_in_the_reports_of_tests_alone(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(run.python(failed=True), entry()) == EXIT_OK
    assert "\n0 findings, " in capsys.readouterr().out
    assert json.loads(run.sarif.read_text("utf-8"))["runs"][1]["results"] == []
    (skipped, *_) = (
        ET.parse(run.junit).getroot().findall("testsuite[@name='prod']/testcase[@name='CKV_AWS_1: One']/skipped")  # noqa: S314 - its own
    )
    assert "Its data can be made again from the source" in str(skipped.get("message"))


@pytest.mark.parametrize(
    ("more", "failed", "message"),
    [
        (entry(expires="2026-12-01"), True, "expired on 2026-12-01: fix what it accepts, or renew it"),
        (entry(), False, "the rule has nothing against it in "),
        (
            entry(address='"data/aws_s3_bucket.backup"'),
            False,
            "matches nothing in any environment: correct the address",
        ),
        (entry(address=f'["data/{BUCKET}", "edge/aws_s3_bucket.typo_*"]'), True, "aws_s3_bucket.typo_*"),
        (
            entry(rule="bucket-is-versioned", address='"none/aws_s3_bucket.x"'),
            False,
            "matches nothing in any environment",
        ),
    ],
    ids=["expired", "not needed", "no such resource", "one of two addresses", "of a rule"],
)
def test_an_exception_that_is_wrong_is_a_finding(
    run: Run, capsys: pytest.CaptureFixture[str], more: str, *, failed: bool, message: str
) -> None:
    assert run(run.python(failed=failed), more) == EXIT_FINDINGS
    assert message in capsys.readouterr().out
    assert ET.parse(run.junit).getroot().find("testsuite[@name='exceptions']/testcase/failure") is not None  # noqa: S314 - its own


def test_an_optional_one_and_one_environment_alone_may_match_nothing(run: Run) -> None:
    nothing = entry(address='"data/aws_s3_bucket.typo"')
    assert run(run.python(failed=False), f"{nothing}optional = true\n") == EXIT_OK
    assert run(run.python(failed=False, environment="prod"), nothing, "prod") == EXIT_OK


def test_a_resource_that_checkov_left_out_fails_the_run(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    python = run.python(failed=False, leave_out=f"prod-data/{BUCKET}")
    assert run(python, "") == EXIT_FINDINGS
    assert f"checkov did not read prod-data/{BUCKET}" in capsys.readouterr().out
    names = [each["ruleId"] for each in json.loads(run.sarif.read_text("utf-8"))["runs"][1]["results"]]
    assert names == ["checkov-reads-every-resource"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (entry(rule="CKV_AWS_11"), 'rule = "CKV_AWS_11": is not a check of this checkov; did you mean CKV_AWS_1?'),
        (entry(rule="CKV_AWS_17"), 'rule = "CKV_AWS_17": can have no exception, whatever the reason'),
        (entry(rule="database-is-not-public"), 'rule = "database-is-not-public": can have no exception'),
        (entry(rule="no-such"), 'rule = "no-such": is not a valid rule'),
        (entry(address="[]"), "address = []: must have 1 or more entries, not 0"),
        (entry(address="5"), "address = 5: must be a list in [ ]"),
    ],
)
def test_a_list_that_is_not_valid_is_refused(
    run: Run, capsys: pytest.CaptureFixture[str], more: str, message: str
) -> None:
    assert run(run.python(failed=False), more) == EXIT_BAD_INPUT
    assert message in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_reported_before_anything_takes_time(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    never = program(run.folder, f"touch {run.folder}/started")
    (run.folder / "file").write_text("", encoding="utf-8")
    for path, reason in (
        (run.folder / "file" / "x.sarif", "a file is where its folder would be"),
        (run.folder, "it is a folder"),
        (Path("/proc/x.sarif"), ""),
    ):
        run.sarif = path
        assert run(never, "") == EXIT_BAD_INPUT
        error = capsys.readouterr().err
        assert error.startswith(f"{path} cannot be written: {reason}")
        assert "Name another file, like cdktf.out/reports/" in error
    assert not (run.folder / "started").exists()


def test_checkov_that_does_not_answer_is_reported(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(program(run.folder, "kill -9 $$"), "") == EXIT_BAD_INPUT
    assert capsys.readouterr().err.startswith("checkov was stopped by SIGKILL")
    assert not run.sarif.exists()


def test_an_environment_that_is_not_there_is_reported(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(run.python(failed=False), "", "nope") == EXIT_BAD_INPUT
    assert "has no environment 'nope'. It has: dev, prod, staging." in capsys.readouterr().err
