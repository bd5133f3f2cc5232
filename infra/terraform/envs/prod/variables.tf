# What differs from account to account; what differs from dev to prod stands in main.tf. None is wanted for a plan.

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
}

variable "zip" {
  description = "The zip that `make lambda-zip` makes."
  type        = string
  default     = "../../../../dist/generator-arm64.zip"
}

variable "images" {
  description = "Images by their digests for what is made now: api, composer. Left out, the tag first of their repositories."
  type        = object({ api = optional(string), composer = optional(string) })
  default     = {}
}

variable "permissions_boundary_arn" {
  description = "What no role may exceed: of bootstrap's output environments."
  type        = string
  default     = null
}

variable "github" {
  description = "Who may deliver: of bootstrap's output environments. Null makes no deploy role."
  type        = object({ provider_arn = string, subjects = list(string) })
  default     = null
}

variable "domain" {
  description = "A domain of one's own, its certificate (ACM, us-east-1) and, where its records are to be made, its Route 53 zone. Null is CloudFront's."
  type        = object({ name = string, certificate_arn = string, zone_id = optional(string) })
  default     = null
}

variable "sign_in_prefix" {
  description = "First label of the sign-in pages' address; null is omnigen-ENVIRONMENT-ACCOUNT."
  type        = string
  default     = null
}

variable "signing_keys" {
  description = "Public keys (PEM) for signed URLs of assets, by names of yours; none: assets are read from S3 itself."
  type        = map(string)
  default     = {}
}

variable "signing_key" {
  description = "Which of them the private key in the secret cdn-private-key belongs to."
  type        = string
  default     = null
}

variable "alarm_emails" {
  description = "Who is told of alarms and of the budget."
  type        = list(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "Dollars a month above which somebody is told."
  type        = number
  default     = 150
}
