# What was made under the public provider's types keeps its place in the state. Terraform 1.8 or later.
# These blocks may go after the next apply.

moved {
  from = huaweicloud_iec_vpc.main
  to   = iec_vpc.main
}

moved {
  from = huaweicloud_iec_vpc_subnet.web
  to   = iec_vpc_subnet.web
}

moved {
  from = huaweicloud_iec_keypair.key
  to   = iec_keypair.key
}

moved {
  from = huaweicloud_iec_security_group.web
  to   = iec_security_group.web
}

moved {
  from = huaweicloud_iec_security_group_rule.https
  to   = iec_security_group_rule.https
}

moved {
  from = huaweicloud_iec_network_acl.web
  to   = iec_network_acl.web
}

moved {
  from = huaweicloud_iec_network_acl_rule.https
  to   = iec_network_acl_rule.https
}

moved {
  from = huaweicloud_iec_server.web
  to   = iec_server.web
}

moved {
  from = huaweicloud_iec_vip.web
  to   = iec_vip.web
}

moved {
  from = huaweicloud_iec_eip.web
  to   = iec_eip.web
}
