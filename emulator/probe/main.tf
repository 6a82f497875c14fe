# Every resource type that the emulator supports, connected as in a real platform.
# No endpoints are set here: environment variables point the provider at the emulator.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "changed" {
  description = "Second run: changes all tags, and the other settings of types that support it."
  type        = bool
  default     = false
}

variable "name" {
  description = "Prefix of every name, so that several runs can share one emulator."
  type        = string
  default     = "probe"
}

variable "archive" {
  description = "Zip file with a function that does nothing, for the types that upload code."
  type        = string
}

provider "aws" {
  region = "us-east-1"
  default_tags { tags = local.tags }
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags { tags = local.tags }
}

locals {
  name    = var.name
  account = data.aws_caller_identity.current.account_id
  domain  = "example.com"
  tags    = { Project = local.name, Changed = tostring(var.changed) }

  services = [
    "backup", "cloudtrail", "codebuild", "codedeploy", "config", "ecs-tasks", "events", "lambda", "monitoring.rds",
    "rds", "s3", "scheduler", "vpc-flow-logs",
  ]
}
