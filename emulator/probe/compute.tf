resource "aws_lb" "main" {
  name                       = local.name
  load_balancer_type         = "application"
  subnets                    = [aws_subnet.main[0].id, aws_subnet.main[1].id]
  security_groups            = [aws_security_group.alb.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = false
  idle_timeout               = var.changed ? 90 : 60
  access_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "alb"
    enabled = true
  }
}

resource "aws_lb_target_group" "app" {
  count                = 3
  name                 = "${local.name}-${count.index}"
  port                 = 3000
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = var.changed ? 15 : 30
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 30
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
  stickiness {
    type    = "lb_cookie"
    enabled = false
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.site.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app[0].arn
  }
  lifecycle { ignore_changes = [default_action] }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.main.arn
  port              = 8443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.site.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app[1].arn
  }
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 100
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app[2].arn
  }
  condition {
    path_pattern { values = ["/api/*"] }
  }
  condition {
    http_header {
      http_header_name = "X-Origin-Verify"
      values           = ["origin"]
    }
  }
}

resource "aws_lb_listener_rule" "refuse" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 200
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = var.changed ? "gone" : "no"
      status_code  = "403"
    }
  }
  condition {
    host_header { values = ["old.${local.domain}"] }
  }
}

resource "aws_ecs_cluster" "main" {
  name = local.name
  setting {
    name  = "containerInsights"
    value = var.changed ? "enabled" : "enhanced"
  }
  configuration {
    execute_command_configuration {
      kms_key_id = aws_kms_key.main.arn
      logging    = "OVERRIDE"
      log_configuration { cloud_watch_log_group_name = aws_cloudwatch_log_group.app.name }
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "${local.name}-app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = var.changed ? 2048 : 1024
  execution_role_arn       = aws_iam_role.main.arn
  task_role_arn            = aws_iam_role.main.arn
  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }
  container_definitions = jsonencode([{
    name             = "app", image = "public.ecr.aws/nginx/nginx:stable", essential = true, readonlyRootFilesystem = true, user = "1000",
    portMappings     = [{ containerPort = 3000, protocol = "tcp" }],
    environment      = [{ name = "NODE_ENV", value = "production" }],
    secrets          = [{ name = "TOKEN", valueFrom = "arn:aws:ssm:us-east-1:${local.account}:parameter/${local.name}/token" }],
    logConfiguration = { logDriver = "awslogs", options = { awslogs-group = aws_cloudwatch_log_group.app.name, awslogs-region = "us-east-1", awslogs-stream-prefix = "app" } },
    healthCheck      = { command = ["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"], interval = 30, timeout = 5, retries = 3, startPeriod = 60 }
    }, {
    name = "xray", image = "public.ecr.aws/xray/aws-xray-daemon:3.x", essential = false, cpu = 32, memory = 256, portMappings = [{ containerPort = 2000, protocol = "udp" }]
  }])
}

resource "aws_ecs_service" "web" {
  name                              = "web"
  cluster                           = aws_ecs_cluster.main.id
  task_definition                   = aws_ecs_task_definition.app.arn
  desired_count                     = 2
  launch_type                       = "FARGATE"
  health_check_grace_period_seconds = 60
  network_configuration {
    subnets          = [aws_subnet.main[2].id, aws_subnet.main[3].id]
    security_groups  = [aws_security_group.app.id]
    assign_public_ip = false
  }
  deployment_controller { type = "CODE_DEPLOY" }
  load_balancer {
    target_group_arn = aws_lb_target_group.app[0].arn
    container_name   = "app"
    container_port   = 3000
  }
  lifecycle { ignore_changes = [task_definition, load_balancer, desired_count] }
  depends_on = [aws_lb_listener.https]
}

resource "aws_ecs_service" "api" {
  name                               = "api"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.app.arn
  desired_count                      = 2
  platform_version                   = "LATEST"
  enable_execute_command             = true
  propagate_tags                     = "SERVICE"
  enable_ecs_managed_tags            = true
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = var.changed ? 150 : 200
  health_check_grace_period_seconds  = var.changed ? 90 : 60
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
    base              = 1
  }
  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }
  network_configuration {
    subnets          = [aws_subnet.main[2].id, aws_subnet.main[3].id]
    security_groups  = [aws_security_group.app.id]
    assign_public_ip = false
  }
  deployment_controller { type = "ECS" }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.app[2].arn
    container_name   = "app"
    container_port   = 3000
  }
  lifecycle { ignore_changes = [desired_count] }
  depends_on = [aws_lb_listener_rule.api]
}

resource "aws_appautoscaling_target" "api" {
  min_capacity       = 2
  max_capacity       = var.changed ? 6 : 4
  resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  service_namespace  = "ecs"
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.api.resource_id
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  service_namespace  = "ecs"
  target_tracking_scaling_policy_configuration {
    target_value       = var.changed ? 70 : 60
    scale_in_cooldown  = 300
    scale_out_cooldown = 60
    predefined_metric_specification { predefined_metric_type = "ECSServiceAverageCPUUtilization" }
  }
}

resource "aws_appautoscaling_policy" "requests" {
  name               = "req"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.api.resource_id
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  service_namespace  = "ecs"
  target_tracking_scaling_policy_configuration {
    target_value = 1000
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.main.arn_suffix}/${aws_lb_target_group.app[2].arn_suffix}"
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  resource_id        = aws_appautoscaling_target.api.resource_id
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  service_namespace  = "ecs"
  schedule           = "cron(0 20 ? * MON-FRI *)"
  timezone           = "UTC"
  scalable_target_action {
    min_capacity = 0
    max_capacity = 0
  }
}

resource "aws_lambda_function" "main" {
  function_name    = local.name
  role             = aws_iam_role.main.arn
  runtime          = "python3.13"
  handler          = "index.handler"
  filename         = var.archive
  source_code_hash = filebase64sha256(var.archive)
  timeout          = var.changed ? 60 : 30
  environment { variables = { CHANGED = tostring(var.changed) } }
  tracing_config { mode = "Active" }
  vpc_config {
    subnet_ids         = [aws_subnet.main[2].id, aws_subnet.main[3].id]
    security_group_ids = [aws_security_group.app.id]
  }
  depends_on = [aws_iam_role_policy_attachment.interfaces]
}

resource "aws_lambda_invocation" "main" {
  function_name = aws_lambda_function.main.function_name
  input         = jsonencode({ changed = var.changed })
  lifecycle {
    postcondition {
      condition     = jsondecode(self.result).changed == var.changed
      error_message = "The function did not answer its event."
    }
  }
}

resource "aws_lambda_permission" "main" {
  statement_id  = "AllowEvents"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.main.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.main.arn
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "${local.name}.local"
  vpc  = aws_vpc.main.id
}

resource "aws_lb_listener_certificate" "main" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.site.arn
}

resource "aws_lambda_layer_version" "main" {
  layer_name          = local.name
  filename            = var.archive
  compatible_runtimes = ["nodejs20.x"]
}
