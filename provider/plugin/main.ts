#!/usr/bin/env node
process.stderr.write("The native Terraform provider is not part of this version: use `iec apply`.\n");
process.exitCode = 1;
