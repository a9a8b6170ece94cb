import { formatTraffic } from "../packets/traffic.js";
import type { End, Question, Reachability, Trace } from "../reachability/index.js";
import { judge, surest, tellHop, tellPacket } from "../reachability/index.js";
import { conditional, refuted, type Check, type Judgement } from "../rule.js";
import type { Topology } from "../topology.js";
import { selects, type InternetPorts, type NeverReach, type Selector } from "./policy.js";

export const neverReach = (policy: NeverReach): Check => ({
  code: "IEC1050",
  severity: "error",
  reason: `Policy ${policy.id} forbids that ${trafficIn(policy.traffic)} gets there, on whatever path.`,
  check: (topology, reachability) =>
    ask(policy.id, reachability(), {
      from: endsOf(topology, reachability(), policy.from),
      to: endsOf(topology, reachability(), policy.on),
      ...(policy.traffic === undefined ? {} : { traffic: policy.traffic }),
    }),
});

export const internetPorts = (policy: InternetPorts): Check => ({
  code: "IEC1051",
  severity: "error",
  reason: `Policy ${policy.id} shows the Internet ${policy.traffic.length === 0 ? "nothing" : `${trafficIn(policy.traffic)} and nothing else`}.`,
  check: (topology, reachability) =>
    ask(policy.id, reachability(), {
      from: reachability().endOf("internet"),
      to: endsOf(topology, reachability(), policy.on),
      via: "internet",
      except: policy.traffic,
    }),
});

const trafficIn = (traffic: NeverReach["traffic"]): string =>
  traffic === undefined ? "anything" : formatTraffic(traffic);

function* ask(policy: string, r: Reachability, question: Question): Generator<Judgement> {
  const { verdict, counterexample, unknowns } = judge(r, question);
  const node = counterexample?.to.node ?? counterexample?.from.node;
  if (counterexample === undefined || node === undefined) return;
  if (verdict === "CONDITIONAL") {
    yield conditional({ node }, [], `${tellPacket(counterexample.packet)} never gets there`, unknowns);
  } else if (verdict === "REFUTED") {
    const { from, to, trace } = counterexample;
    yield refuted(
      { node },
      [],
      [`${from.label} reaches ${to.label}: ${tellPacket(counterexample.packet)}.`, ...hopLines(trace)].join(
        "\n",
      ),
      `Close one of these, or change policy ${policy}.`,
    );
  }
}

/** What lets it through; where nothing guards a border, there is nothing to close. */
const hopLines = ({ hops }: Trace): string[] =>
  hops.flatMap((hop) => (hop.rule === undefined ? [] : [`- ${tellHop(hop)}`]));

/** A name with `*` stands for every resource it fits, any other one for what it names. */
function endsOf(topology: Topology, r: Reachability, names: Selector): readonly End[] {
  const found = names.flatMap((name) =>
    name.includes("*")
      ? [...topology.graph.nodes.keys()].filter((address) => selects([name], address)).flatMap(r.endOf)
      : r.endOf(name),
  );
  return surest(found);
}
