import { createHash } from "node:crypto";
import type { Cloud } from "../cloud.js";
import { badParameter } from "../errors.js";
import { ok, type Operations } from "../operation.js";

/** Points of one answer over all its metrics; a longer range starts later (BEHAVIOUR.md section 7). */
const mostPoints = 3000;
const minute = 60_000;
const day = 24 * 60 * minute;

interface Metric {
  namespace?: string;
  metric_name?: string;
  dimensions?: { name?: string; value?: string }[];
}
type Filter = "max" | "min" | "average" | "sum" | "variance";
interface Query {
  metrics: Metric[];
  period: string;
  filter: Filter;
  /** Milliseconds since the epoch, as is `to`. */
  from: number;
  to: number;
}

const measured = ["servers", "publicips", "bandwidths", "ports", "volumes"] as const;

/** When the object that a metric is about came to be; never, when no dimension names one that exists. */
function bornAt(cloud: Cloud, { dimensions = [] }: Metric): number {
  for (const { value = "" } of dimensions) {
    const table = measured.map((kind) => cloud.tables[kind]).find((candidate) => candidate.get(value));
    const born = table?.entries.get(value)?.born;
    if (born !== undefined) return born;
  }
  return Infinity;
}

/** A number from 0 to 1 that follows from the text. */
function chance(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** The average at a time: a daily wave with noise, from 0 to 100. */
function average(identity: string, time: number): number {
  const wave = Math.sin(2 * Math.PI * (time / day + chance(identity)));
  return 50 + 35 * wave + 15 * (2 * chance(`${identity} ${time}`) - 1);
}

/** The average turned into what the filter asks for, with a sample a minute. */
const aggregate: Readonly<Record<Filter, (value: number, samples: number) => number>> = {
  average: (value) => value,
  max: (value, samples) => (samples === 1 ? value : value * 1.2),
  min: (value, samples) => (samples === 1 ? value : value * 0.8),
  sum: (value, samples) => value * samples,
  variance: (value, samples) => (samples === 1 ? 0 : (value * 0.1) ** 2),
};

function unitOf(name: string): string {
  if (/util|usage|percent/.test(name)) return "%";
  if (/byte/.test(name)) return "byte/s";
  return /bandwidth|bits|stream/.test(name) ? "bit/s" : "count";
}

/** The points of one metric, at multiples of the period, none before its object or after now. */
function pointsOf(cloud: Cloud, metric: Metric, query: Query, from: number, step: number): object[] {
  const identity = JSON.stringify([metric.namespace, metric.metric_name, metric.dimensions]);
  const end = Math.min(query.to, cloud.now + 1);
  const points: object[] = [];
  for (let time = Math.ceil(Math.max(from, bornAt(cloud, metric)) / step) * step; time < end; time += step) {
    const value = aggregate[query.filter](average(identity, time), step / minute);
    points.push({ [query.filter]: Math.round(value * 100) / 100, timestamp: time });
  }
  return points;
}

export const metricOperations: Operations = {
  BatchListMetricData: (cloud, call) => {
    const query = call.body as Query;
    if (query.to <= query.from) throw badParameter("to", "it is not after from");
    // The finest granularity is a minute.
    const step = Math.max(Number(query.period) * 1000, minute);
    const range = Math.floor(mostPoints / Math.max(query.metrics.length, 1)) * step;
    const from = Math.max(query.from, query.to - range, 0);
    const metrics = query.metrics.map((metric) => {
      const { namespace = "", metric_name, dimensions = [] } = metric;
      if (!metric_name) throw badParameter("metric_name", "it is missing");
      const datapoints = pointsOf(cloud, metric, query, from, step);
      return { namespace, metric_name, dimensions, unit: unitOf(metric_name), datapoints };
    });
    return ok({ metrics });
  },
};
