output "url" {
  description = "The site."
  value       = module.stack.url
}

output "cloudfront_domain" {
  description = "CloudFront's own name of it, for a CNAME where Terraform makes no records."
  value       = module.stack.cloudfront_domain
}

output "secrets" {
  description = "Secrets to be filled by hand, by their endings."
  value       = module.stack.secrets
}

output "sign_in" {
  description = "Where people sign in, and the pool that knows them."
  value       = module.stack.sign_in
}

output "delivery" {
  description = "What the delivery workflows are told, by the names of their variables (scripts/deploy-variables)."
  value       = module.stack.delivery
}

output "state_machine_arn" {
  description = "The pipeline."
  value       = module.stack.state_machine_arn
}

output "nat_addresses" {
  description = "Addresses that Replicate sees."
  value       = module.stack.nat_addresses
}
