// A search over the page: type, choose with the arrows, Enter. Escape or a press beside it closes it.

import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

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
const HEIGHT = 460;

export function SearchBox({ label, placeholder, text, onText, onClose, at, children, foot }: SearchBoxProps) {
  const place = at && {
    left: Math.max(8, Math.min(at.x, globalThis.innerWidth - WIDTH - 8)),
    top: Math.max(8, Math.min(at.y, globalThis.innerHeight - HEIGHT)),
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
              <Command.Input autoFocus value={text} onValueChange={onText} placeholder={placeholder} />
            </div>
            <Command.List>{children}</Command.List>
          </Command>
          {foot && <div className="palette__foot">{foot}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
