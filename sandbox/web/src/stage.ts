/** One stage of an execution on the page: compile or run, what it writes and how it ended. */

import { el } from "./dom";
import { facts, mood, outcome } from "./outcome";
import { Output } from "./output";
import type { Bytes, Limits, Step, StreamName } from "./words";

export class Stage {
  readonly element: HTMLElement;
  private readonly state = el("span", { class: "state" });
  private readonly facts = el("span", { class: "facts" });
  private readonly nothing = el("p", { class: "nothing", hidden: true }, "It wrote nothing.");
  private readonly output: Output;

  constructor(
    readonly title: string,
    private readonly compiling: boolean,
  ) {
    this.output = new Output(title);
    this.element = el(
      "section",
      { class: compiling ? "stage compiling" : "stage", "aria-label": title, hidden: true },
      el("header", {}, el("h3", {}, title), this.state, this.facts),
      this.output.element,
      this.nothing,
    );
  }

  clear(): void {
    this.element.hidden = this.nothing.hidden = true;
    this.output.clear();
  }

  begin(): void {
    this.clear();
    this.element.hidden = false;
    this.say(this.compiling ? "Compiling …" : "Running …", "busy");
  }

  write(stream: StreamName, data: Bytes): void {
    this.output.write(stream, data);
  }

  /** The outcome, in words. */
  end(step: Step, limits: Limits): string {
    this.element.hidden = false;
    this.output.end({ stdout: step.stdout_dropped, stderr: step.stderr_dropped });
    this.nothing.hidden = this.compiling || !this.output.empty;
    const words = outcome(step, limits, this.compiling);
    this.say(words, mood(step));
    this.facts.textContent = facts(step);
    return words;
  }

  /** It ended without facts: stopped, or lost. */
  cut(words: string): void {
    if (this.element.hidden) return;
    this.output.end({ stdout: 0, stderr: 0 });
    this.say(words, "bad");
  }

  get text(): string {
    return this.output.text;
  }

  private say(words: string, mood: string): void {
    this.state.textContent = words;
    this.state.className = `state ${mood}`;
    this.facts.textContent = "";
  }
}
