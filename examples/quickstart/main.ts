import { synthesize } from "./network.js";

synthesize("cdktf.out");
