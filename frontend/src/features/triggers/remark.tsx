// Under a row of a table: why it does not work, and what to do.

import { CircleAlert, Hourglass } from "lucide-react";
import type { ReactNode } from "react";

import { Icon } from "@/components/ui/icon";

type RemarkProps = {
  problem: ReactNode;
  columns: number;
  /** It waits for a person; nothing has failed. */
  isWaiting?: boolean;
  action?: ReactNode;
};

export function Remark({ problem, columns, isWaiting = false, action }: RemarkProps) {
  return (
    <tr className="remark">
      <td colSpan={columns}>
        <div className={`flex items-center gap-2 text-12 ${isWaiting ? "text-wait" : "text-fail"}`}>
          <Icon of={isWaiting ? Hourglass : CircleAlert} size={14} />
          <span className="min-w-0 flex-1">{problem}</span>
          {action}
        </div>
      </td>
    </tr>
  );
}
