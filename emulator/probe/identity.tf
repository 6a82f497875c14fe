resource "aws_kms_key" "main" {
  description             = var.changed ? "changed" : "main"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "root", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account}:root" }, Action = "kms:*", Resource = "*" },
    { Sid = "logs", Effect = "Allow", Principal = { Service = "logs.us-east-1.amazonaws.com" }, Action = ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*", "kms:Describe*"], Resource = "*" }
  ] })
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_kms_key" "recovery" {
  provider                = aws.west
  description             = "west"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_key" "multi_region" {
  description             = "multi region primary"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "multi_region" {
  provider                = aws.west
  description             = "multi region replica"
  primary_key_arn         = aws_kms_key.multi_region.arn
  deletion_window_in_days = 7
}

resource "aws_iam_role" "main" {
  name               = local.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = [for service in local.services : "${service}.amazonaws.com"] } }] })
}

resource "aws_iam_role_policy" "main" {
  name   = "inline"
  role   = aws_iam_role.main.id
  policy = data.aws_iam_policy_document.write_logs.json
}

resource "aws_iam_policy" "main" {
  name   = local.name
  policy = data.aws_iam_policy_document.write_logs.json
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.main.name
  policy_arn = aws_iam_policy.main.arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.main.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy_attachment" "interfaces" {
  role       = aws_iam_role.main.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

# https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
resource "aws_iam_role_policy" "builds" {
  name = "builds"
  role = aws_iam_role.main.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Resource = "*", Action = [
    "ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
  ] }] })
}

resource "aws_iam_openid_connect_provider" "github" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_service_linked_role" "autoscaling" { aws_service_name = "ecs.application-autoscaling.amazonaws.com" }

resource "aws_iam_instance_profile" "main" {
  name = local.name
  role = aws_iam_role.main.name
}

resource "aws_ssm_parameter" "secret" {
  name   = "/${local.name}/token"
  type   = "SecureString"
  value  = var.changed ? "new" : "old"
  key_id = aws_kms_key.main.arn
  # The provider sends no key with a new value, and AWS then takes the account's default key.
  lifecycle { ignore_changes = [key_id] }
}

resource "aws_ssm_parameter" "url" {
  name  = "/${local.name}/url"
  type  = "String"
  value = var.changed ? "https://www.${local.domain}" : "https://${local.domain}"
}

resource "aws_secretsmanager_secret" "main" {
  name                    = "${local.name}/api"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "main" {
  secret_id     = aws_secretsmanager_secret.main.id
  secret_string = jsonencode({ token = var.changed ? "new" : "old" })
}

resource "aws_iam_role" "pipeline" {
  name               = "${local.name}-pipeline"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "codepipeline.amazonaws.com" } }] })
}

resource "aws_iam_account_password_policy" "main" {
  minimum_password_length = var.changed ? 16 : 14
  require_symbols         = true
}

resource "aws_secretsmanager_secret_policy" "main" {
  secret_arn = aws_secretsmanager_secret.main.arn
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { AWS = "arn:aws:iam::${local.account}:root" }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

ephemeral "aws_secretsmanager_random_password" "generated" {
  password_length     = 24
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "generated" {
  name                    = "${local.name}/generated"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "generated" {
  secret_id                = aws_secretsmanager_secret.generated.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.generated.random_password
  secret_string_wo_version = var.changed ? 2 : 1
}

# Written once and read back, so that two databases and the secret have the same password. The expression of the stage is
# unknown in a plan, so only an apply reads it.
resource "aws_secretsmanager_secret" "master" {
  name                    = "${local.name}/master"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "master" {
  secret_id                = aws_secretsmanager_secret.master.id
  secret_string_wo         = jsonencode({ username = "app", password = ephemeral.aws_secretsmanager_random_password.generated.random_password })
  secret_string_wo_version = var.changed ? 2 : 1
}

ephemeral "aws_secretsmanager_secret_version" "master" {
  secret_id     = aws_secretsmanager_secret_version.master.secret_id
  version_stage = timestamp() == "" ? "" : "AWSCURRENT"
}

resource "aws_ssm_parameter" "write_only" {
  name             = "/${local.name}/write-only"
  type             = "SecureString"
  value_wo         = ephemeral.aws_secretsmanager_random_password.generated.random_password
  value_wo_version = var.changed ? 2 : 1
}
