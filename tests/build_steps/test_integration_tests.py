"""The application's own tests, run against the images of its builds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from templates import buildspecs
from tests.build_steps.account import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.builds.machine import Outcome
    from tests.build_steps.account import Account

DIGEST: Final = f"sha256:{'a' * 64}"
GROUP: Final = "arn:aws:codebuild:us-east-1:333333333333:report-group/tests"


def integrate(account: Account, program: str | None, folder: Path, *, executable: bool = True) -> Outcome:
    source = account.repository({} if program is None else {"ci/integration-test": program})
    if program is not None:
        (source / "ci" / "integration-test").chmod(0o755 if executable else 0o644)
    content = {"service": "back-end", "commit": COMMIT, "tag": "build-1", "assets": "", "digest": DIGEST}
    content["repository"] = account.url("backend")
    (folder / "build.json").write_text(json.dumps(content), encoding="utf-8")
    return account.run(
        buildspecs.integration_tests(report_group=GROUP),
        source,
        {
            "BASE_URL": "https://staging.example.com",
            "REPOSITORY_URLS": json.dumps({"back-end": account.url("backend")}),
        },
        inputs=[folder],
    )


def test_the_applications_program_gets_the_images_and_leaves_a_report(account: Account, tmp_path: Path) -> None:
    program = '#!/bin/sh\necho "$BACK_END_IMAGE at $BASE_URL"\necho "<testsuite/>" > "$REPORTS_DIR/all.xml"\n'
    done = integrate(account, program, tmp_path)
    assert done.succeeded, done.output
    assert f"{account.url('backend')}@{DIGEST} at https://staging.example.com\n" in done.output
    assert done.reports == {GROUP: {"all.xml": "<testsuite/>\n"}}
    assert account.docker_calls("login")  # so that it can pull them


def test_a_test_that_fails_fails_the_build_and_its_report_stays(account: Account, tmp_path: Path) -> None:
    program = '#!/bin/sh\necho "<failed/>" > "$REPORTS_DIR/all.xml"\nexit 1\n'
    done = integrate(account, program, tmp_path)
    assert done.phases == {"install": True, "pre_build": True, "build": False}
    assert done.reports == {GROUP: {"all.xml": "<failed/>\n"}}


def test_a_program_without_a_report_fails(account: Account, tmp_path: Path) -> None:
    done = integrate(account, "#!/bin/sh\n", tmp_path)
    assert done.errors == [
        "error: ci/integration-test wrote no report; it must write JUnit XML into the folder in REPORTS_DIR"
    ]
    assert not done.succeeded


def test_a_program_that_has_lost_its_mode_in_the_source_runs(account: Account, tmp_path: Path) -> None:
    done = integrate(account, '#!/bin/sh\necho "<testsuite/>" > "$REPORTS_DIR/all.xml"\n', tmp_path, executable=False)
    assert done.succeeded, done.output


def test_a_repository_without_the_program_is_reported(account: Account, tmp_path: Path) -> None:
    done = integrate(account, None, tmp_path)
    assert done.errors == [
        "error: the repository has no file ci/integration-test; add the program that tests the images"
    ]
