# What differs from prod, whose tests are those of the modules.

mock_provider "aws" {
  source = "../../tests"
}

run "dev" {
  command = plan

  assert {
    condition = (
      module.stack.delivery.GENERATOR_FUNCTION == "omnigen-dev-generator" && module.stack.delivery.FRONTEND_BUCKET == "omnigen-dev-frontend-123456789012" &&
      alltrue([for name in values(module.stack.secrets) : startswith(name, "omnigen/dev/")])
    )
    error_message = "Everything is named for dev, so that both environments fit into one account."
  }

  assert {
    condition     = length(module.stack.nat_addresses) == 1
    error_message = "There is one NAT gateway."
  }
}

run "data_of_dev" {
  command = plan

  module {
    source = "../../modules/data"
  }

  variables {
    name             = "omnigen-dev"
    account          = "123456789012"
    secrets_prefix   = "omnigen/dev/"
    public_url       = "https://dev.example.com"
    distribution_arn = "arn:aws:cloudfront::123456789012:distribution/E1"
    protected        = false
  }

  assert {
    condition = !aws_dynamodb_table.jobs.deletion_protection_enabled && !aws_dynamodb_table.usage.deletion_protection_enabled && (
      alltrue([for bucket in aws_s3_bucket.this : bucket.force_destroy])
    )
    error_message = "What isn't protected can be destroyed with what is in it."
  }

  assert {
    condition     = aws_dynamodb_table.jobs.point_in_time_recovery[0].enabled
    error_message = "PITR is on all the same."
  }
}
