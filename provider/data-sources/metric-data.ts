import { block, element, list, map, number, string, type StateOf } from "../../schema/attributes.js";
import type { components } from "../../schema/generated/iec-api.js";
import { defineDataSource } from "../resources/define.js";

const STATISTICS = ["max", "min", "average", "sum", "variance"] as const;

const datapoint = {
  timestamp: number({ computed: true, description: "Time, in milliseconds since 1970." }),
  value: number({ computed: true, description: "Value of the statistic asked for." }),
};
const series = {
  namespace: string({ computed: true, description: "Namespace of the metric." }),
  metric_name: string({ computed: true, description: "Name of the metric." }),
  dimensions: map({ computed: true, element: element.string({}), description: "What was measured." }),
  unit: string({ computed: true, description: "Unit of the values." }),
  datapoints: list({
    computed: true,
    element: element.object(datapoint),
    description: "The values, oldest first.",
  }),
};
const attributes = {
  metrics: block({
    minItems: 1,
    maxItems: 500,
    optional: true,
    description: "What to read: 1 to 500 metrics.",
    attributes: {
      namespace: string({ optional: true, description: "Namespace of the metric: `service.item`." }),
      metric_name: string({ required: true, description: "Name of the metric, such as `cpu_util`." }),
      dimensions: map({
        optional: true,
        element: element.string({}),
        description: "What is measured: name to value, such as `instance_id` to the id of a server.",
      }),
    },
  }),
  period: string({
    required: true,
    enum: ["1", "300", "1200", "3600", "14400", "86400"],
    description: "Seconds that one value stands for; 1 for raw values.",
  }),
  filter: string({
    required: true,
    enum: STATISTICS,
    description: "How the raw values of a period become one.",
  }),
  from: number({
    required: true,
    integer: true,
    minimum: 0,

    description: "Start, in milliseconds since 1970.",
  }),
  to: number({
    required: true,
    integer: true,
    minimum: 0,

    description: "End, in milliseconds since 1970; after `from`.",
  }),
  series: list({
    computed: true,
    element: element.object(series),
    description: "The values of each metric, in the order of the answer.",
  }),
};

export const fromApi = (
  found: components["schemas"]["BatchMetricData"],
  statistic: (typeof STATISTICS)[number],
): StateOf<typeof series> => ({
  namespace: found.namespace ?? null,
  metric_name: found.metric_name,
  dimensions: Object.fromEntries((found.dimensions ?? []).map((d) => [d.name ?? "", d.value ?? ""])),
  unit: found.unit ?? null,
  datapoints: found.datapoints
    .map((point) => ({ timestamp: point.timestamp, value: point[statistic] ?? null }))
    .sort((a, b) => a.timestamp - b.timestamp),
});

/** Measured values of servers and bandwidths. */
export const metricData = defineDataSource({
  type: "iec_metric_data",
  description: "Monitoring data: the values of metrics in a span of time.",
  attributes,
  api: ["POST /v1/batch-query-metric-data"],
  async read({ metrics, period, filter, from, to }, api) {
    const answer = await api.post("/v1/batch-query-metric-data", {
      body: {
        metrics: metrics.map(({ namespace, metric_name, dimensions }) => ({
          ...(namespace === null ? {} : { namespace }),
          metric_name,
          dimensions: Object.entries(dimensions ?? {}).map(([name, value]) => ({ name, value })),
        })),
        period,
        filter,
        from,
        to,
      },
    });
    // The published models show a bare list, the samples an object around it.
    const found = Array.isArray(answer) ? answer : answer.metrics;
    return { series: found.map((data) => fromApi(data, filter)) };
  },
});
