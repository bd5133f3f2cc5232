variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "account" {
  description = "Account id: names of buckets are unique in the world."
  type        = string
}

variable "partition" {
  description = "AWS partition, such as aws."
  type        = string
  default     = "aws"
}

variable "secrets_prefix" {
  description = "What the names of secrets begin with, such as omnigen/prod/."
  type        = string
}

variable "public_url" {
  description = "The site, whose scripts alone may read and write the assets bucket."
  type        = string
}

variable "distribution_arn" {
  description = "The CloudFront distribution that may read both buckets."
  type        = string
}

variable "protected" {
  description = "Refuse to delete tables, and buckets that aren't empty. Off only where everything may be thrown away."
  type        = bool
  default     = true
}

variable "keep_replaced_days" {
  description = "Days for which deleted or overwritten objects can be had back."
  type        = number
  default     = 7

  validation {
    condition     = var.keep_replaced_days >= 1 && var.keep_replaced_days <= 365
    error_message = "keep_replaced_days must be from 1 to 365."
  }
}
