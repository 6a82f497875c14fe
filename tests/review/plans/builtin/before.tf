variable "password" {
  type      = string
  sensitive = true
  default   = "hidden-password-1"
}

resource "terraform_data" "secret" {
  input = { name = "visible", nested = [{ password = var.password }] }
}

resource "terraform_data" "copied" {
  input = var.password
}

resource "terraform_data" "replaced" {
  input            = "one"
  triggers_replace = { size = "small", password = var.password }
}

resource "terraform_data" "old_name" {
  input = "stays"
}

resource "terraform_data" "forgotten" {
  input = "left to itself"
}

resource "terraform_data" "destroyed" {
  for_each = toset(["a", "b"])
  input    = each.key
}

resource "terraform_data" "tagged" {
  count = 20
  input = { tag = "one" }
}

output "url" {
  value     = "postgres://${var.password}@host"
  sensitive = true
}
