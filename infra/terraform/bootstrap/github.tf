# Who may come from GitHub, without any key: jobs of its environments, each with a role of its own. The roles that deliver are
# the environments' (modules/cicd): what they may do names what is there.

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_provider_arn == null ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]

  tags = { Name = "github" }
}

locals {
  provider_arn = var.github_provider_arn == null ? aws_iam_openid_connect_provider.github[0].arn : var.github_provider_arn

  infrastructure = { for environment in local.environments : environment => "${environment}-infrastructure" }
  subjects = {
    for of in concat(["plan"], values(local.infrastructure), tolist(local.environments)) :
    of => lookup(var.subjects, of, ["repo:${var.repository}:environment:${of}"])
  }

  # Roles by GitHub environment. No name of theirs begins as those that they may change.
  roles = merge(
    { plan = "Terraform's plan: reads what there is, and no data" },
    { for environment, of in local.infrastructure : of => "Terraform's apply in ${environment}" },
  )
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name                 = "github-omnigen-${each.key}"
  description          = each.value
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = local.subjects[each.key]
        }
      }
    }]
  })

  tags = { Name = "github-omnigen-${each.key}" }
}

resource "aws_iam_policy" "reads" {
  name        = "github-omnigen-reads"
  description = "What a plan of Terraform looks at"
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.reads })

  tags = { Name = "github-omnigen-reads" }
}

resource "aws_iam_role_policy_attachment" "reads" {
  for_each = aws_iam_role.github

  role       = each.value.name
  policy_arn = aws_iam_policy.reads.arn
}

resource "aws_iam_role_policy" "changes" {
  for_each = local.infrastructure

  name   = "changes"
  role   = aws_iam_role.github[each.value].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.changes[each.key] })

  lifecycle {
    precondition {
      condition     = length(jsonencode(local.changes[each.key])) < 10000
      error_message = "A role's own policies may have 10,240 characters: move some into a managed one, as those that read."
    }
  }
}
