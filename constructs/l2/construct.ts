import { TerraformStack } from "cdktf";
import { Construct } from "constructs";

/** What all constructs of this folder have in common: a wrong scope or id is told by name. */
export abstract class EdgeConstruct extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, freeId(new.target.name, scope, id));
  }
}

/**
 * The id, where it can be taken.
 * @throws where the scope is none, or the id is none, or taken.
 */
export function freeId(what: string, scope: Construct, id: string): string {
  const name = `${what} ${JSON.stringify(id)}`;
  if (!Construct.isConstruct(scope) || !scope.node.scopes.some((above) => TerraformStack.isStack(above)))
    throw new Error(`${name}: its first argument must be a stack, or a construct in a stack.`);
  if (typeof id !== "string" || id === "")
    throw refusal(scope, `the id ${JSON.stringify(id)} of a ${what} is no text. Give it a name of its own`);
  const other = scope.node.tryFindChild(id.replaceAll("/", "--"));
  if (other === undefined) return id;
  const where = scope.node.path === "" ? "the app" : scope.node.path;
  throw refusal(
    scope,
    `the id of ${name} is taken: ${where} has ${other.constructor.name} "${id}" already. Give one of them another id`,
  );
}

/** What is thrown at the line that is wrong: the construct, what is wrong, and the fix. */
export const refusal = (place: Construct, text: string, id?: string): Error =>
  new Error(`${[place.node.path, ...(id === undefined ? [] : [id])].join("/")}: ${text}.`);
