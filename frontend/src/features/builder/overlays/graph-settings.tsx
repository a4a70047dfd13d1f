// What a graph is called, what it is for, and where its runs are stopped.

import { type FormEvent, useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, TextArea, TextInput } from "@/components/ui/field";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import { useEditor } from "@/features/builder/state/context";
import type { Graph } from "@/lib/autogpt-server-api/types";

type Limits = Graph["limits"];
type LimitField = { key: keyof Limits; label: string; help: string; factor: number };

const LIMITS: readonly LimitField[] = [
  {
    key: "max_cost_usd_micros",
    label: "Most a run may cost, in dollars",
    help: "Reserved before each call; the run stops before it is passed",
    factor: 1e6,
  },
  {
    key: "max_active_s",
    label: "Longest a run may work, in seconds",
    help: "Waiting does not count",
    factor: 1,
  },
  { key: "max_firings", label: "Most steps of a run", help: "Against loops without an end", factor: 1 },
];

export function GraphSettings({ onClose }: { onClose: () => void }) {
  const { editor } = useBuilderParts();
  const isReadOnly = useEditor((state) => state.isReadOnly);
  const [graph] = useState(() => editor.getState().graph);
  const [name, setName] = useState(graph.name);
  const [description, setDescription] = useState(graph.description);
  const [limits, setLimits] = useState(() => shown(graph.limits));
  const errors = { name: name.trim() === "" ? "Give the graph a name." : undefined, ...limitErrors(limits) };
  const isWrong = Object.values(errors).some(Boolean);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    editor.getState().change("Change graph settings", (before) => ({
      ...before,
      name: name.trim(),
      description,
      limits: { ...before.limits, ...stored(limits) },
    }));
    onClose();
  };
  return (
    <Dialog
      title="Graph settings"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{isReadOnly ? "Close" : "Cancel"}</Button>
          {!isReadOnly && (
            <Button variant="ink" type="submit" form="graph-settings" disabled={isWrong}>
              Save settings
            </Button>
          )}
        </>
      }
    >
      <form id="graph-settings" className="grid gap-4" onSubmit={submit}>
        <Field label="Name" error={errors.name}>
          {(described) => (
            <TextInput
              {...described}
              autoFocus
              maxLength={500}
              value={name}
              disabled={isReadOnly}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Description" help="What it does, for whoever finds it in the library">
          {(described) => (
            <TextArea
              {...described}
              value={description}
              disabled={isReadOnly}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        {LIMITS.map(({ key, label, help }) => (
          <Field key={key} label={label} help={`${help}. Empty: as the server says.`} error={errors[key]}>
            {(described) => (
              <TextInput
                {...described}
                inputMode="decimal"
                value={limits[key] ?? ""}
                disabled={isReadOnly}
                onChange={(event) => setLimits({ ...limits, [key]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </form>
    </Dialog>
  );
}

type Texts = Partial<Record<keyof Limits, string>>;

function shown(limits: Limits): Texts {
  return Object.fromEntries(
    LIMITS.map(({ key, factor }) => {
      const value = limits[key];
      return [key, value === null || value === undefined ? "" : String(value / factor)];
    }),
  );
}

function stored(texts: Texts): Partial<Limits> {
  return Object.fromEntries(
    LIMITS.map(({ key, factor }) => {
      const text = texts[key]?.trim() ?? "";
      const value = Number(text) * factor;
      return [key, text === "" ? null : key === "max_active_s" ? value : Math.round(value)];
    }),
  );
}

function limitErrors(texts: Texts): Partial<Record<keyof Limits, string>> {
  return Object.fromEntries(
    LIMITS.flatMap(({ key }) => {
      const text = texts[key]?.trim() ?? "";
      const isFine = text === "" || (Number.isFinite(Number(text)) && Number(text) > 0);
      return isFine ? [] : [[key, "This must be a number above 0, or empty."]];
    }),
  );
}
