"""Real Terraform: the whole test configuration, and both locks of the S3 backend."""

from __future__ import annotations

import logging
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from emulator.probe import runner
from emulator.probe.terraform import Terraform, TerraformError

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator
    from tests.emulator.conftest import Client

BACKEND = """
terraform {{
  backend "s3" {{
    bucket = "{bucket}"
    key    = "app.tfstate"
    {lock}
  }}
}}

resource "terraform_data" "slow" {{
  input = "1"
  provisioner "local-exec" {{
    command = "for i in $(seq 600); do test -e end && exit; sleep 0.1; done"
  }}
}}
"""


@pytest.mark.emulator
@pytest.mark.seconds(500)
def test_the_test_configuration_is_applied_and_destroyed_without_differences() -> None:
    report = runner.run(account="700000000001")

    assert report.resources > 200
    assert report.changed > 120


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("bucket", "lock"),
    [("state-table", 'dynamodb_table = "state-lock"'), ("state-file", "use_lockfile = true")],
)
def test_a_second_run_waits_for_the_lock_of_the_first(
    client: Client, emulator: Emulator, tmp_path: Path, bucket: str, lock: str
) -> None:
    client("s3").create_bucket(Bucket=bucket)
    if "dynamodb" in lock:
        client("dynamodb").create_table(
            TableName="state-lock",
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    (tmp_path / "main.tf").write_text(BACKEND.format(bucket=bucket, lock=lock))
    terraform = Terraform(tmp_path, emulator.environment())
    terraform.run("init", "-no-color")

    with terraform.started("apply", "-no-color", "-auto-approve") as first:
        first.wait_for("Creating...")
        with pytest.raises(TerraformError, match="Error acquiring the state lock"):
            terraform.run("plan", "-no-color")
        (tmp_path / "end").touch()
    assert terraform.addresses() == ["terraform_data.slow"]
    terraform.require_no_changes()


MISTAKES = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

locals { key = "arn:aws:kms:us-east-1:700000000002:key/11111111-2222-3333-4444-555555555555" }

resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "only" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "abroad" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-west-2a"
}

resource "aws_lb" "one_zone" { subnets = [aws_subnet.only.id] }

resource "aws_db_subnet_group" "one_zone" { subnet_ids = [aws_subnet.only.id] }

resource "aws_vpc_endpoint" "unknown" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.us-east-1.nothing"
}

resource "aws_cloudwatch_log_group" "unknown_key" {
  name       = "unknown-key"
  kms_key_id = local.key
}

resource "aws_ecs_task_definition" "impossible" {
  family                   = "impossible"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 8192
  container_definitions    = jsonencode([{ name = "app", image = "app" }])
}

resource "aws_backup_plan" "unknown_vault" {
  name = "lost"
  rule {
    rule_name         = "daily"
    target_vault_name = "nowhere"
  }
}

resource "aws_sns_topic" "alerts" { name = "alerts" }

resource "aws_sns_topic_subscription" "no_address" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = "on-call"
}

resource "aws_cloudwatch_metric_alarm" "abroad" {
  alarm_name          = "abroad"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 1
  alarm_actions       = ["arn:aws:sns:us-west-2:700000000002:alerts"]
  metric_query {
    id          = "m1"
    return_data = true
    metric {
      namespace   = "app"
      metric_name = "Errors"
      period      = 60
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_event_rule" "findings" {
  name          = "findings"
  event_pattern = jsonencode({ source = ["aws.guardduty"] })
}

resource "aws_cloudwatch_event_target" "misspelt" {
  rule      = aws_cloudwatch_event_rule.findings.name
  target_id = "sns"
  arn       = aws_sns_topic.alerts.arn
  input_transformer {
    input_paths    = { title = "$.detail.title" }
    input_template = "<titel>"
  }
}

resource "aws_xray_resource_policy" "gap" {
  policy_name     = "gap"
  policy_document = jsonencode({})
}
"""


@pytest.mark.emulator
@pytest.mark.seconds(40)
def test_errors_and_gaps_end_a_run_at_once_and_say_why(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "main.tf").write_text(MISTAKES)
    terraform = Terraform(tmp_path, emulator.environment(account="700000000002"))
    terraform.run("init", "-no-color")

    with caplog.at_level(logging.DEBUG, logger="emulator"), pytest.raises(TerraformError) as failed:
        terraform.run("apply", "-no-color", "-auto-approve")

    # Terraform wraps its messages, so spaces match any white space.
    said = " ".join(str(failed.value).split())
    for message in (
        "Value (us-west-2a) for parameter availabilityZone is invalid",
        "At least two subnets in two different Availability Zones must be specified",
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement",
        "The Vpc Endpoint Service 'com.amazonaws.us-east-1.nothing' does not exist",
        "The specified KMS key does not exist or is not allowed to be used with Arn",
        "No Fargate configuration exists for given values: 256 CPU, 8192 memory",
        "Backup vault nowhere does not exist",
        "Invalid parameter: Email address",
        "Invalid region us-west-2 specified. Only us-east-1 is supported.",
        "InputTemplate for target sns contains invalid placeholder titel.",
        "The emulator does not implement xray:PutResourcePolicy",
    ):
        assert message in said
    refused = Counter(re.findall(r"700000000002 \S+ (\S+) \([^)]*\): [45]\d\d", caplog.text))
    assert len(refused) >= 10
    # Twice: a load balancer is asked for again without tags, for the regions that refuse it with them.
    assert max(refused.values()) <= 2, "the provider repeats what looks like a fault of the server, for minutes"


def test_without_terraform_the_probe_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(TerraformError, match="There is no Terraform on this machine"):
        Terraform(tmp_path, {})
