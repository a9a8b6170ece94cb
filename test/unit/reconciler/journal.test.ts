import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  Journal,
  journalPath,
  recoverJournal,
  type JournalRecord,
} from "../../../provider/reconciler/journal.js";
import { emptyState, type State } from "../../../provider/reconciler/state.js";
import { temporaryFolder } from "../../helpers/stack.js";
import { complaintsOf, instanceAt, stateOf } from "./harness.js";

const A = "iec_vpc.a";
const BEGIN: JournalRecord = { kind: "begin", version: 1, lineage: "lineage", serial: 3 };
const [, planned] = instanceAt(A, { name: "a" });
const intent: JournalRecord = { kind: "intent", address: A, at: 5, instance: planned };
const created: JournalRecord = { kind: "created", address: A, values: { name: "a", id: "1" } };
const saved: JournalRecord = {
  kind: "saved",
  address: A,
  instance: { ...planned, values: { name: "a", id: "1", cidr: "c" } },
};
const failed: JournalRecord = { kind: "failed", address: A };
const deleted: JournalRecord = { kind: "deleted", address: A };

/** Folds a journal of these records, or of this text, into a state. */
function fold(records: readonly JournalRecord[] | string, state: State | null = stateOf()) {
  const statePath = join(temporaryFolder(), "terraform.tfstate");
  const text =
    typeof records === "string" ? records : records.map((record) => `${JSON.stringify(record)}\n`).join("");
  writeFileSync(journalPath(statePath), text);
  return recoverJournal(statePath, state ?? undefined, emptyState);
}

const text = (...records: readonly JournalRecord[]) => records.map((r) => `${JSON.stringify(r)}\n`).join("");

interface Row {
  readonly name: string;
  readonly records: readonly JournalRecord[];
  readonly before?: State;
  /** Values of A afterwards. */
  readonly values?: object;
  readonly open?: boolean;
  readonly unfinished?: boolean;
}
const old = stateOf(instanceAt(A, { id: "0" }));
const ROWS: readonly Row[] = [
  { name: "nothing but a beginning", records: [BEGIN] },
  { name: "about to be created", records: [BEGIN, intent], open: true },
  { name: "refused", records: [BEGIN, intent, failed] },
  {
    name: "created, not seen ready",
    records: [BEGIN, intent, created],
    values: { name: "a", id: "1" },
    unfinished: true,
  },
  {
    name: "created and ready",
    records: [BEGIN, intent, created, saved],
    values: { name: "a", id: "1", cidr: "c" },
  },
  { name: "updated", records: [BEGIN, saved], before: old, values: { name: "a", id: "1", cidr: "c" } },
  { name: "deleted", records: [BEGIN, deleted], before: old },
  { name: "replaced, the old one gone", records: [BEGIN, deleted, intent], before: old, open: true },
  {
    name: "replaced",
    records: [BEGIN, deleted, intent, created, saved],
    before: old,
    values: { name: "a", id: "1", cidr: "c" },
  },
  { name: "sent again after the first was lost", records: [BEGIN, intent, intent], open: true },
  { name: "an id that nothing announced", records: [BEGIN, created] },
];

