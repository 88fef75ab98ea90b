/** The server's words, as they come over the wire: sandbox/protocol.py says what each means. */

export type Bytes = string | { base64: string };

export interface Limits {
  cpu_seconds: number;
  wall_seconds: number;
  memory_bytes: number;
  output_bytes: number;
}

export type Ended =
  | "exited"
  | "signalled"
  | "cpu_limit"
  | "wall_limit"
  | "memory_limit"
  | "output_limit"
  | "process_limit"
  | "disk_limit"
  | "container_death";

export interface Step {
  ended: Ended;
  exit_code: number | null;
  signal: string | null;
  stdout: Bytes;
  stderr: Bytes;
  stdout_dropped: number;
  stderr_dropped: number;
  cpu_seconds: number;
  wall_seconds: number;
  peak_memory_bytes: number;
  peak: "exact" | "sampled";
}

export interface Execution {
  language: string;
  version: string;
  image: string;
  compile: Step | null;
  runs: Step[];
}

export interface Language {
  name: string;
  aliases: string[];
  compiled: boolean;
  source: string;
  version: string;
}

export interface Service {
  defaults: Limits;
  compile_defaults: Limits;
  maxima: Limits;
  judges: boolean;
  visitor: boolean;
  runs_a_minute: number | null;
}

export interface Program {
  language: string;
  source: string;
  files: Record<string, string>;
  runs: { stdin: string; arguments: string[] }[];
  limits: Limits;
}

export interface Problem {
  id: string;
  prompt: string;
  entry_point: string;
  language: string;
}

export interface Verdict {
  passed: boolean;
  status: string;
  detail: string;
  calls: number;
  cpu_seconds: number;
  wall_seconds: number;
  peak_memory_bytes: number;
}

export type StreamName = "stdout" | "stderr";

export type Happening =
  | { event: "queued"; data: { id: string; ahead: number } }
  | { event: "compile"; data: object }
  | { event: "run"; data: { run: number } }
  | { event: StreamName; data: { run: number | null; data: Bytes } }
  | { event: "restarted"; data: { run: number | null } }
  | { event: "result"; data: Execution }
  | { event: "error"; data: { code: string; message: string } };
