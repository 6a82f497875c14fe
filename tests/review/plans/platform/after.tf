terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Owner = "two" }
}

resource "aws_subnet" "this" {
  for_each          = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value
  availability_zone = "us-east-1${each.key}"
  tags              = { Owner = "two" }
}

resource "aws_db_subnet_group" "main" {
  name       = "main"
  subnet_ids = [for each in aws_subnet.this : each.id]
}

resource "aws_db_instance" "postgres" {
  identifier              = "users"
  engine                  = "postgres"
  engine_version          = "15.2"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 20
  username                = "master"
  password                = "hidden-password-2"
  db_subnet_group_name    = aws_db_subnet_group.main.name
  storage_encrypted       = false
  skip_final_snapshot     = true
  deletion_protection     = false
  backup_retention_period = 1
}

resource "aws_s3_bucket" "files" {
  bucket = "review-files"
}

resource "aws_s3_bucket_public_access_block" "files" {
  bucket                  = aws_s3_bucket.files.id
  block_public_acls       = true
  block_public_policy     = false
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_security_group" "api" {
  name   = "api"
  vpc_id = aws_vpc.main.id
  tags   = { Owner = "two" }
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.api.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id = aws_security_group.api.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "0.0.0.0/1"
}

resource "aws_vpc_security_group_ingress_rule" "other_half" {
  security_group_id = aws_security_group.api.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "128.0.0.0/1"
}

resource "aws_iam_role" "task" {
  name               = "task"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "task" {
  name   = "task"
  role   = aws_iam_role.task.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:Get*", "s3:ListBucket"], Resource = ["arn:aws:s3:::review-files", "arn:aws:s3:::review-files/*"] }] })
}

resource "aws_iam_role_policy" "same" {
  name   = "same"
  role   = aws_iam_role.task.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:receivemessage", Resource = ["arn:aws:sqs:us-east-1:900000000401:jobs"] }, { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:us-east-1:900000000401:jobs" }] })
}

resource "aws_ecs_task_definition" "api" {
  family                = "api"
  container_definitions = jsonencode([{ name = "api", image = "registry.example/api:release-9", memory = 128, essential = true, environment = [{ name = "TOKEN", value = "hidden-token" }] }])
}

resource "aws_lb" "main" {
  name         = "main"
  internal     = true
  subnets      = [for each in aws_subnet.this : each.id]
  idle_timeout = 60
}

resource "aws_lb_target_group" "this" {
  for_each = toset(["blue", "green"])
  name     = each.key
  port     = 8080
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "main" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["green"].arn
  }
}

resource "aws_subnet" "more" {
  for_each   = { c = "10.0.2.0/24", d = "10.0.3.0/24", e = "10.0.4.0/24", f = "10.0.5.0/24" }
  vpc_id     = aws_vpc.main.id
  cidr_block = each.value
}
