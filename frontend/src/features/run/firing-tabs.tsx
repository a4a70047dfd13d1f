// One firing of a block: its error, what it took, what it gave, its tries.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { WaitsFor } from "@/components/review/waits-for";
import { type Tab, Tabs } from "@/components/ui/tabs";
import { FiringError } from "@/features/run/firing-error";
import { FiringInputs } from "@/features/run/firing-inputs";
import { FiringOutputs } from "@/features/run/firing-outputs";
import { FiringTries } from "@/features/run/firing-tries";
import type { RanNode } from "@/features/run/run-context";
import type { FiringDetails } from "@/lib/api/run";

type TabName = "error" | "input" | "output" | "tries";

export function FiringTabs({ node, details }: { node: RanNode; details: FiringDetails }) {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const tabs: Tab<TabName>[] = [
    ...(details.error
      ? [tab("error", "Error", <FiringError node={node} details={details} error={details.error} />)]
      : []),
    tab("input", "Input", <FiringInputs node={node} details={details} />),
    tab("output", "Output", <FiringOutputs node={node} details={details} />),
    ...(details.attempts > 1 || details.duration_ms !== null
      ? [
          tab(
            "tries",
            <>Tries {details.attempts > 1 && <span className="badge">{details.attempts}</span>}</>,
            <FiringTries node={node} details={details} />,
          ),
        ]
      : []),
  ];
  const wanted = tabs.find(({ value }) => value === search.tab)?.value;
  const usual: TabName = details.error ? "error" : "output";
  return (
    <>
      {details.waits_for && <WaitsFor details={details} waits={details.waits_for} />}
      <Tabs
        label={`Firing ${details.firing} of ${node.name}`}
        tabs={tabs}
        value={wanted ?? usual}
        onChange={(value) =>
          void navigate({ to: ".", replace: true, search: (old) => ({ ...old, tab: value }) })
        }
      />
    </>
  );
}

function tab(value: TabName, label: Tab<TabName>["label"], content: Tab<TabName>["content"]): Tab<TabName> {
  return { value, label, content: <div className="panel__body overflow-auto">{content}</div> };
}
