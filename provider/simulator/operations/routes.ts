import { contains } from "../cidr.js";
import type { Cloud } from "../cloud.js";
import { badParameter, codes, notFound, Refusal } from "../errors.js";
import type { Route, Routetable } from "../model.js";
import { type Call, ok, type Operations } from "../operation.js";
import { rangeOf } from "./ranges.js";
import { shownTable } from "./routetables.js";
import { vipOwner } from "./subnets.js";

interface RouteInput {
  type: "ecs" | "vip" | "cc" | "igw";
  destination: string;
  nexthop: string;
  description?: string;
}

/** Ranges that the cloud keeps for itself (BEHAVIOUR.md section 5.2). */
const reserved = ["198.19.128.0/20", "127.0.0.0/8", "100.64.0.0/10"];

/** The system's routes: its own ranges and every subnet of the VPC. */
function systemRoutes(cloud: Cloud, table: Routetable): Route[] {
  const subnets = [...cloud.tables.subnets.all()].filter((subnet) => subnet.vpc_id === table.vpc_id);
  return [...reserved, ...subnets.map((subnet) => subnet.cidr)].map((destination) => ({
    type: "local",
    destination,
    nexthop: "-",
    description: "",
  }));
}

function checkDestination(cloud: Cloud, table: Routetable, destination: string): void {
  const range = rangeOf(destination);
  const system = systemRoutes(cloud, table).find((route) => contains(rangeOf(route.destination), range));
  if (system) {
    throw new Refusal(
      400,
      codes.systemRoute,
      `The destination ${destination} lies inside the system route ${system.destination}.`,
    );
  }
}

/** The kept form of a route whose next hop exists in the table's VPC. */
function checkedRoute(cloud: Cloud, table: Routetable, input: RouteInput, description: string): Route {
  const { type, destination, nexthop } = input;
  if (type !== "ecs" && type !== "vip") throw badParameter("type", `${type} cannot be used here`);
  const hop = cloud.tables.ports.find((port) => {
    if (cloud.tables.subnets.get(port.network_id)?.vpc_id !== table.vpc_id) return false;
    return type === "ecs"
      ? port.device_id === nexthop
      : port.device_owner === vipOwner && port.ip_address === nexthop;
  });
  if (!hop || nexthop === "")
    throw badParameter("nexthop", `VPC ${table.vpc_id} has no ${hopNames[type]} ${nexthop}`);
  return { type, destination, nexthop, description: input.description ?? description };
}

const hopNames = { ecs: "instance", vip: "virtual IP" } as const;

/** The routes that a request addresses by destination; refuses those that are not there or not the user's. */
function addressed(cloud: Cloud, table: Routetable, destinations: readonly string[]): Route[] {
  return destinations.map((destination) => {
    const route = table.routes.find((candidate) => candidate.destination === destination);
    if (route) return route;
    checkDestination(cloud, table, destination);
    throw notFound("route", destination);
  });
}

function checkUnique(destinations: readonly string[]): void {
  const twin = destinations.find((destination, at) => destinations.indexOf(destination) !== at);
  if (twin !== undefined)
    throw new Refusal(400, codes.routeExists, `A route to ${twin} exists already in the table.`);
}

function inputs(call: Call): RouteInput[] {
  return (call.body as { routes: RouteInput[] }).routes;
}

/** Every change is checked as a whole before any effect. */
export const routeOperations: Operations = {
  ListRoutes: (cloud, call) => {
    const table = shownTable(cloud, call);
    return ok({ routes: [...systemRoutes(cloud, table), ...table.routes] });
  },

  CreateRoutes: (cloud, call) => {
    const table = shownTable(cloud, call);
    const routes = inputs(call).map((input) => {
      checkDestination(cloud, table, input.destination);
      return checkedRoute(cloud, table, input, "");
    });
    checkUnique([...table.routes, ...routes].map((route) => route.destination));
    cloud.demandOf("routetableContainRoutes", table.routes.length, routes.length);
    table.routes.push(...routes);
    return ok({ routes });
  },

  UpdateRoutes: (cloud, call) => {
    const table = shownTable(cloud, call);
    const wanted = inputs(call);
    checkUnique(wanted.map((route) => route.destination));
    const old = addressed(
      cloud,
      table,
      wanted.map((route) => route.destination),
    );
    const routes = wanted.map((input, at) => checkedRoute(cloud, table, input, old[at]?.description ?? ""));
    table.routes = table.routes.map(
      (route) => routes.find((changed) => changed.destination === route.destination) ?? route,
    );
    return ok({ routes });
  },

  DeleteRoutes: (cloud, call) => {
    const table = shownTable(cloud, call);
    const destinations = inputs(call).map((route) => route.destination);
    const routes = addressed(cloud, table, destinations);
    table.routes = table.routes.filter((route) => !routes.includes(route));
    return ok({ routes });
  },
};
