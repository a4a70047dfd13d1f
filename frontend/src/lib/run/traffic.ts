// What goes over the links of a graph while it runs: a value for each that a pin gives, its part where a link takes one.

import type { Link, RunEvent } from "@/lib/autogpt-server-api/types";
import { baseName, ERROR_PIN } from "@/lib/graph/pins";
import { NO_PART, partOf } from "@/lib/run/part";
import { isLong, unwrapped } from "@/lib/values";

export class LinkTally {
  readonly link: Link;
  count = 0;
  /** The last value that went over it. */
  last: unknown = undefined;

  constructor(link: Link) {
    this.link = link;
  }
}

export class Traffic {
  readonly #all = new Map<string, LinkTally>();
  readonly #bySource = new Map<string, LinkTally[]>();
  readonly #bySink = new Map<string, LinkTally[]>();

  constructor(links: readonly Link[]) {
    for (const link of links) {
      const tally = new LinkTally(link);
      this.#all.set(link.id, tally);
      append(this.#bySource, sourceKey(link.source_id, baseName(link.source_name)), tally);
      append(this.#bySink, link.sink_id, tally);
    }
  }

  find(linkId: string): LinkTally | undefined {
    return this.#all.get(linkId);
  }

  get all(): Iterable<LinkTally> {
    return this.#all.values();
  }

  into(nodeId: string): readonly LinkTally[] {
    return this.#bySink.get(nodeId) ?? NONE;
  }

  /** Take in what a pin has given; the links that it went over. */
  take(event: RunEvent, nodeId: string): readonly LinkTally[] {
    if (event.kind === "failed") return this.#pass(nodeId, ERROR_PIN, event.data.message);
    return this.#pass(nodeId, String(event.data.pin ?? ""), event.data.value);
  }

  /** How many values came to the pin of a block to which the most came. */
  arrivals(nodeId: string): number {
    const pins = new Map<string, number>();
    for (const { link, count } of this.into(nodeId)) {
      if (!link.is_static) pins.set(link.sink_name, (pins.get(link.sink_name) ?? 0) + count);
    }
    return Math.max(0, ...pins.values());
  }

  #pass(nodeId: string, pin: string, value: unknown): readonly LinkTally[] {
    const links = this.#bySource.get(sourceKey(nodeId, pin));
    if (links === undefined) return NONE;
    return links.filter((tally) => {
      const part = isLong(value) ? value : partOf(unwrapped(value), tally.link.source_name);
      if (part === NO_PART) return false;
      tally.count += 1;
      tally.last = part;
      return true;
    });
  }
}

const NONE: readonly LinkTally[] = [];

function sourceKey(nodeId: string, pin: string): string {
  return `${nodeId}\n${pin}`;
}

function append(groups: Map<string, LinkTally[]>, key: string, tally: LinkTally): void {
  const group = groups.get(key);
  if (group) group.push(tally);
  else groups.set(key, [tally]);
}
