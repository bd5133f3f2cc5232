# Every right is in the plan: policies are made of names (modules/cicd/main.tf).

mock_provider "aws" {
  source = "../../tests"
}

variables {
  name            = "omnigen-test"
  place           = { partition = "aws", region = "us-east-1", account = "123456789012" }
  secrets_prefix  = "omnigen/test/"
  repositories    = { api = "omnigen-api", composer = "omnigen-composer" }
  distribution_id = "E1"
  github = {
    provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    subjects     = ["repo:owner/omnigen:environment:test"]
  }
}

run "cicd" {
  command = plan

  module {
    source = "../../modules/cicd"
  }

  variables {
    flow_logs = true
    tracing   = true
  }

  assert {
    condition     = toset(keys(aws_iam_role.this)) == toset(["generator", "composer", "sweeper", "api", "execution", "pipeline", "scheduler", "flow"])
    error_message = "There is one role a task."
  }

  assert {
    condition = [
      for part, policy in aws_iam_role_policy.this : part if strcontains(policy.policy, "secret:omnigen/test/replicate-token")
    ] == ["generator"]
    error_message = "Only the generator reads the Replicate key."
  }

  assert {
    condition = {
      for part, policy in aws_iam_role_policy.this : part => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource if contains(statement.Action, "secretsmanager:GetSecretValue")
      ]) if strcontains(policy.policy, "secretsmanager:")
      } == {
      api = [
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:omnigen/test/replicate-webhook-??????",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:omnigen/test/cdn-private-key-??????",
      ]
      generator = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:omnigen/test/replicate-token-??????"]
    }
    error_message = "The API reads the webhooks' secret and the signing key, the generator Replicate's; nobody else reads any."
  }

  assert {
    condition = {
      for part, policy in aws_iam_role_policy.this : part => flatten([
        for statement in jsondecode(policy.policy).Statement : statement.Resource if contains(statement.Action, "lambda:InvokeFunction")
      ]) if strcontains(policy.policy, "lambda:")
      } == {
      api       = ["arn:aws:lambda:us-east-1:123456789012:function:omnigen-test-composer"]
      generator = ["arn:aws:lambda:us-east-1:123456789012:function:omnigen-test-composer"]
      pipeline = [
        "arn:aws:lambda:us-east-1:123456789012:function:omnigen-test-composer",
        "arn:aws:lambda:us-east-1:123456789012:function:omnigen-test-generator",
      ]
      scheduler = ["arn:aws:lambda:us-east-1:123456789012:function:omnigen-test-sweeper"]
    }
    error_message = "Each part calls the functions that it has to, and no other."
  }

  assert {
    condition = [
      for part, policy in aws_iam_role_policy.this : part if strcontains(policy.policy, "states:StartExecution")
    ] == ["api", "pipeline", "sweeper"]
    error_message = "Legs are started by the API, the sweeper and the pipeline itself."
  }

  # --- never

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_role_policy.this : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : can(regex("^[a-z0-9]+:[A-Za-z]+$", action)) && action != "iam:PassRole"
        ]
      ]
    ]))
    error_message = "No action is a wildcard, and nobody who runs passes a role on."
  }

  # Those that AWS knows no narrower resource for.
  assert {
    condition = toset(flatten([
      for policy in concat(values(aws_iam_role_policy.this), aws_iam_role_policy.deploy) : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in statement.Action : split(":", action)[0] == "logs" ? "logs" : action
        ] if contains(flatten([statement.Resource]), "*")
      ]
      ])) == toset([
      "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses", "ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "logs",
      "xray:PutTelemetryRecords", "xray:PutTraceSegments",
    ])
    error_message = "A right to every resource is had only where there is no narrower one."
  }

  assert {
    condition = alltrue(flatten([
      for role in aws_iam_role.this : [
        for statement in jsondecode(role.assume_role_policy).Statement :
        can(regex("^{\"Service\":\"[a-z-]+[.]amazonaws[.]com\"}$", jsonencode(statement.Principal)))
      ]
    ]))
    error_message = "A role of a task is assumed by a service of AWS only."
  }

  # --- GitHub's

  assert {
    condition = jsondecode(aws_iam_role.deploy[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Federated = var.github.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = ["repo:owner/omnigen:environment:test"]
        }
      }
    }]
    error_message = "Deliveries come from GitHub, from the one subject, for AWS."
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.deploy[0].policy).Statement : statement.Action if statement.Effect == "Allow"
      ])) == toset([
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages", "ecr:GetAuthorizationToken",
      "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
      "ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:TagResource", "ecs:UpdateService",
      "iam:PassRole", "lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:UpdateFunctionCode",
      "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
    ])
    error_message = "Deliveries bring images, code and the app; they change no infrastructure."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.deploy[0].policy).Statement : statement.Resource if contains(statement.Action, "iam:PassRole")
    ] == [["arn:aws:iam::123456789012:role/omnigen-test-api", "arn:aws:iam::123456789012:role/omnigen-test-execution"]]
    error_message = "Deliveries pass on the roles of the API's tasks, and no other."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_role_policy.deploy[0].policy).Statement : statement.Effect == "Deny" && (
        statement.Resource == ["arn:aws:s3:::omnigen-test-frontend-123456789012/config.json"] && contains(statement.Action, "s3:PutObject")
      )
    ])
    error_message = "Deliveries can't change who the app believes."
  }
}

run "cicd_without_github" {
  command = plan

  module {
    source = "../../modules/cicd"
  }

  variables {
    github                   = null
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = length(aws_iam_role.deploy) + length(aws_iam_role_policy.deploy) + length(aws_iam_role_policy.deploy_invalidates) == 0
    error_message = "Without GitHub there is no role for it."
  }

  assert {
    condition     = !contains(keys(aws_iam_role.this), "flow") && !anytrue([for policy in aws_iam_role_policy.this : strcontains(policy.policy, "xray:")])
    error_message = "What isn't switched on has no rights."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.this : role.permissions_boundary == var.permissions_boundary_arn])
    error_message = "The boundary holds for every role."
  }
}

run "cicd_refuses_wildcards" {
  command = plan

  module {
    source = "../../modules/cicd"
  }

  variables {
    github = {
      provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
      subjects     = ["repo:owner/omnigen:*"]
    }
  }

  expect_failures = [var.github]
}
