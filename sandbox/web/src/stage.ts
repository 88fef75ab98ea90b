/** One stage of an execution on the page: compile or run, what it writes and how it ended. */

import { el } from "./dom";
import { facts, mood, outcome } from "./outcome";
import { Pane } from "./pane";
import type { Bytes, Limits, Step, StreamName } from "./words";

export class Stage {
  readonly element: HTMLElement;
  private readonly state = el("span", { class: "state" });
  private readonly facts = el("span", { class: "facts" });
  private readonly nothing = el("p", { class: "nothing", hidden: true }, "It wrote nothing.");
  private readonly panes: Record<StreamName, Pane>;

  constructor(
    readonly title: string,
    private readonly compiling: boolean,
  ) {
    this.panes = { stdout: new Pane(`${title} stdout`, "stdout"), stderr: new Pane(`${title} stderr`, "stderr") };
    this.element = el(
      "section",
      { class: "stage", "aria-label": title, hidden: true },
      el("header", {}, el("h3", {}, title), this.state, this.facts),
      this.panes.stdout.element,
      this.panes.stderr.element,
      this.nothing,
    );
  }

  clear(): void {
    this.element.hidden = this.nothing.hidden = true;
    this.panes.stdout.clear();
    this.panes.stderr.clear();
  }

  begin(): void {
    this.clear();
    this.element.hidden = false;
    this.say(this.compiling ? "Compiling …" : "Running …", "busy");
  }

  write(stream: StreamName, data: Bytes): void {
    this.panes[stream].write(data);
  }

  /** The outcome, in words. */
  end(step: Step, limits: Limits): string {
    this.element.hidden = false;
    this.panes.stdout.end(step.stdout_dropped);
    this.panes.stderr.end(step.stderr_dropped);
    this.nothing.hidden = this.compiling || !this.panes.stdout.empty || !this.panes.stderr.empty;
    const words = outcome(step, limits, this.compiling);
    this.say(words, mood(step));
    this.facts.textContent = facts(step);
    return words;
  }

  /** It ended without facts: stopped, or lost. */
  cut(words: string): void {
    if (this.element.hidden) return;
    this.panes.stdout.end(0);
    this.panes.stderr.end(0);
    this.say(words, "bad");
  }

  get text(): string {
    return `${this.panes.stderr.text}\n${this.panes.stdout.text}`;
  }

  private say(words: string, mood: string): void {
    this.state.textContent = words;
    this.state.className = `state ${mood}`;
    this.facts.textContent = "";
  }
}
