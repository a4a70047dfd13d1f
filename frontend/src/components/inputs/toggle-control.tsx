// Yes or no.

import { Switch as Radix } from "radix-ui";

import type { ControlProps } from "@/components/inputs/control-props";

export function ToggleControl({ described, schema, value, onChange }: ControlProps) {
  return (
    <span className="row min-h-8">
      <Radix.Root
        {...described}
        className="switch"
        checked={(value ?? schema.default) === true}
        onCheckedChange={onChange}
      />
    </span>
  );
}
