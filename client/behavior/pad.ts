// The signature pad: strokes of finger, pen or mouse, kept as points within 0 to 1 of the field, so that turning
// the phone loses nothing. Where drawing cannot be had, the typed name stays the signature.

type Point = [number, number];

const near = 0.004; // of the field: points closer than that add nothing
const most = 4500;

export function beginPad(): void {
  const field = document.querySelector<HTMLElement>("[data-pad]");
  const canvas = field?.querySelector("canvas");
  const pen = canvas?.getContext("2d");
  if (!field || !canvas || !pen || !window.PointerEvent) return;
  new Pad(field, canvas, pen).begin();
}

class Pad {
  private strokes: Point[][] = [];
  private aspect = 0; // the field's width by its height when the first stroke began
  private open: Point[] | null = null;
  private pointer = -1;

  constructor(private readonly field: HTMLElement, private readonly canvas: HTMLCanvasElement, private readonly pen: CanvasRenderingContext2D) {}

  begin(): void {
    this.restore();
    this.part("[data-pad-kinds]").hidden = false;
    const drawn = this.kind("drawn");
    // Nobody chose yet: who points with a finger or a mouse draws. Keys reach the other choice first.
    if (this.field.dataset.pad !== "typed" || !this.field.classList.contains("has-error")) drawn.checked = true;
    this.field.addEventListener("change", () => this.show());
    this.part("[data-pad-clear]").addEventListener("click", () => this.clear());
    this.canvas.addEventListener("pointerdown", (e) => this.down(e));
    this.canvas.addEventListener("pointermove", (e) => this.move(e));
    for (const name of ["pointerup", "pointercancel"] as const) this.canvas.addEventListener(name, () => this.up());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    const name = document.querySelector<HTMLInputElement>("#f-name");
    const typed = (): void => void (this.part("[data-pad-name]").textContent = name?.value ?? "");
    name?.addEventListener("input", typed);
    typed();
    this.show();
  }

  private part(selector: string): HTMLElement {
    return this.field.querySelector<HTMLElement>(selector) ?? this.field;
  }

  private kind(value: string): HTMLInputElement {
    return this.field.querySelector<HTMLInputElement>(`input[name="kind"][value="${value}"]`) ?? document.createElement("input");
  }

  private show(): void {
    const drawn = this.kind("drawn").checked;
    this.part("[data-pad-box]").hidden = !drawn;
    this.part("[data-pad-typed]").hidden = drawn;
    this.draw();
  }

  /** The part of the canvas that has the shape of the field in which the first stroke was drawn. */
  private room(): { width: number; height: number } {
    const { width, height } = this.canvas.getBoundingClientRect();
    const aspect = this.aspect || width / height;
    return { width: Math.min(width, height * aspect), height: Math.min(height, width / aspect) };
  }

  private at(e: PointerEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = this.room();
    const within = (v: number): number => Math.round(Math.min(1, Math.max(0, v)) * 1e4) / 1e4;
    return [within((e.clientX - box.left) / width), within((e.clientY - box.top) / height)];
  }

  private down(e: PointerEvent): void {
    if (this.open || !e.isPrimary || e.button !== 0) return;
    e.preventDefault();
    this.canvas.setPointerCapture(e.pointerId);
    this.pointer = e.pointerId;
    if (this.aspect === 0) {
      const { width, height } = this.canvas.getBoundingClientRect();
      this.aspect = width / height;
    }
    this.open = [this.at(e)];
    this.strokes.push(this.open);
    this.draw();
  }

  private move(e: PointerEvent): void {
    if (!this.open || e.pointerId !== this.pointer) return;
    const points = e.getCoalescedEvents?.() ?? [];
    for (const p of points.length > 0 ? points : [e]) this.add(this.at(p));
    this.draw();
  }

  private add(to: Point): void {
    const last = this.open?.at(-1);
    if (!last || Math.hypot(to[0] - last[0], to[1] - last[1]) < near) return;
    if (this.strokes.reduce((n, s) => n + s.length, 0) < most) this.open?.push(to);
  }

  private up(): void {
    this.open = null;
    this.keep();
  }

  private clear(): void {
    this.strokes = [];
    this.aspect = 0;
    this.open = null;
    this.keep();
    this.draw();
  }

  private input(name: string): HTMLInputElement {
    return this.field.querySelector<HTMLInputElement>(`input[name="${name}"]`) ?? document.createElement("input");
  }

  private keep(): void {
    this.input("strokes").value = this.strokes.length > 0 ? JSON.stringify(this.strokes) : "";
    this.input("aspect").value = this.aspect > 0 ? this.aspect.toFixed(4) : "";
  }

  /** A form that came back still has what was drawn. */
  private restore(): void {
    try {
      const kept: unknown = JSON.parse(this.input("strokes").value);
      if (Array.isArray(kept)) this.strokes = kept as Point[][];
      this.aspect = Number(this.input("aspect").value) || 0;
    } catch {
      this.strokes = []; // nothing was drawn
    }
  }

  private draw(): void {
    const box = this.canvas.getBoundingClientRect();
    if (box.width === 0) return;
    const dense = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * dense);
    this.canvas.height = Math.round(box.height * dense);
    this.pen.scale(dense, dense);
    this.pen.lineWidth = 2.5;
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.pen.strokeStyle = getComputedStyle(this.canvas).color;
    const { width, height } = this.room();
    for (const stroke of this.strokes) {
      this.pen.beginPath();
      stroke.forEach(([x, y], i) => (i === 0 ? this.pen.moveTo(x * width, y * height) : this.pen.lineTo(x * width, y * height)));
      const dot = stroke.length === 1 ? stroke[0] : undefined;
      if (dot) this.pen.lineTo(dot[0] * width + 0.1, dot[1] * height);
      this.pen.stroke();
    }
  }
}
