/** Two texts, line by line. */

export interface Line {
  kind: "same" | "missing" | "extra";
  text: string;
}

const MOST_LINES = 400;

/** Whether a program wrote what was expected; blanks at the ends of lines and of the text do not count. */
export function agrees(expected: string, got: string): boolean {
  return trimmed(expected) === trimmed(got);
}

/** What of `expected` is missing in `got`, and what is there instead; the shortest such account. */
export function diff(expected: string, got: string): Line[] {
  const wanted = trimmed(expected).split("\n").slice(0, MOST_LINES);
  const found = trimmed(got).split("\n").slice(0, MOST_LINES);
  const longest = table(wanted, found);
  const lines: Line[] = [];
  let left = 0;
  let right = 0;
  while (left < wanted.length || right < found.length) {
    if (left < wanted.length && wanted[left] === found[right]) {
      lines.push({ kind: "same", text: wanted[left]! });
      left += 1;
      right += 1;
    } else if (
      right >= found.length ||
      (left < wanted.length && longest[left + 1]![right]! >= longest[left]![right + 1]!)
    ) {
      lines.push({ kind: "missing", text: wanted[left]! });
      left += 1;
    } else {
      lines.push({ kind: "extra", text: found[right]! });
      right += 1;
    }
  }
  return lines;
}

/** The longest common subsequence of what begins at [left][right]. */
function table(wanted: string[], found: string[]): Uint16Array[] {
  const rows = Array.from({ length: wanted.length + 1 }, () => new Uint16Array(found.length + 1));
  for (let left = wanted.length - 1; left >= 0; left -= 1) {
    for (let right = found.length - 1; right >= 0; right -= 1) {
      const below = rows[left + 1]!;
      rows[left]![right] =
        wanted[left] === found[right] ? below[right + 1]! + 1 : Math.max(below[right]!, rows[left]![right + 1]!);
    }
  }
  return rows;
}

function trimmed(text: string): string {
  // No pattern: one for blanks at the ends of lines takes quadratic time on a long line of blanks.
  const lines = text.split("\n").map((line) => line.trimEnd());
  return lines.join("\n").trimEnd();
}
