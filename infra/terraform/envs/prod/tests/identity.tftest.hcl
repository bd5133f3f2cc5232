mock_provider "aws" {
  source = "../../tests"
}

variables {
  name          = "omnigen-test"
  region        = "us-east-1"
  domain_prefix = "omnigen-test"
  sites         = ["https://video.example.com"]
}

run "identity" {
  command = plan

  module {
    source = "../../modules/identity"
  }

  assert {
    condition = (
      aws_cognito_user_pool.this.password_policy[0].minimum_length >= 12 && aws_cognito_user_pool.this.password_policy[0].require_numbers &&
      aws_cognito_user_pool.this.password_policy[0].require_uppercase && aws_cognito_user_pool.this.password_policy[0].require_lowercase
    )
    error_message = "Passwords have twelve characters or more, of several kinds."
  }

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "OPTIONAL" && aws_cognito_user_pool.this.software_token_mfa_configuration[0].enabled
    error_message = "Whoever wants a second factor may have one."
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "What is protected isn't deleted."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.web.generate_secret == false &&
      aws_cognito_user_pool_client.web.allowed_oauth_flows == toset(["code"]) &&
      aws_cognito_user_pool_client.web.explicit_auth_flows == toset(["ALLOW_REFRESH_TOKEN_AUTH"])
    )
    error_message = "The client is public, knows the code flow alone, and no password passes through it."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.web.callback_urls == toset(["https://video.example.com/callback"]) &&
      aws_cognito_user_pool_client.web.logout_urls == toset(["https://video.example.com/"])
    )
    error_message = "Nobody is sent to another site after signing in or out."
  }

  assert {
    condition = (
      aws_cognito_user_pool_client.web.access_token_validity == 60 && aws_cognito_user_pool_client.web.refresh_token_validity == 30 &&
      aws_cognito_user_pool_client.web.token_validity_units[0].access_token == "minutes" &&
      aws_cognito_user_pool_client.web.token_validity_units[0].refresh_token == "days" &&
      aws_cognito_user_pool_client.web.enable_token_revocation
    )
    error_message = "Access tokens are good for an hour, refresh tokens for thirty days, and can be revoked."
  }

  assert {
    condition     = { for tier, group in aws_cognito_user_group.tier : group.name => group.precedence } == { enterprise = 1, pro = 2, free = 3 }
    error_message = "Each tier has its group, higher ones first."
  }
}

run "identity_refuses" {
  command = plan

  module {
    source = "../../modules/identity"
  }

  variables {
    domain_prefix  = "my-cognito"
    access_minutes = 1
    refresh_days   = 1000
  }

  expect_failures = [var.domain_prefix, var.access_minutes, var.refresh_days]
}
