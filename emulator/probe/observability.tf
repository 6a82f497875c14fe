resource "aws_cloudwatch_log_group" "app" {
  name              = "/${local.name}/app"
  retention_in_days = var.changed ? 60 : 30
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "waf" {
  name              = "aws-waf-logs-${local.name}"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_metric_filter" "main" {
  name           = local.name
  pattern        = "{ $.level = \"error\" }"
  log_group_name = aws_cloudwatch_log_group.app.name
  metric_transformation {
    name      = "Errors"
    namespace = local.name
    value     = "1"
  }
}

resource "aws_cloudwatch_query_definition" "main" {
  name            = local.name
  log_group_names = [aws_cloudwatch_log_group.app.name]
  query_string    = "fields @timestamp | limit ${var.changed ? 20 : 10}"
}

resource "aws_cloudtrail" "main" {
  name                          = local.name
  s3_bucket_name                = aws_s3_bucket.logs.id
  is_multi_region_trail         = true
  include_global_service_events = true
  enable_log_file_validation    = true
  kms_key_id                    = aws_kms_key.main.arn
  event_selector {
    read_write_type           = "All"
    include_management_events = true
  }
  depends_on = [aws_s3_bucket_policy.logs]
}

resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  kms_master_key_id = aws_kms_key.main.id
}

resource "aws_sns_topic_subscription" "alerts" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = "alerts@${local.domain}"
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.alerts.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.failed.arn
  raw_message_delivery = var.changed
}

resource "aws_sns_topic_subscription" "pager" {
  topic_arn              = aws_sns_topic.alerts.arn
  protocol               = "https"
  endpoint               = "https://pager.${local.domain}/alerts"
  endpoint_auto_confirms = true
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "ev", Effect = "Allow", Principal = { Service = ["budgets.amazonaws.com", "events.amazonaws.com", "events.rds.amazonaws.com", "codestar-notifications.amazonaws.com"] }, Action = var.changed ? ["sns:GetTopicAttributes", "sns:Publish"] : ["sns:Publish"], Resource = aws_sns_topic.alerts.arn }] })
}

