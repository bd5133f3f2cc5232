variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "place" {
  description = "Partition, region and account: ARNs are made of names, so that each right can be read off the plan."
  type = object({
    partition = string
    region    = string
    account   = string
  })
}

variable "secrets_prefix" {
  description = "What the names of secrets begin with, such as omnigen/prod/."
  type        = string
}

variable "repositories" {
  description = "Names of the ECR repositories: api, composer."
  type        = map(string)
}

variable "distribution_id" {
  description = "The distribution that deliveries of the app invalidate."
  type        = string
}

variable "flow_logs" {
  description = "Whether the VPC writes flow logs, which takes a role."
  type        = bool
  default     = false
}

variable "tracing" {
  description = "Whether functions and the state machine may write traces."
  type        = bool
  default     = false
}

variable "permissions_boundary_arn" {
  description = "What no role made here may exceed (made by bootstrap); null sets none."
  type        = string
  default     = null
}

variable "github" {
  description = "Who may become the deploy role: the OIDC provider's ARN (made by bootstrap) and the exact subjects of GitHub's tokens, such as repo:owner/name:environment:prod. GitHub changed their form in July 2026: look at a token of yours. Null makes no deploy role."
  type = object({
    provider_arn = string
    subjects     = list(string)
  })
  default = null

  validation {
    condition     = var.github == null || alltrue([for subject in try(var.github.subjects, []) : can(regex("^repo:[^*?]+$", subject))])
    error_message = "github.subjects must be whole subjects that begin with repo:, without wildcards."
  }

  validation {
    condition     = var.github == null || length(try(var.github.subjects, [])) > 0
    error_message = "github.subjects must name at least one subject."
  }
}
