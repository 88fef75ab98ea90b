/** The page: its parts, and what they have to do with each other. */

import { languages, service } from "./api";
import { Bar } from "./bar";
import { CodeView } from "./codeview";
import { offerLink } from "./dialog";
import type { Draft, Mode } from "./draft";
import { el } from "./dom";
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
import type { Language, Service } from "./words";

const KEPT = "Code runs in a disposable container without network; neither it nor its output is kept.";
const COMPILE_USUAL = { ...USUAL, cpu_seconds: 60, wall_seconds: 120, memory_bytes: 4 * USUAL.memory_bytes };

export class Page implements Shown {
  private readonly notice = new Notice(() => void this.ask());
  private readonly picker = new Picker((one) => this.turnTo(one));
  private readonly limits = new LimitsForm((limits) => this.store.change({ limits }));
  private readonly session = new Session((busy) => this.bar.busy(busy));
  private readonly bar: Bar;
  private readonly code: CodeView;
  private readonly runs: RunPanel;
  private readonly tests: TestPanel;
  private readonly judge: JudgePanel;
  private readonly modes: Modes;
  private readonly promise = el("p", {}, KEPT);
  private compileLimits = COMPILE_USUAL;

  constructor(
    parent: HTMLElement,
    private readonly store: Store,
    embedded: boolean,
  ) {
    const full = embedded ? `./${location.hash}` : null;
    this.bar = new Bar(
      {
        run: () => void this.run(),
        stop: () => void this.session.stop(),
        share: () => void this.share(),
        download: () => this.code.download(),
      },
      this.picker,
      full,
    );
    this.runs = new RunPanel(store, this.limits, this);
    this.tests = new TestPanel(store, this.limits, this);
    this.judge = new JudgePanel(store, this);
    this.modes = new Modes({ run: this.runs.element, tests: this.tests.element, judge: this.judge.element }, (mode) =>
      store.change({ mode }),
    );
    this.code = new CodeView(store, this.judge, () => this.bar.runButton.focus());
    parent.append(this.bar.element, this.notice.element, this.main(), this.footer());
    document.body.classList.toggle("embedded", embedded);
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
    this.code.mark(messages);
  }

  goTo(message: Message): void {
    this.code.goTo(message);
  }

  tell(text: string, back: () => void): void {
    this.notice.say("plain", text, { text: "Back to my own", act: back });
  }

  private main(): HTMLElement {
    const right = el(
      "section",
      { class: "right", "aria-label": "Input and output" },
      this.modes.tabs,
      ...this.modes.panels,
    );
    return el("main", {}, this.code.element, right);
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
    this.promise.textContent = offered.visitor
      ? `${KEPT} Each run gets a container that nobody used before.${often}`
      : KEPT;
  }

  private heed(changed: ReadonlySet<keyof Draft>): void {
    const { draft } = this.store;
    if (changed.has("mode")) this.turn(draft.mode);
    if (changed.has("language")) {
      this.picker.show(draft.language);
      this.code.open(0);
      this.mark([]);
    }
    if (changed.has("problem")) this.code.show();
  }

  /** Problems are in a language of their own: whoever asks for another one wants to leave them. */
  private turnTo(language: Language): void {
    if (this.store.draft.mode === "judge") this.store.change({ mode: "run" });
    this.store.turnTo(language.name, language.source);
  }

  private turn(mode: Mode): void {
    this.modes.show(mode);
    this.bar.show(mode);
    this.say("");
    this.code.show();
    // The same limits for a run and for tests: the form is where it is looked at.
    if (mode !== "judge")
      (mode === "tests" ? this.tests : this.runs).element.firstElementChild!.after(this.limits.element);
    if (mode === "judge")
      this.judge.load().catch((error: unknown) => this.notice.explain(error, () => this.turn(mode)));
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
}
