/** The limits of a run, within what the server allows. */

import { duration, size } from "./bytes";
import { el, labelled } from "./dom";
import type { Limits, Service } from "./words";

const MEBIBYTE = 1024 * 1024;
const FIELDS: { name: keyof Limits; label: string; unit: number; least: number; step: number }[] = [
  { name: "cpu_seconds", label: "CPU, s", unit: 1, least: 0.1, step: 0.1 },
  { name: "wall_seconds", label: "Time, s", unit: 1, least: 0.1, step: 0.1 },
  { name: "memory_bytes", label: "Memory, MB", unit: MEBIBYTE, least: 16, step: 1 },
  { name: "output_bytes", label: "Output, MB", unit: MEBIBYTE, least: 0, step: 0.25 },
];
/** Until the server has told its own. */
export const USUAL: Limits = {
  cpu_seconds: 10,
  wall_seconds: 30,
  memory_bytes: 256 * MEBIBYTE,
  output_bytes: MEBIBYTE,
};

export class LimitsForm {
  readonly element: HTMLElement;
  private readonly summary = el("summary");
  private readonly inputs = new Map<keyof Limits, HTMLInputElement>();
  private defaults = USUAL;
  private maxima: Limits | null = null;
  private chosen: Limits | null = null;

  constructor(private readonly change: (limits: Limits | null) => void) {
    const fields = FIELDS.map((field) => {
      const input = el("input", {
        type: "number",
        min: field.least,
        step: "any",
        inputmode: "decimal",
        onchange: () => this.read(),
      });
      this.inputs.set(field.name, input);
      return labelled(field.label, input);
    });
    const reset = el("button", { type: "button", class: "link", onclick: () => this.reset() }, "Reset");
    this.element = el("details", { class: "limits" }, this.summary, el("div", { class: "fields" }, ...fields, reset));
    this.show(null);
  }

  get limits(): Limits {
    return this.within(this.chosen ?? this.defaults);
  }

  allow(service: Service): void {
    this.defaults = service.defaults;
    this.maxima = service.maxima;
    for (const { name, unit } of FIELDS) this.inputs.get(name)!.max = String(service.maxima[name] / unit);
    this.show(this.chosen);
  }

  show(chosen: Limits | null): void {
    this.chosen = chosen;
    const now = this.limits;
    for (const { name, unit } of FIELDS) this.inputs.get(name)!.value = String(Number((now[name] / unit).toFixed(2)));
    this.summary.textContent = `Limits: ${duration(now.cpu_seconds)} CPU, ${duration(now.wall_seconds)} in all, ${size(now.memory_bytes)}, ${size(now.output_bytes)} of output`;
  }

  private read(): void {
    const told = { ...this.limits };
    for (const { name, unit, least } of FIELDS) {
      const value = this.inputs.get(name)!.valueAsNumber;
      if (Number.isFinite(value)) told[name] = Math.max(value, least) * unit;
    }
    told.memory_bytes = Math.round(told.memory_bytes);
    told.output_bytes = Math.round(told.output_bytes);
    this.show(this.within(told));
    this.change(this.chosen);
  }

  private reset(): void {
    this.show(null);
    this.change(null);
  }

  private within(limits: Limits): Limits {
    const most = this.maxima;
    if (!most) return limits;
    const bounded = FIELDS.map(({ name }) => [name, Math.min(limits[name], most[name])]);
    return Object.fromEntries(bounded) as unknown as Limits;
  }
}
