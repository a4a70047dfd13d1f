// The report of an import in sentences: what to look at first stands first, and parts that say nothing are left out.

import { providerDisplayName } from "@/components/integrations/credentials-provider";
import type { ImportReport } from "@/lib/api/graphs-files";
import { counted } from "@/lib/format";

type ReportLine = { key: string; what: string; detail: string };

export type ReportPart = {
  title: string;
  /** What it means for the graph. */
  about: string;
  /** Whether something has to be done before it can run. */
  isOpen: boolean;
  lines: readonly ReportLine[];
  /** How many lines the server has left out. */
  more: number;
};

/** "7 blocks in 2 graphs; 1 block is missing here." */
export function summary(report: ImportReport): string {
  const known = report.mapped.flatMap((graph) => Object.values(graph.blocks)).reduce((sum, n) => sum + n, 0);
  const missing = report.missing.length + (report.more.missing ?? 0);
  const graphs = report.mapped.length > 1 ? ` in ${counted(report.mapped.length, "graph")}` : "";
  const blocks = counted(known + missing, "block");
  if (missing === 0) return `${blocks}${graphs}, all of them known here.`;
  return `${blocks}${graphs}; ${counted(missing, "block")} ${missing === 1 ? "is" : "are"} missing here.`;
}

export function reportParts(report: ImportReport): readonly ReportPart[] {
  return [problems, missing, credentials, changed, renamed, differences]
    .map((part) => part(report))
    .filter((part) => part.lines.length > 0);
}

type Part = (report: ImportReport) => ReportPart;

const problems: Part = ({ problems, more }) => ({
  title: "Keeps it from running",
  about: "The builder marks the blocks in question.",
  isOpen: true,
  lines: numbered(problems, (problem) => ({ what: problem.message, detail: problem.cure })),
  more: more.problems ?? 0,
});

const missing: Part = ({ missing, more }) => ({
  title: "Missing here",
  about: "These blocks stand where they were, with their links. Replace them, or add what they need.",
  isOpen: true,
  lines: numbered(missing, (one) => ({
    what: one.node_name,
    detail:
      one.missing === "block"
        ? `No block ${one.block_name ?? one.block_id} in this installation.`
        : `It runs a graph that is not here: ${one.missing.replace(/^graph /, "")}.`,
  })),
  more: more.missing ?? 0,
});

const credentials: Part = ({ credentials, more }) => ({
  title: "Connections to choose",
  about: "Connections do not travel with a file. Choose one of yours at each block.",
  isOpen: true,
  lines: numbered(credentials, (one) => ({
    what: one.node_name,
    detail: wantedProvider(one),
  })),
  more: more.credentials ?? 0,
});

function wantedProvider({ provider, providers }: ImportReport["credentials"][number]): string {
  if (provider) return providerDisplayName(provider);
  if (providers.length === 0) return "The file does not say of which provider.";
  return `One of ${providers.map(providerDisplayName).join(", ")}`;
}

const changed: Part = ({ changed, more }) => ({
  title: "Changed",
  about: "",
  isOpen: false,
  lines: numbered(changed, (one) => ({
    what: [one.node_name || (one.node_id ? one.node_id : "The whole graph"), one.pin]
      .filter(Boolean)
      .join(", "),
    detail: one.why,
  })),
  more: more.changed ?? 0,
});

const KINDS = { block: "Block", pin: "Pin", value: "Value" } as const;

const renamed: Part = ({ renamed, more }) => ({
  title: "Renamed",
  about: "The same things are called otherwise here.",
  isOpen: false,
  lines: numbered(renamed, (one) => ({
    what: one.node_name,
    detail: `${KINDS[one.kind]} ${one.before} is ${one.after} here.`,
  })),
  more: more.renamed ?? 0,
});

const differences: Part = ({ differences, more }) => ({
  title: "Works otherwise than there",
  about: "Worth reading once, before the first run.",
  isOpen: false,
  lines: numbered(differences, (one) => ({
    what: one.text,
    detail: [
      one.block,
      named(
        one.nodes.map((node) => node.node_name),
        one.count,
      ),
    ]
      .filter(Boolean)
      .join(": "),
  })),
  more: more.differences ?? 0,
});

function named(names: readonly string[], count: number): string {
  const unnamed = count - names.length;
  return [...names, ...(unnamed > 0 ? [counted(unnamed, "more block", "more blocks")] : [])].join(", ");
}

function numbered<T>(entries: readonly T[], say: (entry: T) => Omit<ReportLine, "key">): ReportLine[] {
  return entries.map((entry, place) => ({ key: String(place), ...say(entry) }));
}
