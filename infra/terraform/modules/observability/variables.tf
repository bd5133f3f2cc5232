variable "name" {
  description = "What every name here begins with, such as omnigen-prod."
  type        = string
}

variable "account" {
  description = "Account id: whose alarms and budgets may publish."
  type        = string
}

variable "region" {
  description = "AWS region, for the dashboard."
  type        = string
}

variable "partition" {
  description = "AWS partition, such as aws."
  type        = string
  default     = "aws"
}

variable "metrics_namespace" {
  description = "Where OmniGen's own metrics are, such as OmniGen/prod (OMNIGEN_METRICS_NAMESPACE)."
  type        = string
}

variable "functions" {
  description = "The functions of infra/resources.json, by the endings of their names."
  type        = any
}

variable "tables" {
  description = "Names of the tables."
  type        = list(string)
}

variable "state_machine_arn" {
  description = "The pipeline."
  type        = string
}

variable "load_balancer" {
  description = "What CloudWatch calls the load balancer and its target group."
  type = object({
    suffix       = string
    target_group = string
  })
}

variable "ecs" {
  description = "Names of cluster and service."
  type = object({
    cluster = string
    service = string
  })
}

variable "dead_letters" {
  description = "Name of the queue of rounds that failed."
  type        = string
}

variable "retention_days" {
  description = "Days for which log lines are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.retention_days)
    error_message = "retention_days must be one that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731."
  }
}

variable "flow_logs" {
  description = "Keep what the VPC refuses."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Who is told. Each address gets a mail that asks whether it agrees."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alarm_emails must be e-mail addresses."
  }
}

variable "monthly_budget_usd" {
  description = "Dollars a month: a mail at 80 % of it, and when the month is foreseen to exceed it. What Replicate charges is not in it."
  type        = number
  default     = 150

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd must be more than nothing."
  }
}

variable "slow_answer_s" {
  description = "Seconds that one answer in twenty may take before somebody is told."
  type        = number
  default     = 1
}
