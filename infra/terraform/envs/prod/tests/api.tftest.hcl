mock_provider "aws" {
  source = "../../tests"
}

variables {
  name               = "omnigen-test"
  region             = "us-east-1"
  vpc_id             = "vpc-1"
  public_subnet_ids  = ["subnet-public-a", "subnet-public-b"]
  private_subnet_ids = ["subnet-private-a", "subnet-private-b"]
  image              = "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-api:first"
  service            = { port = 8080, cpu = 1024, memory_mb = 2048 }
  execution_role_arn = "arn:aws:iam::123456789012:role/omnigen-test-execution"
  task_role_arn      = "arn:aws:iam::123456789012:role/omnigen-test-api"
  log_group          = "/ecs/omnigen-test-api"
  environment        = { OMNIGEN_PROFILE = "aws", OMNIGEN_PORT = "8080" }
}

run "api" {
  command = plan

  module {
    source = "../../modules/api"
  }

  assert {
    condition     = aws_ecs_task_definition.api.cpu == "1024" && aws_ecs_task_definition.api.memory == "2048" && aws_ecs_service.api.launch_type == "FARGATE"
    error_message = "A task is 1 vCPU and 2 GB of Fargate."
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.api.container_definitions)[0].portMappings == [{ containerPort = 8080, hostPort = 8080, protocol = "tcp" }]
    error_message = "The API listens on 8080."
  }

  assert {
    condition = (
      jsondecode(aws_ecs_task_definition.api.container_definitions)[0].readonlyRootFilesystem &&
      jsondecode(aws_ecs_task_definition.api.container_definitions)[0].user == "65532:65532" &&
      jsondecode(aws_ecs_task_definition.api.container_definitions)[0].linuxParameters.capabilities.drop == ["ALL"]
    )
    error_message = "The container is nobody, may do nothing, and writes only to /tmp."
  }

  assert {
    condition     = { for setting in aws_ecs_cluster.this.setting : setting.name => setting.value } == { containerInsights = "enabled" }
    error_message = "Container Insights are on."
  }

  assert {
    condition = aws_appautoscaling_target.api.min_capacity == 1 && aws_appautoscaling_target.api.max_capacity == 5 && (
      toset([for policy in aws_appautoscaling_policy.api : policy.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type])
      == toset(["ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"])
    )
    error_message = "One to five tasks, by CPU and memory."
  }

  assert {
    condition     = aws_ecs_service.api.deployment_circuit_breaker[0].enable && aws_ecs_service.api.deployment_circuit_breaker[0].rollback
    error_message = "A delivery that doesn't start is rolled back."
  }

  assert {
    condition     = aws_lb_target_group.api.health_check[0].path == "/health" && aws_lb_target_group.api.port == 8080 && aws_lb_target_group.api.target_type == "ip"
    error_message = "The load balancer asks tasks for their health."
  }

  assert {
    condition     = aws_lb.this.idle_timeout >= 60
    error_message = "Streams of events, which say something every 15 s, aren't cut."
  }

  # --- never

  assert {
    condition     = aws_lb.this.internal && aws_lb.this.subnets == toset(var.private_subnet_ids) && aws_lb.this.enable_deletion_protection
    error_message = "The load balancer is internal, in both private subnets, and protected."
  }

  assert {
    condition     = aws_lb_listener.api.default_action[0].type == "forward" && length(aws_lb_listener_rule.ours) == 0
    error_message = "What comes from CloudFront's VPC origin is passed on."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.cloudfront.prefix_list_id == "pl-cloudfront" &&
      aws_vpc_security_group_ingress_rule.cloudfront.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.cloudfront.cidr_ipv6 == null
    )
    error_message = "The load balancer is open to CloudFront only."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.from_balancer.referenced_security_group_id == aws_security_group.balancer.id &&
      aws_vpc_security_group_ingress_rule.from_balancer.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.from_balancer.from_port == 8080
    )
    error_message = "Tasks are open to the load balancer only."
  }

  assert {
    condition     = aws_ecs_service.api.network_configuration[0].assign_public_ip == false && aws_ecs_service.api.network_configuration[0].subnets == toset(var.private_subnet_ids)
    error_message = "Tasks are in the private subnets, without addresses of their own."
  }

  assert {
    condition     = aws_ecs_service.api.enable_execute_command == false
    error_message = "Nobody gets a shell in a task."
  }
}

run "api_by_a_public_load_balancer" {
  command = plan

  module {
    source = "../../modules/api"
  }

  variables {
    public_load_balancer = true
    origin_secret        = "0123456789abcdef0123456789abcdef"
    certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1"
  }

  assert {
    condition     = !aws_lb.this.internal && aws_lb.this.subnets == toset(var.public_subnet_ids)
    error_message = "It is in both public subnets."
  }

  assert {
    condition = (
      aws_vpc_security_group_ingress_rule.cloudfront.prefix_list_id == "pl-cloudfront" &&
      aws_vpc_security_group_ingress_rule.cloudfront.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.cloudfront.cidr_ipv6 == null &&
      aws_vpc_security_group_ingress_rule.cloudfront.from_port == 443 && aws_vpc_security_group_ingress_rule.cloudfront.to_port == 443
    )
    error_message = "A public load balancer is open to CloudFront only, by TLS where it has a certificate."
  }

  assert {
    condition = aws_lb_listener.api.default_action[0].type == "fixed-response" && (
      aws_lb_listener.api.default_action[0].fixed_response[0].status_code == "403"
    )
    error_message = "Whoever doesn't know the secret is refused, through CloudFront, too."
  }

  assert {
    condition = [for condition in aws_lb_listener_rule.ours[0].condition : [one(condition.http_header).http_header_name, one(condition.http_header).values]] == [
      ["x-origin-secret", toset([var.origin_secret])],
    ]
    error_message = "Only requests with the secret header are passed on."
  }

  assert {
    condition     = aws_lb_listener.api.protocol == "HTTPS" && startswith(aws_lb_listener.api.ssl_policy, "ELBSecurityPolicy-TLS13")
    error_message = "With a certificate it speaks TLS 1.2 and 1.3."
  }

  assert {
    condition     = aws_ecs_service.api.network_configuration[0].assign_public_ip == false
    error_message = "Tasks stay without addresses of their own."
  }
}

run "api_refuses" {
  command = plan

  module {
    source = "../../modules/api"
  }

  variables {
    image        = "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-api:latest"
    architecture = "mips"
    tasks        = { min = 5, max = 1 }
  }

  expect_failures = [var.image, var.architecture, var.tasks]
}
