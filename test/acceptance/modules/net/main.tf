terraform {
  required_providers {
    iec = { source = "iec-cdk/iec" }
  }
}
variable "vpc_id" { type = string }
variable "site_id" { type = string }
variable "subnets" { type = map(string) }
resource "iec_vpc_subnet" "s" {
  for_each   = var.subnets
  name       = each.key
  cidr       = each.value
  vpc_id     = var.vpc_id
  site_id    = var.site_id
  gateway_ip = cidrhost(each.value, 1)
}
output "ids" { value = { for k, s in iec_vpc_subnet.s : k => s.id } }
output "vpc" { value = var.vpc_id }
