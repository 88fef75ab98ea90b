/** All that somebody has written: kept over a reload, shared as a link, and never trusted when it comes back. */

import type { Limits } from "./words";

export type Mode = "run" | "tests" | "judge";

export interface SourceFile {
  name: string;
  text: string;
}

export interface Case {
  stdin: string;
  expected: string;
}

export interface Draft {
  language: string;
  /** The first one is the program's source; others lie beside it. */
  files: SourceFile[];
  stdin: string;
  arguments: string;
  limits: Limits | null;
  cases: Case[];
  mode: Mode;
  problem: string;
  /** What was written for a problem, by its id. */
  answers: Record<string, string>;
}

const MOST_FILES = 256;
const MOST_CASES = 200;

export function empty(language: string, files: SourceFile[]): Draft {
  const cases = [{ stdin: "", expected: "" }];
  return { language, files, stdin: "", arguments: "", limits: null, cases, mode: "run", problem: "", answers: {} };
}

/** The draft that `value` holds; null if it holds none. */
export function draftOf(value: unknown): Draft | null {
  if (!isRecord(value) || typeof value["language"] !== "string" || !Array.isArray(value["files"])) return null;
  const files = value["files"].slice(0, MOST_FILES).filter(isFile);
  if (!files.length) return null;
  const cases = Array.isArray(value["cases"]) ? value["cases"].slice(0, MOST_CASES).filter(isCase) : [];
  const mode = value["mode"] === "tests" || value["mode"] === "judge" ? value["mode"] : "run";
  const answers = isRecord(value["answers"]) ? Object.entries(value["answers"]) : [];
  return {
    ...empty(
      value["language"].slice(0, 100),
      files.map(({ name, text }) => ({ name, text })),
    ),
    stdin: text(value["stdin"]),
    arguments: text(value["arguments"]),
    limits: isLimits(value["limits"]) ? value["limits"] : null,
    cases: cases.map(({ stdin, expected }) => ({ stdin, expected })),
    mode,
    problem: text(value["problem"]),
    answers: Object.fromEntries(answers.filter((one): one is [string, string] => typeof one[1] === "string")),
  };
}

/** Why a file cannot be called `name` beside `others`; null if it can. As sandbox/protocol.py has it. */
export function refusedName(name: string, others: string[]): string | null {
  if (others.includes(name)) return "there is such a file already";
  const good = name && new TextEncoder().encode(name).length <= 200 && !name.includes("\0");
  if (!good || name.split("/").some((part) => ["", ".", ".."].includes(part))) {
    return "a name such as util.py or data/input.txt is needed, without “.” or “..”";
  }
  return null;
}

/** Words as a shell would see them: blanks part them, quotes and backslashes keep them together. */
export function words(line: string): string[] {
  const found = line.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+/gs) ?? [];
  return found.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"?|'([^']*)'?|\\(.)/gs, (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\])/g, "$1") : (single ?? escaped ?? ""),
    ),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isFile(value: unknown): value is SourceFile {
  return isRecord(value) && typeof value["name"] === "string" && typeof value["text"] === "string";
}

function isCase(value: unknown): value is Case {
  return isRecord(value) && typeof value["stdin"] === "string" && typeof value["expected"] === "string";
}

function isLimits(value: unknown): value is Limits {
  const names = ["cpu_seconds", "wall_seconds", "memory_bytes", "output_bytes"];
  return isRecord(value) && names.every((name) => Number.isFinite(value[name]));
}
