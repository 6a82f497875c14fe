"""`make rotate`: what it refuses, what it calls, and what it prints; a fake AWS CLI answers for the functions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runner.errors import FAILED, OK, REFUSED
from synthesis.manifest import Rotation, read_stacks
from tests.outputs import identity
from tests.runner import fake_functions
from tests.runner.fake_functions import events, set_answers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Project

ROTATION: dict[str, Any] = {
    "postgres": {"function": "acme-dev-postgres-roles", "roles": ["backend", "owner", "reports"]},
    "documentdb": {"function": "acme-dev-documentdb-roles", "roles": ["backend", "owner"]},
    "jwt": {"function": "acme-dev-jwt-rotation", "roles": []},
}
ROLES = {
    "backend": {"login": "backend_b", "set_at": "2026-11-26T13:00:00+00:00", "due": "2026-12-26T13:00:00+00:00"},
    "owner": {"login": "owner_a", "set_at": "2026-11-26T14:00:00+01:00", "due": "2026-12-26T14:30:00+01:00"},
    "reports": {"login": "reports_iam", "set_at": None, "due": None},
    "stats": {"login": None, "set_at": None, "due": None},
}
ROTATED: dict[str, Any] = {"outcome": "rotated", "rotated": ["backend", "owner"], "roles": ROLES}


def _describe(project: Project, layer: str, **fields: object) -> None:
    path = project.out / "stacks" / f"dev-{layer}" / "cdk.tf.json"
    document = json.loads(path.read_text())
    document["//"]["metadata"] = {**identity(layer=layer, name=layer), **fields}
    path.write_text(json.dumps(document))


@pytest.fixture
def rotating(project: Project) -> Project:
    """An environment with both databases and the JWT secret, and a fake `aws`."""
    project.stack("dev-state")
    project.stack("dev-data")
    project.stack("dev-cost")
    _describe(project, "data", rotation=ROTATION, region="eu-west-1")
    fake_functions.install(project)
    set_answers(project, ROTATED)
    return project


@pytest.mark.parametrize(
    ("arguments", "event"),
    [
        (("--what", "postgres"), {"action": "rotate", "force": False}),
        (("--what", "postgres", "--role", "backend"), {"action": "rotate", "role": "backend", "force": False}),
        (
            ("--what", "documentdb", "--role", "owner", "--force", "1"),
            {"action": "rotate", "role": "owner", "force": True},
        ),
    ],
)
def test_the_function_of_the_database_gets_role_and_force(
    rotating: Project, arguments: tuple[str, ...], event: dict[str, object]
) -> None:
    assert rotating.run("rotate", *arguments)[0] == OK
    assert events(rotating) == [event]
    (call,) = fake_functions.calls(rotating)
    assert call[:6] == [
        "lambda",
        "invoke",
        "--region",
        "eu-west-1",
        "--function-name",
        f"acme-dev-{arguments[1]}-roles",
    ]


def test_the_cli_waits_as_long_as_the_function_may_run(rotating: Project) -> None:
    rotating.run("rotate", "--what", "postgres")
    (call,) = fake_functions.calls(rotating)
    assert call[call.index("--cli-read-timeout") + 1] == "900"


def test_it_prints_each_role_with_its_login_and_its_next_rotation(rotating: Project) -> None:
    code, out, err = rotating.run("rotate", "--what", "postgres")
    assert (code, err) == (OK, "")
    assert out.splitlines() == [
        "postgres of dev: rotated: backend, owner.",
        "role     its url names  next rotation",
        "backend  backend_b      2026-12-26 13:00 UTC",
        "owner    owner_a        2026-12-26 13:30 UTC",
        "reports  reports_iam    no password",
        "stats    unset          -",
        "Running tasks that read the url when they started have the other login, valid until the next rotation.",
        "Release each service before 2026-12-26 13:00 UTC, so that its new tasks read the new url.",
    ]


def test_the_time_to_release_is_that_of_what_was_rotated(rotating: Project) -> None:
    later = {**ROTATED, "rotated": ["owner"]}
    set_answers(rotating, later)
    out = rotating.run("rotate", "--what", "postgres", "--role", "owner")[1]
    assert out.splitlines()[-1].startswith("Release each service before 2026-12-26 13:30 UTC")


def test_where_nothing_was_rotated_there_is_nothing_to_release(rotating: Project) -> None:
    set_answers(rotating, {"outcome": "nothing is due", "rotated": [], "roles": ROLES})
    out = rotating.run("rotate", "--what", "postgres")[1]
    assert out.startswith("postgres of dev: nothing is due.\n")
    assert "Release" not in out


@pytest.mark.parametrize(
    ("arguments", "event"),
    [((), {"action": "rotate"}), (("--force", "1"), {"action": "rotate", "force": True})],
)
def test_the_jwt_secret_has_an_event_of_its_own(
    rotating: Project, arguments: tuple[str, ...], event: dict[str, object]
) -> None:
    set_answers(rotating, {"outcome": "rotated", "version_before": 6, "version": 7})
    code, out, _ = rotating.run("rotate", "--what", "jwt", *arguments)
    assert (code, events(rotating)) == (OK, [event])
    assert out.startswith("jwt/current of dev is replaced: version 7. The one before is jwt/previous.")
    assert out.endswith("rotate once more, so that the old one is in neither: make rotate ENV=dev WHAT=jwt FORCE=1\n")


def test_a_jwt_secret_that_is_young_stays_and_the_message_says_how_to_force_it(rotating: Project) -> None:
    set_answers(rotating, {"outcome": "too-young", "version_before": 7, "version": 7})
    code, _, err = rotating.run("rotate", "--what", "jwt")
    assert code == REFUSED
    assert "(version 7) was replaced less than half a period ago, so nothing was changed" in err
    assert err.endswith("twice, so that neither of the two is left: make rotate ENV=dev WHAT=jwt FORCE=1\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "WHAT is missing.\nFor example: make rotate ENV=dev WHAT=postgres"),
        (
            ("--what", "postgress"),
            (
                "WHAT=postgress is not something to rotate; did you mean postgres? "
                "Allowed: documentdb, jwt, postgres.\nIn dev there is: documentdb, jwt, postgres."
            ),
        ),
        (("--what", "x"), "WHAT=x is not something to rotate; allowed: documentdb, jwt, postgres.\n"),
        (
            ("--what", "postgres", "--role", "backand"),
            (
                "ROLE=backand is not a role of postgres in dev with a password; did you mean backend? "
                "Allowed: backend, owner, reports.\nLeave it out for all of them. "
                "Roles are in environments/dev.toml, [postgres.roles.<name>]."
            ),
        ),
        (
            ("--what", "documentdb", "--role", "reports"),
            "ROLE=reports is not a role of documentdb in dev with a password; allowed: backend, owner.",
        ),
        (
            ("--what", "jwt", "--role", "backend"),
            (
                "ROLE=backend is not valid with WHAT=jwt: only databases have roles.\n"
                "Leave it out: make rotate ENV=dev WHAT=jwt"
            ),
        ),
        (("--what", "postgres", "--force", "0"), "FORCE=0 is not valid: it must be 1, or left out."),
        (("--what", "postgres", "--force", "yes"), "FORCE=yes is not valid: it must be 1, or left out."),
    ],
)
def test_bad_input_is_refused_before_anything_is_called(
    rotating: Project, arguments: tuple[str, ...], says: str
) -> None:
    code, out, err = rotating.run("rotate", *arguments)
    assert (code, out) == (REFUSED, "")
    assert err.startswith(says)
    assert not fake_functions.calls(rotating)


@pytest.mark.parametrize(
    ("what", "table"), [("postgres", "[postgres]"), ("documentdb", "[documentdb]"), ("jwt", "[secrets]")]
)
def test_an_environment_without_it_says_which_table_is_missing(rotating: Project, what: str, table: str) -> None:
    others = {name: entry for name, entry in ROTATION.items() if name != what}
    _describe(rotating, "data", rotation=others)
    code, _, err = rotating.run("rotate", "--what", what)
    assert (code, err) == (
        REFUSED,
        f"WHAT={what}: dev has no {table}.\nWhat can be rotated there: {', '.join(sorted(others))}.\n",
    )


@pytest.mark.parametrize(
    ("what", "answer", "code", "says"),
    [
        (
            "postgres",
            {"errorType": "OldTasksError", "errorMessage": "acme-dev-backend: task 1f2e started before 2026-11-01."},
            FAILED,
            (
                "postgres of dev: acme-dev-backend: task 1f2e started before 2026-11-01.\n"
                "Two ways out. Release these services, wait until the tasks are gone, and repeat: "
                "make rotate ENV=dev WHAT=postgres ROLE=backend\n"
                "Or, if the tasks may lose the database: make rotate ENV=dev WHAT=postgres ROLE=backend FORCE=1\n"
                "Why: docs/runbooks.md#database-rotation\n"
            ),
        ),
        (
            "postgres",
            {"errorType": "BusyError", "errorMessage": "another run holds the lock"},
            FAILED,
            (
                "postgres of dev: another run holds the lock.\n"
                "Repeat it in a minute: make rotate ENV=dev WHAT=postgres ROLE=backend\n"
            ),
        ),
        (
            "documentdb",
            {"errorType": "UnreachableError", "errorMessage": "no answer within 10 s"},
            FAILED,
            (
                "documentdb of dev: no answer within 10 s.\n"
                "Its log: aws logs tail /aws/lambda/acme-dev-documentdb-roles "
                "--since 15m --region eu-west-1. What to do: docs/runbooks.md#database-rotation\n"
            ),
        ),
        (
            "postgres",
            {"errorType": "StoppedError", "errorMessage": "the sleep schedule has stopped acme-dev-postgres"},
            FAILED,
            (
                "postgres of dev: the sleep schedule has stopped acme-dev-postgres.\n"
                "To wake it: make wake ENV=dev. Then repeat: make rotate ENV=dev WHAT=postgres ROLE=backend\n"
            ),
        ),
        (
            "postgres",
            "ResourceNotFoundException",
            REFUSED,
            (
                "The function that rotates postgres of dev is not applied yet.\n"
                "Apply it first: make apply ENV=dev LAYER=data\n"
            ),
        ),
        (
            "postgres",
            "AccessDeniedException",
            REFUSED,
            (
                "Cannot call the function that rotates postgres of dev: An error occurred (AccessDeniedException) when "
                "calling the Invoke operation: no.\n"
                "It needs the AWS CLI, and credentials that may invoke acme-dev-postgres-roles.\n"
            ),
        ),
    ],
)
def test_a_failure_says_why_and_what_to_do(rotating: Project, what: str, answer: Any, code: int, says: str) -> None:
    set_answers(rotating, answer)
    assert rotating.run("rotate", "--what", what, "--role", "backend") == (code, "", says)


def test_a_failure_of_the_jwt_rotation_leads_to_the_runbook_of_its_alarm(rotating: Project) -> None:
    set_answers(rotating, {"errorType": "ClientError", "errorMessage": "AccessDenied"})
    code, _, err = rotating.run("rotate", "--what", "jwt")
    assert (code, err.endswith("What to do: docs/runbooks.md#dead-letters\n")) == (FAILED, True)


def _told(phase: str) -> dict[str, Any]:
    return {"phase": phase, "wanted": phase, "doing": "", "until": "Wed 07:00 EST", "settled": True}


def test_the_databases_of_an_environment_that_sleeps_are_left_alone(rotating: Project) -> None:
    _describe(rotating, "cost", sleep_function="acme-dev-sleep-schedule")
    set_answers(rotating, _told("asleep"))
    assert rotating.run("rotate", "--what", "postgres") == (
        REFUSED,
        "",
        "dev is asleep, so nothing is changed: its databases are stopped.\nTo wake it: make wake ENV=dev\n",
    )
    assert events(rotating) == [{"action": "status"}]


def test_the_databases_of_an_environment_that_is_awake_are_rotated(rotating: Project) -> None:
    _describe(rotating, "cost", sleep_function="acme-dev-sleep-schedule")
    set_answers(rotating, _told("awake"), ROTATED)
    assert rotating.run("rotate", "--what", "postgres")[0] == OK


def test_the_jwt_secret_is_rotated_while_the_environment_sleeps(rotating: Project) -> None:
    _describe(rotating, "cost", sleep_function="acme-dev-sleep-schedule")
    set_answers(rotating, {"outcome": "rotated", "version_before": 6, "version": 7})
    assert rotating.run("rotate", "--what", "jwt")[0] == OK
    assert events(rotating) == [{"action": "rotate"}]


def test_the_synthesized_json_names_the_functions_and_the_roles_that_have_passwords(output: Path) -> None:
    """Staging has one role that signs in by IAM token through the proxy, and one without."""
    assert read_stacks(output)["staging-data"].rotations == {
        "postgres": Rotation(function="user-management-staging-postgres-roles", roles=("owner", "backend")),
        "documentdb": Rotation(function="user-management-staging-documentdb-roles", roles=("owner", "backend")),
        "jwt": Rotation(function="user-management-staging-jwt-rotation"),
    }


def test_it_is_the_function_at_home_that_is_called_while_databases_are_in_a_second_region(rotating: Project) -> None:
    rotating.stack("dev-data-us-west-2")
    _describe(rotating, "data-us-west-2", rotation=ROTATION, region="us-west-2", stands_by=True)
    assert rotating.run("rotate", "--what", "postgres")[0] == OK
    (call,) = fake_functions.calls(rotating)
    assert call[call.index("--region") + 1] == "eu-west-1"


@pytest.fixture
def two_regions(rotating: Project) -> Project:
    """An environment whose databases are in a second region, too; the JWT secret is rotated in the first one only."""
    rotating.stack("dev-data-us-west-2")
    databases = {what: entry for what, entry in ROTATION.items() if what != "jwt"}
    _describe(rotating, "data-us-west-2", rotation=databases, region="us-west-2", stands_by=True)
    return rotating


def test_with_a_region_it_is_the_function_there(two_regions: Project) -> None:
    assert two_regions.run("rotate", "--what", "postgres", "--region", "us-west-2")[0] == OK
    (call,) = fake_functions.calls(two_regions)
    assert call[call.index("--region") + 1] == "us-west-2"


def test_the_command_to_repeat_names_the_second_region(two_regions: Project) -> None:
    set_answers(two_regions, {"errorType": "BusyError", "errorMessage": "another run holds the lock"})
    err = two_regions.run("rotate", "--what", "postgres", "--region", "us-west-2")[2]
    assert "make rotate ENV=dev WHAT=postgres REGION=us-west-2" in err


@pytest.mark.parametrize(
    ("what", "region", "message"),
    [
        ("jwt", "us-west-2", "WHAT=jwt: the secret that signs JWTs is rotated by the first region only."),
        ("postgres", "us-west-1", "Regions with something to rotate: eu-west-1, us-west-2."),
        ("mysql", "us-west-2", "In dev in us-west-2 there is: documentdb, postgres."),
    ],
)
def test_what_cannot_be_rotated_in_a_region_is_said(two_regions: Project, what: str, region: str, message: str) -> None:
    code, _, err = two_regions.run("rotate", "--what", what, "--region", region)
    assert code == REFUSED
    assert message in err
    assert not fake_functions.calls(two_regions)
