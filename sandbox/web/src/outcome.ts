/** How a step ended, in words. */

import { duration, size } from "./bytes";
import type { Limits, Step } from "./words";

export type Mood = "good" | "bad" | "busy";

const SIGNALS: Record<string, string> = {
  SIGSEGV: "invalid memory access",
  SIGABRT: "the program aborted itself",
  SIGFPE: "arithmetic error, such as a division by zero",
  SIGILL: "invalid instruction",
  SIGBUS: "invalid memory access",
  SIGKILL: "killed",
  SIGTERM: "asked to end",
  SIGPIPE: "wrote to a closed pipe",
};

/** One phrase; `limits` are those that the step had. */
export function outcome(step: Step, limits: Limits, compiling: boolean): string {
  switch (step.ended) {
    case "exited":
      if (compiling) return step.exit_code === 0 ? "Compiled" : `Does not compile (exit code ${step.exit_code})`;
      return step.exit_code === 0 ? "Finished" : `Exit code ${step.exit_code}`;
    case "signalled": {
      const meaning = SIGNALS[step.signal ?? ""];
      return `Killed by ${step.signal}${meaning ? ` (${meaning})` : ""}`;
    }
    case "cpu_limit":
      return `Stopped at the CPU limit (${duration(limits.cpu_seconds)})`;
    case "wall_limit":
      return `Stopped at the time limit (${duration(limits.wall_seconds)})`;
    case "memory_limit":
      return `Stopped at the memory limit (${size(limits.memory_bytes)})`;
    case "output_limit":
      return `Stopped at the output limit (${size(limits.output_bytes)})`;
    case "process_limit":
      return "Failed at the limit of processes";
    case "disk_limit":
      return "Failed at the limit of disk space";
    case "container_death":
      return "Broke its container three times";
  }
}

export function mood(step: Step): Mood {
  return step.exit_code === 0 ? "good" : "bad";
}

export function facts(step: {
  cpu_seconds: number;
  wall_seconds: number;
  peak_memory_bytes: number;
  peak?: string;
}): string {
  const peak = `${step.peak === "sampled" ? "at least " : ""}${size(step.peak_memory_bytes)}`;
  return `${duration(step.wall_seconds)} wall · ${duration(step.cpu_seconds)} CPU · ${peak} peak`;
}
