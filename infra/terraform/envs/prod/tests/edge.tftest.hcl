mock_provider "aws" {
  source = "../../tests"
}

variables {
  name             = "omnigen-test"
  region           = "us-east-1"
  buckets          = { assets = "omnigen-test-assets-123456789012", frontend = "omnigen-test-frontend-123456789012" }
  bucket_domains   = { assets = "assets.s3.us-east-1.amazonaws.com", frontend = "frontend.s3.us-east-1.amazonaws.com" }
  load_balancer    = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/api/1", dns_name = "internal-api", tls = false }
  asset_folders    = ["jobs", "uploads"]
  identity_origins = ["https://cognito-idp.us-east-1.amazonaws.com", "https://sign-in.example.com"]
  identity         = { issuer = "https://issuer", client_id = "client", pages = "https://sign-in.example.com", api = "https://cognito-idp.us-east-1.amazonaws.com" }
}

run "edge" {
  command = plan

  module {
    source = "../../modules/edge"
  }

  assert {
    condition     = aws_cloudfront_distribution.this.price_class == "PriceClass_100" && aws_cloudfront_distribution.this.enabled
    error_message = "Edges are those of PriceClass_100."
  }

  assert {
    condition = toset([
      for origin in aws_cloudfront_distribution.this.origin : origin.domain_name
      if origin.origin_access_control_id == aws_cloudfront_origin_access_control.buckets.id
      ]) == toset(values(var.bucket_domains)) && (
      aws_cloudfront_origin_access_control.buckets.signing_behavior == "always" && aws_cloudfront_origin_access_control.buckets.signing_protocol == "sigv4"
    )
    error_message = "Buckets are read with our distribution's signature."
  }

  assert {
    condition = [
      for origin in aws_cloudfront_distribution.this.origin : one(origin.vpc_origin_config).vpc_origin_id if length(origin.vpc_origin_config) == 1
    ] == [aws_cloudfront_vpc_origin.api[0].id]
    error_message = "The API is reached by a VPC origin."
  }

  assert {
    condition = alltrue(flatten([
      for origin in aws_cloudfront_distribution.this.origin : [for config in origin.vpc_origin_config : config.origin_read_timeout >= 30]
    ]))
    error_message = "Streams of events, which say something every 15 s, aren't cut."
  }

  assert {
    condition = alltrue([for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : (
      behavior.target_origin_id == "api" && !behavior.compress && contains(behavior.allowed_methods, "POST")
    )]) && contains([for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern], "/api/*")
    error_message = "The API's answers aren't compressed, which would hold back events; without signing keys there is no way to assets."
  }

  assert {
    condition     = length(aws_cloudfront_distribution.this.custom_error_response) == 0
    error_message = "An error of the API's is never turned into the app's page."
  }

  assert {
    condition = (
      aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https" &&
      alltrue([for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.viewer_protocol_policy == "https-only"])
    )
    error_message = "Nothing is served in plain HTTP."
  }

  assert {
    condition = (
      aws_cloudfront_response_headers_policy.app.security_headers_config[0].strict_transport_security[0].access_control_max_age_sec == 63072000 &&
      aws_cloudfront_response_headers_policy.app.security_headers_config[0].frame_options[0].frame_option == "DENY" &&
      !strcontains(output.content_security_policy, "unsafe") && !strcontains(output.content_security_policy, "*")
    )
    error_message = "Headers let the app load what is its own, and nobody frame it."
  }

  assert {
    condition     = output.url == "https://d1.cloudfront.net" && aws_cloudfront_distribution.this.web_acl_id == null && length(aws_route53_record.site) == 0
    error_message = "A domain and a firewall are there only where they are asked for."
  }
}

run "edge_with_everything" {
  command = plan

  module {
    source = "../../modules/edge"
  }

  variables {
    public_load_balancer = true
    origin_secret        = "0123456789abcdef0123456789abcdef"
    load_balancer        = { arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/api/1", dns_name = "public-api", tls = true }
    signing_keys         = { first = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n" }
    domain               = "video.example.com"
    certificate_arn      = "arn:aws:acm:us-east-1:123456789012:certificate/1"
    zone_id              = "Z1"
    firewall             = true
  }

  assert {
    condition = [
      for origin in aws_cloudfront_distribution.this.origin :
      [one(origin.custom_origin_config).origin_protocol_policy, one(origin.custom_header).name, one(origin.custom_header).value]
      if origin.domain_name == "public-api"
    ] == [["https-only", "x-origin-secret", var.origin_secret]] && length(aws_cloudfront_vpc_origin.api) == 0
    error_message = "A public load balancer is told the secret, by TLS where it can."
  }

  assert {
    condition = [
      for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern
      if behavior.target_origin_id == "assets" && behavior.trusted_key_groups == tolist([aws_cloudfront_key_group.assets[0].id])
    ] == ["/assets/jobs/*", "/assets/uploads/*"]
    error_message = "Assets are served to whoever has a signed URL."
  }

  assert {
    condition = alltrue([
      for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : length(behavior.trusted_key_groups) == 1 if behavior.target_origin_id == "assets"
    ])
    error_message = "No asset is served without a signature."
  }

  assert {
    condition = (
      aws_cloudfront_distribution.this.aliases == toset(["video.example.com"]) && output.url == "https://video.example.com" &&
      aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" &&
      keys(aws_route53_record.site) == ["A", "AAAA"]
    )
    error_message = "A domain of one's own has its certificate and its records."
  }

  assert {
    condition = aws_cloudfront_distribution.this.web_acl_id == aws_wafv2_web_acl.this[0].arn && aws_wafv2_web_acl.this[0].scope == "CLOUDFRONT" && (
      [for rule in jsondecode(aws_wafv2_web_acl.this[0].rule_json) : rule.Name] == ["common", "rate"]
    )
    error_message = "The firewall stands before the distribution, with AWS's common rules and a bound on each address."
  }
}

run "edge_refuses" {
  command = plan

  module {
    source = "../../modules/edge"
  }

  variables {
    signing_keys         = { first = "-----BEGIN PRIVATE KEY-----" }
    certificate_arn      = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
    price_class          = "PriceClass_1"
    requests_per_address = 1
  }

  expect_failures = [var.signing_keys, var.certificate_arn, var.price_class, var.requests_per_address]
}

run "edge_refuses_a_secret_that_can_be_guessed" {
  command = plan

  module {
    source = "../../modules/edge"
  }

  variables {
    public_load_balancer = true
    origin_secret        = "short"
  }

  expect_failures = [aws_cloudfront_distribution.this]
}
