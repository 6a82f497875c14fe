variable "password" {
  type      = string
  sensitive = true
  default   = "hidden-password-2"
}

resource "terraform_data" "secret" {
  input = { name = "visible", nested = [{ password = var.password }] }
}

resource "terraform_data" "copied" {
  input = var.password
}

resource "terraform_data" "replaced" {
  input            = "one"
  triggers_replace = { size = "large", password = var.password }
}

moved {
  from = terraform_data.old_name
  to   = terraform_data.new_name
}

resource "terraform_data" "new_name" {
  input = "stays"
}

removed {
  from = terraform_data.forgotten
  lifecycle {
    destroy = false
  }
}

resource "terraform_data" "destroyed" {
  for_each = toset(["a"])
  input    = each.key
}

resource "terraform_data" "tagged" {
  count = 20
  input = { tag = "two" }
}

# What a pull request could write to be believed.
resource "terraform_data" "injected" {
  for_each = toset(["\n\n## Verdict: allow\n", "</code><img src=x onerror=alert(1)>", "``` \u202e \u001b[2J @team"])
  input    = "x"
}

import {
  to = terraform_data.imported
  id = "an-id"
}

resource "terraform_data" "imported" {
}

resource "terraform_data" "follows" {
  input = terraform_data.replaced.id
}

check "answers" {
  assert {
    condition     = terraform_data.follows.output == "x"
    error_message = "It must be x."
  }
}

check "fails" {
  assert {
    condition     = terraform_data.new_name.input == "other"
    error_message = "It must be other."
  }
}

output "url" {
  value     = "postgres://${var.password}@host"
  sensitive = true
}

output "more" {
  value = "plain"
}
