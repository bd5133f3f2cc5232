# Modules are tested here, in one environment's name: each once, after one init, as their callers see them.

mock_provider "aws" {
  source = "../../tests"
}

variables {
  name   = "omnigen-test"
  region = "us-east-1"
}

run "network" {
  command = plan

  module {
    source = "../../modules/network"
  }

  assert {
    condition     = aws_vpc.this.cidr_block == "10.0.0.0/16"
    error_message = "The VPC is 10.0.0.0/16."
  }

  assert {
    condition = (
      { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == { us-east-1a = "10.0.1.0/24", us-east-1b = "10.0.2.0/24" } &&
      { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == { us-east-1a = "10.0.10.0/24", us-east-1b = "10.0.11.0/24" }
    )
    error_message = "Two public and two private subnets, in two zones."
  }

  assert {
    condition     = !anytrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private)) : subnet.map_public_ip_on_launch])
    error_message = "Nothing gets a public address unasked."
  }

  assert {
    condition = (
      keys(aws_nat_gateway.this) == ["us-east-1a"] && aws_nat_gateway.this["us-east-1a"].subnet_id == aws_subnet.public["us-east-1a"].id &&
      alltrue([for route in aws_route.private_out : route.nat_gateway_id == aws_nat_gateway.this["us-east-1a"].id])
    )
    error_message = "One NAT gateway, in a public subnet, for both zones."
  }

  assert {
    condition     = alltrue([for route in aws_route.private_out : route.gateway_id == null])
    error_message = "No way leads from the internet into a private subnet."
  }

  assert {
    condition = { for name, endpoint in aws_vpc_endpoint.gateway : name => [endpoint.vpc_endpoint_type, length(endpoint.route_table_ids)] } == {
      s3 = ["Gateway", 2], dynamodb = ["Gateway", 2]
    }
    error_message = "S3 and DynamoDB are reached by gateway endpoints, from both private subnets."
  }

  assert {
    condition     = length(aws_default_security_group.none.ingress) + length(aws_default_security_group.none.egress) == 0
    error_message = "The default security group lets nothing through."
  }

  assert {
    condition     = length(aws_vpc_endpoint.ecr) + length(aws_flow_log.this) == 0
    error_message = "What costs by the hour is there only where it is asked for."
  }
}

run "network_with_everything" {
  command = plan

  module {
    source = "../../modules/network"
  }

  variables {
    nat_per_zone       = true
    ecr_endpoints      = true
    flow_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vpc/omnigen-test"
    flow_log_role_arn  = "arn:aws:iam::123456789012:role/omnigen-test-flow"
  }

  assert {
    condition = length(aws_nat_gateway.this) == 2 && alltrue([
      for zone, route in aws_route.private_out : route.nat_gateway_id == aws_nat_gateway.this[zone].id
    ])
    error_message = "nat_per_zone gives each zone a NAT gateway of its own, and its subnet's way out leads there."
  }

  assert {
    condition = { for name, endpoint in aws_vpc_endpoint.ecr : name => [endpoint.vpc_endpoint_type, length(endpoint.subnet_ids)] } == {
      "ecr.api" = ["Interface", 2], "ecr.dkr" = ["Interface", 2]
    }
    error_message = "ecr_endpoints makes both endpoints of ECR, in both private subnets."
  }

  assert {
    condition = toset([for rule in aws_vpc_security_group_ingress_rule.endpoints : "${rule.cidr_ipv4} ${rule.from_port}"]) == toset([
      "10.0.10.0/24 443", "10.0.11.0/24 443",
    ])
    error_message = "Endpoints are open to the private subnets only."
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "REJECT"
    error_message = "flow_logs keeps what was refused."
  }
}

run "network_refuses" {
  command = plan

  module {
    source = "../../modules/network"
  }

  variables {
    cidr          = "10.0.0.0"
    public_cidrs  = ["10.0.1.0/24"]
    private_cidrs = ["10.0.10.0/24", "anything"]
  }

  expect_failures = [var.cidr, var.public_cidrs, var.private_cidrs]
}
