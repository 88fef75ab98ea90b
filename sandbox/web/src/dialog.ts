/** Dialogs: a question with one answer, and a link to take away. */

import { el, labelled, unique } from "./dom";

/** What the reader answers, once `refused` has nothing against it; null if they would rather not. */
export function ask(
  title: string,
  label: string,
  value: string,
  refused: (answer: string) => string | null,
): Promise<string | null> {
  return new Promise((resolve) => {
    const input = el("input", { value, autocomplete: "off", spellcheck: "false" });
    const wrong = el("p", { class: "wrong", role: "alert" });
    let answer: string | null = null;
    const submit = (event: Event): void => {
      event.preventDefault();
      const why = refused(input.value.trim());
      if (why) {
        wrong.textContent = why;
        return;
      }
      answer = input.value.trim();
      dialog.close();
    };
    const form = el(
      "form",
      { onsubmit: submit },
      labelled(label, input),
      wrong,
      el("button", { class: "primary" }, "OK"),
    );
    const dialog = show(title, form);
    dialog.addEventListener("close", () => resolve(answer));
    input.select();
  });
}

/** The link, selected and ready to be copied; and how to embed it. */
export function offerLink(link: string, embedded: string): void {
  const frame = `<iframe src="${embedded}" width="100%" height="480" title="Code that runs"></iframe>`;
  const long =
    link.length > 8000
      ? `It is ${link.length} characters long: some programs cut such links. Download the code to be sure.`
      : "";
  const dialog = show(
    "Share",
    el("p", {}, "Everything is in the link itself: code, input, limits and tests. Nothing is stored on the server."),
    copyable("Link", link),
    copyable("To embed in a page", frame),
    long ? el("p", { class: "wrong" }, long) : null,
  );
  dialog.querySelector("input")!.select();
}

function copyable(label: string, text: string): HTMLElement {
  const input = el("input", { value: text, readonly: true, onfocus: () => input.select() });
  const done = el("span", { class: "out-of-sight", role: "status" });
  const copy = async (): Promise<void> => {
    input.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done.textContent = "The browser does not allow it: copy the selected text yourself";
      return;
    }
    button.textContent = done.textContent = "Copied";
  };
  const button = el("button", { type: "button", onclick: copy, "aria-label": `Copy: ${label}` }, "Copy");
  return el("div", { class: "copyable" }, labelled(label, input), button, done);
}

function show(title: string, ...content: (Node | null)[]): HTMLDialogElement {
  const id = unique("dialog");
  const close = el(
    "button",
    { type: "button", class: "link close", "aria-label": "Close", onclick: () => dialog.close() },
    "×",
  );
  const heading = el("h2", { id }, title);
  const dialog = el("dialog", { "aria-labelledby": id }, el("header", {}, heading, close), ...content);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
