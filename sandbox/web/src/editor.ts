/** CodeMirror, with a history of its own for each file. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import type { Message } from "./messages";
import { syntaxOf } from "./syntax";

export interface Wishes {
  changed(text: string): void;
  leave(): void;
}

const dark = matchMedia("(prefers-color-scheme: dark)");

export class Editor {
  readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly syntax = new Compartment();
  private readonly tone = new Compartment();
  private shown = "";

  constructor(
    parent: HTMLElement,
    private readonly wishes: Wishes,
  ) {
    this.view = new EditorView({ parent, state: EditorState.create({ extensions: nonce() }) });
    dark.addEventListener("change", () => this.view.dispatch({ effects: this.tone.reconfigure(toneNow()) }));
  }

  /** Show a document; `name` keeps its history apart, and its text is `text` whatever it was before. */
  open(name: string, text: string, language: string): void {
    if (this.shown) this.states.set(this.shown, this.view.state);
    this.shown = name;
    const kept = this.states.get(name);
    const state =
      kept?.doc.toString() === text ? kept : EditorState.create({ doc: text, extensions: this.extensions(name) });
    this.view.setState(state);
    this.view.dispatch({ effects: this.tone.reconfigure(toneNow()) });
    void syntaxOf(language).then((extension) => {
      if (this.shown === name) this.view.dispatch({ effects: this.syntax.reconfigure(extension) });
    });
  }

  forget(name: string): void {
    this.states.delete(name);
    if (this.shown === name) this.shown = "";
  }

  mark(messages: Message[]): void {
    this.view.dispatch(
      setDiagnostics(
        this.view.state,
        messages.map((one) => this.diagnostic(one)),
      ),
    );
  }

  goTo(line: number, column: number | null): void {
    const at = this.position(line, column);
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }

  private position(line: number, column: number | null): number {
    const doc = this.view.state.doc;
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const indent = /^\s*/.exec(found.text)![0].length;
    return Math.min(found.from + (column === null ? indent : column - 1), found.to);
  }

  private diagnostic(one: Message): Diagnostic {
    const from = this.position(one.line, one.column);
    const line = this.view.state.doc.lineAt(from);
    const word = one.column === null ? null : /^\w+/.exec(line.text.slice(from - line.from));
    const to = one.column === null ? line.to : Math.min(line.to, from + (word?.[0].length ?? 1));
    return { from, to, severity: one.severity, message: one.text };
  }

  private extensions(name: string): Extension {
    return [
      nonce(),
      this.tone.of(toneNow()),
      this.syntax.of([]),
      EditorView.contentAttributes.of({
        "aria-label": `Code of ${name.split("/").pop()!}`,
        spellcheck: "false",
        tabindex: "0",
      }),
      EditorView.updateListener.of((update) => update.docChanged && this.wishes.changed(update.state.doc.toString())),
      looks,
      keys(() => this.wishes.leave()),
    ];
  }
}

const looks: Extension = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightSpecialChars(),
  history(),
  foldGutter(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("    "),
  EditorState.tabSize.of(4),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  lintGutter(),
  syntaxHighlighting(classHighlighter),
];

/** What lets the editor add its styles in spite of the page's policy. */
function nonce(): Extension {
  return EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "");
}

function toneNow(): Extension {
  return EditorView.darkTheme.of(dark.matches);
}

/** Esc leaves last: whatever is open in the editor closes first. Mod-Enter is the page's. */
function keys(leave: () => void): Extension {
  const others = defaultKeymap.filter((one) => one.key !== "Mod-Enter" && one.key !== "Escape");
  return keymap.of([
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...lintKeymap,
    indentWithTab,
    { key: "Escape", run: () => (leave(), true) },
    ...others,
  ]);
}
