"""Stages, actions and rules as Terraform writes them."""

from __future__ import annotations

import json

from config.freeze import FreezeSettings
from modules.delivery.stages import Action, Rule, Stage, with_freeze

FREEZE = FreezeSettings(time_zone="Europe/Berlin", windows=("sat 00:00-sun 24:00",))


def stage(name: str, *rules: Rule) -> Stage:
    return Stage(name=name, actions=(Action.build(name.lower(), "project", inputs=()),), rules=rules)


def test_a_build_with_several_inputs_names_its_first_one() -> None:
    assert "PrimarySource" not in Action.build("a", "p", inputs=("source",)).configuration
    assert Action.build("a", "p", inputs=("source", "site")).configuration["PrimarySource"] == "source"


def test_variables_of_a_build_are_plain_text_in_json() -> None:
    action = Action.build("a", "p", inputs=(), variables={"REBUILD": "#{variables.REBUILD}"})
    assert json.loads(action.configuration["EnvironmentVariables"]) == [
        {"name": "REBUILD", "value": "#{variables.REBUILD}", "type": "PLAINTEXT"}
    ]


def test_the_source_does_not_look_for_changes_because_the_trigger_does() -> None:
    action = Action.github("source", connection_arn="arn", repository="acme/app", branch="main")
    assert (action.configuration["DetectChanges"], action.outputs) == ("false", ("source",))


def test_a_release_of_another_account_is_polled_because_its_events_stay_there() -> None:
    action = Action.release("source", bucket="b", key="k", output="release")
    assert (action.provider, action.configuration["PollForSourceChanges"]) == ("S3", "true")


def test_a_run_can_take_an_older_release() -> None:
    action = Action.release("source", bucket="b", key="k", output="release")
    assert action.configuration["AllowOverrideForS3ObjectKey"] == "true"


def test_an_approval_waits_a_week() -> None:
    action = Action.approval("approval", topic_arn="arn:topic", text="Approve")
    assert (action.timeout_minutes, action.configuration["NotificationArn"]) == (10_080, "arn:topic")


def test_codedeploy_reads_task_definition_and_image_from_one_artifact() -> None:
    configuration = Action.blue_green("deploy", application="app", group="group", artifact="api").configuration
    assert {configuration[f"{name}Artifact"] for name in ("TaskDefinitionTemplate", "AppSpecTemplate")} == {"api"}
    assert (configuration["Image1ArtifactName"], configuration["Image1ContainerName"]) == ("api", "IMAGE1_NAME")


def test_a_red_alarm_is_waited_for_and_no_other_state() -> None:
    assert Rule.alarm("alarm-1", "api-errors").configuration == {
        "AlarmName": "api-errors",
        "AlarmStates": "ALARM",
        "WaitTime": "30",
    }


def test_a_freeze_waits_for_the_allowed_hours_without_a_time_that_the_provider_never_sends() -> None:
    rule = Rule.freeze(FREEZE)
    assert rule.configuration == {"Cron": "* * * ? * MON,TUE,WED,THU,FRI", "TimeZone": "Europe/Berlin"}
    assert rule.argument().timeout_in_minutes is None


def test_the_freeze_is_before_the_first_stage_that_changes_something() -> None:
    alarm = Rule.alarm("alarm-1", "api-errors")
    stages = with_freeze([stage("Build"), stage("Release"), stage("Migrate", alarm), stage("Deploy")], FREEZE)
    assert [[rule.name for rule in one.rules] for one in stages] == [[], ["freeze"], ["alarm-1"], []]


def test_the_freeze_takes_no_other_rule_away() -> None:
    alarms = [Rule.alarm(f"alarm-{number}", "name") for number in range(4)]
    (deploy,) = with_freeze([stage("Deploy", *alarms)], FREEZE)
    assert [rule.name for rule in deploy.rules] == ["freeze", "alarm-0", "alarm-1", "alarm-2", "alarm-3"]
