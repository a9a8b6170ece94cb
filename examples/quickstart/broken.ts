import { synthesize } from "./network.js";

// A slip: the video server of Guangzhou is put into the subnet in Xi'an.
synthesize("cdktf.broken.out", (network, site) =>
  network === "video" && site === "guangzhou" ? "xian" : site,
);
