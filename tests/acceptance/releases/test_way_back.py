"""The ways back that people take: each thing that must not happen is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from acceptance.releases.way_back import GoodRelease, WayBack
from config.load import load_environment

if TYPE_CHECKING:
    import boto3

    from acceptance.releases.pipeline_run import PipelineRuns
    from config.environment import Environment

GOOD = GoodRelease(run="good", commit="0" * 40)
ALARM = "backend-errors"


@dataclass
class Account:
    """A pipeline with a run of a bad release in Deploy, and an alarm."""

    statuses: dict[str, str] = field(
        default_factory=lambda: {"bad": "Failed", "automatic": "Failed", "by hand": "Succeeded", "again": "Succeeded"}
    )
    reason: str = f"ALARM_ACTIVE: {ALARM}"
    more: set[str] = field(default_factory=set)
    did: list[Any] = field(default_factory=list)
    name: str = "delivery"

    def client(self, _: str) -> Account:
        return self

    def stage_of(self, _: str) -> str:
        return "Deploy"

    def wait(self, id_: str) -> str:
        self.did.append(id_)
        return self.statuses[id_]

    def wait_for_new(self, known: set[str], *, rollback: bool) -> str:
        assert rollback
        assert known == {"good", "bad"}
        return "automatic"

    def failures(self, _: str) -> list[str]:
        return [self.reason]

    def roll_back(self, stage: str, *, target: str) -> str:
        assert (stage, target) == ("Deploy", "good")
        return "by hand"

    def start(self, *, commit: str) -> str:
        assert commit == GOOD.commit
        return "again"

    def listed(self) -> list[dict[str, Any]]:
        trigger = {"triggerType": "AutomatedRollback"}
        return [
            {"pipelineExecutionId": id_, "executionType": "ROLLBACK", "trigger": trigger}
            for id_ in ("good", "bad", "again", *self.more)
        ]

    def get_deployment_group(self, **names: str) -> dict[str, Any]:
        assert set(names.values()) == {"user-management-staging-backend"}
        return {"deploymentGroupInfo": {"alarmConfiguration": {"alarms": [{"name": ALARM}]}}}

    def set_alarm_state(self, *, AlarmName: str, StateValue: str, StateReason: str) -> None:  # noqa: N803 (boto3's)
        assert StateReason
        self.did.append((AlarmName, StateValue))


@pytest.fixture(scope="module")
def staging() -> Environment:
    return load_environment("staging")


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def back(staging: Environment, account: Account) -> WayBack:
    return WayBack(staging, cast("boto3.Session", account), cast("PipelineRuns", account))


def test_the_alarm_is_red_until_the_rollback_was_refused_and_then_one_by_hand_succeeds(
    back: WayBack, account: Account
) -> None:
    assert not list(back.while_an_alarm_is_red("bad", {"good"}, GOOD))
    assert account.did == [(ALARM, "ALARM"), "bad", "automatic", (ALARM, "OK"), "by hand"]


@pytest.mark.parametrize(
    ("run", "status", "says"),
    [
        ("bad", "Succeeded", "the bad release ended as Succeeded"),
        ("automatic", "Succeeded", f"a rollback ended as Succeeded while {ALARM} was red"),
        ("by hand", "Failed", "the rollback by hand ended as Failed"),
    ],
)
def test_a_run_that_ends_otherwise_is_told(back: WayBack, account: Account, run: str, status: str, says: str) -> None:
    account.statuses[run] = status
    assert says in "\n".join(back.while_an_alarm_is_red("bad", {"good"}, GOOD))
    assert account.did.count((ALARM, "OK")) == 1


def test_a_rollback_that_fails_for_another_reason_is_told(back: WayBack, account: Account) -> None:
    account.reason = "HEALTH_CONSTRAINTS"
    assert list(back.while_an_alarm_is_red("bad", {"good"}, GOOD)) == [
        f"no action of the rollback says that {ALARM} is red: HEALTH_CONSTRAINTS"
    ]


def test_after_an_apply_nothing_goes_back_but_a_run_of_the_good_commit(back: WayBack, account: Account) -> None:
    assert not list(back.after_an_apply("bad", {"good"}, GOOD))
    account.more = {"rollback"}
    account.statuses["again"] = "Failed"
    problems = list(back.after_an_apply("bad", {"good"}, GOOD))
    assert problems[0].startswith("the run of the last good commit ended as Failed")
    assert problems[1].endswith("AWS rolls no stage back, and a run started: ROLLBACK by AutomatedRollback")
