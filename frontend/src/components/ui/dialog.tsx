// A dialog: only for loss, secrets, and forms that belong to nothing on the page.

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { Button, IconButton } from "@/components/ui/button";

type DialogProps = {
  title: string;
  /** Under the title: what it is about. Read out when the dialog opens. */
  about?: ReactNode;
  onClose: () => void;
  children?: ReactNode;
  /** Buttons; the one that does it stands last. */
  actions?: ReactNode;
  isWide?: boolean;
};

/** Where the focus begins, else on the dialog itself: not on Close, whose tooltip would take the first Escape. */
const BEGINNINGS = ".dialog__body :is(input, textarea, [role=combobox]), .dialog__foot button";

/** Shown as long as it is rendered. Escape and a press beside it close it. */
export function Dialog({ title, about, onClose, children, actions, isWide = false }: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content
          ref={content}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            const beginning = content.current?.querySelector<HTMLElement>(BEGINNINGS);
            (beginning ?? content.current)?.focus();
          }}
          className={`dialog dialog--at ${isWide ? "dialog--wide" : ""}`}
          {...(about ? {} : { "aria-describedby": undefined })}
        >
          <div className="dialog__body">
            <div className="row">
              <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
              <IconButton icon={X} label="Close" size="small" className="push" onClick={onClose} />
            </div>
            {about && (
              <Radix.Description asChild>
                <div className="dim">{about}</div>
              </Radix.Description>
            )}
            {children}
          </div>
          {actions && <div className="dialog__foot">{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type ConfirmProps = {
  title: string;
  /** What will stop, be lost or change. */
  about: ReactNode;
  /** The deed: "Remove connection". */
  deed: string;
  /** The harmless one: "Keep". It has the focus. */
  keep?: string;
  isDanger?: boolean;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children?: ReactNode;
};

export function Confirm({
  title,
  about,
  deed,
  keep = "Keep",
  isDanger = true,
  isBusy,
  onConfirm,
  onClose,
  children,
}: ConfirmProps) {
  const harmless = useRef<HTMLButtonElement>(null);
  return (
    <Radix.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="veil" />
        <Radix.Content
          role="alertdialog"
          className="dialog dialog--at"
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            harmless.current?.focus();
          }}
        >
          <div className="dialog__body">
            <Radix.Title className="text-16 font-semibold">{title}</Radix.Title>
            <Radix.Description asChild>
              <div className="dim">{about}</div>
            </Radix.Description>
            {children}
          </div>
          <div className="dialog__foot">
            <Button ref={harmless} onClick={onClose}>
              {keep}
            </Button>
            <Button variant={isDanger ? "danger" : "ink"} isBusy={isBusy ?? false} onClick={onConfirm}>
              {deed}
            </Button>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
