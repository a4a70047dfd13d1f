// Leaving: the session ends at the server, and nothing of it stays in this page.

import { useMutation } from "@tanstack/react-query";

import { queryClient } from "@/app/query-client";
import { api, unwrap } from "@/lib/api/client";
import { keys } from "@/lib/api/keys";

export function useLogout(): () => void {
  const { mutate } = useMutation({
    mutationFn: () => unwrap(api.POST("/api/auth/logout")),
    onSuccess: () => {
      queryClient.clear();
      queryClient.setQueryData(keys.me, null);
      globalThis.location.assign("/login");
    },
  });
  return () => mutate();
}
