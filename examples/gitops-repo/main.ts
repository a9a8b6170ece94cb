import path from "node:path";
import { IecApp } from "iec-cdk";
import { NetworkStack } from "./network.js";
import { ShopStack } from "./shop.js";

// Two stacks of two teams in one repository: the shop's servers stand in the network's subnets.
const app = new IecApp({ outdir: process.argv[2] ?? path.join(import.meta.dirname, "cdktf.out") });
const network = new NetworkStack(app, "network");
new ShopStack(app, "shop", network);

app.synth();
