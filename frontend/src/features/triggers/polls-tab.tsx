// All blocks that ask services for news: when they ask, what went wrong, and asking now.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Rss, SearchX } from "lucide-react";

import { classes } from "@/components/ui/button";
import { Empty, Loads } from "@/components/ui/status";
import { PollRows } from "@/features/triggers/poll-rows";
import { has } from "@/features/triggers/sought";
import { blocksQuery } from "@/lib/api/catalogue";
import { pollsQuery } from "@/lib/api/polls";

const REFETCH_MS = 5_000;

export function PollsTab({ sought }: { sought: string }) {
  const polls = useQuery({ ...pollsQuery, refetchInterval: REFETCH_MS });
  const blocks = useQuery(blocksQuery).data;
  return (
    <Loads query={polls} rows={6}>
      {(all) => {
        if (all.length === 0) return <NoPolls />;
        const found = all.filter((poll) =>
          has(sought, [poll.graph_name, blocks?.get(poll.block_id)?.title, poll.node_id]),
        );
        if (found.length === 0)
          return (
            <Empty icon={SearchX} title="No poll fits">
              Search for another part of its block or its graph.
            </Empty>
          );
        return (
          <div className="card overflow-x-auto">
            <table className="data data--tall">
              <thead>
                <tr>
                  <th>Poll</th>
                  <th>State</th>
                  <th>Next</th>
                  <th className="max-lg:hidden">Last news</th>
                  <th>
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((poll) => (
                  <PollRows key={poll.id} poll={poll} title={blocks?.get(poll.block_id)?.title ?? "Poll"} />
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Loads>
  );
}

function NoPolls() {
  return (
    <Empty
      icon={Rss}
      title="No polls yet"
      action={
        <Link to="/" className={classes({})}>
          Open the library
        </Link>
      }
    >
      Publish a graph with a block that asks a service for news, such as Feed Trigger. It stands here from
      then on.
    </Empty>
  );
}
