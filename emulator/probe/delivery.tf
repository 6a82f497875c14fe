resource "aws_codestarconnections_connection" "main" {
  name          = "${local.name}-old"
  provider_type = "GitHub"
}

resource "aws_codeconnections_connection" "main" {
  name          = local.name
  provider_type = "GitHub"
}

resource "aws_codebuild_project" "main" {
  name          = "${local.name}-build"
  service_role  = aws_iam_role.main.arn
  build_timeout = var.changed ? 45 : 30
  artifacts { type = "CODEPIPELINE" }
  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = "version: 0.2\nphases: {build: {commands: [ls]}}"
  }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux2-x86_64-standard:5.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
    environment_variable {
      name  = "REPO"
      value = aws_ecr_repository.app.name
    }
    environment_variable {
      name  = "SECRET"
      type  = "PARAMETER_STORE"
      value = "/${local.name}/token"
    }
  }
  logs_config {
    cloudwatch_logs {
      group_name = aws_cloudwatch_log_group.app.name
    }
  }
  encryption_key = aws_kms_key.main.arn
  vpc_config {
    vpc_id             = aws_vpc.main.id
    subnets            = [aws_subnet.main[2].id]
    security_group_ids = [aws_security_group.alb.id]
  }
  depends_on = [aws_iam_role_policy.builds]
}

resource "aws_codepipeline" "main" {
  name           = local.name
  role_arn       = aws_iam_role.pipeline.arn
  pipeline_type  = "V2"
  execution_mode = "QUEUED"
  artifact_store {
    location = aws_s3_bucket.assets.bucket
    type     = "S3"
    encryption_key {
      id   = aws_kms_key.main.arn
      type = "KMS"
    }
  }
  trigger {
    provider_type = "CodeStarSourceConnection"
    git_configuration {
      source_action_name = "source"
      push {
        branches { includes = ["main"] }
      }
    }
  }
  variable {
    name          = "ENV"
    default_value = var.changed ? "test" : "dev"
  }
  stage {
    name = "Source"
    action {
      name             = "source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["src"]
      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.main.arn
        FullRepositoryId = "example/app"
        BranchName       = "main"
        DetectChanges    = "false"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name             = "build"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["src"]
      output_artifacts = ["out"]
      configuration    = { ProjectName = "build" }
    }
    on_failure {
      result = "ROLLBACK"
    }
  }
  stage {
    name = "Approve"
    action {
      name     = "approve"
      category = "Approval"
      owner    = "AWS"
      provider = "Manual"
      version  = "1"
    }
  }
  stage {
    name = "Deploy"
    action {
      name            = "deploy"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "CodeDeployToECS"
      version         = "1"
      region          = "us-east-1"
      input_artifacts = ["out"]
      configuration = {
        ApplicationName                = aws_codedeploy_app.web.name
        DeploymentGroupName            = "web"
        TaskDefinitionTemplateArtifact = "out"
        AppSpecTemplateArtifact        = "out"
      }
    }
  }
}

resource "aws_codedeploy_app" "web" {
  compute_platform = "ECS"
  name             = "${local.name}-web"
}

resource "aws_codedeploy_deployment_group" "web" {
  app_name               = aws_codedeploy_app.web.name
  deployment_group_name  = "web"
  deployment_config_name = aws_codedeploy_deployment_config.slow.deployment_config_name
  service_role_arn       = aws_iam_role.main.arn
  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }
  alarm_configuration {
    enabled = true
    alarms  = [aws_cloudwatch_metric_alarm.server_errors.alarm_name]
  }
  blue_green_deployment_config {
    deployment_ready_option { action_on_timeout = "CONTINUE_DEPLOYMENT" }
    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = var.changed ? 10 : 5
    }
  }
  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }
  ecs_service {
    cluster_name = aws_ecs_cluster.main.name
    service_name = aws_ecs_service.web.name
  }
  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route { listener_arns = [aws_lb_listener.https.arn] }
      test_traffic_route { listener_arns = [aws_lb_listener.test.arn] }
      target_group { name = aws_lb_target_group.app[0].name }
      target_group { name = aws_lb_target_group.app[1].name }
    }
  }
}

resource "aws_codestarnotifications_notification_rule" "main" {
  name           = local.name
  detail_type    = var.changed ? "FULL" : "BASIC"
  event_type_ids = ["codepipeline-pipeline-pipeline-execution-failed"]
  resource       = aws_codepipeline.main.arn
  target { address = aws_sns_topic.alerts.arn }
}

resource "aws_sfn_state_machine" "main" {
  name       = local.name
  role_arn   = aws_iam_role.main.arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Pass", End = true, Comment = tostring(var.changed) } } })
}

resource "aws_ssm_document" "main" {
  name          = "${local.name}-failover"
  document_type = "Automation"
  content       = jsonencode({ schemaVersion = "0.3", description = tostring(var.changed), mainSteps = [{ name = "wait", action = "aws:sleep", inputs = { Duration = "PT1S" } }] })
}

resource "aws_codebuild_report_group" "main" {
  name = local.name
  type = "TEST"
  export_config { type = "NO_EXPORT" }
}

resource "aws_chatbot_slack_channel_configuration" "main" {
  configuration_name = local.name
  iam_role_arn       = aws_iam_role.main.arn
  slack_channel_id   = "C0123456789"
  logging_level      = var.changed ? "ERROR" : "INFO"
  slack_team_id      = "T0123456789"
}

resource "aws_codedeploy_deployment_config" "slow" {
  deployment_config_name = "${local.name}-slow"
  compute_platform       = "ECS"
  traffic_routing_config {
    type = "TimeBasedLinear"
    time_based_linear {
      interval   = 5
      percentage = 20
    }
  }
}
