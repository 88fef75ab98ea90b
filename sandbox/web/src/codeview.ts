/** The left side: files, and the editor with the one that is open; or the answer to a problem. */

import { saveFiles } from "./download";
import type { SourceFile } from "./draft";
import { el } from "./dom";
import { Editor } from "./editor";
import { Files } from "./files";
import type { JudgePanel } from "./judgepanel";
import type { Message } from "./messages";
import type { Store } from "./store";

export class CodeView {
  readonly element: HTMLElement;
  private readonly files: Files;
  private readonly editor: Editor;
  private active = 0;
  private marks: Message[] = [];

  constructor(
    private readonly store: Store,
    private readonly judge: JudgePanel,
    leave: () => void,
  ) {
    const wishes = {
      select: (index: number) => this.open(index),
      change: (files: SourceFile[], active: number) => this.keep(files, active),
    };
    this.files = new Files(wishes, "code");
    const code = el("div", { id: "code", class: "code", role: "tabpanel", "aria-label": "Code" });
    const keys = el("p", { class: "keys" }, "Tab indents, Esc leaves the editor");
    this.element = el("section", { class: "left", "aria-label": "Editor" }, this.files.element, code, keys);
    this.editor = new Editor(code, { changed: (text) => this.write(text), leave });
  }

  /** Open the file of that number, with its marks. */
  open(index: number): void {
    this.active = index;
    this.show();
    this.mark(this.marks);
  }

  /** What the draft has now. */
  show(): void {
    const { draft } = this.store;
    if (draft.mode === "judge") {
      const name = answerName(draft.problem);
      this.files.show([{ name, text: "" }], 0, true);
      this.editor.open(`judge/${name}`, this.judge.text, "python");
      return;
    }
    this.active = Math.min(this.active, draft.files.length - 1);
    const file = draft.files[this.active]!;
    this.files.show(draft.files, this.active);
    this.editor.open(`${draft.language}/${file.name}`, file.text, draft.language);
  }

  mark(messages: Message[]): void {
    if (!messages.length && !this.marks.length) return; // each change of the editor costs a layout
    this.marks = messages;
    this.editor.mark(messages.filter((one) => one.file === this.store.draft.files[this.active]?.name));
  }

  goTo(message: Message): void {
    const index = this.store.draft.files.findIndex((file) => file.name === message.file);
    if (index >= 0 && index !== this.active) this.open(index);
    this.editor.goTo(message.line, message.column);
  }

  download(): void {
    const { draft } = this.store;
    if (draft.mode === "judge") saveFiles([{ name: answerName(draft.problem), text: this.judge.text }], "python");
    else saveFiles(draft.files, draft.language);
  }

  private write(text: string): void {
    if (this.store.draft.mode === "judge") return this.judge.write(text);
    const files = this.store.draft.files.map((file, index) => (index === this.active ? { ...file, text } : file));
    this.store.change({ files });
  }

  private keep(files: SourceFile[], active: number): void {
    this.store.change({ files });
    this.open(active);
  }
}

function answerName(problem: string): string {
  return `${problem.replaceAll("/", "-") || "HumanEval"}.py`;
}
