/** Test mode: cases of input and expected output, all run against one compilation. */

import { textOf } from "./bytes";
import { type Case, words } from "./draft";
import { agrees } from "./diff";
import { difference, written } from "./difference";
import { el } from "./dom";
import type { LimitsForm } from "./limits";
import { messages } from "./messages";
import { facts, outcome } from "./outcome";
import { Problems } from "./problems";
import { type Shown, programOf } from "./runpanel";
import type { Session } from "./session";
import { Stage } from "./stage";
import type { Store } from "./store";
import type { Execution, Happening, Limits, Step } from "./words";
import { Refused } from "./api";

interface Row {
  element: HTMLElement;
  verdict: HTMLElement;
  more: HTMLElement;
}

export class TestPanel {
  readonly element: HTMLElement;
  private readonly list = el("ol", { class: "cases" });
  private readonly total = el("p", { class: "total" });
  private readonly compile = new Stage("Compile", true);
  private readonly problems: Problems;
  private rows: Row[] = [];

  constructor(
    private readonly store: Store,
    private readonly limits: LimitsForm,
    private readonly shown: Shown,
  ) {
    this.problems = new Problems((one) => shown.goTo(one));
    const add = el("button", { type: "button", onclick: () => this.add() }, "Add a case");
    const hint = el(
      "p",
      { class: "hint" },
      "Compiled once, run once for each case, with the arguments of Run. Blanks at the end of lines do not count.",
    );
    this.element = el(
      "div",
      { class: "test-panel" },
      hint,
      this.total,
      this.problems.element,
      this.compile.element,
      this.list,
      add,
    );
    this.show();
  }

  show(): void {
    this.rows = this.store.draft.cases.map((one, index) => this.row(one, index));
    this.list.replaceChildren(...this.rows.map((row) => row.element));
    this.total.hidden = true;
  }

  async start(session: Session, signal: AbortSignal, compileLimits: Limits): Promise<void> {
    const { draft } = this.store;
    if (!draft.cases.length) return this.shown.say("There is no case to run");
    const runs = draft.cases.map((one) => ({ stdin: one.stdin, arguments: words(draft.arguments) }));
    const program = programOf(draft, runs, this.limits.limits);
    const running = session.run(program, signal, (happening) => this.heed(happening, program.limits, compileLimits));
    this.clear();
    this.shown.say("Waiting …");
    await running;
  }

  private clear(): void {
    for (const row of this.rows) this.judge(row, "", "");
    this.compile.clear();
    this.problems.show([]);
    this.shown.mark([]);
    this.total.hidden = true;
  }

  private heed(happening: Happening, limits: Limits, compileLimits: Limits): void {
    if (happening.event === "compile") {
      this.compile.begin();
      this.shown.say("Compiling …");
    } else if (happening.event === "run") {
      const row = this.rows[happening.data.run];
      if (row) this.judge(row, "busy", "Running …");
      this.shown.say(`Running case ${happening.data.run + 1} of ${this.rows.length} …`);
    } else if (happening.event === "result") {
      this.finish(happening.data, limits, compileLimits);
    } else if (happening.event === "error") {
      for (const row of this.rows) if (row.verdict.classList.contains("busy")) this.judge(row, "", "");
      this.compile.cut("No result");
      this.shown.say(happening.data.code === "stopped" ? "Stopped" : "No result");
      if (happening.data.code !== "stopped") throw new Refused(happening.data.code, happening.data.message);
    }
  }

  private finish(execution: Execution, limits: Limits, compileLimits: Limits): void {
    const { cases, files } = this.store.draft;
    if (execution.compile) {
      this.compile.write("stdout", execution.compile.stdout);
      this.compile.write("stderr", execution.compile.stderr);
      this.compile.end(execution.compile, compileLimits);
    }
    const failed = execution.runs.filter((step) => step.exit_code !== 0).map((step) => textOf(step.stderr));
    const found = messages(
      [this.compile.text, ...failed].join("\n"),
      files.map((file) => file.name),
    );
    this.problems.show(found);
    this.shown.mark(found);
    const passed = execution.runs.filter((step, index) =>
      this.compare(step, cases[index]!, this.rows[index]!, limits),
    ).length;
    const words = execution.runs.length ? `${passed} of ${execution.runs.length} passed` : "Does not compile";
    this.total.textContent = words;
    this.total.className = `total ${passed === execution.runs.length && passed ? "good" : "bad"}`;
    this.total.hidden = false;
    this.shown.say(words);
  }

  private compare(step: Step, one: Case, row: Row, limits: Limits): boolean {
    const got = textOf(step.stdout);
    const right = step.exit_code === 0 && !step.stdout_dropped && agrees(one.expected, got);
    const ending = step.exit_code === 0 ? "" : ` ${outcome(step, limits, false)}.`;
    this.judge(row, right ? "good" : "bad", `${right ? "Passed" : "Failed"}.${ending} ${facts(step)}`);
    if (!right) row.more.replaceChildren(difference(one.expected, got), ...written(textOf(step.stderr)));
    return right;
  }

  private judge(row: Row, mood: string, words: string): void {
    row.verdict.className = `verdict ${mood}`;
    row.verdict.textContent = words;
    row.more.replaceChildren();
  }

  private row(one: Case, index: number): Row {
    const number = index + 1;
    const verdict = el("p", { class: "verdict" });
    const more = el("div", { class: "more" });
    const remove = el(
      "button",
      { type: "button", class: "link", "aria-label": `Remove case ${number}`, onclick: () => this.remove(index) },
      "Remove",
    );
    const heading = el("header", {}, el("h3", {}, `Case ${number}`), verdict, remove);
    const texts = el(
      "div",
      { class: "texts" },
      this.text(index, "stdin", "Input", one),
      this.text(index, "expected", "Expected output", one),
    );
    return { element: el("li", {}, heading, texts, more), verdict, more };
  }

  private text(index: number, part: keyof Case, label: string, one: Case): HTMLElement {
    const change = (): void => {
      const cases = this.store.draft.cases.map((old, at) => (at === index ? { ...old, [part]: area.value } : old));
      this.store.change({ cases });
    };
    const area = el("textarea", {
      rows: 2,
      spellcheck: "false",
      oninput: change,
      "aria-label": `${label} of case ${index + 1}`,
    });
    area.value = one[part];
    return el("div", { class: "field" }, el("span", { class: "label", "aria-hidden": "true" }, label), area);
  }

  private add(): void {
    this.store.change({ cases: [...this.store.draft.cases, { stdin: "", expected: "" }] });
    this.show();
    this.list.lastElementChild!.querySelector("textarea")!.focus();
  }

  private remove(index: number): void {
    this.store.change({ cases: this.store.draft.cases.filter((_, at) => at !== index) });
    this.show();
  }
}
