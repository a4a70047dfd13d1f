// A trigger that asks a service for news: when it does next, and asking now.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Notice } from "@/components/ui/notice";
import type { Trigger } from "@/lib/api/graph-triggers";
import { keys } from "@/lib/api/keys";
import { checkPoll, type PollChecked, pollsQuery } from "@/lib/api/polls";
import { counted } from "@/lib/format";

export function PollNow({ graphId, trigger }: { graphId: string; trigger: Trigger }) {
  const client = useQueryClient();
  const mayWrite = useMay("triggers:write");
  const polls = useQuery({ ...pollsQuery, enabled: trigger.is_live });
  const poll = polls.data?.find((one) => one.graph_id === graphId && one.node_id === trigger.node_id);
  const check = useMutation({
    mutationFn: checkPoll,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.polls }),
        client.invalidateQueries({ queryKey: keys.triggers(graphId) }),
      ]),
  });
  if (!poll) {
    return <p className="dim">It begins to ask when you publish. A run by hand takes what you give it.</p>;
  }
  return (
    <>
      <div className="row">
        <span className="dim">
          Asks again <Ago at={poll.next_at} />
        </span>
        {mayWrite && (
          <Button
            size="small"
            icon={RotateCw}
            className="push"
            isBusy={check.isPending}
            onClick={() => check.mutate(poll.id)}
          >
            Ask now
          </Button>
        )}
      </div>
      {check.data && <Found checked={check.data} />}
    </>
  );
}

function Found({ checked }: { checked: PollChecked }) {
  if (checked.problem) return <Notice kind="fail">{checked.problem}</Notice>;
  const started = checked.run_ids.length;
  return (
    <p className="dim" role="status">
      It listed {counted(checked.found, "record")}
      {checked.is_first && started === 0
        ? ". It was asked for the first time: they count as known."
        : started === 0
          ? ", none of them new."
          : `, and started ${counted(started, "run")}.`}
    </p>
  );
}
