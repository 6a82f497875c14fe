"""`make sleep`, `make wake`, and an apply while the environment sleeps; a fake AWS CLI answers for the function."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from runner import sleeping
from runner.errors import RunnerError
from synthesis.manifest import read_stacks
from tests.outputs import identity
from tests.runner import fake_functions
from tests.runner.fake_functions import events, set_answers

if TYPE_CHECKING:
    from tests.runner.conftest import Project

FUNCTION = "acme-dev-sleep-schedule"


def told(phase: str, wanted: str = "", doing: str = "") -> dict[str, Any]:
    want = wanted or phase
    return {"phase": phase, "wanted": want, "doing": doing, "until": "Wed 07:00 EST", "settled": phase == want}


@pytest.fixture
def sleeper(project: Project) -> Project:
    """An environment with a database and a sleep schedule, and a fake `aws`."""
    project.stack("dev-state")
    project.stack("dev-network")
    project.stack("dev-data")
    project.stack("dev-cost")
    path = project.out / "stacks" / "dev-cost" / "cdk.tf.json"
    document = json.loads(path.read_text())
    document["//"]["metadata"] = {
        **identity(layer="cost", name="cost"),
        "sleep_function": FUNCTION,
        "sleep_saving": "saves 45 USD",
    }
    path.write_text(json.dumps(document))
    fake_functions.install(project)
    return project


def test_sleep_calls_the_function_until_the_environment_sleeps(
    sleeper: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sleeping, "_STEP_SECONDS", 0)
    set_answers(
        sleeper,
        told("falling asleep", "asleep", "2 tasks are still running"),
        told("falling asleep", "asleep", "2 tasks are still running"),
        told("falling asleep", "asleep", "PostgreSQL is stopping"),
        told("asleep"),
    )
    code, out, _ = sleeper.run("sleep", "--until", "23:00")
    assert code == 0
    assert out.splitlines() == [
        "dev is to be asleep until Wed 07:00 EST.",
        "Its schedule saves 45 USD.",
        "   0 min  falling asleep: 2 tasks are still running",
        "   0 min  falling asleep: PostgreSQL is stopping",
        "dev is asleep, until Wed 07:00 EST.",
    ]
    assert events(sleeper) == [{"action": "sleep", "until": "23:00"}, *[{"action": "run"}] * 3]


def test_the_call_names_function_and_region(sleeper: Project) -> None:
    set_answers(sleeper, told("awake"))
    assert sleeper.run("wake")[0] == 0
    (call,) = fake_functions.calls(sleeper)
    assert call[:6] == ["lambda", "invoke", "--region", "us-east-1", "--function-name", FUNCTION]


def test_a_wake_that_takes_more_than_an_hour_fails(sleeper: Project) -> None:
    set_answers(sleeper, told("waking", "awake", "DocumentDB is starting"))
    times = iter(range(0, 100_000, 1000))
    with pytest.raises(RunnerError, match="dev is still waking: DocumentDB is starting, after") as caught:
        sleeping.change(
            read_stacks(sleeper.out), "wake", None, say=print, pause=lambda _: None, clock=lambda: float(next(times))
        )
    assert "docs/runbooks.md#sleep-schedule" in caught.value.remedy


def test_a_person_who_wants_the_opposite_ends_the_wait(sleeper: Project) -> None:
    said: list[str] = []
    set_answers(sleeper, told("waking", "awake", "x"), told("waking", "asleep", "x"))
    sleeping.change(read_stacks(sleeper.out), "wake", None, say=said.append, pause=lambda _: None)
    assert said[-1] == "dev is now to be asleep, until Wed 07:00 EST: no longer waiting."


def test_ctrl_c_ends_the_wait_and_not_the_schedule(sleeper: Project) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    said: list[str] = []
    set_answers(sleeper, told("waking", "awake", "x"))
    code = sleeping.change(read_stacks(sleeper.out), "wake", None, say=said.append, pause=interrupt)
    assert (code, said[-1]) == (130, "No longer waiting. The schedule goes on by itself, every five minutes.")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("ResourceNotFoundException", "is not applied yet.\nApply it first: make apply ENV=dev LAYER=cost"),
        ("AccessDeniedException", "Cannot call the sleep schedule of dev: An error occurred (AccessDeniedException)"),
        ({"errorType": "ValueError", "errorMessage": "UNTIL=x is not a valid time"}, "UNTIL=x is not a valid time."),
        (
            {"errorType": "ClientError", "errorMessage": "KMSKeyNotAccessible"},
            "failed: KMSKeyNotAccessible.\nIt goes on every five minutes. Its log: aws logs tail /aws/lambda/"
            + FUNCTION,
        ),
    ],
)
def test_a_call_that_fails_says_why_and_what_to_do(sleeper: Project, answer: Any, says: str) -> None:
    set_answers(sleeper, answer)
    code, _, err = sleeper.run("wake")
    assert code != 0
    assert says in err


def test_an_environment_without_a_schedule_says_how_to_add_one(project: Project) -> None:
    project.stack("dev-state")
    code, _, err = project.run("sleep")
    assert (code, err) == (
        2,
        "dev has no sleep schedule.\nAdd [cost.sleep] to environments/dev.toml (docs/sleep.md), and apply it.\n",
    )


def test_without_the_aws_cli_it_says_what_is_missing(sleeper: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (sleeper.root / "bin" / "aws").unlink()
    monkeypatch.setenv("PATH", str(sleeper.root / "bin"))
    assert "`aws` is not on PATH: install the AWS CLI, version 2." in sleeper.run("sleep")[2]


@pytest.mark.parametrize("action", ["apply", "destroy"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (told("asleep"), "asleep"),
        (told("waking", "awake"), "waking"),
        (told("awake", "asleep"), "about to fall asleep"),
    ],
)
def test_an_apply_while_it_sleeps_is_refused(sleeper: Project, action: str, answer: dict[str, Any], state: str) -> None:
    set_answers(sleeper, answer)
    code, _, err = sleeper.run(action, "--yes")
    assert code == 2
    assert f"dev is {state}, so nothing is changed" in err
    assert f"make wake ENV=dev. Or both at once: make {action} ENV=dev WAKE=1" in err
    assert not sleeper.calls("plan")
    assert not sleeper.calls("apply")


def test_an_apply_of_an_awake_environment_goes_on_and_says_until_when(sleeper: Project) -> None:
    set_answers(sleeper, told("awake"))
    code, out, err = sleeper.run("apply", "--yes")
    assert (code, "dev is awake until Wed 07:00 EST." in out + err) == (0, True)


@pytest.mark.parametrize("layer", ["network", "state"])
def test_a_layer_in_which_nothing_sleeps_is_applied_at_any_time(sleeper: Project, layer: str) -> None:
    set_answers(sleeper, told("asleep"))
    assert sleeper.run("apply", "--yes", "--layer", layer)[0] == 0
    assert not events(sleeper)


def test_a_plan_is_made_at_any_time(sleeper: Project) -> None:
    set_answers(sleeper, told("asleep"))
    assert sleeper.run("plan")[0] == 0


def test_wake_wakes_first(sleeper: Project) -> None:
    set_answers(sleeper, told("asleep"), told("awake"))
    assert sleeper.run("apply", "--yes", "--wake")[0] == 0
    assert events(sleeper) == [{"action": "status"}, {"action": "wake"}]


@pytest.mark.parametrize("answer", ["ResourceNotFoundException", "AccessDeniedException"])
def test_what_cannot_be_known_does_not_stop_an_apply(sleeper: Project, answer: str) -> None:
    set_answers(sleeper, answer)
    code, out, err = sleeper.run("apply", "--yes")
    assert code == 0
    assert ("Cannot see whether dev sleeps" in out + err) == (answer == "AccessDeniedException")


def test_the_schedule_is_not_removed_while_the_environment_sleeps(sleeper: Project) -> None:
    path = sleeper.out / "stacks" / "dev-cost" / "cdk.tf.json"
    path.write_text(path.read_text().replace("sleep_function", "unused"))
    values = {"filename": "lambdas/sleep-schedule.zip", "function_name": FUNCTION}
    sleeper.script("dev-cost", plan={"deletes": {"aws_lambda_function.sleep": values}})
    set_answers(sleeper, told("asleep"))
    code, out, err = sleeper.run("apply", "--yes")
    assert code != 0
    assert "put [cost.sleep] back, run `make wake ENV=dev`, then remove it" in out + err
    assert not [call for call in sleeper.calls("apply") if call.startswith("dev-cost")]
    set_answers(sleeper, told("awake"))
    assert sleeper.run("apply", "--yes")[0] == 0
