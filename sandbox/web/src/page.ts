/** The page: its parts, and what they have to do with each other. */

import { languages, service } from "./api";
import { Bar } from "./bar";
import { offerLink } from "./dialog";
import { saveFiles } from "./download";
import type { Draft, Mode } from "./draft";
import { el } from "./dom";
import { Editor } from "./editor";
import { Files } from "./files";
import { JudgePanel } from "./judgepanel";
import { LimitsForm, USUAL } from "./limits";
import type { Message } from "./messages";
import { Modes } from "./modes";
import { Notice } from "./notice";
import { Picker } from "./picker";
import { RunPanel, type Shown } from "./runpanel";
import { Session } from "./session";
import { fragmentOf } from "./share";
import type { Store } from "./store";
import { TestPanel } from "./testpanel";
import type { Service } from "./words";

const KEPT = "Code runs in a disposable container without network; neither it nor its output is kept.";
const COMPILE_USUAL = { ...USUAL, cpu_seconds: 60, wall_seconds: 120, memory_bytes: 4 * USUAL.memory_bytes };

export class Page implements Shown {
  private readonly notice = new Notice(() => void this.ask());
  private readonly picker = new Picker((one) => this.store.turnTo(one.name, one.source));
  private readonly limits = new LimitsForm((limits) => this.store.change({ limits }));
  private readonly session = new Session((busy) => this.bar.busy(busy));
  private readonly bar: Bar;
  private readonly files: Files;
  private readonly editor: Editor;
  private readonly runs: RunPanel;
  private readonly tests: TestPanel;
  private readonly judge: JudgePanel;
  private readonly modes: Modes;
  private readonly promise = el("p", {}, KEPT);
  private compileLimits = COMPILE_USUAL;
  private active = 0;

  constructor(
    parent: HTMLElement,
    private readonly store: Store,
    embedded: boolean,
  ) {
    const full = embedded ? `./${location.hash}` : null;
    this.bar = new Bar({ run: () => void this.run(), stop: () => void this.session.stop(), share: () => void this.share(), download: () => this.download() }, this.picker, full); // prettier-ignore
    this.files = new Files({ select: (index) => this.open(index), change: (files, active) => this.keep(files, active) }, "code");
    this.runs = new RunPanel(store, this.limits, this);
    this.tests = new TestPanel(store, this.limits, this);
    this.judge = new JudgePanel(store, this);
    this.modes = new Modes({ run: this.runs.element, tests: this.tests.element, judge: this.judge.element }, (mode) => store.change({ mode })); // prettier-ignore
    const code = el("div", { id: "code", class: "code", role: "tabpanel", "aria-label": "Code" });
    parent.append(this.bar.element, this.notice.element, this.main(code), this.footer());
    document.body.classList.toggle("embedded", embedded);
    this.editor = new Editor(code, { changed: (text) => this.write(text), leave: () => this.bar.runButton.focus() });
    store.heed((changed) => this.heed(changed));
    this.limits.show(store.draft.limits);
    this.picker.show(store.draft.language);
    this.turn(store.draft.mode);
    void this.ask();
  }

  say(words: string): void {
    this.bar.say(words);
  }

  mark(messages: Message[]): void {
    this.marks = messages;
    this.editor.mark(messages.filter((one) => one.file === this.store.draft.files[this.active]?.name));
  }

  goTo(message: Message): void {
    const index = this.store.draft.files.findIndex((file) => file.name === message.file);
    if (index >= 0 && index !== this.active) this.open(index);
    this.editor.goTo(message.line, message.column);
  }

  tell(text: string, back: () => void): void {
    this.notice.say("plain", text, { text: "Back to my own", act: back });
  }

  private marks: Message[] = [];

  private main(code: HTMLElement): HTMLElement {
    const keys = el("p", { class: "keys" }, "Tab indents, Esc leaves the editor");
    const left = el("section", { class: "left", "aria-label": "Editor" }, this.files.element, code, keys);
    const right = el("section", { class: "right", "aria-label": "Input and output" }, this.modes.tabs, ...this.modes.panels);
    return el("main", {}, left, right);
  }

