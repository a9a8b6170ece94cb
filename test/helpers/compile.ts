import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./iec.js";

/** A mistake that the compiler finds in a program. */
export interface Mistake {
  readonly program: string;
  /** From 1. */
  readonly line: number;
  /** All of it: what each further line says belongs to the line above. */
  readonly message: string;
}

/** What the compiler says of programs that stand in the root of this package, with its own strictness. */
export function compile(programs: Readonly<Record<string, string>>): Mistake[] {
  const texts = new Map(Object.entries(programs).map(([name, text]) => [join(ROOT, `${name}.ts`), text]));
  const file = join(ROOT, "tsconfig.json");
  const config: unknown = ts.readConfigFile(file, (name) => readFileSync(name, "utf8")).config;
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, ROOT);
  const host = ts.createCompilerHost(options);
  host.fileExists = (name) => texts.has(name) || ts.sys.fileExists(name);
  host.readFile = (name) => texts.get(name) ?? ts.sys.readFile(name);
  const program = ts.createProgram([...texts.keys()], options, host);
  return Object.keys(programs).flatMap((name) => {
    const source = program.getSourceFile(join(ROOT, `${name}.ts`));
    if (source === undefined) throw new Error(`${name} was not compiled`);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ start = 0, messageText }) => ({
        program: name,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        message: ts.flattenDiagnosticMessageText(messageText, "\n"),
      }),
    );
  });
}
