import type { Paint } from "../paint.js";
import { columns, count, printable } from "../text.js";
import type { Finding, Place, Verification } from "./model.js";

const SYMBOLS: Readonly<Record<Finding["verdict"], string>> = { REFUTED: "x", CONDITIONAL: "?", PROVED: "." };

/**
 * Who reaches whom, a table for each site: rows send, columns receive, `net` is the internet. Columns are numbered,
 * so that it fits a narrow terminal. Between sites nothing private passes.
 */
export function renderMatrix(
  { subnets, verdicts, assumptions }: Verification,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  if (subnets.length === 0) return "There is no subnet.\n";
  const known = new Map(
    verdicts.flatMap(({ kind, subject, verdict }) =>
      kind === "subnets" && "from" in subject ? [[`${subject.from}\n${subject.to}`, verdict]] : [],
    ),
  );
  const sites = new Map<string, Place[]>();
  for (const place of subnets) sites.set(place.site, [...(sites.get(place.site) ?? []), place]);
  const numbers = new Map(subnets.map(({ label }, i) => [label, String(i + 1)]));
  const wide = String(subnets.length).length;
  const cell = (text: string, verdict?: Finding["verdict"]): string => {
    const padded = text.padStart(wide);
    if (verdict === undefined) return padded;
    return { PROVED: paint.dim, REFUTED: paint.green, CONDITIONAL: paint.yellow }[verdict](padded);
  };
  const row = (from: Place, to: readonly Place[]): string =>
    to
      .map((place) => {
        if (place.label === from.label) return cell("-");
        const verdict = known.get(`${from.label}\n${place.label}`);
        return verdict === undefined ? cell(" ") : cell(SYMBOLS[verdict], verdict);
      })
      .join(" ");
  const tables = [...sites].flatMap(([site, places]) => {
    // The labels get what the columns leave; a site with more columns than fit is cut into several tables.
    const perTable = Math.max(1, Math.floor((width - wide - 12) / (wide + 1)));
    const parts = Array.from({ length: Math.ceil(places.length / perTable) }, (_, i) =>
      places.slice(i * perTable, (i + 1) * perTable),
    );
    return parts.map((to) => {
      const room = Math.max(8, width - (wide + 1) * (to.length + 1));
      const head = `${" ".repeat(wide)} ${to.map(({ label }) => cell(numbers.get(label) ?? "")).join(" ")}`;
      const rows = places.map(
        (from) => `${cell(numbers.get(from.label) ?? "")} ${row(from, to)} ${shortened(from, room - 1)}`,
      );
      return [paint.bold(`site ${printable(site)}`), head, ...rows.map((line) => line.trimEnd())].join("\n");
    });
  });
  const legend = "x reaches, ? hangs on unknowns, . proved apart. Rows send, columns receive.";
  const between = sites.size > 1 ? [betweenSites(subnets, known)] : [];
  const given =
    assumptions.length > 0
      ? [`Given ${count(assumptions.length, "assumption")}; \`iec verify\` names them.`]
      : [];
  return `${[...tables, ...between, legend, ...given].join("\n\n")}\n`;
}

function betweenSites(subnets: readonly Place[], known: ReadonlyMap<string, Finding["verdict"]>): string {
  const open = subnets.flatMap((from) =>
    subnets.filter(
      (to) => to.site !== from.site && (known.get(`${from.label}\n${to.label}`) ?? "PROVED") !== "PROVED",
    ),
  );
  if (open.length === 0) return "Between sites: nothing, all of it proved.";
  return `Between sites: ${open.length} pairs are not proved apart; \`iec verify\` names them.`;
}

/** The end of a label is what tells it apart. */
function shortened({ label, vpc }: Place, room: number): string {
  const text = printable(`${label} (${vpc})`);
  if (columns(text) <= room) return text;
  const plain = printable(label);
  return columns(plain) <= room ? plain : `…${plain.slice(-(room - 1))}`;
}
