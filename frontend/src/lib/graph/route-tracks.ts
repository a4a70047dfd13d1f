// Tracks for lines that run beside each other: no two of different owners lie closer than 8 where they run side by side.

export const LANE = 8;

const MOST_LANES = 24;

type Line = { at: number; from: number; to: number; owner: string };

export type Wish = {
  /** Where it should run, and how far from there it may. */
  at: number;
  least: number;
  most: number;
  /** From where to where it runs along the track, in any order. */
  span: readonly [number, number];
  /** Lines of one owner may lie on each other. */
  owner: string;
};

/** All lines in one direction, which make room for each other in the order in which they come. */
export class Tracks {
  readonly #lines = new Map<number, Line[]>();
  readonly #ofOwner = new Map<string, number[]>();

  /** A place for a line, which is taken from now on: its owner's, the one wished for, or the nearest that is free. */
  take({ at, least, most, span, owner }: Wish): number {
    const from = Math.min(...span);
    const to = Math.max(...span);
    const isFree = (place: number) =>
      place >= least && place <= most && !this.#isTaken({ at: place, from, to, owner });
    const own = (this.#ofOwner.get(owner) ?? []).find(isFree);
    const free = own ?? lanes(at).find(isFree) ?? Math.min(most, Math.max(least, at));
    this.#keep({ at: free, from, to, owner });
    return free;
  }

  #isTaken(line: Line): boolean {
    const bucket = bucketOf(line.at);
    return [bucket - 1, bucket, bucket + 1].some((key) =>
      this.#lines.get(key)?.some((other) => other.owner !== line.owner && areClose(line, other)),
    );
  }

  #keep(line: Line): void {
    append(this.#lines, bucketOf(line.at), line);
    append(this.#ofOwner, line.owner, line.at);
  }
}

function lanes(at: number): number[] {
  return Array.from({ length: MOST_LANES }, (_, n) => at + (n % 2 === 0 ? -1 : 1) * Math.ceil(n / 2) * LANE);
}

function bucketOf(at: number): number {
  return Math.floor(at / LANE);
}

function areClose(one: Line, other: Line): boolean {
  return Math.abs(one.at - other.at) < LANE && one.from < other.to && other.from < one.to;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
