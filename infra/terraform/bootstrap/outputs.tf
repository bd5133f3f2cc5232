output "state_bucket" {
  description = "Bucket of Terraform's states: the variable STATE_BUCKET."
  value       = aws_s3_bucket.state.bucket
}

output "repositories" {
  description = "Repositories of the images, with their registry: what scripts/deploy-image pushes to."
  value       = { for name, repository in aws_ecr_repository.this : trimprefix(name, "omnigen-") => repository.repository_url }
}

output "plan_role" {
  description = "Role of GitHub's environment `plan`: its variable PLAN_ROLE."
  value       = aws_iam_role.github["plan"].arn
}

output "infrastructure_roles" {
  description = "Roles of GitHub's environments dev-infrastructure and prod-infrastructure: their variable INFRASTRUCTURE_ROLE."
  value       = { for environment, of in local.infrastructure : environment => aws_iam_role.github[of].arn }
}

output "environments" {
  description = "What envs/dev and envs/prod want to know of this, as their variables: the file bootstrap.auto.tfvars.json there."
  value = {
    for environment in local.environments : environment => {
      permissions_boundary_arn = local.boundary
      github                   = { provider_arn = local.provider_arn, subjects = local.subjects[environment] }
    }
  }
}
