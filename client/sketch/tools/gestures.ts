// From pointer events to what a hand means: hover, tap, drag, pan, pinch. One finger never draws
// when a second comes down, a palm never draws beside a pen, and the page never zooms instead.

import { type Point, distance, between, subtract } from '../model/geometry';
import type { Pointer } from './session';

export interface Hand {
  hover(pointer: Pointer): void;
  leave(): void;
  tap(pointer: Pointer): void;
  dragStart(pointer: Pointer): boolean;
  drag(pointer: Pointer): void;
  dragEnd(): void;
  cancel(): void;
  pan(by: Point): void;
  zoom(factor: number, about: Point): void;
  /** Builds the pointer for a place on the drawing. */
  pointer(event: PointerEvent, pixel: Point): Pointer;
}

type Doing = 'nothing' | 'pressed' | 'dragging' | 'panning' | 'pinching' | 'dead';

const mouseSlop = 4; // px a press may wander and still be a tap
const touchSlop = 10;
const palmTime = 600; // ms a touch is taken for a palm after the pen was seen

export class Gestures {
  spaceHeld = false;
  private doing: Doing = 'nothing';
  private readonly down = new Map<number, Point>();
  private first: { event: PointerEvent; at: Point } | null = null;
  private lastPen = -Infinity;

  constructor(
    private readonly surface: SVGSVGElement,
    private readonly hand: Hand,
  ) {
    surface.addEventListener('pointerdown', this.onDown);
    surface.addEventListener('pointermove', this.onMove);
    surface.addEventListener('pointerup', this.onUp);
    surface.addEventListener('pointercancel', this.onCancel);
    surface.addEventListener('pointerleave', (event) => {
      if (event.pointerType === 'mouse' && this.doing === 'nothing') hand.leave();
    });
    surface.addEventListener('wheel', this.onWheel, { passive: false });
    // The click that a browser makes of a tap would land on what the tap brought up under the finger: the number pad.
    surface.addEventListener('touchend', (event) => event.preventDefault(), { passive: false });
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    for (const name of ['gesturestart', 'gesturechange', 'dblclick']) {
      surface.addEventListener(name, (event) => event.preventDefault());
    }
  }

  private place(event: MouseEvent): Point {
    const box = this.surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private palm(event: PointerEvent): boolean {
    if (event.pointerType === 'pen') this.lastPen = event.timeStamp;
    return event.pointerType === 'touch' && event.timeStamp - this.lastPen < palmTime;
  }

  private readonly onDown = (event: PointerEvent): void => {
    if (this.palm(event) || event.button > 1) return;
    const at = this.place(event);
    this.down.set(event.pointerId, at);
    this.surface.setPointerCapture(event.pointerId);
    if (this.down.size === 2) {
      this.hand.cancel();
      this.doing = 'pinching';
      return;
    }
    if (this.down.size > 2) {
      this.doing = 'dead';
      return;
    }
    this.first = { event, at };
    this.doing = event.button === 1 || this.spaceHeld ? 'panning' : 'pressed';
  };

  private readonly onMove = (event: PointerEvent): void => {
    if (this.palm(event)) return;
    const at = this.place(event);
    const before = this.down.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') this.hand.hover(this.hand.pointer(event, at));
      return;
    }
    if (this.doing === 'pressed') this.leaveSlop(event, at);
    if (this.doing === 'dragging') this.hand.drag(this.hand.pointer(event, at));
    if (this.doing === 'panning') this.hand.pan(subtract(at, before));
    if (this.doing === 'pinching') this.pinch(event.pointerId, before, at);
    this.down.set(event.pointerId, at);
  };

  private leaveSlop(event: PointerEvent, at: Point): void {
    if (!this.first) return;
    const slop = event.pointerType === 'touch' ? touchSlop : mouseSlop;
    if (distance(this.first.at, at) <= slop) return;
    const start = this.hand.pointer(this.first.event, this.first.at);
    this.doing = this.hand.dragStart(start) ? 'dragging' : 'panning';
    if (this.doing === 'panning') this.hand.pan(subtract(at, this.first.at));
  }

  private pinch(id: number, before: Point, at: Point): void {
    const other = [...this.down].find(([pointer]) => pointer !== id)?.[1];
    if (!other) return;
    const middle = between(at, other, 0.5);
    this.hand.pan(subtract(middle, between(before, other, 0.5)));
    const was = distance(before, other);
    if (was > 1) this.hand.zoom(distance(at, other) / was, middle);
  }

  private readonly onUp = (event: PointerEvent): void => {
    if (!this.down.delete(event.pointerId)) return;
    const at = this.place(event);
    if (this.doing === 'pressed') this.hand.tap(this.hand.pointer(event, at));
    if (this.doing === 'dragging') {
      this.hand.drag(this.hand.pointer(event, at));
      this.hand.dragEnd();
    }
    // After a pinch the finger that is left must lift before it means anything again.
    this.doing = this.down.size === 0 ? 'nothing' : 'dead';
  };

  private readonly onCancel = (event: PointerEvent): void => {
    if (!this.down.delete(event.pointerId)) return;
    this.hand.cancel();
    this.doing = this.down.size === 0 ? 'nothing' : 'dead';
  };

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A trackpad pinch arrives as ctrl + wheel in small steps.
    const speed = event.ctrlKey ? 0.01 : 0.0016;
    this.hand.zoom(Math.exp(-event.deltaY * lines * speed), this.place(event));
  };
}
