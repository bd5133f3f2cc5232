# The whole, as an apply would make it.

mock_provider "aws" {
  source = "../../tests"
}

run "prod" {
  command = plan

  assert {
    condition     = module.stack.delivery.API_REPOSITORY == "123456789012.dkr.ecr.us-east-1.amazonaws.com/omnigen-api"
    error_message = "Images are in this account's registry."
  }

  assert {
    condition = (
      module.stack.delivery.GENERATOR_FUNCTION == "omnigen-prod-generator" && module.stack.delivery.ECS_CLUSTER == "omnigen-prod" &&
      module.stack.delivery.FRONTEND_BUCKET == "omnigen-prod-frontend-123456789012"
    )
    error_message = "Deliveries are told the names of this environment."
  }

  assert {
    condition     = module.stack.url == "https://d1.cloudfront.net" && module.stack.sign_in.pages == "https://omnigen-prod-123456789012.auth.us-east-1.amazoncognito.com"
    error_message = "The site has CloudFront's name, the sign-in pages Cognito's."
  }

  assert {
    condition     = length(module.stack.nat_addresses) == 1
    error_message = "There is one NAT gateway."
  }
}

# What is switched off by default fits together, too.
run "stack_with_everything" {
  command = plan

  module {
    source = "../../modules/stack"
  }

  variables {
    environment            = "test"
    protected              = true
    zip                    = "../../../../dist/generator-arm64.zip"
    nat_per_zone           = true
    ecr_endpoints          = true
    flow_logs              = true
    public_load_balancer   = true
    origin_secret          = "0123456789abcdef0123456789abcdef"
    origin_certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    domain                 = { name = "video.example.com", certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/2", zone_id = "Z1" }
    signing_keys           = { first = "-----BEGIN PUBLIC KEY-----" }
    signing_key            = "first"
    firewall               = true
    webhooks               = true
    tracing                = true
    alarm_emails           = ["somebody@example.com"]
    github = {
      provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
      subjects     = ["repo:owner/omnigen:environment:test"]
    }
  }

  assert {
    condition     = output.url == "https://video.example.com" && output.cloudfront_domain == "d1.cloudfront.net"
    error_message = "The site has its own domain."
  }

  assert {
    condition     = length(output.nat_addresses) == 2
    error_message = "Each zone has a NAT gateway."
  }

  assert {
    condition     = endswith(output.delivery.DEPLOY_ROLE, ":role/role")
    error_message = "GitHub has a role."
  }
}

run "stack_refuses" {
  command = plan

  module {
    source = "../../modules/stack"
  }

  variables {
    environment  = "Production"
    protected    = true
    zip          = "../../../../dist/generator-arm64.zip"
    log_level    = "loud"
    signing_keys = { first = "-----BEGIN PUBLIC KEY-----" }
    signing_key  = "second"
  }

  expect_failures = [var.environment, var.log_level, check.signing_key]
}
