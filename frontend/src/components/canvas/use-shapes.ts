// Blocks while they are dragged or resized: drawn where they are now, told once at the end.

import type { NodeChange } from "@xyflow/react";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

import type { Wishes } from "@/components/canvas/canvas-context";
import type { Point } from "@/components/canvas/canvas-props";
import type { Shape } from "@/components/canvas/flow-nodes";
import type { FlowNode } from "@/components/canvas/flow-types";
import { insideOf, nodeBox } from "@/components/canvas/geometry";
import type { NodeView } from "@/lib/graph/view";

type Shapes = ReadonlyMap<string, Shape>;
/** A block that lies in a dragged group, and how far it is from the group's corner. */
type Follower = { id: string; group: string; dx: number; dy: number };

const NONE: Shapes = new Map();

export function useShapes(views: readonly NodeView[], wishes: Wishes) {
  const [shapes, show] = useState<Shapes>(NONE);
  const now = useRef<Shapes>(NONE);
  const followers = useRef<readonly Follower[]>([]);
  const latest = useRef(views);
  useLayoutEffect(() => {
    latest.current = views;
  });

  const put = useCallback((next: Shapes) => {
    now.current = next;
    show(next);
  }, []);
  const start = useCallback((dragged: readonly FlowNode[]) => {
    followers.current = followersOf(latest.current, new Set(dragged.map(({ id }) => id)));
  }, []);
  const change = useCallback(
    (changes: readonly NodeChange<FlowNode>[]) => {
      const next = new Map(now.current);
      for (const one of changes) {
        if (one.type === "position" && one.position) moveTo(next, one.id, one.position, followers.current);
        if (one.type === "dimensions" && one.resizing && one.dimensions) {
          next.set(one.id, { ...next.get(one.id), size: one.dimensions });
        }
        if (one.type === "dimensions" && one.resizing === false) {
          const size = next.get(one.id)?.size;
          if (size) wishes.resize(one.id, size);
          next.delete(one.id);
        }
      }
      if (next.size > 0 || now.current.size > 0) put(next);
    },
    [put, wishes],
  );
  const stop = useCallback(() => {
    const positions = new Map<string, Point>();
    for (const [id, { position }] of now.current) if (position) positions.set(id, position);
    if (positions.size > 0) wishes.move(positions);
    followers.current = [];
    put(NONE);
  }, [put, wishes]);
  return useMemo(() => ({ shapes, start, change, stop }), [shapes, start, change, stop]);
}

/** Where blocks come to when they are moved by so much, with those in the groups among them. */
export function movedBy(views: readonly NodeView[], ids: ReadonlySet<string>, by: Point): Map<string, Point> {
  const all = new Set([...ids, ...followersOf(views, ids).map(({ id }) => id)]);
  return new Map(
    views
      .filter(({ id }) => all.has(id))
      .map(({ id, position }) => [id, { x: position.x + by.x, y: position.y + by.y }]),
  );
}

function moveTo(
  shapes: Map<string, Shape>,
  id: string,
  position: Point,
  followers: readonly Follower[],
): void {
  shapes.set(id, { ...shapes.get(id), position });
  for (const { id: follower, group, dx, dy } of followers) {
    if (group === id) shapes.set(follower, { position: { x: position.x + dx, y: position.y + dy } });
  }
}

function followersOf(views: readonly NodeView[], dragged: ReadonlySet<string>): Follower[] {
  const others = views.filter(({ id }) => !dragged.has(id)).map((view) => [view.id, nodeBox(view)] as const);
  const groups = views.filter(({ id, kind }) => kind === "group" && dragged.has(id));
  const found = new Map<string, Follower>();
  for (const group of groups) {
    for (const id of insideOf(nodeBox(group), others)) {
      const box = others.find(([other]) => other === id)?.[1];
      if (!box) continue;
      const { x, y } = group.position;
      found.set(id, { id, group: group.id, dx: box.x - x, dy: box.y - y });
    }
  }
  return [...found.values()];
}
