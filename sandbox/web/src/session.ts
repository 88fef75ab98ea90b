/** One thing runs at a time, and can be stopped. */

import { execute, stop } from "./api";
import type { Happening, Program } from "./words";

export class Session {
  private abort: AbortController | null = null;
  private execution = "";

  /** `told` is called when something starts or ends. */
  constructor(private readonly told: (busy: boolean) => void) {}

  get busy(): boolean {
    return this.abort !== null;
  }

  /** Do `work` with a signal that `stop` gives; whether it came to its end. Raises what it raises, unless it was hung up. */
  async during(work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const abort = (this.abort = new AbortController());
    this.execution = "";
    this.told(true);
    try {
      await work(abort.signal);
      return true;
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      return false;
    } finally {
      this.abort = null;
      this.told(false);
    }
  }

  /** Run `program`, and tell what happens until its last event. */
  async run(program: Program, signal: AbortSignal, tell: (happening: Happening) => void): Promise<void> {
    for await (const happening of execute(program, signal)) {
      if (happening.event === "queued") this.execution = happening.data.id;
      tell(happening);
    }
  }

  /** The server ends the stream once the program is gone; where it can't be asked, hanging up does the same. */
  async stop(): Promise<void> {
    const abort = this.abort;
    if (!abort) return;
    if (!this.execution) return abort.abort();
    await stop(this.execution).catch(() => abort.abort());
  }
}
