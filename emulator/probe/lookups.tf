data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

data "aws_availability_zones" "available" { state = "available" }

data "aws_iam_policy_document" "write_logs" {
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}

data "aws_cloudfront_cache_policy" "optimized" { name = "Managed-CachingOptimized" }

data "aws_cloudfront_origin_request_policy" "all_viewer" { name = "Managed-AllViewer" }

data "aws_cloudfront_response_headers_policy" "security" { name = "Managed-SecurityHeadersPolicy" }

data "aws_ec2_managed_prefix_list" "cloudfront" { name = "com.amazonaws.global.cloudfront.origin-facing" }

data "aws_elb_service_account" "current" {}

data "aws_canonical_user_id" "current" {}

data "aws_iam_policy" "task_execution" { arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy" }

data "aws_kms_key" "main" { key_id = aws_kms_key.main.arn }

data "aws_secretsmanager_secret_version" "api" {
  secret_id  = aws_secretsmanager_secret.main.id
  depends_on = [aws_secretsmanager_secret_version.main]
}

data "aws_ssm_parameter" "url" { name = aws_ssm_parameter.url.name }

data "aws_rds_engine_version" "postgres" {
  engine  = "postgres"
  version = "16.4"
}

data "aws_ecs_cluster" "main" { cluster_name = aws_ecs_cluster.main.name }

data "aws_vpc" "main" { id = aws_vpc.main.id }

data "aws_route53_zone" "main" { zone_id = aws_route53_zone.main.zone_id }

data "aws_db_instance" "primary" { db_instance_identifier = aws_db_instance.primary.identifier }

data "aws_ecr_repository" "app" { name = aws_ecr_repository.app.name }

data "aws_ecs_task_definition" "app" { task_definition = aws_ecs_task_definition.app.family }
