/** A small program for each language; none where there is no file. */

const texts = import.meta.glob<string>("./examples/*.txt", { query: "?raw", import: "default", eager: true });

export function example(language: string): string {
  return texts[`./examples/${language}.txt`] ?? "";
}
