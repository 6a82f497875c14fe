resource "aws_backup_region_settings" "main" {
  resource_type_opt_in_preference = { DocumentDB = true }
  # AWS answers with all types.
  lifecycle { ignore_changes = [resource_type_opt_in_preference] }
}

resource "aws_db_snapshot" "main" {
  db_instance_identifier = aws_db_instance.primary.identifier
  db_snapshot_identifier = "${local.name}-primary"
}

resource "aws_db_snapshot_copy" "recovery" {
  provider                      = aws.west
  source_db_snapshot_identifier = aws_db_snapshot.main.db_snapshot_arn
  target_db_snapshot_identifier = "${local.name}-copied"
  kms_key_id                    = aws_kms_key.recovery.arn
}

resource "aws_db_instance" "from_snapshot" {
  provider             = aws.west
  identifier           = "${local.name}-from-snapshot"
  snapshot_identifier  = aws_db_snapshot_copy.recovery.target_db_snapshot_identifier
  instance_class       = "db.t4g.micro"
  storage_encrypted    = true
  kms_key_id           = aws_kms_key.recovery.arn
  db_subnet_group_name = aws_db_subnet_group.recovery.name
  skip_final_snapshot  = true
}

resource "aws_db_instance" "from_backup" {
  provider             = aws.west
  identifier           = "${local.name}-from-backup"
  instance_class       = "db.t4g.micro"
  storage_encrypted    = true
  db_subnet_group_name = aws_db_subnet_group.recovery.name
  skip_final_snapshot  = true
  restore_to_point_in_time {
    source_db_instance_automated_backups_arn = aws_db_instance_automated_backups_replication.main.id
    use_latest_restorable_time               = true
  }
}

resource "aws_docdb_cluster_snapshot" "main" {
  db_cluster_identifier          = aws_docdb_cluster.main.id
  db_cluster_snapshot_identifier = "${local.name}-documents"
}

resource "aws_docdb_cluster" "from_snapshot" {
  cluster_identifier   = "${local.name}-documents-again"
  engine               = "docdb"
  snapshot_identifier  = aws_docdb_cluster_snapshot.main.id
  db_subnet_group_name = aws_docdb_subnet_group.main.name
  storage_encrypted    = true
  kms_key_id           = aws_kms_key.main.arn
  skip_final_snapshot  = true
}

resource "aws_docdb_cluster" "from_time" {
  cluster_identifier      = "${local.name}-documents-then"
  engine                  = "docdb"
  backup_retention_period = 7
  db_subnet_group_name    = aws_docdb_subnet_group.main.name
  storage_encrypted       = true
  kms_key_id              = aws_kms_key.main.arn
  skip_final_snapshot     = true
  restore_to_point_in_time {
    source_cluster_identifier  = aws_docdb_cluster.main.id
    use_latest_restorable_time = true
  }
}

resource "aws_cloudwatch_metric_alarm" "down" {
  provider            = aws.west
  alarm_name          = "${local.name}-down"
  namespace           = local.name
  metric_name         = "Serving"
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
}

resource "aws_route53_health_check" "alarm" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = aws_cloudwatch_metric_alarm.down.alarm_name
  cloudwatch_alarm_region         = "us-west-2"
  insufficient_data_health_status = "Unhealthy"
}
