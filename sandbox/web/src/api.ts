/** The server, spoken to. What it refuses is Refused; a server that does not answer is Unreachable. */

import type { Happening, Language, Problem, Program, Service, Verdict } from "./words";
import { events } from "./sse";

export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

export class Unreachable extends Error {}

const KEY = "lovelace.key";
let key = sessionStored();

/** From now on, ask as the holder of this API key; it is forgotten with the browser's tab. */
export function useKey(text: string): void {
  key = text;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    return; // storage is forbidden here: the key lasts as long as the page
  }
}

export const languages = (): Promise<Language[]> => json("v1/languages");
export const service = (): Promise<Service> => json("v1/service");
export const problems = (): Promise<Problem[]> => json("v1/problems");

export async function judge(problem: string, completion: string, signal: AbortSignal): Promise<Verdict> {
  return (await ask("v1/judge", post({ problem, completion }, signal))).json() as Promise<Verdict>;
}

/** What happens, as it happens. Ends with `result` or `error`; raises Unreachable if it is cut off before. */
export async function* execute(program: Program, signal: AbortSignal): AsyncGenerator<Happening> {
  const answer = await ask("v1/execute/stream", post(program, signal));
  let ended = false;
  try {
    // Read to its very end: only then does the connection serve the next run too.
    for await (const one of events(answer.body!)) {
      ended ||= one.name === "result" || one.name === "error";
      yield { event: one.name, data: JSON.parse(one.data) } as Happening;
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof TypeError)) throw error;
  }
  if (!ended) throw new Unreachable("the connection was cut off while the program ran");
}

export async function stop(execution: string): Promise<void> {
  await ask(`v1/executions/${execution}`, { method: "DELETE" });
}

/** Whether the server answers at all. */
export async function alive(): Promise<boolean> {
  try {
    return (await fetch("healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

function sessionStored(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function post(body: unknown, signal: AbortSignal): RequestInit {
  return { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal };
}

async function json<T>(path: string): Promise<T> {
  return (await ask(path, {})).json() as Promise<T>;
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (key) headers.set("Authorization", `Bearer ${key}`);
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch (error) {
    if (error instanceof TypeError) throw new Unreachable("the server does not answer");
    throw error;
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<Refused> {
  const wait = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  const retryAfter = Number.isFinite(wait) ? wait : null;
  try {
    const { code, message } = (await answer.json()) as { code: string; message: string };
    return new Refused(code, message, retryAfter);
  } catch {
    return new Refused(String(answer.status), `the server answered ${answer.status} ${answer.statusText}`, retryAfter);
  }
}
