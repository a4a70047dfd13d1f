// Since when, of which graph, whose.

import { useQuery } from "@tanstack/react-query";

import { useMe } from "@/components/session";
import { Select } from "@/components/ui/choice";
import { TextInput } from "@/components/ui/field";
import { Segments } from "@/components/ui/tabs";
import type { Choices } from "@/features/costs/use-choices";
import { type Span, spanOf } from "@/lib/api/costs-period";
import { graphNamesQuery } from "@/lib/api/graph-rows";
import { usersQuery } from "@/lib/api/people";

const SPAN_WORDS: readonly { value: Span | "dates"; label: string }[] = [
  { value: "7d", label: "7 days" },
  { value: "30d", label: "30 days" },
  { value: "90d", label: "90 days" },
  { value: "month", label: "This month" },
  { value: "dates", label: "Dates" },
];

const EVERY_GRAPH = "all";

export function CostChoices({ choices, isOwner }: { choices: Choices; isOwner: boolean }) {
  return (
    <search className="flex flex-wrap items-center gap-2" aria-label="What is summed up">
      <SpanChoice choices={choices} />
      <div className="w-48">
        <GraphChoice choices={choices} />
      </div>
      {isOwner && (
        <div className="w-48">
          <WhoseChoice choices={choices} />
        </div>
      )}
    </search>
  );
}

function SpanChoice({ choices: { search, selection, set } }: { choices: Choices }) {
  const span = spanOf(search);
  const { first, last } = selection.period;
  const choose = (chosen: Span | "dates") =>
    set(
      chosen === "dates"
        ? { from: first, to: last }
        : { from: chosen === "30d" ? undefined : chosen, to: undefined },
    );
  return (
    <>
      <Segments label="Days" options={SPAN_WORDS} value={span ?? "dates"} onChange={choose} />
      {span === null && (
        <div className="row">
          <DateChoice label="From" value={first} onChange={(from) => set({ from, to: last })} />
          <DateChoice label="Until" value={last} onChange={(to) => set({ from: first, to })} />
          <span className="faint text-12">Days of UTC</span>
        </div>
      )}
    </>
  );
}

type DateChoiceProps = { label: string; value: string; onChange: (date: string) => void };

function DateChoice({ label, value, onChange }: DateChoiceProps) {
  return (
    <TextInput
      type="date"
      className="w-40"
      aria-label={label}
      value={value}
      onChange={(event) => event.target.value && onChange(event.target.value)}
    />
  );
}

function GraphChoice({ choices: { search, set } }: { choices: Choices }) {
  const graphs = useQuery(graphNamesQuery).data ?? [];
  const isKnown = !search.graph || graphs.some((graph) => graph.id === search.graph);
  return (
    <Select
      aria-label="Graph"
      options={[
        { value: EVERY_GRAPH, label: "Every graph" },
        ...graphs.map((graph) => ({ value: graph.id, label: graph.name })),
        ...(isKnown || !search.graph ? [] : [{ value: search.graph, label: "Another graph" }]),
      ]}
      value={search.graph || EVERY_GRAPH}
      onChange={(graph) => set({ graph: graph === EVERY_GRAPH ? undefined : graph })}
    />
  );
}

function WhoseChoice({ choices: { selection, set } }: { choices: Choices }) {
  const me = useMe();
  const people = useQuery(usersQuery).data ?? [];
  return (
    <Select
      aria-label="Whose costs"
      options={[
        { value: "own", label: "Yours" },
        { value: "all", label: "Everybody's" },
        ...people
          .filter((person) => person.id !== me.id)
          .map((person) => ({ value: person.id, label: person.name || person.email })),
      ]}
      value={selection.whose === me.id ? "own" : selection.whose}
      onChange={(user) => set({ user: user === "own" ? undefined : user })}
    />
  );
}