resource "aws_cloudwatch_metric_alarm" "server_errors" {
  alarm_name          = "${local.name}-server-errors"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.changed ? 20 : 10
  evaluation_periods  = 2
  period              = 60
  statistic           = "Sum"
  treat_missing_data  = "notBreaching"
  dimensions          = { LoadBalancer = aws_lb.main.arn_suffix }
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "error_rate" {
  alarm_name          = "${local.name}-error-rate"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 2
  alarm_actions       = [aws_sns_topic.alerts.arn]
  metric_query {
    id          = "e1"
    expression  = "m1/m2*100"
    label       = "rate"
    return_data = true
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "HTTPCode_Target_5XX_Count"
      namespace   = "AWS/ApplicationELB"
      period      = 60
      stat        = "Sum"
      dimensions  = { LoadBalancer = aws_lb.main.arn_suffix }
    }
  }
  metric_query {
    id = "m2"
    metric {
      metric_name = "RequestCount"
      namespace   = "AWS/ApplicationELB"
      period      = 60
      stat        = "Sum"
      dimensions  = { LoadBalancer = aws_lb.main.arn_suffix }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "main" {
  alarm_name    = local.name
  alarm_rule    = "ALARM(${aws_cloudwatch_metric_alarm.server_errors.alarm_name}) ${var.changed ? "AND" : "OR"} ALARM(${aws_cloudwatch_metric_alarm.error_rate.alarm_name})"
  alarm_actions = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = local.name
  dashboard_body = jsonencode({ widgets = [{ type = "metric", x = 0, y = 0, width = 12, height = 6, properties = { metrics = [["AWS/EC2", "CPUUtilization"]], region = "us-east-1", title = tostring(var.changed) } }] })
}

resource "aws_cloudwatch_event_rule" "main" {
  name          = local.name
  event_pattern = jsonencode({ source = ["aws.codepipeline"] })
}

resource "aws_cloudwatch_event_target" "main" {
  rule      = aws_cloudwatch_event_rule.main.name
  target_id = "sns"
  arn       = aws_sns_topic.alerts.arn
  input_transformer {
    input_paths    = { s = "$.detail.state" }
    input_template = "\"state <s>\""
  }
}

resource "aws_cloudwatch_event_rule" "findings" {
  name          = "${local.name}-findings"
  event_pattern = jsonencode({ source = ["aws.guardduty"], detail-type = ["GuardDuty Finding"], detail = { severity = [{ numeric = [">=", var.changed ? 4 : 7] }] } })
}

resource "aws_cloudwatch_event_target" "findings" {
  rule      = aws_cloudwatch_event_rule.findings.name
  target_id = "sns"
  arn       = aws_sns_topic.alerts.arn
  input_transformer {
    input_paths    = { severity = "$.detail.severity", title = "$.detail.title" }
    input_template = "\"<title>: severity <severity>${var.changed ? ", by <aws.events.rule-name>" : ""}\""
  }
}

resource "aws_scheduler_schedule_group" "main" { name = local.name }

resource "aws_scheduler_schedule" "main" {
  name                         = "${local.name}-stop"
  group_name                   = aws_scheduler_schedule_group.main.name
  schedule_expression          = "cron(0 ${var.changed ? 21 : 20} ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"
  kms_key_arn                  = aws_kms_key.main.arn
  flexible_time_window { mode = "OFF" }
  target {
    arn      = "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance"
    role_arn = aws_iam_role.main.arn
    input    = jsonencode({ DbInstanceIdentifier = aws_db_instance.primary.identifier })
  }
}

resource "aws_xray_sampling_rule" "main" {
  rule_name      = local.name
  priority       = 1000
  version        = 1
  reservoir_size = 1
  fixed_rate     = var.changed ? 0.1 : 0.05
  url_path       = "*"
  host           = "*"
  http_method    = "*"
  service_type   = "*"
  service_name   = "*"
  resource_arn   = "*"
}

resource "aws_xray_group" "main" {
  group_name        = local.name
  filter_expression = var.changed ? "responsetime > 10" : "responsetime > 5"
  insights_configuration {
    insights_enabled      = true
    notifications_enabled = false
  }
}

resource "aws_xray_encryption_config" "main" {
  type   = "KMS"
  key_id = aws_kms_key.main.arn
}

resource "aws_synthetics_canary" "main" {
  name                 = local.name
  artifact_s3_location = "s3://${aws_s3_bucket.assets.bucket}/canary"
  execution_role_arn   = aws_iam_role.main.arn
  handler              = "index.handler"
  runtime_version      = "syn-nodejs-puppeteer-9.1"
  zip_file             = var.archive
  start_canary         = false
  schedule { expression = var.changed ? "rate(10 minutes)" : "rate(5 minutes)" }
  run_config {
    timeout_in_seconds = var.changed ? 90 : 60
    active_tracing     = true
  }
}

resource "aws_sqs_queue" "failed" {
  name                      = "${local.name}-failed"
  kms_master_key_id         = aws_kms_key.main.id
  message_retention_seconds = var.changed ? 604800 : 1209600
}

resource "aws_cloudwatch_log_resource_policy" "main" {
  policy_name     = local.name
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = ["events.amazonaws.com", "route53.amazonaws.com"] }, Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "*" }] })
}

resource "aws_cloudwatch_log_subscription_filter" "main" {
  name            = local.name
  log_group_name  = aws_cloudwatch_log_group.app.name
  filter_pattern  = ""
  destination_arn = aws_lambda_function.main.arn
}

resource "aws_cloudwatch_event_bus" "main" { name = local.name }

resource "aws_cloudwatch_metric_alarm" "anomaly" {
  alarm_name          = "${local.name}-anomaly"
  comparison_operator = "GreaterThanUpperThreshold"
  evaluation_periods  = 2
  threshold_metric_id = "e1"
  metric_query {
    id          = "e1"
    expression  = "ANOMALY_DETECTION_BAND(m1, 2)"
    label       = "band"
    return_data = true
  }
  metric_query {
    id          = "m1"
    return_data = true
    metric {
      metric_name = "RequestCount"
      namespace   = "AWS/ApplicationELB"
      period      = 300
      stat        = "Sum"
    }
  }
}

resource "aws_cloudwatch_log_data_protection_policy" "main" {
  log_group_name  = aws_cloudwatch_log_group.waf.name
  policy_document = jsonencode({ Name = local.name, Version = "2021-06-01", Statement = [{ Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Audit = { FindingsDestination = {} } } }, { Sid = "Redact", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Deidentify = { MaskConfig = {} } } }] })
}
