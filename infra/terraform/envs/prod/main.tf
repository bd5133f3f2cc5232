provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "omnigen", Stack = "omnigen-prod", ManagedBy = "terraform" }
  }
}

module "stack" {
  source = "../../modules/stack"

  environment = "prod"
  protected   = true

  # All else is the module's default, which is prod's; its variables say what can be had for more money: nat_per_zone,
  # ecr_endpoints, flow_logs, firewall, tracing.

  zip    = var.zip
  images = var.images

  permissions_boundary_arn = var.permissions_boundary_arn
  github                   = var.github
  domain                   = var.domain
  sign_in_prefix           = var.sign_in_prefix
  signing_keys             = var.signing_keys
  signing_key              = var.signing_key
  alarm_emails             = var.alarm_emails
  monthly_budget_usd       = var.monthly_budget_usd
}
