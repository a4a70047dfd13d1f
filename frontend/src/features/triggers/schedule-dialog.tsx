// Making or changing a schedule: which graph, when, with what.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";

import { CronField } from "@/components/cron/cron-field";
import { unreadControl } from "@/components/inputs/unread";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextInput } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { SearchSelect } from "@/components/ui/search-select";
import { tell } from "@/components/ui/toast";
import {
  bodyOf,
  emptyForm,
  formOf,
  type ScheduleForm,
  scheduleRefusal,
  valuesOf,
} from "@/features/triggers/schedule-form";
import { ScheduleInputs } from "@/features/triggers/schedule-inputs";
import { useGraphInputs } from "@/features/triggers/use-graph-inputs";
import { graphRowsQuery } from "@/lib/api/graph-rows";
import type { GraphRow } from "@/lib/api/graphs";
import { keys } from "@/lib/api/keys";
import { changeSchedule, makeSchedule, type Overlap, type Schedule } from "@/lib/api/schedules";

const OVERLAPS: readonly { value: Overlap; label: string; help: string }[] = [
  { value: "skip", label: "Skip that time", help: "It is counted as missed." },
  {
    value: "queue",
    label: "Run once afterwards",
    help: "One run starts when that one has ended, however many times have come.",
  },
  { value: "allow", label: "Run beside it", help: "Runs of this schedule may go on at the same time." },
];

type Props = { schedule?: Schedule; graphId?: string; onClose: () => void };

export function ScheduleDialog({ schedule, graphId, onClose }: Props) {
  const formId = useId();
  const queries = useQueryClient();
  const graphs = useQuery(graphRowsQuery).data;
  const [form, setForm] = useState(() => (schedule ? formOf(schedule) : emptyForm(graphId ?? null)));
  const [isTried, setIsTried] = useState(false);
  const row = form.graphId ? graphs?.get(form.graphId) : undefined;
  const inputs = useGraphInputs(row);
  const values = valuesOf(form, inputs.data ?? [], schedule?.inputs ?? {});
  const save = useMutation({
    mutationFn: (chosen: string) => {
      const { graph_id, ...change } = bodyOf(form, chosen, values);
      return schedule
        ? changeSchedule(schedule.id, change)
        : makeSchedule({ graph_id, is_active: true, ...change });
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.schedules });
      tell(schedule ? "Schedule changed" : "Schedule made");
      onClose();
    },
    meta: { isErrorShown: true },
  });
  const refusal = scheduleRefusal(save.error, inputs.data ?? []);
  const set = (change: Partial<ScheduleForm>) => {
    save.reset(); // a refusal is of what was sent, not of what stands there now
    setForm((now) => ({ ...now, ...change }));
  };
  const setInput = (name: string, value: unknown) => {
    save.reset();
    setForm((now) => ({ ...now, values: { ...now.values, [name]: value } })); // uploads end later
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsTried(true);
    const unread = unreadControl(event.currentTarget);
    if (form.graphId && !unread) save.mutate(form.graphId);
    else if (unread) unread.focus();
    else requestAnimationFrame(() => showFirstError(formRef.current));
  };
  const formRef = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (save.isError) showFirstError(formRef.current);
  }, [save.isError]);
  const noGraph = isTried && !form.graphId ? "Choose the graph that is to run." : "";
  return (
    <Dialog
      title={schedule ? "Edit schedule" : "New schedule"}
      onClose={onClose}
      isWide
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="ink"
            type="submit"
            form={formId}
            isBusy={save.isPending}
            disabled={form.graphId !== null && !inputs.data}
          >
            {schedule ? "Save schedule" : "Make schedule"}
          </Button>
        </>
      }
    >
      <form id={formId} ref={formRef} className="grid gap-4" onSubmit={submit} noValidate>
        {refusal.rest.length > 0 && <Notice kind="fail">{refusal.rest.join(" ")}</Notice>}
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <GraphField
            form={form}
            graphs={graphs}
            isFixed={schedule !== undefined}
            error={refusal.fields.graph_id || noGraph}
            onChoose={(chosen) => set({ graphId: chosen, values: {} })}
          />
          <Field label="Name" help="Empty: the name of its graph" error={refusal.fields.name}>
            {(described) => (
              <TextInput
                {...described}
                value={form.name}
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
        </div>
        <CronField
          value={form}
          onChange={({ cron, timezone }) => set({ cron, timezone })}
          errors={{ cron: refusal.fields.cron, timezone: refusal.fields.timezone }}
        />
        <Field
          label="When a time comes while its last run goes on"
          help={OVERLAPS.find((one) => one.value === form.overlap)?.help}
          error={refusal.fields.overlap}
        >
          {(described) => (
            <Select
              {...described}
              options={OVERLAPS}
              value={form.overlap}
              onChange={(value) => {
                const chosen = OVERLAPS.find((one) => one.value === value);
                if (chosen) set({ overlap: chosen.value });
              }}
            />
          )}
        </Field>
        {form.graphId && (
          <ScheduleInputs
            key={form.graphId}
            inputs={inputs}
            values={values}
            errors={refusal.fields}
            onChange={setInput}
          />
        )}
      </form>
    </Dialog>
  );
}

/** The form is longer than the dialog: what is refused may stand where nobody looks. */
function showFirstError(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field) field.focus();
  else form?.querySelector('[role="alert"]')?.scrollIntoView({ block: "nearest" });
}

type GraphFieldProps = {
  form: ScheduleForm;
  graphs: ReadonlyMap<string, GraphRow> | undefined;
  /** A schedule stays with its graph. */
  isFixed: boolean;
  error: string;
  onChoose: (graphId: string) => void;
};

function GraphField({ form, graphs, isFixed, error, onChoose }: GraphFieldProps) {
  const row = form.graphId ? graphs?.get(form.graphId) : undefined;
  const isUnpublished = row !== undefined && row.published_version === null;
  const options = [...(graphs?.values() ?? [])].map((one) => ({
    value: one.id,
    label: one.name,
    note: one.published_version === null ? "not published" : one.folder,
  }));
  return (
    <Field
      label="Graph"
      error={error}
      help={isUnpublished ? "It is not published: nothing starts until it is." : ""}
    >
      {(described) =>
        isFixed ? (
          <TextInput {...described} value={row?.name ?? ""} disabled />
        ) : (
          <SearchSelect
            {...described}
            searchLabel="Search graphs"
            placeholder={graphs ? "Choose a graph" : "Loading"}
            options={options}
            value={form.graphId}
            onChange={onChoose}
          />
        )
      }
    </Field>
  );
}
