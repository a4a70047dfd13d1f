// Choosing: one of a list, yes or no.

import { Check, ChevronDown } from "lucide-react";
import { Select as Radix, Checkbox as RadixCheckbox, Switch as RadixSwitch } from "radix-ui";
import { type ReactNode, useId } from "react";

import type { Described } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";

export type Option = {
  value: string;
  label: ReactNode /** For the reader of labels that are no text. */;
  text?: string;
};

type SelectProps = Partial<Described> & {
  options: readonly Option[];
  /** null: nothing is chosen. */
  value: string | null;
  onChange: (value: string) => void;
  placeholder?: string;
  /** Read out where no label stands beside it. */
  "aria-label"?: string;
  disabled?: boolean;
  className?: string;
};

export function Select({
  options,
  value,
  onChange,
  placeholder = "Choose",
  className = "",
  ...rest
}: SelectProps) {
  return (
    <Radix.Root value={value ?? ""} onValueChange={onChange} disabled={rest.disabled ?? false}>
      <Radix.Trigger
        {...rest}
        className={`input w-full cursor-pointer justify-between text-left ${rest["aria-invalid"] ? "input--bad" : ""} ${className}`}
      >
        <span className="truncate">
          <Radix.Value placeholder={<span className="faint">{placeholder}</span>} />
        </span>
        <Icon of={ChevronDown} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="menu menu--select" position="popper" sideOffset={4} collisionPadding={8}>
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="menu__item"
                {...(option.text ? { textValue: option.text } : {})}
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator className="push">
                  <Icon of={Check} size={14} />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type ToggleProps = { label: ReactNode; isOn: boolean; onChange: (isOn: boolean) => void; disabled?: boolean };

export function Checkbox({ label, isOn, onChange, disabled = false }: ToggleProps) {
  const id = useId();
  return (
    <span className="row">
      <RadixCheckbox.Root
        id={id}
        className="check"
        checked={isOn}
        disabled={disabled}
        onCheckedChange={(checked) => onChange(checked === true)}
      >
        <RadixCheckbox.Indicator>
          <Icon of={Check} size={12} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <label htmlFor={id}>{label}</label>
    </span>
  );
}

export function Switch({ label, isOn, onChange, disabled = false }: ToggleProps) {
  const id = useId();
  return (
    <span className="row">
      <RadixSwitch.Root
        id={id}
        className="switch"
        checked={isOn}
        disabled={disabled}
        onCheckedChange={onChange}
      />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
