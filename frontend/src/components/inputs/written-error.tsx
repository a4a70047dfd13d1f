// The error of what stands in a control and is no value (yet): it is shown under it, and nothing is stored.

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { Icon } from "@/components/ui/icon";

type Below = { "aria-invalid"?: true; "aria-describedby"?: string };

type WrittenErrorProps = {
  id: string;
  error: string | undefined;
  /** What stands there is not what is stored; `unreadControl` finds it. */
  isUnread?: boolean;
  children: (below: Below) => ReactNode;
};

export function WrittenError({ id, error, isUnread = false, children }: WrittenErrorProps) {
  const below = `${id}-written`;
  return (
    <div className="grid gap-1" data-unread={(isUnread && error !== undefined) || undefined}>
      {children(error ? { "aria-invalid": true, "aria-describedby": below } : {})}
      {error && (
        <p id={below} className="field__error" role="alert">
          <Icon of={CircleAlert} size={14} className="mt-px" />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
