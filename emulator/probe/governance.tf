resource "aws_guardduty_detector" "main" {
  enable                       = true
  finding_publishing_frequency = var.changed ? "ONE_HOUR" : "FIFTEEN_MINUTES"
}

resource "aws_securityhub_account" "main" {}

resource "aws_accessanalyzer_analyzer" "main" { analyzer_name = local.name }

resource "aws_config_configuration_recorder" "main" {
  name     = local.name
  role_arn = aws_iam_role.main.arn
  recording_group { all_supported = true }
}

resource "aws_config_delivery_channel" "main" {
  name           = local.name
  s3_bucket_name = aws_s3_bucket.logs.id
  depends_on     = [aws_config_configuration_recorder.main]
}

resource "aws_config_configuration_recorder_status" "main" {
  name       = aws_config_configuration_recorder.main.name
  is_enabled = true
  depends_on = [aws_config_delivery_channel.main]
}

resource "aws_config_config_rule" "main" {
  name = "s3-bucket-versioning-enabled"
  source {
    owner             = "AWS"
    source_identifier = "S3_BUCKET_VERSIONING_ENABLED"
  }
  depends_on = [aws_config_configuration_recorder.main]
}

resource "aws_budgets_budget" "main" {
  name         = local.name
  budget_type  = "COST"
  limit_amount = var.changed ? "500" : "495"
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:Project$probe"]
  }
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = var.changed ? 90 : 80
    threshold_type             = "PERCENTAGE"
    notification_type          = "ACTUAL"
    subscriber_email_addresses = ["costs@${local.domain}"]
    subscriber_sns_topic_arns  = [aws_sns_topic_policy.alerts.arn]
  }
}

resource "aws_ce_anomaly_monitor" "main" {
  name              = local.name
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "main" {
  name             = local.name
  frequency        = "DAILY"
  monitor_arn_list = [aws_ce_anomaly_monitor.main.arn]
  subscriber {
    type    = "EMAIL"
    address = "costs@${local.domain}"
  }
  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [var.changed ? "100" : "50"]
    }
  }
}

resource "aws_ce_cost_allocation_tag" "main" {
  tag_key    = "Project"
  status     = var.changed ? "Inactive" : "Active"
  depends_on = [aws_kms_key.main]
}

resource "aws_backup_vault" "main" {
  name        = local.name
  kms_key_arn = aws_kms_key.main.arn
}

resource "aws_backup_vault" "recovery" {
  provider    = aws.west
  name        = "${local.name}-recovery"
  kms_key_arn = aws_kms_key.recovery.arn
}

resource "aws_backup_plan" "daily" {
  name = local.name
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.main.name
    schedule          = "cron(0 5 * * ? *)"
    start_window      = 60
    completion_window = 180
    lifecycle { delete_after = var.changed ? 14 : 7 }
    copy_action {
      destination_vault_arn = aws_backup_vault.recovery.arn
      lifecycle { delete_after = 30 }
    }
  }
}

# AWS Backup asks for it when a selection is made.
resource "aws_iam_role_policy" "backups" {
  name   = "backups"
  role   = aws_iam_role.main.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*", Action = "tag:GetResources" }] })
}

resource "aws_backup_selection" "tagged" {
  depends_on   = [aws_iam_role_policy.backups]
  name         = local.name
  iam_role_arn = aws_iam_role.main.arn
  plan_id      = aws_backup_plan.daily.id
  selection_tag {
    type  = "STRINGEQUALS"
    key   = "Backup"
    value = "true"
  }
}

resource "aws_resourcegroups_group" "main" {
  name = local.name
  resource_query {
    query = jsonencode({ ResourceTypeFilters = ["AWS::AllSupported"], TagFilters = [{ Key = "Project", Values = [local.name] }] })
  }
}

resource "aws_ebs_encryption_by_default" "main" { enabled = true }

resource "aws_ebs_snapshot_block_public_access" "main" { state = "block-all-sharing" }

resource "aws_backup_vault_policy" "main" {
  backup_vault_name = aws_backup_vault.main.name
  policy            = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = { AWS = "*" }, Action = "backup:DeleteRecoveryPoint", Resource = "*" }] })
}

resource "aws_backup_vault_lock_configuration" "main" {
  backup_vault_name  = aws_backup_vault.main.name
  min_retention_days = 7
  max_retention_days = 365
}

resource "aws_inspector2_enabler" "images" {
  account_ids    = [local.account]
  resource_types = ["ECR"]
}

resource "aws_guardduty_detector_feature" "s3" {
  detector_id = aws_guardduty_detector.main.id
  name        = "S3_DATA_EVENTS"
  status      = "ENABLED"
}

resource "aws_guardduty_detector_feature" "rds" {
  detector_id = aws_guardduty_detector.main.id
  name        = "RDS_LOGIN_EVENTS"
  status      = "ENABLED"
}

resource "aws_securityhub_standards_subscription" "main" {
  standards_arn = "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0"
  depends_on    = [aws_securityhub_account.main]
}

resource "aws_backup_restore_testing_plan" "main" {
  name                = local.name
  schedule_expression = "cron(0 12 ? * * *)"
  recovery_point_selection {
    algorithm             = "LATEST_WITHIN_WINDOW"
    include_vaults        = [aws_backup_vault.main.arn]
    recovery_point_types  = ["CONTINUOUS", "SNAPSHOT"]
    selection_window_days = var.changed ? 14 : 7
  }
}

resource "aws_backup_restore_testing_selection" "main" {
  name                      = local.name
  restore_testing_plan_name = aws_backup_restore_testing_plan.main.name
  protected_resource_type   = "EC2"
  iam_role_arn              = aws_iam_role.main.arn
  protected_resource_arns   = ["*"]
  validation_window_hours   = var.changed ? 2 : 1
}

resource "aws_backup_restore_testing_selection" "databases" {
  name                      = "${local.name}_databases"
  restore_testing_plan_name = aws_backup_restore_testing_plan.main.name
  protected_resource_type   = "RDS"
  iam_role_arn              = aws_iam_role.main.arn
  # With conditions instead, the provider has an unknown value after an update.
  protected_resource_arns = ["*"]
  validation_window_hours = 4
  restore_metadata_overrides = {
    dbInstanceClass                 = var.changed ? "db.t4g.small" : "db.t4g.micro"
    enableIamDatabaseAuthentication = "true"
    multiAz                         = "false"
    vpcSecurityGroupIds             = jsonencode(["sg-0123456789abcdef0"])
  }
}
