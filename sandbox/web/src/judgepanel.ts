/** Judge it: an answer to one of HumanEval's problems, judged by the grader that judges models. */

import { judge, problems } from "./api";
import { el, labelled } from "./dom";
import { facts } from "./outcome";
import type { Shown } from "./runpanel";
import type { Store } from "./store";
import type { Problem, Verdict } from "./words";

const WORDS: Record<string, string> = {
  passed: "Passed",
  failed: "Wrong",
  crashed: "Crashed",
  timed_out: "Too slow",
  out_of_memory: "Out of memory",
  no_program: "No such function",
};

export class JudgePanel {
  readonly element: HTMLElement;
  private readonly select: HTMLSelectElement;
  private readonly verdict = el("div", { class: "judgement", hidden: true });
  private known: Problem[] = [];
  private asking: Promise<void> | null = null;

  constructor(
    private readonly store: Store,
    private readonly shown: Shown,
  ) {
    this.select = el("select", { onchange: () => store.change({ problem: this.select.value }) });
    const again = el("button", { type: "button", class: "link", onclick: () => this.reset() }, "Start over");
    const hint = el(
      "p",
      { class: "hint" },
      "Complete the function. It is judged by the tests of OpenAI's HumanEval, in a process of their own that your code cannot see.",
    );
    this.element = el("div", { class: "judge-panel" }, hint, labelled("Problem", this.select), again, this.verdict);
  }

  /** Ask for the problems, once. Raises Refused, Unreachable. */
  async load(): Promise<void> {
    this.asking ??= problems().then((known) => this.offer(known));
    try {
      await this.asking;
    } catch (error) {
      this.asking = null;
      throw error;
    }
  }

  /** What is in the editor for the chosen problem. */
  get text(): string {
    const { problem, answers } = this.store.draft;
    return answers[problem] ?? this.known.find((one) => one.id === problem)?.prompt ?? "";
  }

  write(text: string): void {
    const { problem, answers } = this.store.draft;
    if (problem) this.store.change({ answers: { ...answers, [problem]: text } });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.load();
    this.verdict.hidden = true;
    this.shown.say("Judging …");
    try {
      this.tell(await judge(this.store.draft.problem, this.text, signal));
    } finally {
      if (this.verdict.hidden) this.shown.say(signal.aborted ? "Stopped" : "No verdict");
    }
  }

  private offer(known: Problem[]): void {
    this.known = known;
    this.select.replaceChildren(
      ...known.map((one) => el("option", { value: one.id }, `${one.id}: ${one.entry_point}`)),
    );
    const { problem } = this.store.draft;
    const found = known.some((one) => one.id === problem) ? problem : (known[0]?.id ?? "");
    this.select.value = found;
    this.store.change({ problem: found });
  }

  private reset(): void {
    const { [this.store.draft.problem]: _, ...answers } = this.store.draft.answers;
    this.store.change({ answers, problem: this.store.draft.problem });
  }

  private tell(verdict: Verdict): void {
    const words = WORDS[verdict.status] ?? verdict.status;
    this.verdict.className = `judgement ${verdict.passed ? "good" : "bad"}`;
    this.verdict.replaceChildren(
      el("h3", {}, words),
      verdict.detail
        ? el("p", { class: "detail" }, verdict.detail)
        : el("p", {}, verdict.passed ? "Every test agrees." : ""),
      el(
        "p",
        { class: "facts" },
        `The tests called it ${verdict.calls} ${verdict.calls === 1 ? "time" : "times"} · ${facts(verdict)}`,
      ),
    );
    this.verdict.hidden = false;
    this.shown.say(verdict.detail ? `${words}: ${verdict.detail}` : words);
  }
}
