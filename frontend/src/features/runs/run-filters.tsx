// The bar above the list: frequent searches, text, graph, state, and the rest behind "More filters".

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ListFilter } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, type ReactNode, useCallback } from "react";

import { Button } from "@/components/ui/button";
import { Checkbox, Select } from "@/components/ui/choice";
import { Field, TextInput } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { runState, State } from "@/components/ui/state";
import { Segments } from "@/components/ui/tabs";
import { PRESETS, presetOf, searchOf } from "@/features/runs/presets";
import { SettledInput } from "@/features/runs/settled-input";
import type { Filters } from "@/features/runs/use-filters";
import { graphNamesQuery } from "@/lib/api/graph-rows";
import { dateOf, type FilterName, microsOf, statusesOf, statusText } from "@/lib/api/runs-filter";
import { RUN_STATUSES } from "@/lib/autogpt-server-api/types";
import { counted } from "@/lib/format";

const EVERY_GRAPH = "all";

export function RunFilters({ filters }: { filters: Filters }) {
  const { search, set, replace } = filters;
  return (
    <search className="flex flex-wrap items-center gap-2" aria-label="Filters">
      <Segments
        label="Frequent searches"
        options={PRESETS}
        value={presetOf(search) ?? ""}
        onChange={(preset) => preset && replace(searchOf(preset))}
      />
      <div className="w-56">
        <FilterText filters={filters} name="q" label="Search inputs, labels, errors" type="search" />
      </div>
      <GraphSelect value={search.graph} onChange={(graph) => set({ graph })} />
      <StatusFilter filters={filters} />
      <MoreFilters filters={filters} />
    </search>
  );
}

function GraphSelect({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}) {
  const graphs = useQuery(graphNamesQuery).data ?? [];
  const options = graphs.map((graph) => ({ value: graph.id, label: graph.name, text: graph.name }));
  const isKnown = value === undefined || graphs.some((graph) => graph.id === value);
  return (
    <Select
      aria-label="Graph"
      className="max-w-48"
      options={[
        { value: EVERY_GRAPH, label: "Every graph" },
        ...options,
        ...(isKnown ? [] : [{ value, label: "Another graph" }]),
      ]}
      value={value ?? EVERY_GRAPH}
      onChange={(id) => onChange(id === EVERY_GRAPH ? undefined : id)}
    />
  );
}

function StatusFilter({ filters: { search, set } }: { filters: Filters }) {
  const chosen = statusesOf(search.status);
  return (
    <Below
      label="States"
      trigger={
        <Button>
          {chosen.length > 0 ? counted(chosen.length, "state") : "Any state"}
          <Icon of={ChevronDown} />
        </Button>
      }
    >
      <fieldset className="grid gap-2 border-0 p-0">
        <legend className="mb-2 text-12 font-medium">Any of these states</legend>
        {RUN_STATUSES.map((status) => (
          <Checkbox
            key={status}
            label={<State state={runState(status)} />}
            isOn={chosen.includes(status)}
            onChange={(isOn) =>
              set({
                status: statusText(isOn ? [...chosen, status] : chosen.filter((one) => one !== status)),
              })
            }
          />
        ))}
      </fieldset>
    </Below>
  );
}

function MoreFilters({ filters }: { filters: Filters }) {
  return (
    <Below
      label="More filters"
      trigger={
        <Button icon={ListFilter} variant="quiet">
          More filters
        </Button>
      }
    >
      <div className="grid gap-3">
        <div className="grid grid-cols-2 gap-3">
          <DayField filters={filters} name="from" label="From" />
          <DayField filters={filters} name="to" label="To" />
          <CostField filters={filters} name="min_cost" label="Cost at least, $" />
          <CostField filters={filters} name="max_cost" label="Cost at most, $" />
        </div>
        <Field label="Label">
          {(described) => <FilterText {...described} filters={filters} name="label" />}
        </Field>
        <Field label="Started by the run" help="Its id: shows the runs that it has started.">
          {(described) => <FilterText {...described} filters={filters} name="parent" />}
        </Field>
        <Field label="Retry of the run" help="Its id: shows the runs that have taken over its results.">
          {(described) => <FilterText {...described} filters={filters} name="retry_of" />}
        </Field>
      </div>
    </Below>
  );
}

type OneFilterProps = { filters: Filters; name: FilterName; label: string };

function DayField({ filters: { search, set }, name, label }: OneFilterProps) {
  return (
    <Field label={label}>
      {(described) => (
        <TextInput
          {...described}
          type="date"
          value={dateOf(search[name], Date.now())}
          onChange={(event) => set({ [name]: event.target.value || undefined })}
        />
      )}
    </Field>
  );
}

function CostField({ filters, name, label }: OneFilterProps) {
  const text = filters.search[name];
  const isBad = text !== undefined && microsOf(text) === null;
  return (
    <Field label={label} error={isBad ? "Write an amount such as 0.5." : undefined}>
      {(described) => <FilterText {...described} filters={filters} name={name} inputMode="decimal" />}
    </Field>
  );
}

type FilterTextProps = {
  filters: Filters;
  name: FilterName;
  /** Where no label stands beside it; also shown while it is empty. */
  label?: string;
  id?: string;
  type?: "search" | "text";
  inputMode?: "decimal";
};

function FilterText({ filters: { search, set }, name, label, ...rest }: FilterTextProps) {
  const settle = useCallback((text: string) => set({ [name]: text || undefined }), [set, name]);
  return (
    <SettledInput
      {...rest}
      {...(label ? { "aria-label": label, placeholder: label } : {})}
      value={search[name] ?? ""}
      onSettle={settle}
    />
  );
}

/** A small sheet under its button. */
function Below({ label, trigger, children }: { label: string; trigger: ReactElement; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          aria-label={label}
          className="popover"
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
