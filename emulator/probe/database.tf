resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = [aws_subnet.main[4].id, aws_subnet.main[5].id]
}

resource "aws_db_parameter_group" "main" {
  name   = local.name
  family = "postgres16"
  parameter {
    name  = "rds.force_ssl"
    value = var.changed ? "0" : "1"
  }
  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements"
    apply_method = "pending-reboot"
  }
}

resource "aws_db_instance" "primary" {
  identifier                            = "${local.name}-primary"
  engine                                = "postgres"
  engine_version                        = "16.4"
  instance_class                        = "db.t3.medium"
  allocated_storage                     = 20
  max_allocated_storage                 = 100
  storage_type                          = "gp3"
  db_name                               = "users"
  username                              = "app"
  password_wo                           = jsondecode(ephemeral.aws_secretsmanager_secret_version.master.secret_string)["password"]
  password_wo_version                   = var.changed ? 2 : 1
  storage_encrypted                     = true
  kms_key_id                            = aws_kms_key.main.arn
  multi_az                              = true
  backup_retention_period               = var.changed ? 14 : 7
  backup_window                         = "03:00-04:00"
  maintenance_window                    = "sun:04:30-sun:05:30"
  deletion_protection                   = false
  skip_final_snapshot                   = true
  copy_tags_to_snapshot                 = true
  auto_minor_version_upgrade            = true
  iam_database_authentication_enabled   = true
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.main.arn
  db_subnet_group_name                  = aws_db_subnet_group.main.name
  parameter_group_name                  = aws_db_parameter_group.main.name
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = aws_kms_key.main.arn
  performance_insights_retention_period = 7
  vpc_security_group_ids                = [aws_security_group.alb.id]
  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
}

resource "aws_db_instance" "replica" {
  identifier             = "${local.name}-replica"
  replicate_source_db    = aws_db_instance.primary.identifier
  instance_class         = "db.t3.medium"
  skip_final_snapshot    = true
  storage_encrypted      = true
  vpc_security_group_ids = [aws_security_group.alb.id]
}

resource "aws_db_event_subscription" "main" {
  name             = local.name
  sns_topic        = aws_sns_topic_policy.alerts.arn
  source_type      = "db-instance"
  source_ids       = [aws_db_instance.primary.identifier]
  event_categories = var.changed ? ["failover"] : ["failover", "failure"]
}

resource "aws_db_proxy" "main" {
  name                   = local.name
  engine_family          = "POSTGRESQL"
  role_arn               = aws_iam_role.main.arn
  vpc_subnet_ids         = [aws_subnet.main[2].id, aws_subnet.main[3].id]
  vpc_security_group_ids = [aws_security_group.alb.id]
  require_tls            = true
  auth {
    auth_scheme = "SECRETS"
    iam_auth    = "DISABLED"
    secret_arn  = aws_secretsmanager_secret.main.arn
  }
}

resource "aws_db_proxy_default_target_group" "main" {
  db_proxy_name = aws_db_proxy.main.name
  connection_pool_config { max_connections_percent = var.changed ? 80 : 90 }
}

resource "aws_db_proxy_target" "main" {
  db_proxy_name          = aws_db_proxy.main.name
  target_group_name      = aws_db_proxy_default_target_group.main.name
  db_instance_identifier = aws_db_instance.primary.identifier
}

resource "aws_db_instance_automated_backups_replication" "main" {
  provider               = aws.west
  source_db_instance_arn = aws_db_instance.primary.arn
  kms_key_id             = aws_kms_key.recovery.arn
  retention_period       = 7
}

resource "aws_docdb_subnet_group" "main" {
  name       = "${local.name}-documents"
  subnet_ids = [aws_subnet.main[4].id, aws_subnet.main[5].id]
}

resource "aws_docdb_cluster_parameter_group" "main" {
  name   = "${local.name}-documents"
  family = "docdb5.0"
  parameter {
    name  = "tls"
    value = "enabled"
  }
  parameter {
    name  = "audit_logs"
    value = var.changed ? "disabled" : "enabled"
  }
}

