// A word across the top while the server cannot be reached; it is asked until it is back, then all is asked anew.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useRef } from "react";
import { useReachable } from "@/components/reachable";
import { Icon } from "@/components/ui/icon";
import { meQuery } from "@/lib/api/session";

const ASK_MS = 2_000;

export function OfflineBar() {
  const client = useQueryClient();
  const isReachable = useReachable();
  const wasAway = useRef(false);
  useQuery({
    queryKey: ["reachable"],
    queryFn: meQuery.queryFn,
    enabled: !isReachable,
    refetchInterval: ASK_MS,
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (isReachable && wasAway.current) void client.invalidateQueries();
    wasAway.current = !isReachable;
  }, [isReachable, client]);
  if (isReachable) return null;
  return (
    <div role="status" className="row bg-wait-tint px-4 py-2 text-wait">
      <Icon of={CloudOff} />
      The server cannot be reached. Runs go on without this page; what you change is kept here and saved when
      it is back.
    </div>
  );
}