describe("folding a journal into a state", () => {
  it.each(ROWS)("$name", ({ records, before, values, open = false, unfinished = false }) => {
    const recovered = fold(records, before);
    expect(recovered?.state.instances.get(A)?.values).toEqual(values);
    expect(recovered?.intents.map(({ address }) => address)).toEqual(open ? [A] : []);
    expect(recovered?.unfinished).toEqual(unfinished ? [A] : []);
    // Folded twice, as when the state is written and the journal still there, it says the same.
    expect(fold(records, recovered?.state)?.state.instances).toEqual(recovered?.state.instances);
  });

  it("there is none", () => {
    expect(
      recoverJournal(join(temporaryFolder(), "terraform.tfstate"), stateOf(), emptyState),
    ).toBeUndefined();
  });

  it("without a state the journal's lineage goes on", () => {
    const recovered = fold([BEGIN, intent, created], null);
    expect(recovered?.state).toMatchObject({ lineage: "lineage", serial: 0 });
    expect([...(recovered?.state.instances.keys() ?? [])]).toEqual([A]);
  });

  it("what existed before", () => {
    const baseline: JournalRecord = { kind: "baseline", type: "iec_vpc", ids: ["7"] };
    const unknown: JournalRecord = { kind: "baseline", type: "iec_eip", ids: null };
    expect(fold([BEGIN, baseline, unknown])?.baselines).toEqual(
      new Map([
        ["iec_vpc", new Set(["7"])],
        ["iec_eip", null],
      ]),
    );
  });

  it.each([
    ["within a record", text(BEGIN, intent).slice(0, -20), []],
    ["before the end of its line", text(BEGIN, intent).slice(0, -1), []],
    ["within the first record", text(BEGIN).slice(0, 10), []],
    ["before anything", "", []],
    ["after a whole record", text(BEGIN, intent), [A]],
  ])("cut off %s: what is incomplete was not acted on", (_name, journal, open) => {
    expect(fold(journal)?.intents.map(({ address }) => address)).toEqual(open);
  });

  it.each([
    ["another lineage", text({ ...BEGIN, lineage: "other" }), "IEC3003", "lineage other"],
    ["no beginning", text(intent), "IEC3003", "lineage unknown"],
    ["a newer version", text({ ...BEGIN, version: 2 }), "IEC3002", "Upgrade"],
    ["an unknown record", `${text(BEGIN)}{"kind":"moved"}\n`, "IEC3002", "Upgrade"],
    ["a damaged line", `${text(BEGIN)}{"kind":\n${text(intent)}`, "IEC3001", "line 2"],
  ])("%s is refused", async (_name, journal, code, words) => {
    const [complaint] = await complaintsOf(() => fold(journal));
    expect(complaint?.code).toBe(code);
    expect(complaint?.detail).toContain(words);
  });
});

describe("writing a journal", () => {
  const begin = () => {
    const statePath = join(temporaryFolder(), "terraform.tfstate");
    return { statePath, journal: Journal.begin(statePath, stateOf()) };
  };

  it("is for its owner only, and there is one at a time", async () => {
    const { statePath } = begin();
    expect(statSync(journalPath(statePath)).mode & 0o777).toBe(0o600);
    const [complaint] = await complaintsOf(() => Journal.begin(statePath, stateOf()));
    expect(complaint?.code).toBe("IEC3005");
  });

  it("reads back as written, flushed or not", async () => {
    const { statePath, journal } = begin();
    journal.append(intent);
    await Promise.all([journal.flush(), journal.flush(), journal.flush()]);
    journal.append(created);
    expect(readFileSync(journalPath(statePath), "utf8")).toBe(text(BEGIN, intent, created));
  });

  it.each([
    ["nothing was begun", []],
    ["everything is saved", [intent, created, saved]],
    ["the create was refused", [intent, failed]],
  ])("is removed at the end when %s", (_name, records) => {
    const { statePath, journal } = begin();
    for (const record of records) journal.append(record);
    journal.finish(stateOf());
    expect(existsSync(journalPath(statePath))).toBe(false);
  });

  it("keeps what is open at the end, on top of the state that was written", () => {
    const { statePath, journal } = begin();
    const B = "iec_vpc.b";
    const baseline: JournalRecord = { kind: "baseline", type: "iec_vpc", ids: [] };
    const other: JournalRecord = { ...intent, address: B };
    for (const record of [baseline, intent, created, other, { ...failed, address: "iec_vpc.c" }])
      journal.append(record);
    journal.finish({ ...stateOf(), serial: 4 });
    expect(readFileSync(journalPath(statePath), "utf8")).toBe(
      text({ ...BEGIN, serial: 4 }, baseline, intent, created, other),
    );
    expect(statSync(journalPath(statePath)).mode & 0o777).toBe(0o600);
  });
});
