variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
}

variable "repository" {
  description = "The GitHub repository as the subjects of its tokens name it: OWNER@ID/NAME@ID if it was made, renamed or moved since July 15, 2026, or has been switched over; OWNER/NAME otherwise. Settings, Actions, OIDC shows it."
  type        = string

  validation {
    condition     = can(regex("^[\\w.-]+(@\\d+)?/[\\w.-]+(@\\d+)?$", var.repository))
    error_message = "repository must be OWNER@ID/NAME@ID or OWNER/NAME."
  }
}

variable "subjects" {
  description = "Whole subjects by GitHub environment, where they aren't repo:REPOSITORY:environment:ENVIRONMENT: another template, or two forms while one replaces the other."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.subjects), ["plan", "dev", "dev-infrastructure", "prod", "prod-infrastructure"])) == 0
    error_message = "subjects are of the environments plan, dev, dev-infrastructure, prod, prod-infrastructure."
  }

  validation {
    condition     = alltrue(flatten([for subjects in values(var.subjects) : [for subject in subjects : can(regex("^repo:[^*?]+$", subject))]]))
    error_message = "subjects must be whole, begin with repo:, and have no wildcards."
  }
}

variable "github_provider_arn" {
  description = "GitHub's OIDC provider, where the account has it already: there can be only one. Null makes it."
  type        = string
  default     = null
}

variable "keep_images" {
  description = "Images that each repository keeps; older ones go. What runs must be among them, in prod too."
  type        = number
  default     = 200

  validation {
    condition     = var.keep_images >= 20
    error_message = "keep_images must be 20 or more."
  }
}
