"""Real Terraform: a restore testing plan with a selection for each database, changed, renamed and destroyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emulator.probe.terraform import Terraform, TerraformError

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator
    from tests.emulator.conftest import Client

ACCOUNT = "700000000366"
DRILLS = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-west-2"
}

variable "name" { default = "users_prod" }
variable "class" { default = "db.t4g.micro" }
variable "override" { default = "multiAz" }

resource "aws_iam_role" "restores" {
  name = "restores"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }]
  })
}

resource "aws_backup_vault" "copies" { name = "copies" }

resource "aws_backup_restore_testing_plan" "drill" {
  name                         = var.name
  schedule_expression          = "cron(0 10 ? * 1 *)"
  schedule_expression_timezone = "Etc/UTC"
  start_window_hours           = 1
  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.copies.arn]
    recovery_point_types  = ["SNAPSHOT"]
    selection_window_days = 7
  }
  tags = { Environment = "prod" }
}

resource "aws_backup_restore_testing_selection" "postgres" {
  name                      = "postgres"
  restore_testing_plan_name = aws_backup_restore_testing_plan.drill.name
  protected_resource_type   = "RDS"
  protected_resource_arns   = ["arn:aws:rds:us-east-1:700000000366:db:users-prod"]
  iam_role_arn              = aws_iam_role.restores.arn
  validation_window_hours   = 8
  restore_metadata_overrides = {
    dbInstanceClass                 = var.class
    dbSubnetGroupName               = "drills"
    enableIamDatabaseAuthentication = "true"
    (var.override)                  = "false"
    vpcSecurityGroupIds             = jsonencode(["sg-0123456789abcdef0"])
  }
}

resource "aws_backup_restore_testing_selection" "documentdb" {
  name                      = "documentdb"
  restore_testing_plan_name = aws_backup_restore_testing_plan.drill.name
  protected_resource_type   = "DocumentDB"
  protected_resource_arns   = ["arn:aws:rds:us-east-1:700000000366:cluster:users-prod"]
  iam_role_arn              = aws_iam_role.restores.arn
  validation_window_hours   = 8
  restore_metadata_overrides = {
    dbSubnetGroupName   = "drills"
    vpcSecurityGroupIds = jsonencode(["sg-0123456789abcdef0"])
  }
}
"""


@pytest.mark.emulator
@pytest.mark.seconds(120)
def test_a_drill_is_applied_changed_renamed_and_destroyed(client: Client, emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(DRILLS)
    terraform = Terraform(tmp_path, emulator.environment(account=ACCOUNT))
    terraform.run("init", "-no-color")
    apply = ("apply", "-no-color", "-auto-approve")
    backup = client("backup", account=ACCOUNT, region="us-west-2")

    with pytest.raises(TerraformError, match=r"deletionProtection\s+cannot\s+be\s+overridden"):
        terraform.run(*apply, "-var=override=deletionProtection")
    terraform.run(*apply)
    terraform.require_no_changes()
    bigger = "-var=class=db.t4g.small"
    assert "1 changed" in terraform.run(*apply, bigger)[1]
    terraform.require_no_changes(bigger)
    names = {"RestoreTestingPlanName": "users_prod", "RestoreTestingSelectionName": "postgres"}
    selection = backup.get_restore_testing_selection(**names)["RestoreTestingSelection"]
    assert selection["RestoreMetadataOverrides"]["dbInstanceClass"] == "db.t4g.small"

    renamed = "-var=name=users_new"
    assert "3 added, 0 changed, 3 destroyed" in terraform.run(*apply, renamed)[1]
    terraform.require_no_changes(renamed)
    (plan,) = backup.list_restore_testing_plans()["RestoreTestingPlans"]
    assert plan["RestoreTestingPlanName"] == "users_new"
    assert backup.list_tags(ResourceArn=plan["RestoreTestingPlanArn"])["Tags"] == {"Environment": "prod"}
    terraform.run("destroy", "-no-color", "-auto-approve")
    assert backup.list_restore_testing_plans()["RestoreTestingPlans"] == []
