// Which of a few courses of a long link runs behind the fewest blocks.

import type { Box, Point } from "@/lib/graph/route";

const STRIP = 320;

/** Boxes by the vertical strips that they touch. */
export class Obstacles {
  readonly #strips = new Map<number, Box[]>();

  constructor(boxes: Iterable<Box>) {
    for (const box of boxes) {
      for (let strip = stripOf(box.x); strip <= stripOf(box.x + box.width); strip++) {
        const list = this.#strips.get(strip);
        if (list) list.push(box);
        else this.#strips.set(strip, [box]);
      }
    }
  }

  /** How many boxes a course of right angles cuts, without those at its two ends. */
  cut(course: readonly Point[], ends: readonly Box[]): number {
    const hit = new Set<Box>();
    for (let place = 1; place < course.length; place++) {
      const [from, to] = [course[place - 1], course[place]];
      if (from && to) this.#cutBy(from, to, hit);
    }
    for (const end of ends) hit.delete(end);
    return hit.size;
  }

  #cutBy(from: Point, to: Point, hit: Set<Box>): void {
    const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
    const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
    for (let strip = stripOf(left); strip <= stripOf(right); strip++) {
      for (const box of this.#strips.get(strip) ?? []) {
        const isBeside = box.x > right || box.x + box.width < left;
        const isAbove = box.y > bottom || box.y + box.height < top;
        if (!isBeside && !isAbove) hit.add(box);
      }
    }
  }
}

function stripOf(x: number): number {
  return Math.floor(x / STRIP);
}
