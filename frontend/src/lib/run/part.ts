// The part of a value that a link takes: `values_#_topic` is an entry of an object, `list_$_0` one of a list,
// `object_@_name` a property.

import { isRecord } from "@/lib/values";

/** There is no such part: no value goes over the link. */
export const NO_PART = Symbol("no part");

const STEP = /_([$#@])_/;

/** What of the value of its pin goes over a link whose end is called `name`. */
export function partOf(value: unknown, name: string): unknown {
  const [, ...steps] = name.split(STEP); // base, mark, key, mark, key…
  let part = value;
  for (let place = 0; place + 1 < steps.length; place += 2) {
    part = step(part, steps[place] ?? "", steps[place + 1] ?? "");
    if (part === NO_PART) return NO_PART;
  }
  return part;
}

function step(value: unknown, mark: string, key: string): unknown {
  if (mark === "$") {
    const index = Number(key);
    return Array.isArray(value) && index < value.length ? value[index] : NO_PART;
  }
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : NO_PART;
}
