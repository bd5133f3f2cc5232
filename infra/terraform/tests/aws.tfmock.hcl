# What the tests take for AWS's answers: with it they need no account. Attributes that the provider looks at are well-formed
# here (ARNs above all); the others are made up by Terraform.

mock_data "aws_availability_zones" {
  defaults = { names = ["us-east-1a", "us-east-1b", "us-east-1c"] }
}

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012", arn = "arn:aws:iam::123456789012:user/test" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_region" {
  defaults = { region = "us-east-1" }
}

mock_data "aws_ec2_managed_prefix_list" {
  defaults = { id = "pl-cloudfront" }
}

mock_resource "aws_cloudfront_cache_policy" {
  override_during = plan
}

mock_resource "aws_cloudfront_distribution" {
  override_during = plan
  defaults        = { arn = "arn:aws:cloudfront::123456789012:distribution/E1", domain_name = "d1.cloudfront.net" }
}

mock_resource "aws_cloudfront_function" {
  override_during = plan
  defaults        = { arn = "arn:aws:cloudfront::123456789012:function/rewrite" }
}

mock_resource "aws_cloudfront_key_group" {
  override_during = plan
}

mock_resource "aws_cloudfront_origin_access_control" {
  override_during = plan
}

mock_resource "aws_cloudfront_public_key" {
  override_during = plan
}

mock_resource "aws_cloudfront_response_headers_policy" {
  override_during = plan
}

mock_resource "aws_cloudfront_vpc_origin" {
  override_during = plan
}

mock_resource "aws_cloudwatch_log_group" {
  override_during = plan
  defaults        = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/group" }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  override_during = plan
}

mock_resource "aws_cognito_user_pool" {
  override_during = plan
}

mock_resource "aws_cognito_user_pool_client" {
  override_during = plan
}

mock_resource "aws_default_security_group" {
  override_during = plan
}

mock_resource "aws_ecs_cluster" {
  override_during = plan
  defaults        = { arn = "arn:aws:ecs:us-east-1:123456789012:cluster/test" }
}

mock_resource "aws_ecs_service" {
  override_during = plan
}

mock_resource "aws_ecs_task_definition" {
  override_during = plan
  defaults        = { arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/api:1" }
}

mock_resource "aws_eip" {
  override_during = plan
}

mock_resource "aws_iam_role" {
  override_during = plan
  defaults        = { arn = "arn:aws:iam::123456789012:role/role" }
}

mock_resource "aws_internet_gateway" {
  override_during = plan
}

mock_resource "aws_lambda_function" {
  override_during = plan
  defaults        = { arn = "arn:aws:lambda:us-east-1:123456789012:function:function" }
}

mock_resource "aws_lb" {
  override_during = plan
  defaults        = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/api/1" }
}

mock_resource "aws_lb_listener" {
  override_during = plan
  defaults        = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/api/1/1" }
}

mock_resource "aws_lb_target_group" {
  override_during = plan
  defaults        = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/1" }
}

mock_resource "aws_nat_gateway" {
  override_during = plan
}

mock_resource "aws_route" {
  override_during = plan
}

mock_resource "aws_route_table" {
  override_during = plan
}

mock_resource "aws_s3_bucket" {
  override_during = plan
}

mock_resource "aws_scheduler_schedule_group" {
  override_during = plan
}

mock_resource "aws_security_group" {
  override_during = plan
}

mock_resource "aws_sfn_state_machine" {
  override_during = plan
  defaults        = { arn = "arn:aws:states:us-east-1:123456789012:stateMachine:pipeline" }
}

mock_resource "aws_sns_topic" {
  override_during = plan
  defaults        = { arn = "arn:aws:sns:us-east-1:123456789012:alarms" }
}

mock_resource "aws_sqs_queue" {
  override_during = plan
  defaults        = { arn = "arn:aws:sqs:us-east-1:123456789012:dead-letters" }
}

mock_resource "aws_subnet" {
  override_during = plan
}

mock_resource "aws_vpc" {
  override_during = plan
}

mock_resource "aws_vpc_endpoint" {
  override_during = plan
}

mock_resource "aws_wafv2_web_acl" {
  override_during = plan
  defaults        = { arn = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/firewall/1" }
}
