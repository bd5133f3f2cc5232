# A firewall, where it is asked for (CloudFront's are all in us-east-1).

resource "aws_wafv2_web_acl" "this" {
  count = var.firewall ? 1 : 0

  name        = var.name
  description = "AWS common rules, and a bound on each address"
  scope       = "CLOUDFRONT"
  region      = "us-east-1"

  default_action {
    allow {}
  }

  rule_json = jsonencode([
    {
      Name           = "common"
      Priority       = 1
      OverrideAction = { None = {} }
      Statement = {
        ManagedRuleGroupStatement = {
          VendorName = "AWS"
          Name       = "AWSManagedRulesCommonRuleSet"
          # Storyboards are larger than the 8 KB that this rule allows; the API has bounds of its own.
          RuleActionOverrides = [{ Name = "SizeRestrictions_BODY", ActionToUse = { Count = {} } }]
        }
      }
      VisibilityConfig = { SampledRequestsEnabled = true, CloudWatchMetricsEnabled = true, MetricName = "common" }
    },
    {
      Name     = "rate"
      Priority = 2
      Action   = { Block = {} }
      Statement = {
        RateBasedStatement = { Limit = var.requests_per_address, AggregateKeyType = "IP" }
      }
      VisibilityConfig = { SampledRequestsEnabled = true, CloudWatchMetricsEnabled = true, MetricName = "rate" }
    },
  ])

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }

  tags = { Name = var.name }
}