resource "aws_docdb_cluster" "main" {
  cluster_identifier              = "${local.name}-documents"
  engine                          = "docdb"
  engine_version                  = "5.0.0"
  master_username                 = "app"
  manage_master_user_password     = true
  backup_retention_period         = var.changed ? 14 : 7
  preferred_backup_window         = "03:00-04:00"
  preferred_maintenance_window    = "sun:04:30-sun:05:30"
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.main.arn
  db_subnet_group_name            = aws_docdb_subnet_group.main.name
  db_cluster_parameter_group_name = aws_docdb_cluster_parameter_group.main.name
  skip_final_snapshot             = true
  deletion_protection             = false
  vpc_security_group_ids          = [aws_security_group.alb.id]
  enabled_cloudwatch_logs_exports = ["audit", "profiler"]
}

resource "aws_docdb_cluster_instance" "main" {
  count                      = 2
  identifier                 = "${local.name}-documents-${count.index}"
  cluster_identifier         = aws_docdb_cluster.main.id
  instance_class             = "db.t3.medium"
  auto_minor_version_upgrade = true
}

resource "aws_docdb_event_subscription" "main" {
  name             = "${local.name}-documents"
  enabled          = true
  event_categories = ["failover"]
  source_type      = "db-cluster"
  source_ids       = [aws_docdb_cluster.main.id]
  sns_topic_arn    = aws_sns_topic_policy.alerts.arn
}

resource "aws_dynamodb_table" "locks" {
  name         = "${local.name}-locks"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"
  attribute {
    name = "LockID"
    type = "S"
  }
  point_in_time_recovery { enabled = true }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"
  lifecycle {
    ignore_changes = [replica]
  }
}

resource "aws_dynamodb_table_replica" "locks" {
  provider                    = aws.west
  global_table_arn            = aws_dynamodb_table.locks.arn
  kms_key_arn                 = aws_kms_key.recovery.arn
  point_in_time_recovery      = true
  deletion_protection_enabled = false
}

resource "aws_db_subnet_group" "recovery" {
  provider   = aws.west
  name       = "${local.name}-recovery"
  subnet_ids = aws_subnet.recovery[*].id
}

resource "aws_db_instance" "recovery" {
  provider             = aws.west
  identifier           = "${local.name}-recovery"
  replicate_source_db  = aws_db_instance.primary.arn
  instance_class       = "db.t3.medium"
  storage_encrypted    = true
  kms_key_id           = aws_kms_key.recovery.arn
  db_subnet_group_name = aws_db_subnet_group.recovery.name
  skip_final_snapshot  = true
}

resource "aws_docdb_global_cluster" "main" {
  global_cluster_identifier = "${local.name}-global"
  engine                    = "docdb"
  engine_version            = "5.0.0"
}

resource "aws_db_instance" "managed" {
  identifier                    = "${local.name}-managed"
  engine                        = data.aws_rds_engine_version.postgres.engine
  engine_version                = data.aws_rds_engine_version.postgres.version
  instance_class                = "db.t4g.micro"
  allocated_storage             = 20
  username                      = "app"
  manage_master_user_password   = true
  master_user_secret_kms_key_id = aws_kms_key.main.arn
  db_subnet_group_name          = aws_db_subnet_group.main.name
  vpc_security_group_ids        = [aws_security_group.app.id]
  skip_final_snapshot           = true
}

resource "aws_docdb_cluster" "write_only" {
  cluster_identifier         = "${local.name}-write-only"
  engine                     = "docdb"
  engine_version             = "5.0.0"
  master_username            = "app"
  master_password_wo         = jsondecode(ephemeral.aws_secretsmanager_secret_version.master.secret_string)["password"]
  master_password_wo_version = var.changed ? 2 : 1
  db_subnet_group_name       = aws_docdb_subnet_group.main.name
  vpc_security_group_ids     = [aws_security_group.app.id]
  skip_final_snapshot        = true
}
