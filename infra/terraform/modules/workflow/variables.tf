variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "definition" {
  description = "Path of the state machine's definition: pipeline.asl.json."
  type        = string
}

variable "roles" {
  description = "ARNs of the roles: one for each function, pipeline, scheduler."
  type        = map(string)
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "prefix_lists" {
  description = "Prefix lists of the gateway endpoints: s3, dynamodb."
  type        = map(string)
}

variable "log_groups" {
  description = "Names of the log groups: one for each function, pipeline."
  type        = map(string)
}

variable "pipeline_log_group_arn" {
  description = "ARN of the state machine's."
  type        = string
}

variable "environment" {
  description = "Variables of every function (src/omnigen/settings.py)."
  type        = map(string)
}

variable "own_environment" {
  description = "Those of some, by function."
  type        = map(map(string))
  default     = {}
}

variable "zip" {
  description = "The zip of the functions without FFmpeg, made by `make lambda-zip`. It is uploaded when they are made; later on the pipeline delivers."
  type        = string
}

variable "composer_image" {
  description = "The composer's image by its digest. It is used when the function is made; later on the pipeline delivers."
  type        = string

  validation {
    condition     = can(regex("(@sha256:[0-9a-f]{64}|:first)$", var.composer_image))
    error_message = "composer_image must be named by its digest, repository@sha256:..., or be the very first: repository:first."
  }
}

variable "architecture" {
  description = "What zip and image are built for: arm64 costs a fifth less than x86_64."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "memory_mb" {
  description = "Memory of functions, in MB, where it is to be another than in infra/resources.json."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for size in values(var.memory_mb) : size >= 128 && size <= 10240])
    error_message = "memory_mb must be from 128 to 10240."
  }
}

variable "reserved_concurrency" {
  description = "Concurrency reserved for functions, where it is to be another than in infra/resources.json; -1 reserves none. A new account has 10 for all, and 100 must stay unreserved: ask for more first, or say -1."
  type        = map(number)
  default     = {}
}

variable "tracing" {
  description = "X-Ray: $5 a million traces, and a leg of forty scenes is hundreds of segments."
  type        = bool
  default     = false
}

variable "log_level" {
  description = "What the state machine logs: ALL, ERROR, FATAL or OFF; null is what infra/resources.json says. Express keeps no other history."
  type        = string
  default     = null

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], coalesce(var.log_level, "ERROR"))
    error_message = "log_level must be ALL, ERROR, FATAL or OFF."
  }
}
