# GitHub's role for this environment: other images, other code, another app. What there is stays Terraform's matter.

resource "aws_iam_role" "deploy" {
  count = var.github == null ? 0 : 1

  name                 = "${var.name}-deploy"
  description          = "GitHub Actions: delivers images, zip and app"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = var.github.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = var.github.subjects
        }
      }
    }]
  })

  tags = { Name = "${var.name}-deploy" }
}

resource "aws_iam_role_policy" "deploy" {
  count = var.github == null ? 0 : 1

  name = "rights"
  role = aws_iam_role.deploy[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Registry", Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      {
        Sid = "Images", Effect = "Allow", Resource = values(local.image)
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
          "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart",
        ]
      },
      {
        Sid      = "Service", Effect = "Allow", Action = ["ecs:DescribeServices", "ecs:UpdateService"]
        Resource = ["${local.arn}:ecs:${local.at}:service/${var.name}/api"]
      },
      # ECS knows no narrower resource for reading one.
      { Sid = "ReadsDefinitions", Effect = "Allow", Action = ["ecs:DescribeTaskDefinition"], Resource = ["*"] },
      {
        Sid      = "Definitions", Effect = "Allow", Action = ["ecs:RegisterTaskDefinition", "ecs:TagResource"]
        Resource = ["${local.arn}:ecs:${local.at}:task-definition/${var.name}-api:*"]
      },
      {
        Sid       = "TasksRoles", Effect = "Allow", Action = ["iam:PassRole"]
        Resource  = [for role in ["api", "execution"] : "${local.arn}:iam::${var.place.account}:role/${var.name}-${role}"]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "Code", Effect = "Allow", Action = ["lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:UpdateFunctionCode"]
        Resource = values(local.function)
      },
      { Sid = "AppsFolder", Effect = "Allow", Action = ["s3:ListBucket"], Resource = [local.bucket["frontend"]] },
      { Sid = "App", Effect = "Allow", Action = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], Resource = ["${local.bucket["frontend"]}/*"] },
      # It says who is believed: Terraform's alone.
      { Sid = "NotItsConfiguration", Effect = "Deny", Action = ["s3:DeleteObject", "s3:PutObject"], Resource = ["${local.bucket["frontend"]}/config.json"] },
    ]
  })
}

# By itself: the distribution's id is known only once there is one.
resource "aws_iam_role_policy" "deploy_invalidates" {
  count = var.github == null ? 0 : 1

  name = "invalidates"
  role = aws_iam_role.deploy[0].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], Resource = ["${local.arn}:cloudfront::${var.place.account}:distribution/${var.distribution_id}"] }]
  })
}
