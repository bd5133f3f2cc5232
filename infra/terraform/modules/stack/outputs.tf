output "url" {
  description = "The site."
  value       = module.edge.url
}

output "cloudfront_domain" {
  description = "CloudFront's own name of it, for a CNAME."
  value       = module.edge.domain_name
}

output "secrets" {
  description = "Secrets to be filled by hand, by their endings."
  value       = module.data.secrets
}

output "sign_in" {
  description = "Where people sign in, and the pool that knows them."
  value = {
    pages     = module.identity.pages
    pool_id   = module.identity.pool_id
    client_id = module.identity.client_id
  }
}

# Names are those of the variables that the environments of GitHub want.
output "delivery" {
  description = "What the delivery pipelines are told, by the names of their variables."
  value = {
    AWS_REGION          = local.region
    SITE_URL            = module.edge.url
    DEPLOY_ROLE         = module.cicd.deploy_role_arn
    API_REPOSITORY      = local.repositories.api
    COMPOSER_REPOSITORY = local.repositories.composer
    ECS_CLUSTER         = module.api.ecs.cluster
    ECS_SERVICE         = module.api.ecs.service
    COMPOSER_FUNCTION   = module.workflow.functions["composer"]
    GENERATOR_FUNCTION  = module.workflow.functions["generator"]
    SWEEPER_FUNCTION    = module.workflow.functions["sweeper"]
    FRONTEND_BUCKET     = module.data.buckets["frontend"]
    DISTRIBUTION        = module.edge.distribution_id
  }
}

output "state_machine_arn" {
  description = "The pipeline."
  value       = module.workflow.state_machine_arn
}

output "nat_addresses" {
  description = "Addresses that Replicate sees."
  value       = module.network.nat_addresses
}
