output "url" {
  description = "The site: app, API and assets."
  value       = "https://${local.host}"
}

output "distribution_id" {
  description = "The distribution; invalidations name it."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "The distribution; bucket policies name it."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "CloudFront's own name of the site, for a CNAME."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "key_ids" {
  description = "Ids of the signing keys, by their names."
  value       = { for name, key in aws_cloudfront_public_key.assets : name => key.id }
}

output "content_security_policy" {
  description = "What the app's page may load."
  value       = local.policy
}
