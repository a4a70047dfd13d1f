// Moments of events in milliseconds with fractions: blocks take microseconds, which Date leaves out.

let knownSecond = "";
let knownMs = 0;

/** `2026-11-22T16:29:41.615026Z` in milliseconds since 1970. */
export function msOf(at: string): number {
  const second = at.slice(0, 19);
  if (second !== knownSecond) {
    knownMs = Date.parse(`${second}Z`);
    knownSecond = second;
  }
  return at[19] === "." ? knownMs + Number.parseFloat(`0${at.slice(19)}`) * 1_000 : knownMs;
}
