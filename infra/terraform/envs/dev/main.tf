provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "omnigen", Stack = "omnigen-dev", ManagedBy = "terraform" }
  }
}

module "stack" {
  source = "../../modules/stack"

  environment = "dev"
  protected   = false

  # Smaller, and within one account's concurrency beside prod. Memory and time-outs are prod's: they are what is tried here.
  tasks                = { min = 1, max = 2 }
  reserved_concurrency = { generator = 50, composer = 20, sweeper = 1 }
  log_days             = 7

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
