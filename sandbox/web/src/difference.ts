/** What a test case shows when it fails: how the output differs, and what went to stderr. */

import { diff } from "./diff";
import { el } from "./dom";

const MOST_STDERR = 4000;
const SIGNS = { same: " ", missing: "−", extra: "+" };

export function difference(expected: string, got: string): HTMLElement {
  const lines = diff(expected, got).map((line) => {
    const said = { same: "", missing: "missing: ", extra: "unexpected: " }[line.kind];
    const sign = el("span", { class: "diff-sign", "aria-hidden": "true" }, SIGNS[line.kind]);
    return el(
      "span",
      { class: `line ${line.kind}` },
      sign,
      said ? el("span", { class: "out-of-sight" }, said) : null,
      `${line.text}\n`,
    );
  });
  return el(
    "pre",
    { class: "diff", tabindex: 0, role: "group", "aria-label": "Expected (−) and written (+)" },
    ...lines,
  );
}

export function written(stderr: string): HTMLElement[] {
  if (!stderr) return [];
  const name = el("p", { class: "stream-name", "aria-hidden": "true" }, "stderr");
  const log = el(
    "pre",
    { class: "log", tabindex: 0, role: "group", "aria-label": "stderr" },
    stderr.slice(0, MOST_STDERR),
  );
  return [el("div", { class: "complaint" }, name, log)];
}
