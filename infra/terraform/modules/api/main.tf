locals {
  tls           = var.certificate_arn != null
  listener_port = local.tls ? 443 : 80
}

# --- who may talk to whom: CloudFront to the load balancer, that to the tasks

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_security_group" "balancer" {
  name        = "${var.name}-balancer"
  description = "The load balancer: CloudFront in, tasks out"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-balancer" }
}

# VPC origins come from the same list.
resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  security_group_id = aws_security_group.balancer.id
  description       = "From CloudFront"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = local.listener_port
  to_port           = local.listener_port
}

resource "aws_vpc_security_group_egress_rule" "to_tasks" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "To the tasks"
  referenced_security_group_id = aws_security_group.tasks.id
  ip_protocol                  = "tcp"
  from_port                    = var.service.port
  to_port                      = var.service.port
}

resource "aws_security_group" "tasks" {
  name        = "${var.name}-api"
  description = "The API's tasks"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-api" }
}

resource "aws_vpc_security_group_ingress_rule" "from_balancer" {
  security_group_id            = aws_security_group.tasks.id
  description                  = "From the load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = var.service.port
  to_port                      = var.service.port
}

resource "aws_vpc_security_group_egress_rule" "to_aws" {
  security_group_id = aws_security_group.tasks.id
  description       = "To AWS, and to Cognito's keys"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# --- load balancer

resource "aws_lb" "this" {
  name                       = "${var.name}-api"
  load_balancer_type         = "application"
  internal                   = !var.public_load_balancer
  subnets                    = var.public_load_balancer ? var.public_subnet_ids : var.private_subnet_ids
  security_groups            = [aws_security_group.balancer.id]
  idle_timeout               = 60 # less than the API's 75 s, or it would send into connections that are being closed
  drop_invalid_header_fields = true
  enable_deletion_protection = var.protected

  tags = { Name = "${var.name}-api" }
}

resource "aws_lb_target_group" "api" {
  name                          = "${var.name}-api"
  vpc_id                        = var.vpc_id
  target_type                   = "ip"
  protocol                      = "HTTP"
  port                          = var.service.port
  deregistration_delay          = 30
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Alive, not ready: where a store is away, starting tasks anew helps nobody.
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = { Name = "${var.name}-api" }
}

resource "aws_lb_listener" "api" {
  load_balancer_arn = aws_lb.this.arn
  port              = local.listener_port
  protocol          = local.tls ? "HTTPS" : "HTTP"
  certificate_arn   = var.certificate_arn
  ssl_policy        = local.tls ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

  default_action {
    type             = var.public_load_balancer ? "fixed-response" : "forward"
    target_group_arn = var.public_load_balancer ? null : aws_lb_target_group.api.arn

    dynamic "fixed_response" {
      for_each = var.public_load_balancer ? [1] : []

      content {
        status_code  = "403"
        content_type = "text/plain"
        message_body = "This is not the way in."
      }
    }
  }

  tags = { Name = "${var.name}-api" }
}

# CloudFront's addresses are everybody's who has a distribution: the header says that it is ours.
resource "aws_lb_listener_rule" "ours" {
  count = var.public_load_balancer ? 1 : 0

  listener_arn = aws_lb_listener.api.arn
  priority     = 1

  condition {
    http_header {
      http_header_name = "x-origin-secret"
      values           = [var.origin_secret]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }

  tags = { Name = "${var.name}-ours" }
}

# --- service

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }

  tags = { Name = var.name }
}

resource "aws_ecs_task_definition" "api" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.service.cpu
  memory                   = var.service.memory_mb
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = upper(var.architecture)
  }

  # The only place that the API writes to.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = "api"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    user                   = "65532:65532"
    stopTimeout            = 30
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"], add = [] } }
    portMappings           = [{ containerPort = var.service.port, hostPort = var.service.port, protocol = "tcp" }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    environment            = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    healthCheck = {
      # As the image's own, which ECS doesn't look at.
      command     = ["CMD", "python", "-I", "-S", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:${var.service.port}/health', timeout=4)"]
      interval    = 15
      timeout     = 5
      startPeriod = 20
      retries     = 3
    }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = var.log_group
        awslogs-region        = var.region
        awslogs-stream-prefix = "api"
      }
    }
  }])

  tags = { Name = "${var.name}-api" }
}

resource "aws_ecs_service" "api" {
  name                               = "api"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.api.arn
  launch_type                        = "FARGATE"
  platform_version                   = "LATEST"
  desired_count                      = var.tasks.min
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  availability_zone_rebalancing      = "ENABLED"
  enable_execute_command             = false
  propagate_tags                     = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [aws_security_group.tasks.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = var.service.port
  }

  tags = { Name = "${var.name}-api" }

  lifecycle {
    # How many there are is the autoscaling's matter, which image they run the pipeline's (scripts/deploy-api): it takes the
    # newest task definition of the family, which an apply may have written, and puts another image in.
    ignore_changes = [desired_count, task_definition]
  }

  depends_on = [aws_lb_listener.api, aws_lb_listener_rule.ours]
}

# --- one to five tasks, by CPU and memory

resource "aws_appautoscaling_target" "api" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.api.name}"
  min_capacity       = var.tasks.min
  max_capacity       = var.tasks.max

  tags = { Name = "${var.name}-api" }
}

resource "aws_appautoscaling_policy" "api" {
  for_each = {
    cpu    = { metric = "ECSServiceAverageCPUUtilization", target = 60 }
    memory = { metric = "ECSServiceAverageMemoryUtilization", target = 75 }
  }

  name               = "${var.name}-api-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.api.service_namespace
  scalable_dimension = aws_appautoscaling_target.api.scalable_dimension
  resource_id        = aws_appautoscaling_target.api.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
