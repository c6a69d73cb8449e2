// The part of the sheet that is on the screen. Scale is in pixels per foot; y is turned over,
// because sheets grow up and screens grow down.

import { type Box, type Point, subtract } from '../model/geometry';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const nearest = 240; // px per foot: an inch is 20 px
const farthest = 0.02; // 375 px hold 18,000 ft
const emptySheetFt = 80;

export class Viewport {
  /** The sheet's point in the middle of the screen. */
  center: Point = { x: 0, y: 0 };
  scale = 8;
  size: Size = { width: 1, height: 1 };

  toScreen(point: Point): Point {
    return {
      x: this.size.width / 2 + (point.x - this.center.x) * this.scale,
      y: this.size.height / 2 - (point.y - this.center.y) * this.scale,
    };
  }

  toSheet(pixel: Point): Point {
    return {
      x: this.center.x + (pixel.x - this.size.width / 2) / this.scale,
      y: this.center.y - (pixel.y - this.size.height / 2) / this.scale,
    };
  }

  feet(pixels: number): number {
    return pixels / this.scale;
  }

  panBy(pixels: Point): void {
    this.center = {
      x: this.center.x - pixels.x / this.scale,
      y: this.center.y + pixels.y / this.scale,
    };
  }

  /** Zooms about a pixel, so that what is under the finger stays under it. */
  zoomBy(factor: number, about: Point): void {
    const held = this.toSheet(about);
    this.scale = Math.min(nearest, Math.max(farthest, this.scale * factor));
    const moved = subtract(this.toSheet(about), held);
    this.center = subtract(this.center, moved);
  }

  /** Shows a box with room around it for the dimension lines and their labels; an empty sheet shows 80 ft. */
  fit(box: Box | null, beside = 0): void {
    const { width, height } = this.size;
    const across = box ? box.right - box.left : emptySheetFt;
    const up = box ? box.top - box.bottom : emptySheetFt * (height / width);
    const sides = Math.min(Math.max(72, beside), width / 4);
    const ends = Math.min(72, height / 5);
    const wide = (width - 2 * sides) / Math.max(across, 8);
    const high = (height - 2 * ends) / Math.max(up, 8);
    this.scale = Math.min(40, Math.max(farthest, Math.min(wide, high)));
    this.center = box
      ? { x: (box.left + box.right) / 2, y: (box.bottom + box.top) / 2 }
      : { x: across / 4, y: up / 4 };
  }

  /** Moves the sheet just so far that a point is on the screen. */
  reveal(point: Point): void {
    const edge = Math.min(44, this.size.width / 4, this.size.height / 4);
    const at = this.toScreen(point);
    const clampedX = Math.min(this.size.width - edge, Math.max(edge, at.x));
    const clampedY = Math.min(this.size.height - edge, Math.max(edge, at.y));
    this.panBy({ x: clampedX - at.x, y: clampedY - at.y });
  }
}
