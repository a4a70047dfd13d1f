// A button: one deed, named by verb and thing. One ink button on a screen.

import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

import { Icon } from "@/components/ui/icon";
import { Kbd } from "@/components/ui/kbd";
import { Tooltip } from "@/components/ui/tooltip";

type Look = {
  /** `ink`: what the screen is for; `quiet`: without a frame; `danger`: something is lost. */
  variant?: "plain" | "ink" | "quiet" | "danger";
  size?: "normal" | "small";
};

export type ButtonProps = Look &
  ComponentProps<"button"> & {
    icon?: LucideIcon;
    /** Keys that do the same, such as "Ctrl K". */
    keys?: string;
    /** It is being done: the button turns and takes no second press. */
    isBusy?: boolean;
    children: ReactNode;
  };

export function Button({ variant, size, icon, keys, isBusy = false, children, ...rest }: ButtonProps) {
  const { className, disabled, ...attributes } = rest;
  return (
    <button
      type="button"
      {...attributes}
      className={`${classes({ variant, size })} ${className ?? ""}`.trim()}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
    >
      {isBusy ? <Icon of={LoaderCircle} className="spin" /> : icon && <Icon of={icon} />}
      {children}
      {keys && <Kbd keys={keys} />}
    </button>
  );
}

type IconButtonProps = Look &
  Omit<ComponentProps<"button">, "children"> & {
    icon: LucideIcon;
    /** What it does: read out, and shown as a tooltip. */
    label: string;
    keys?: string;
    isBusy?: boolean;
  };

/** Without a word: only for what everybody knows by its icon. */
export function IconButton({
  icon,
  label,
  keys,
  variant = "quiet",
  size,
  isBusy = false,
  ...rest
}: IconButtonProps) {
  const { className, disabled, ...attributes } = rest;
  return (
    <Tooltip text={label} {...(keys ? { keys } : {})}>
      <button
        type="button"
        {...attributes}
        className={`${classes({ variant, size })} btn--icon ${className ?? ""}`.trim()}
        disabled={disabled || isBusy}
        aria-label={label}
        aria-busy={isBusy || undefined}
      >
        <Icon of={isBusy ? LoaderCircle : icon} className={isBusy ? "spin" : ""} />
      </button>
    </Tooltip>
  );
}

/** The classes of a button, for links that look like one. */
export function classes({
  variant = "plain",
  size = "normal",
}: { [Key in keyof Look]: Look[Key] | undefined }): string {
  return ["btn", variant !== "plain" && `btn--${variant}`, size === "small" && "btn--sm"]
    .filter(Boolean)
    .join(" ");
}
