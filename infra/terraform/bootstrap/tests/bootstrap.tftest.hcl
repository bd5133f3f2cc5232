mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_iam_role" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:role/role" }
  }

  mock_resource "aws_iam_policy" {
    override_during = plan
    defaults        = { arn = "arn:aws:iam::123456789012:policy/policy" }
  }
}

variables {
  repository = "owner/omnigen"
}

run "bootstrap" {
  command = plan

  # --- states

  assert {
    condition     = aws_s3_bucket.state.bucket == "omnigen-state-123456789012" && !coalesce(aws_s3_bucket.state.force_destroy, false)
    error_message = "States have a bucket of their own, which is not destroyed with what is in it."
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.state.block_public_acls && aws_s3_bucket_public_access_block.state.block_public_policy &&
      aws_s3_bucket_public_access_block.state.ignore_public_acls && aws_s3_bucket_public_access_block.state.restrict_public_buckets
    )
    error_message = "States are not public."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_s3_bucket_policy.state.policy).Statement :
      statement.Effect == "Deny" && statement.Condition == { Bool = { "aws:SecureTransport" = "false" } }
    ])
    error_message = "The bucket's policy lets nobody in, and nobody by plain HTTP."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "A state that was spoilt can be had back."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.state.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "States are encrypted."
  }

  # --- images

  assert {
    condition = keys(aws_ecr_repository.this) == ["omnigen-api", "omnigen-composer"] && alltrue([for repository in aws_ecr_repository.this :
      repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push
    ])
    error_message = "Images are scanned, and none takes another's tag."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_ecr_repository_policy.composer.policy).Statement : (
      statement.Principal == { Service = "lambda.amazonaws.com" } && statement.Condition.StringEquals == { "aws:SourceAccount" = "123456789012" }
    )])
    error_message = "Only this account's functions pull the composer's image."
  }

  # --- GitHub

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "GitHub's tokens are for AWS."
  }

  assert {
    condition = {
      for of, role in aws_iam_role.github : of => [for statement in jsondecode(role.assume_role_policy).Statement : statement.Condition]
      } == {
      for of in ["plan", "dev-infrastructure", "prod-infrastructure"] : of => [{
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:owner/omnigen:environment:${of}"]
        }
      }]
    }
    error_message = "Each role is for jobs of one environment of one repository."
  }

  assert {
    condition     = toset(keys(aws_iam_role_policy.changes)) == toset(["dev", "prod"]) && aws_iam_role_policy.changes["dev"].role == aws_iam_role.github["dev-infrastructure"].name
    error_message = "Only an environment's apply changes it; plans and pull requests read."
  }

  assert {
    condition = length(regexall(
      "\"(\\*|[a-z0-9-]+:\\*|dynamodb:(Get|Query|Scan|Batch)[^\"]*|secretsmanager:GetSecret[^\"]*|logs:(Get|Filter)[^\"]*|[a-z0-9-]+:(Put|Delete|Update|Create)[^\"]*)\"",
      jsonencode([for statement in jsondecode(aws_iam_policy.reads.policy).Statement : statement.Action])
    )) == 0
    error_message = "A plan changes nothing, and reads no data."
  }

  assert {
    condition = alltrue([for policy in aws_iam_role_policy.changes : length(regexall(
      "\"(\\*|iam:\\*|s3:\\*|secretsmanager:GetSecretValue|sts:AssumeRole|iam:(CreateUser|CreateAccessKey|CreatePolicy[^\"]*|DeleteRolePermissionsBoundary))\"",
      jsonencode([for statement in jsondecode(policy.policy).Statement : statement.Action])
    )) == 0])
    error_message = "An apply gets no secret, no key, and no way around the boundary."
  }

  assert {
    condition = alltrue(flatten([for of, policy in aws_iam_role_policy.changes : [
      for statement in jsondecode(policy.policy).Statement :
      statement.Resource == ["arn:aws:iam::123456789012:role/omnigen-${of}-*"] && length(statement.Condition) == 1
      if length(setintersection(flatten([statement.Action]), ["iam:PassRole", "iam:CreateRole", "iam:PutRolePolicy"])) > 0
    ]]))
    error_message = "Roles are made within the boundary and handed over to named services, and only those of the environment."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : (
      statement.Effect == "Deny" && statement.Resource == ["arn:aws:s3:::omnigen-state-123456789012", "arn:aws:s3:::omnigen-state-123456789012/*"]
      )]) && length(regexall("\"(\\*|[a-z0-9-]+:\\*|iam:(Create|Put|Attach|Delete)[^\"]*)\"", jsonencode([
        for statement in jsondecode(aws_iam_policy.boundary.policy).Statement : statement.Action if statement.Effect == "Allow"
    ]))) == 0
    error_message = "Within the boundary nobody makes roles, or reaches states."
  }
}

run "bootstrap_refuses" {
  command = plan

  variables {
    repository  = "https://github.com/owner/omnigen"
    subjects    = { plan = ["repo:owner/*"], staging = ["repo:owner/omnigen:environment:staging"] }
    keep_images = 1
  }

  expect_failures = [var.repository, var.subjects, var.keep_images]
}
