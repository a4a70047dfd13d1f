// A remark in the page that stays: what is so, and what to do about it.

import { CircleAlert, CircleX, Hourglass, Info, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { Icon } from "@/components/ui/icon";

const KINDS: Record<"info" | "wait" | "fail" | "ok", [string, LucideIcon]> = {
  info: ["", Info],
  wait: ["s-waiting", Hourglass],
  fail: ["s-failed", CircleX],
  ok: ["s-ok", CircleAlert],
};

type NoticeProps = { kind?: keyof typeof KINDS; icon?: LucideIcon; children: ReactNode; action?: ReactNode };

export function Notice({ kind = "info", icon, children, action }: NoticeProps) {
  const [className, usual] = KINDS[kind];
  return (
    <div className={`notice ${className}`} role={kind === "fail" ? "alert" : undefined}>
      <Icon of={icon ?? usual} className={action ? "self-center" : "mt-px"} />
      <div className="min-w-0 flex-1 self-center">{children}</div>
      {action}
    </div>
  );
}
