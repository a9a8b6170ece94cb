import type { Attributes } from "../../schema/attributes.js";
import { allAttributes, type DataSource, type Resource } from "../../schema/definition.js";
import { DiagnosticError, errorDiagnostic } from "../../schema/diagnostics.js";
import { ctyType } from "../../schema/provider-schema.js";
import type { Api } from "../client/index.js";
import type { WireType } from "./values.js";

/** A definition with the type that its values have on the wire. */
export interface Entry<D> {
  readonly definition: D;
  readonly attributes: Attributes;
  readonly type: WireType;
}
export type ResourceEntry = Entry<Resource<Api>>;
export type DataSourceEntry = Entry<DataSource<Api>>;

export interface Catalog {
  /** @throws {DiagnosticError} when there is none of that type. */
  resource(type: string): ResourceEntry;
  dataSource(type: string): DataSourceEntry;
}

export function createCatalog(
  resources: ReadonlyMap<string, Resource<Api>>,
  dataSources: ReadonlyMap<string, DataSource<Api>>,
): Catalog {
  return {
    resource: entries("resource", resources),
    dataSource: entries("data source", dataSources),
  };
}

export const objectType = (attributes: Attributes): WireType =>
  ctyType({ kind: "object", description: "", attributes });

function entries<D extends { readonly attributes: Attributes }>(
  noun: string,
  definitions: ReadonlyMap<string, D>,
): (type: string) => Entry<D> {
  const made = new Map<string, Entry<D>>();
  return (type) => {
    const known = made.get(type);
    if (known !== undefined) return known;
    const definition = definitions.get(type);
    if (definition === undefined) {
      throw new DiagnosticError(errorDiagnostic("IEC2003", `There is no ${noun} type "${type}"`));
    }
    const attributes = allAttributes(definition);
    const entry = { definition, attributes, type: objectType(attributes) };
    made.set(type, entry);
    return entry;
  };
}
