// What started a run: a trigger, another run, a retry, or somebody.

import { Link } from "@tanstack/react-router";
import { CornerDownRight, type LucideIcon, Play, RotateCcw, Zap } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import { useScene } from "@/features/run/run-context";
import { runName } from "@/lib/run/name";

export function StartedBy() {
  const { run, nameOf } = useScene();
  const trigger = run.options.trigger_node;
  if (run.parent_run_id) return <Source icon={CornerDownRight} word="Part of" runId={run.parent_run_id} />;
  if (run.from_run_id) return <Source icon={RotateCcw} word="Goes on from" runId={run.from_run_id} />;
  return (
    <span className="row gap-1">
      <Icon of={typeof trigger === "string" ? Zap : Play} size={14} />
      {typeof trigger === "string" ? nameOf(trigger) : "Started by hand"}
    </span>
  );
}

function Source({ icon, word, runId }: { icon: LucideIcon; word: string; runId: string }) {
  return (
    <span className="row gap-1">
      <Icon of={icon} size={14} />
      {word}
      <Link to="/runs/$runId" params={{ runId }} className="anchor">
        {runName(runId)}
      </Link>
    </span>
  );
}
