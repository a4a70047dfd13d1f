// Budgets: how each stands, and to set, change or delete one.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Wallet } from "lucide-react";
import { useState } from "react";

import { useMay, useMe } from "@/components/session";
import { Button, IconButton } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Empty, Loads } from "@/components/ui/status";
import { tell } from "@/components/ui/toast";
import { BudgetDialog } from "@/features/costs/budget-dialog";
import { BudgetStanding } from "@/features/costs/budget-standing";
import { PERIOD_WORDS } from "@/features/costs/budget-words";
import { type Budget, budgetsQuery, deleteBudget } from "@/lib/api/budgets";
import { graphNamesQuery } from "@/lib/api/graph-rows";
import { keys } from "@/lib/api/keys";
import { usersQuery } from "@/lib/api/people";
import { money } from "@/lib/format";

const POLL_MS = 10_000;

/** What is open over the list. */
type Open = { what: "new" } | { what: "change" | "delete"; budget: Budget } | null;

export function BudgetsTab({ isOwner }: { isOwner: boolean }) {
  const mayWrite = useMay("budgets:write");
  const budgets = useQuery({ ...budgetsQuery(isOwner), refetchInterval: POLL_MS });
  const nameOf = useNames(isOwner);
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const add = (
    <Button variant="ink" icon={Plus} onClick={() => setOpen({ what: "new" })}>
      Set a budget
    </Button>
  );
  return (
    <div className="pt-4">
      <Loads query={budgets}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={Wallet} title="No budget is set" {...(mayWrite ? { action: add } : {})}>
              Nothing limits what runs spend. A budget refuses the call that does not fit any more, before it
              is made.
            </Empty>
          ) : (
            <>
              <div className="mb-3 flex items-center gap-3">
                <p className="dim">
                  A call that does not fit into what is left is refused, and its run fails.
                </p>
                {mayWrite && <div className="push">{add}</div>}
              </div>
              <ul className="card" aria-label="Budgets">
                {list.map((budget) => (
                  <BudgetItem
                    key={budget.id}
                    budget={budget}
                    name={nameOf(budget)}
                    mayChange={mayWrite && budget.is_yours}
                    onOpen={(what) => setOpen({ what, budget })}
                  />
                ))}
              </ul>
            </>
          )
        }
      </Loads>
      {open?.what === "new" && <BudgetDialog isOwner={isOwner} onClose={close} />}
      {open?.what === "change" && (
        <BudgetDialog isOwner={isOwner} was={open.budget} name={nameOf(open.budget)} onClose={close} />
      )}
      {open?.what === "delete" && (
        <DeleteBudget budget={open.budget} name={nameOf(open.budget)} onClose={close} />
      )}
    </div>
  );
}

type BudgetItemProps = {
  budget: Budget;
  name: string;
  mayChange: boolean;
  onOpen: (what: "change" | "delete") => void;
};

function BudgetItem({ budget, name, mayChange, onOpen }: BudgetItemProps) {
  const words = `${name}, ${PERIOD_WORDS[budget.period]}`;
  return (
    <li className="budget">
      <div className="min-w-0">
        <h2 className="truncate">{name}</h2>
        <p className="faint text-12">
          {money(budget.limit.usd_micros)} {PERIOD_WORDS[budget.period]}
        </p>
      </div>
      <BudgetStanding budget={budget} />
      <div className="row w-16 justify-end">
        {mayChange ? (
          <>
            <IconButton
              icon={Pencil}
              size="small"
              label={`Change the budget: ${words}`}
              onClick={() => onOpen("change")}
            />
            <IconButton
              icon={Trash2}
              size="small"
              label={`Delete the budget: ${words}`}
              onClick={() => onOpen("delete")}
            />
          </>
        ) : (
          !budget.is_yours && <span className="faint text-12 text-right">Set by an owner</span>
        )}
      </div>
    </li>
  );
}

function DeleteBudget({ budget, name, onClose }: { budget: Budget; name: string; onClose: () => void }) {
  const client = useQueryClient();
  const deletion = useMutation({
    mutationFn: () => deleteBudget(budget.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.budgets });
      tell("Budget deleted");
      onClose();
    },
  });
  return (
    <Confirm
      title={`Delete the budget of ${name}?`}
      about={`Nothing limits this spending to ${money(budget.limit.usd_micros)} ${PERIOD_WORDS[budget.period]} any more. What is spent already stays in the costs.`}
      deed="Delete budget"
      isBusy={deletion.isPending}
      onConfirm={() => deletion.mutate()}
      onClose={onClose}
    />
  );
}

/** "Every graph", "Digest of a list"; with whose it is where it is somebody else's. */
function useNames(isOwner: boolean): (budget: Budget) => string {
  const me = useMe();
  const graphs = useQuery(graphNamesQuery).data ?? [];
  const people = useQuery({ ...usersQuery, enabled: isOwner }).data ?? [];
  return ({ graph_id, user_id }) => {
    const graph =
      graph_id === null
        ? "Every graph"
        : (graphs.find((one) => one.id === graph_id)?.name ?? `Graph ${graph_id.slice(-8)}`);
    if (user_id === me.id) return graph;
    const person = people.find((one) => one.id === user_id);
    return `${graph} of ${person?.name || person?.email || "somebody"}`;
  };
}
