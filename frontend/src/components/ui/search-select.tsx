// Choosing one of many by typing a part of its name: a button that opens a searched list.

import { Command } from "cmdk";
import { Check, ChevronDown } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import type { Described } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import "@/styles/search-select.css";

export type SearchOption = {
  value: string;
  label: string;
  /** Stands faint behind the label, and is searched as well. */
  note?: string;
  /** Other words for it, which are only searched. */
  words?: string;
};

type SearchSelectProps = Partial<Described> & {
  options: readonly SearchOption[];
  /** null: nothing is chosen. */
  value: string | null;
  onChange: (value: string) => void;
  /** What is searched, read out: "Search time zones". */
  searchLabel: string;
  placeholder?: string;
};

export function SearchSelect(props: SearchSelectProps) {
  const { options, value, onChange, searchLabel, placeholder = "Choose", ...described } = props;
  const [isOpen, setIsOpen] = useState(false);
  const chosen = options.find((option) => option.value === value);
  const choose = (option: SearchOption) => {
    onChange(option.value);
    setIsOpen(false);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setIsOpen} modal>
      <Popover.Trigger
        {...described}
        className={`input w-full cursor-pointer justify-between text-left ${described["aria-invalid"] ? "input--bad" : ""}`}
      >
        <span className={`truncate ${chosen || value ? "" : "faint"}`}>
          {chosen?.label ?? value ?? placeholder}
        </span>
        <Icon of={ChevronDown} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={searchLabel}
          className="menu menu--search"
          sideOffset={4}
          collisionPadding={8}
          align="start"
        >
          <Command label={searchLabel} defaultValue={value ?? ""} filter={fits} loop>
            <Command.Input className="menu__input" placeholder={searchLabel} />
            <Command.List className="menu__list" label={searchLabel}>
              <Command.Empty className="faint px-2 py-2">
                Nothing fits. Search for another part.
              </Command.Empty>
              {options.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.value}
                  keywords={[option.label, option.note ?? "", option.words ?? ""]}
                  className="menu__item"
                  onSelect={() => choose(option)}
                >
                  <span className="truncate">{option.label}</span>
                  {option.note && <span className="faint truncate">{option.note}</span>}
                  {option.value === value && <Icon of={Check} size={14} className="push" />}
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** 1: every word that is typed is a part of one of its words; 0: it is not shown. */
function fits(_value: string, sought: string, words: readonly string[] = []): number {
  const all = words.join(" ").toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((part) => all.includes(part))
    ? 1
    : 0;
}
