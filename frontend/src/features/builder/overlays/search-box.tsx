// A search over the page: type, choose with the arrows, Enter. Escape or a press beside it closes it.

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { Icon } from "@/components/ui/icon";
import type { Point } from "@/lib/graph/edit";

type SearchBoxProps = {
  label: string;
  placeholder: string;
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
  /** Where its upper left corner goes; null: in the middle, below the top. */
  at: Point | null;
  children: ReactNode;
  foot?: ReactNode;
};

const WIDTH = 400;
const HEIGHT = 520;

export function SearchBox({ label, placeholder, text, onText, onClose, at, children, foot }: SearchBoxProps) {
  const place = at && {
    left: Math.max(8, Math.min(at.x, globalThis.innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(at.y, globalThis.innerHeight - HEIGHT)),
  };
  const list = useRef<HTMLDivElement>(null);
  // Another text is another list: its first line is the chosen one, and must be in sight.
  const write = (written: string) => {
    onText(written);
    requestAnimationFrame(() => list.current?.scrollTo({ top: 0 }));
  };
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        {!place && <Radix.Overlay className="veil" />}
        <Radix.Content
          aria-describedby={undefined}
          className={place ? "palette add-search" : "palette dialog--at"}
          {...(place ? { style: place } : {})}
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          <Radix.Title className="sr-only">{label}</Radix.Title>
          <Command shouldFilter={false} loop label={label}>
            <div className="palette__in">
              <Icon of={Search} className="faint" />
              <Command.Input autoFocus value={text} onValueChange={write} placeholder={placeholder} />
            </div>
            <Command.List ref={list}>{children}</Command.List>
          </Command>
          {foot && <div className="palette__foot">{foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
