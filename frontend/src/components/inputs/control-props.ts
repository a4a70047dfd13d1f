// What every widget is given.

import type { Described } from "@/components/ui/field";
import type { Schema } from "@/lib/graph/schema";

export type ControlProps = {
  /** Ties label, help and error to the control; one in a row has its label with it. */
  described: Described & { "aria-label"?: string };
  /** What it is called; rows and buttons inside name themselves by it. */
  label: string;
  schema: Schema;
  /** undefined: nothing is set, the default is taken. */
  value: unknown;
  /** `undefined` takes the value away. */
  onChange: (value: unknown) => void;
};
