locals {
  host       = coalesce(var.domain, aws_cloudfront_distribution.this.domain_name)
  signed     = length(var.signing_keys) > 0
  api_origin = "api"

  # What the API's paths are; all else is the app's. /health, /ready and /metrics are for the load balancer only.
  api_paths = ["/api", "/api/*", "/docs", "/docs/*", "/openapi.json"]

  # Less than the load balancer's idle time: whoever may send on a connection is the one that closes it.
  keepalive_s = 50

  # As app_policy of entrypoints/http/web.py says it (a test compares), and the origin of the sign-in pages, which is another
  # than the issuer's in production.
  stores = "https://${var.buckets["assets"]}.s3.amazonaws.com https://${var.buckets["assets"]}.s3.${var.region}.amazonaws.com"
  policy = join("; ", [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data: blob: ${local.stores}",
    "media-src 'self' blob: ${local.stores}",
    "connect-src 'self' ${local.stores} ${join(" ", var.identity_origins)}",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ])
}

# --- origins

resource "aws_cloudfront_origin_access_control" "buckets" {
  name                              = var.name
  description                       = "Reads our buckets"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_vpc_origin" "api" {
  count = var.public_load_balancer ? 0 : 1

  vpc_origin_endpoint_config {
    name                   = "${var.name}-api"
    arn                    = var.load_balancer.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = var.load_balancer.tls ? "https-only" : "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }

  tags = { Name = "${var.name}-api" }
}

# --- signed URLs

resource "aws_cloudfront_public_key" "assets" {
  for_each = var.signing_keys

  name        = "${var.name}-${each.key}"
  comment     = "Signs URLs of assets"
  encoded_key = each.value
}

resource "aws_cloudfront_key_group" "assets" {
  count = local.signed ? 1 : 0

  name    = "${var.name}-assets"
  comment = "May read assets"
  items   = [for key in aws_cloudfront_public_key.assets : key.id]
}

# --- behaviours

resource "aws_cloudfront_function" "app" {
  name    = "${var.name}-app"
  comment = "The app's page for every address that names no file"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/functions/app.js")
}

resource "aws_cloudfront_function" "assets" {
  name    = "${var.name}-assets"
  comment = "Takes /assets off"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = file("${path.module}/functions/assets.js")
}

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all_viewer" {
  name = "Managed-AllViewer"
}

# The one query that signed URLs carry beside their signature (adapters/aws/cloudfront.py): what a download is called.
resource "aws_cloudfront_cache_policy" "assets" {
  name        = "${var.name}-assets"
  comment     = "Objects never change; downloads have names"
  min_ttl     = 0
  default_ttl = 86400
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_gzip   = false
    enable_accept_encoding_brotli = false

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "whitelist"

      query_strings {
        items = ["response-content-disposition"]
      }
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "app" {
  name    = "${var.name}-app"
  comment = "What the app's page may load, and who may frame it: nobody"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Opener-Policy"
      value    = "same-origin"
      override = true
    }
  }
}

# Whatever somebody uploads is on the app's origin: as a document it may do nothing at all.
resource "aws_cloudfront_response_headers_policy" "assets" {
  name    = "${var.name}-assets"
  comment = "Media, and nothing but"

  security_headers_config {
    content_security_policy {
      content_security_policy = "default-src 'none'; sandbox; frame-ancestors 'none'"
      override                = true
    }

    content_type_options {
      override = true
    }

    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  comment             = var.name
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  default_root_object = "index.html"
  aliases             = var.domain == null ? [] : [var.domain]
  web_acl_id          = var.firewall ? aws_wafv2_web_acl.this[0].arn : null

  origin {
    origin_id                = "app"
    domain_name              = var.bucket_domains["frontend"]
    origin_access_control_id = aws_cloudfront_origin_access_control.buckets.id
  }

  origin {
    origin_id                = "assets"
    domain_name              = var.bucket_domains["assets"]
    origin_access_control_id = aws_cloudfront_origin_access_control.buckets.id
  }

  origin {
    origin_id           = local.api_origin
    domain_name         = var.load_balancer.dns_name
    connection_attempts = 2
    connection_timeout  = 5

    dynamic "vpc_origin_config" {
      for_each = aws_cloudfront_vpc_origin.api

      content {
        vpc_origin_id            = vpc_origin_config.value.id
        origin_read_timeout      = 60 # between two packets: streams of events say something every 15 s
        origin_keepalive_timeout = local.keepalive_s
      }
    }

    dynamic "custom_origin_config" {
      for_each = var.public_load_balancer ? [1] : []

      content {
        http_port                = 80
        https_port               = 443
        origin_protocol_policy   = var.load_balancer.tls ? "https-only" : "http-only"
        origin_ssl_protocols     = ["TLSv1.2"]
        origin_read_timeout      = 60
        origin_keepalive_timeout = local.keepalive_s
      }
    }

    dynamic "custom_header" {
      for_each = var.public_load_balancer ? [1] : []

      content {
        name  = "x-origin-secret"
        value = var.origin_secret
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "app"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.app.id

    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.app.arn
    }
  }

  # Uncached, uncompressed, everything passed on: events reach the reader as they are written, and errors as they are.
  dynamic "ordered_cache_behavior" {
    for_each = local.api_paths

    content {
      path_pattern             = ordered_cache_behavior.value
      target_origin_id         = local.api_origin
      viewer_protocol_policy   = "https-only"
      allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
      cached_methods           = ["GET", "HEAD"]
      compress                 = false
      cache_policy_id          = data.aws_cloudfront_cache_policy.disabled.id
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_viewer.id
    }
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.signed ? var.asset_folders : []

    content {
      path_pattern               = "/assets/${ordered_cache_behavior.value}/*"
      target_origin_id           = "assets"
      viewer_protocol_policy     = "https-only"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = false
      trusted_key_groups         = [aws_cloudfront_key_group.assets[0].id]
      cache_policy_id            = aws_cloudfront_cache_policy.assets.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.assets.id

      function_association {
        event_type   = "viewer-request"
        function_arn = aws_cloudfront_function.assets.arn
      }
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == null
    acm_certificate_arn            = var.certificate_arn
    ssl_support_method             = var.domain == null ? null : "sni-only"
    minimum_protocol_version       = var.domain == null ? "TLSv1" : "TLSv1.2_2021"
  }

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = (var.domain == null) == (var.certificate_arn == null)
      error_message = "domain and certificate_arn go together."
    }

    precondition {
      condition     = !var.public_load_balancer || length(coalesce(var.origin_secret, "-")) >= 32
      error_message = "A public load balancer wants an origin_secret of 32 characters or more."
    }
  }
}

resource "aws_route53_record" "site" {
  for_each = toset(var.domain == null || var.zone_id == null ? [] : ["A", "AAAA"])

  zone_id = var.zone_id
  name    = var.domain
  type    = each.key

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

# --- what the app is told at run time; the pipeline that uploads the app leaves it alone

resource "aws_s3_object" "config" {
  bucket        = var.buckets["frontend"]
  key           = "config.json"
  content       = jsonencode({ identity = var.identity })
  content_type  = "application/json"
  cache_control = "no-cache"
}
