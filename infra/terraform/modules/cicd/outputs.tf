output "roles" {
  description = "ARNs of the roles: api, execution, one for each function, pipeline, scheduler, flow where it is wanted."
  value       = { for name, role in aws_iam_role.this : name => role.arn }

  # Whoever gets a role wants its rights to be there: Lambda looks for those of its network when it is made.
  depends_on = [aws_iam_role_policy.this]
}

output "deploy_role_arn" {
  description = "Role that GitHub Actions delivers with."
  value       = one(aws_iam_role.deploy[*].arn)
}
