import type { Attribute } from "./attributes.js";

const FORMATS = {
  ipv4: "IPv4 address",
  "ipv4-cidr": "IPv4 range",
  cidr: "IPv4 or IPv6 range",
  uuid: "UUID",
  base64: "Base64",
} as const;

const code = (value: string | number | boolean): string => `\`${value}\``;

/** `1 to 9 items`, `At least 8 characters`. */
function range(minimum: number | undefined, maximum: number | undefined, noun?: string): string | undefined {
  const suffix = noun === undefined ? "" : ` ${noun}${(maximum ?? minimum) === 1 ? "" : "s"}`;
  if (minimum !== undefined && maximum !== undefined) {
    return minimum === maximum ? `Always ${minimum}${suffix}` : `${minimum} to ${maximum}${suffix}`;
  }
  if (minimum !== undefined) return `At least ${minimum}${suffix}`;
  return maximum === undefined ? undefined : `At most ${maximum}${suffix}`;
}

function limits(a: Attribute): (string | undefined)[] {
  switch (a.kind) {
    case "string":
      return [
        a.enum && `One of ${a.enum.map(code).join(", ")}`,
        range(a.minLength, a.maxLength, "character"),
        a.patternHint && `Takes ${a.patternHint}`,
        a.format && FORMATS[a.format],
      ];
    case "number":
      return [a.unit && `In ${a.unit}`, range(a.minimum, a.maximum)];
    case "list":
    case "set":
    case "map":
      return [range(a.minItems, a.maxItems, "item"), ...limits(a.element)];
    case "block":
      return a.maxItems === 1 ? [] : [range(a.minItems, a.maxItems, "block")];
    case "bool":
    case "object":
      return [];
  }
}

/** What an attribute's declaration says, as phrases in Markdown. */
function facts(a: Attribute): (string | undefined)[] {
  const references = a.ref ?? ("element" in a ? a.element.ref : undefined);
  return [
    ...limits(a),
    "default" in a ? `Default ${code(a.default)}` : undefined,
    references && `Refers to ${references.map(code).join(" or ")}`,
    a.requiresReplace && "A change replaces the resource",
    a.sensitive && "Sensitive: never shown",
    a.writeOnly && "Write-only: never stored",
  ];
}

/** The whole description of an attribute: its own words, then what its declaration says beyond them. */
export function describe(a: Attribute): string {
  const said = a.description.toLowerCase();
  const rest = facts(a).filter((fact) => fact !== undefined && !said.includes(fact.toLowerCase()));
  return [a.description, ...rest.map((fact) => `${fact ?? ""}.`)].join(" ");
}
