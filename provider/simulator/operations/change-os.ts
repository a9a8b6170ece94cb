import { isoSeconds } from "../clock.js";
import type { Cloud } from "../cloud.js";
import { badParameter, notFound } from "../errors.js";
import type { Server } from "../model.js";
import { type Call, ok, type Operations, param } from "../operation.js";
import { checkImage, checkKeyAndData } from "./instance-create.js";

/** Marks an instance in ERROR that may try again. */
const failed = "rebuild_failed";

function stopped(cloud: Cloud, call: Call): Server {
  const id = param(call, "instance_id");
  const server = cloud.tables.servers.show(id);
  if (!server) throw notFound("instance", id);
  const ready = server.status === "SHUTOFF" || (server.status === "ERROR" && server.task_state === failed);
  if (!ready || cloud.tables.servers.ending(id))
    throw badParameter("instance_id", `the instance is ${server.status}: stop it first`);
  return server;
}

export const changeOsOperations: Operations = {
  /** Key pair and user data that are left out stay as they are, like cards and data disks. */
  ChangeOs: (cloud, call) => {
    const server = stopped(cloud, call);
    const { image_id, key_name, metadata } = call.body as {
      image_id: string;
      key_name?: string;
      metadata?: { user_data?: string };
    };
    const root = cloud.tables.volumes.find((volume) => volume.server_id === server.id && volume.bootable);
    checkImage(cloud, image_id, root?.size ?? 0, "image_id");
    checkKeyAndData(cloud, key_name, metadata?.user_data);
    const at = cloud.after("instanceRebuild");
    const done: Partial<Server> = {
      image_id,
      key_name: key_name ?? server.key_name,
      user_data: metadata?.user_data ?? server.user_data,
      status: "SHUTOFF",
      task_state: "",
    };
    cloud.tables.servers.change(
      server.id,
      { status: "REBUILD", task_state: "rebuilding" },
      {
        at,
        patch: {
          ...(call.mishaps.has("jobFailed") ? { status: "ERROR", task_state: failed } : done),
          updated: isoSeconds(at),
        },
      },
    );
    return ok({ job_id: cloud.newId() });
  },
};
