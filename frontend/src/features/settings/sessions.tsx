// The browsers in which the person is logged in; each but this one can be logged out from here.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { Button } from "@/components/ui/button";
import { Ago } from "@/components/ui/figures";
import { Loads } from "@/components/ui/status";
import { tell } from "@/components/ui/toast";
import { keys } from "@/lib/api/keys";
import { endSession, type Session, sessionsQuery } from "@/lib/api/people";
import { counted } from "@/lib/format";

export function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const renew = () => client.invalidateQueries({ queryKey: keys.sessions });
  const end = useMutation({ mutationFn: endSession, onSettled: renew });
  const endOthers = useMutation({
    mutationFn: (others: readonly Session[]) => Promise.all(others.map((one) => endSession(one.id))),
    onSuccess: (done) => tell(`${counted(done.length, "browser")} logged out`),
    onSettled: renew,
  });
  return (
    <Loads query={sessions} rows={2}>
      {(all) => {
        const others = all.filter((one) => !one.is_current);
        return (
          <div className="grid gap-3">
            <div className="settings__table max-h-96">
              <table className="data">
                <thead>
                  <tr>
                    <th>Address</th>
                    <th>Logged in</th>
                    <th>Ends</th>
                    <th>
                      <span className="sr-only">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {all.map((session) => (
                    <tr key={session.id}>
                      <td>{session.address || "Unknown"}</td>
                      <td>
                        <Ago at={session.created_at} />
                      </td>
                      <td>
                        <Ago at={session.expires_at} />
                      </td>
                      <td className="r">
                        {session.is_current ? (
                          <span className="tag">This browser</span>
                        ) : (
                          <Button
                            size="small"
                            variant="quiet"
                            isBusy={end.isPending && end.variables === session.id}
                            onClick={() => end.mutate(session.id)}
                          >
                            Log out
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {others.length > 1 && (
              <Button
                className="justify-self-start"
                isBusy={endOthers.isPending}
                onClick={() => endOthers.mutate(others)}
              >
                Log out all {others.length} others
              </Button>
            )}
          </div>
        );
      }}
    </Loads>
  );
}