  private footer(): HTMLElement {
    return el("footer", {}, this.promise, el("a", { href: "openapi.json" }, "HTTP interface"));
  }

  /** What the server offers; asked again when it is back. */
  private async ask(): Promise<void> {
    try {
      const [offered, found] = await Promise.all([service(), languages()]);
      this.offer(offered);
      this.picker.offer(found);
    } catch (error) {
      this.notice.explain(error, () => void this.ask());
    }
  }

  private offer(offered: Service): void {
    this.limits.allow(offered);
    this.compileLimits = offered.compile_defaults;
    this.modes.offer("judge", offered.judges);
    if (!offered.judges && this.store.draft.mode === "judge") this.store.change({ mode: "run" });
    const often = offered.runs_a_minute ? ` Runs a minute: ${offered.runs_a_minute}.` : "";
    this.promise.textContent = offered.visitor ? `${KEPT} Each run gets a container that nobody used before.${often}` : KEPT;
  }

  private heed(changed: ReadonlySet<keyof Draft>): void {
    const { draft } = this.store;
    if (changed.has("mode")) this.turn(draft.mode);
    if (changed.has("language")) {
      this.picker.show(draft.language);
      this.open(0);
      this.mark([]);
    }
    if (changed.has("problem")) this.showCode();
  }

  private turn(mode: Mode): void {
    this.modes.show(mode);
    this.bar.show(mode);
    this.say("");
    this.showCode();
    // The same limits for a run and for tests: the form is where it is looked at.
    if (mode !== "judge") (mode === "tests" ? this.tests : this.runs).element.firstElementChild!.after(this.limits.element);
    if (mode === "judge") this.judge.load().catch((error: unknown) => this.notice.explain(error, () => this.turn(mode)));
  }

  private open(index: number): void {
    this.active = index;
    this.showCode();
    this.mark(this.marks);
  }

  private showCode(): void {
    const { draft } = this.store;
    if (draft.mode === "judge") {
      const name = `${draft.problem || "HumanEval"}.py`;
      this.files.show([{ name: name.split("/").pop()!, text: "" }], 0, true);
      this.editor.open(`judge/${name}`, this.judge.text, "python");
      return;
    }
    this.active = Math.min(this.active, draft.files.length - 1);
    const file = draft.files[this.active]!;
    this.files.show(draft.files, this.active);
    this.editor.open(`${draft.language}/${file.name}`, file.text, draft.language);
  }

  private write(text: string): void {
    if (this.store.draft.mode === "judge") return this.judge.write(text);
    const files = this.store.draft.files.map((file, index) => (index === this.active ? { ...file, text } : file));
    this.store.change({ files });
  }

  private keep(files: Draft["files"], active: number): void {
    this.store.change({ files });
    this.open(active);
  }

  private async run(): Promise<void> {
    if (this.session.busy) return;
    this.notice.clear();
    const { mode } = this.store.draft;
    try {
      const done = await this.session.during(async (signal) => {
        if (mode === "judge") await this.judge.start(signal);
        else await (mode === "tests" ? this.tests : this.runs).start(this.session, signal, this.compileLimits);
      });
      if (!done) this.say("Stopped");
    } catch (error) {
      this.say("Not run");
      this.notice.explain(error, () => void this.run());
    }
  }

  private async share(): Promise<void> {
    const fragment = await fragmentOf(this.store.draft);
    const here = new URL("./", location.href).href;
    offerLink(here + fragment, `${here}?embed=1${fragment}`);
  }

  private download(): void {
    const { draft } = this.store;
    if (draft.mode === "judge") saveFiles([{ name: `${draft.problem.replaceAll("/", "-")}.py`, text: this.judge.text }], "python");
    else saveFiles(draft.files, draft.language);
  }
}
