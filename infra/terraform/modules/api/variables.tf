variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "region" {
  description = "AWS region, for the log driver."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of a public load balancer, in two zones."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Subnets of tasks, and of an internal load balancer, in two zones."
  type        = list(string)
}

variable "public_load_balancer" {
  description = "Put the load balancer into public subnets, behind CloudFront's prefix list and a secret header; otherwise it is internal, and CloudFront reaches it by a VPC origin."
  type        = bool
  default     = false
}

variable "origin_secret" {
  description = "What the header x-origin-secret must say where the load balancer is public."
  type        = string
  default     = null
  sensitive   = true
}

variable "certificate_arn" {
  description = "Certificate of the load balancer, for the domain that viewers see: then CloudFront speaks TLS to it. Null is plain HTTP inside AWS's own network."
  type        = string
  default     = null
}

variable "image" {
  description = "The API's image by its digest. It is used in the first task definition; later on the pipeline delivers."
  type        = string

  validation {
    condition     = can(regex("(@sha256:[0-9a-f]{64}|:first)$", var.image))
    error_message = "image must be named by its digest, repository@sha256:..., or be the very first: repository:first."
  }
}

variable "architecture" {
  description = "What the image is built for: arm64 costs a fifth less than x86_64."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "service" {
  description = "Sizes of the service in infra/resources.json: port, cpu, memory_mb."
  type        = any
}

variable "tasks" {
  description = "Tasks at least and at most."
  type        = object({ min = number, max = number })
  default     = { min = 1, max = 5 }

  validation {
    condition     = var.tasks.min >= 1 && var.tasks.max >= var.tasks.min && var.tasks.max <= 100
    error_message = "tasks must be at least one, and at most no fewer than at least."
  }
}

variable "execution_role_arn" {
  description = "Role by which ECS pulls the image and writes log lines."
  type        = string
}

variable "task_role_arn" {
  description = "Role of the API itself."
  type        = string
}

variable "log_group" {
  description = "Name of the log group."
  type        = string
}

variable "environment" {
  description = "Variables of the API (src/omnigen/settings.py)."
  type        = map(string)
}

variable "protected" {
  description = "Refuse to delete the load balancer."
  type        = bool
  default     = true
}
