variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "region" {
  description = "AWS region, for the address of the sign-in pages."
  type        = string
}

variable "domain_prefix" {
  description = "First label of the sign-in pages' address; nobody else in the region may have it."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$", var.domain_prefix)) && !can(regex("aws|amazon|cognito", var.domain_prefix))
    error_message = "domain_prefix must be lower-case letters, digits and dashes, without aws, amazon or cognito."
  }
}

variable "sites" {
  description = "Origins that people sign in from, such as https://video.example.com; the app's own comes first."
  type        = list(string)
}

variable "protected" {
  description = "Refuse to delete the pool, and everybody's account with it."
  type        = bool
  default     = true
}

variable "access_minutes" {
  description = "How long an access token is good for: a tier that was changed holds after that."
  type        = number
  default     = 60

  validation {
    condition     = var.access_minutes >= 5 && var.access_minutes <= 1440
    error_message = "access_minutes must be from 5 to 1440."
  }
}

variable "refresh_days" {
  description = "Days after which people sign in anew."
  type        = number
  default     = 30

  validation {
    condition     = var.refresh_days >= 1 && var.refresh_days <= 365
    error_message = "refresh_days must be from 1 to 365."
  }
}
