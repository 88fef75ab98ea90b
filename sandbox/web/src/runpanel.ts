/** Input, limits and output of a single run. */

import type { Session } from "./session";
import { type Draft, words } from "./draft";
import { el, labelled } from "./dom";
import type { LimitsForm } from "./limits";
import { type Message, messages } from "./messages";
import { Problems } from "./problems";
import { Stage } from "./stage";
import type { Store } from "./store";
import type { Execution, Happening, Limits, Program } from "./words";
import { Refused } from "./api";

export interface Shown {
  say(words: string): void;
  mark(messages: Message[]): void;
  goTo(message: Message): void;
}

export class RunPanel {
  readonly element: HTMLElement;
  private readonly stdin: HTMLTextAreaElement;
  private readonly arguments: HTMLInputElement;
  private readonly compile = new Stage("Compile", true);
  private readonly run = new Stage("Run", false);
  private readonly problems: Problems;
  private readonly hint = el(
    "p",
    { class: "hint" },
    "Press Run, or Ctrl+Enter (⌘+Enter on a Mac). What the program writes is shown here, as it writes.",
  );

  constructor(
    private readonly store: Store,
    private readonly limits: LimitsForm,
    private readonly shown: Shown,
  ) {
    const rows = { rows: 3, spellcheck: "false", placeholder: "What the program reads" };
    this.stdin = el("textarea", { ...rows, oninput: () => store.change({ stdin: this.stdin.value }) });
    this.arguments = el("input", {
      spellcheck: "false",
      autocomplete: "off",
      placeholder: "one 'two words'",
      oninput: () => store.change({ arguments: this.arguments.value }),
    });
    this.problems = new Problems((one) => shown.goTo(one));
    const input = el(
      "div",
      { class: "input" },
      labelled("Standard input", this.stdin),
      labelled("Arguments", this.arguments),
    );
    const output = el(
      "div",
      { class: "output" },
      this.hint,
      this.problems.element,
      this.compile.element,
      this.run.element,
    );
    this.element = el("div", { class: "run-panel" }, input, limits.element, output);
    this.show(store.draft);
  }

  show(draft: Draft): void {
    if (this.stdin.value !== draft.stdin) this.stdin.value = draft.stdin;
    if (this.arguments.value !== draft.arguments) this.arguments.value = draft.arguments;
  }

  async start(session: Session, signal: AbortSignal, compileLimits: Limits): Promise<void> {
    const { draft } = this.store;
    const program = programOf(draft, [{ stdin: draft.stdin, arguments: words(draft.arguments) }], this.limits.limits);
    // The request is on its way before the page is tidied up for its answer.
    const running = session.run(program, signal, (happening) => this.heed(happening, program, compileLimits));
    this.clear();
    this.shown.say("Waiting …");
    try {
      await running;
    } finally {
      for (const stage of [this.compile, this.run]) if (this.open.has(stage)) stage.cut("Cut off");
      this.open.clear();
    }
  }

  private readonly open = new Set<Stage>();

  private clear(): void {
    this.hint.hidden = true;
    this.compile.clear();
    this.run.clear();
    this.problems.show([]);
    this.shown.mark([]);
  }

  private heed(happening: Happening, program: Program, compileLimits: Limits): void {
    switch (happening.event) {
      case "queued":
        if (happening.data.ahead) this.shown.say(`Waiting: ${happening.data.ahead} before you …`);
        break;
      case "compile":
        return this.begin(this.compile, "Compiling …");
      case "run":
        return this.begin(this.run, "Running …");
      case "restarted":
        if (happening.data.run === null) this.run.clear();
        return this.begin(
          happening.data.run === null ? this.compile : this.run,
          "Its container was lost; running again …",
        );
      case "stdout":
      case "stderr":
        return (happening.data.run === null ? this.compile : this.run).write(happening.event, happening.data.data);
      case "result":
        return this.finish(happening.data, program, compileLimits);
      case "error":
        return this.fail(happening.data);
    }
  }

  private begin(stage: Stage, words: string): void {
    this.open.add(stage);
    stage.begin();
    this.shown.say(words);
  }

  private finish(execution: Execution, program: Program, compileLimits: Limits): void {
    this.open.clear();
    let last = "";
    if (execution.compile) last = this.compile.end(execution.compile, compileLimits);
    const [step] = execution.runs;
    if (step) last = this.run.end(step, program.limits);
    this.shown.say(last);
    const files = this.store.draft.files.map((file) => file.name);
    const found = messages(`${this.compile.text}\n${step && step.exit_code !== 0 ? this.run.text : ""}`, files);
    this.problems.show(found);
    this.shown.mark(found);
    (step ? this.run : this.compile).element.scrollIntoView({ block: "nearest" });
  }

  private fail({ code, message }: { code: string; message: string }): void {
    const stopped = code === "stopped";
    for (const stage of this.open) stage.cut(stopped ? "Stopped" : "No result");
    this.open.clear();
    this.shown.say(stopped ? "Stopped" : "No result");
    if (!stopped) throw new Refused(code, message);
  }
}

export function programOf(draft: Draft, runs: Program["runs"], limits: Limits): Program {
  const [main, ...others] = draft.files;
  const files = Object.fromEntries(others.map((file) => [file.name, file.text]));
  return { language: draft.language, source: main!.text, files, runs, limits };
}
