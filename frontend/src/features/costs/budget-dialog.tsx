// Sets a budget, or changes the limit of one.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { useMe } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { message } from "@/components/ui/toast";
import { PERIOD_WORDS } from "@/features/costs/budget-words";
import { type Budget, type BudgetBody, type BudgetPeriod, setBudget } from "@/lib/api/budgets";
import { ApiError } from "@/lib/api/client";
import { graphNamesQuery } from "@/lib/api/graph-rows";
import { keys } from "@/lib/api/keys";
import { usersQuery } from "@/lib/api/people";
import { microsOf } from "@/lib/api/runs-filter";

const EVERY_GRAPH = "all";
const FORM_ID = "budget-form";

const PERIODS: readonly { value: BudgetPeriod; label: string }[] = [
  { value: "day", label: "Each day" },
  { value: "month", label: "Each month" },
  { value: "total", label: "Altogether, once" },
];

type BudgetDialogProps = {
  isOwner: boolean;
  /** The one to change: whose, graph and period make it what it is, so they stay. */
  was?: Budget;
  name?: string;
  onClose: () => void;
};

export function BudgetDialog({ isOwner, was, name, onClose }: BudgetDialogProps) {
  const me = useMe();
  const client = useQueryClient();
  const [userId, setUserId] = useState(was?.user_id ?? me.id);
  const [graphId, setGraphId] = useState(was?.graph_id ?? EVERY_GRAPH);
  const [period, setPeriod] = useState<BudgetPeriod>(was?.period ?? "month");
  const [dollars, setDollars] = useState(was ? String(was.limit.usd_micros / 1e6) : "");
  const [problem, setProblem] = useState<string>();
  const setting = useMutation({
    mutationFn: (body: BudgetBody) => setBudget(body),
    meta: { isErrorShown: true },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.budgets });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const limit = microsOf(dollars);
    setProblem(limit === null ? "Write an amount in dollars such as 5 or 0.5." : undefined);
    if (limit === null) return;
    setting.mutate({
      limit_usd_micros: limit,
      period,
      ...(graphId !== EVERY_GRAPH && (was || userId === me.id) ? { graph_id: graphId } : {}),
      ...(userId === me.id ? {} : { user_id: userId }),
    });
  };
  const refused = refusalsOf(setting.error);
  return (
    <Dialog
      title={was ? "Change the budget" : "Set a budget"}
      about={
        was
          ? `${name}, ${PERIOD_WORDS[was.period]}`
          : "It takes the place of one for the same person, graph and time."
      }
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{was ? "Keep as it is" : "Cancel"}</Button>
          <Button variant="ink" type="submit" form={FORM_ID} isBusy={setting.isPending}>
            {was ? "Change limit" : "Set budget"}
          </Button>
        </>
      }
    >
      <form id={FORM_ID} className="grid gap-3" onSubmit={submit} noValidate>
        {!was && (
          <>
            {isOwner && <PersonField value={userId} error={refused.user_id} onChange={setUserId} />}
            {userId === me.id && (
              <GraphField value={graphId} error={refused.graph_id} onChange={setGraphId} />
            )}
            <Field label="Time" help="Days and months are those of UTC.">
              {(described) => (
                <Select
                  {...described}
                  options={PERIODS}
                  value={period}
                  onChange={(value) => setPeriod(PERIODS.find((one) => one.value === value)?.value ?? period)}
                />
              )}
            </Field>
          </>
        )}
        <Field
          label="Limit in dollars"
          help="0: nothing may be spent. Calls that are at work go on."
          error={problem ?? refused.limit_usd_micros}
        >
          {(described) => (
            <TextInput
              {...described}
              inputMode="decimal"
              autoComplete="off"
              value={dollars}
              onChange={(event) => setDollars(event.target.value)}
            />
          )}
        </Field>
        {refused.rest && <Notice kind="fail">{refused.rest}</Notice>}
      </form>
    </Dialog>
  );
}

type ChoiceProps = { value: string; error: string | undefined; onChange: (value: string) => void };

function PersonField({ value, error, onChange }: ChoiceProps) {
  const me = useMe();
  const people = useQuery(usersQuery).data ?? [];
  const others = people.filter((person) => person.id !== me.id);
  return (
    <Field
      label="Whose"
      error={error}
      help={value === me.id ? undefined : "For all of their graphs together."}
    >
      {(described) => (
        <Select
          {...described}
          options={[
            { value: me.id, label: "Yours" },
            ...others.map((person) => ({ value: person.id, label: person.name || person.email })),
          ]}
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

function GraphField({ value, error, onChange }: ChoiceProps) {
  const graphs = useQuery(graphNamesQuery).data ?? [];
  return (
    <Field label="Graph" error={error}>
      {(described) => (
        <Select
          {...described}
          options={[
            { value: EVERY_GRAPH, label: "Every graph together" },
            ...graphs.map((graph) => ({ value: graph.id, label: graph.name })),
          ]}
          value={value}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

type FieldName = "user_id" | "graph_id" | "limit_usd_micros";

/** What the server refused, by field; `rest`: what belongs to none that is shown. */
function refusalsOf(error: unknown): Partial<Record<FieldName | "rest", string>> {
  if (!error) return {};
  const problems = error instanceof ApiError ? (error.problem?.errors ?? []) : [];
  const named = problems.flatMap(({ path, message: what, cure }) =>
    path === "user_id" || path === "graph_id" || path === "limit_usd_micros"
      ? [[path, `${what} ${cure}`]]
      : [],
  );
  return named.length > 0 ? Object.fromEntries(named) : { rest: message(error) };
}
