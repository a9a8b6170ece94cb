terraform {
  required_providers {
    iec = { source = "iec-cdk/iec" }
  }
}
provider "iec" {}
data "iec_sites" "here" {
  city = "guangzhou"
}
data "iec_images" "ubuntu" {
  name = "Ubuntu 20.04 server 64bit"
}
locals {
  site_id = data.iec_sites.here.sites[0].id
  subnets = { a = "10.1.1.0/24", b = "10.1.2.0/24" }
}
resource "iec_vpc" "main" {
  name = "m"
  cidr = "10.1.0.0/16"
  mode = "CUSTOMER"
}
module "net" {
  source  = "./net"
  vpc_id  = iec_vpc.main.id
  site_id = local.site_id
  subnets = local.subnets
}
resource "iec_vpc_subnet" "c" {
  count      = 2
  name       = "c${count.index}"
  cidr       = cidrsubnet(iec_vpc.main.cidr, 8, 10 + count.index)
  vpc_id     = iec_vpc.main.id
  site_id    = local.site_id
  gateway_ip = cidrhost(cidrsubnet(iec_vpc.main.cidr, 8, 10 + count.index), 1)
}
resource "iec_security_group" "g" {
  name = "g"
}
resource "iec_security_group_rule" "r" {
  for_each          = toset(["80", "443"])
  security_group_id = iec_security_group.g.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = each.value
  port_range_max    = each.value
  remote_ip_prefix  = "0.0.0.0/0"
}
resource "iec_keypair" "key" {
  name = "m"
}
resource "iec_server" "s" {
  name             = "s"
  flavor_id        = "c6.large.2"
  image_id         = data.iec_images.ubuntu.images[0].id
  vpc_id           = iec_vpc.main.id
  subnet_ids       = [iec_vpc_subnet.c[0].id, iec_vpc_subnet.c[1].id]
  security_groups  = [iec_security_group.g.id]
  key_pair         = iec_keypair.key.id
  system_disk_type = "SAS"
  system_disk_size = 40
  coverage_sites {
    site_id = local.site_id
  }
}
resource "iec_server" "t" {
  for_each         = module.net.ids
  name             = "t"
  flavor_id        = "c6.large.2"
  image_id         = data.iec_images.ubuntu.images[0].id
  vpc_id           = module.net.vpc
  subnet_ids       = [each.value]
  security_groups  = iec_security_group.g[*].id
  key_pair         = iec_keypair.key.id
  system_disk_type = "SAS"
  system_disk_size = 40
  coverage_sites {
    site_id = local.site_id
  }
}
resource "iec_eip" "e" {
  site_id = local.site_id
  port_id = iec_server.s.nics[0].port
}
resource "iec_network_acl" "acl" {
  name = "acl"
  dynamic "networks" {
    for_each = iec_vpc_subnet.c
    content {
      vpc_id    = iec_vpc.main.id
      subnet_id = networks.value.id
    }
  }
}
