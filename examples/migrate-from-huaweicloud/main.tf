# Each of the ten resources that the public huaweicloud provider has for IEC, under its new type.
terraform {
  required_providers {
    iec = { source = "iec-cdk/iec" }
  }
}

# Credentials come from the environment, by the names that the public provider reads.
provider "iec" {}

data "iec_sites" "here" {
  city = "guangzhou"
}

data "iec_images" "ubuntu" {
  name = "Ubuntu 20.04 server 64bit"
}

locals {
  site_id = data.iec_sites.here.sites[0].id
}

resource "iec_vpc" "main" {
  name = "shop"
  cidr = "10.40.0.0/16"
  mode = "CUSTOMER"
}

resource "iec_vpc_subnet" "web" {
  name       = "web"
  cidr       = "10.40.1.0/24"
  vpc_id     = iec_vpc.main.id
  site_id    = local.site_id
  gateway_ip = "10.40.1.1"
}

resource "iec_keypair" "key" {
  name = "migrated"
}

resource "iec_security_group" "web" {
  name = "web"
}

resource "iec_security_group_rule" "https" {
  security_group_id = iec_security_group.web.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 443
  port_range_max    = 443
  remote_ip_prefix  = "0.0.0.0/0"
}

resource "iec_network_acl" "web" {
  name = "web"
  networks {
    vpc_id    = iec_vpc.main.id
    subnet_id = iec_vpc_subnet.web.id
  }
}

resource "iec_network_acl_rule" "https" {
  network_acl_id         = iec_network_acl.web.id
  direction              = "ingress"
  protocol               = "tcp"
  action                 = "allow"
  source_ip_address      = "0.0.0.0/0"
  destination_ip_address = "10.40.1.0/24"
  destination_port       = "443"
  enabled                = true
}

resource "iec_server" "web" {
  name             = "web"
  flavor_id        = "c6.large.2"
  image_id         = data.iec_images.ubuntu.images[0].id
  vpc_id           = iec_vpc.main.id
  subnet_ids       = [iec_vpc_subnet.web.id]
  security_groups  = [iec_security_group.web.id]
  key_pair         = iec_keypair.key.id
  system_disk_type = "SAS"
  system_disk_size = 40
  coverage_sites {
    site_id = local.site_id
  }
}

resource "iec_vip" "web" {
  subnet_id = iec_vpc_subnet.web.id
  port_ids  = [iec_server.web.nics[0].port]
}

resource "iec_eip" "web" {
  site_id = local.site_id
  port_id = iec_vip.web.id
}
