// A poll in a line, with what is wrong, or what asking now has brought, under it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RefreshCw, Rss } from "lucide-react";

import { useMay } from "@/components/session";
import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Icon } from "@/components/ui/icon";
import { State, type StateName } from "@/components/ui/state";
import { Remark } from "@/features/triggers/remark";
import { keys } from "@/lib/api/keys";
import { checkPoll, type Poll, type PollChecked } from "@/lib/api/polls";
import { counted, duration } from "@/lib/format";

const COLUMNS = 5;

export function PollRows({ poll, title }: { poll: Poll; title: string }) {
  const queries = useQueryClient();
  const mayAsk = useMay("triggers:write");
  const ask = useMutation({
    mutationFn: () => checkPoll(poll.id),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.polls }),
  });
  const problem = ask.data?.problem || poll.problem;
  return (
    <>
      <tr>
        <td className="w-2/5 max-w-0">
          <div className="row gap-3">
            <span className="tile">
              <Icon of={Rss} />
            </span>
            <div className="min-w-0">
              <Link
                to="/graphs/$graphId"
                params={{ graphId: poll.graph_id }}
                search={{ node: poll.node_id }}
                className="row-link block truncate font-semibold"
              >
                {title} in {poll.graph_name}
              </Link>
              <div className="faint truncate text-12">
                Every {duration(poll.interval_s * 1_000)} · starts version {poll.graph_version}
              </div>
            </div>
          </div>
        </td>
        <td>
          <State {...standsOf(poll)} />
        </td>
        <td>
          <Ago at={poll.next_at} />
        </td>
        <td className="dim max-lg:hidden">{poll.emitted_at ? <Ago at={poll.emitted_at} /> : "None yet"}</td>
        <td className="r">
          {mayAsk && (
            <Button
              size="small"
              icon={RefreshCw}
              className="over"
              isBusy={ask.isPending}
              onClick={() => ask.mutate()}
            >
              Ask now
            </Button>
          )}
        </td>
      </tr>
      {problem ? <Remark problem={problem} columns={COLUMNS} /> : ask.data && <Found checked={ask.data} />}
    </>
  );
}

function standsOf(poll: Poll): { state: StateName; word: string } {
  if (poll.failures > 0) return { state: "failed", word: `Failed ${counted(poll.failures, "time")}` };
  if (poll.problem) return { state: "failed", word: "Failed" };
  return poll.polled_at === null
    ? { state: "queued", word: "Not asked yet" }
    : { state: "ok", word: "Works" };
}

function Found({ checked }: { checked: PollChecked }) {
  const [runId] = checked.run_ids;
  return (
    <tr className="remark">
      <td colSpan={COLUMNS}>
        <p className="row dim text-12" role="status">
          {foundWords(checked)}
          {runId && (
            <Link to="/runs/$runId" params={{ runId }} className="anchor">
              Open the {checked.run_ids.length > 1 ? "first run" : "run"}
            </Link>
          )}
        </p>
      </td>
    </tr>
  );
}

function foundWords({ found, is_first: isFirst, run_ids: runIds }: PollChecked): string {
  const listed = `Asked just now: ${counted(found, "record")} found`;
  if (runIds.length > 0) return `${listed}, ${counted(runIds.length, "new run")} started.`;
  return isFirst ? `${listed}, which count as known. The next new one starts a run.` : `${listed}, none new.`;
}
