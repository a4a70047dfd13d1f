// A page that failed, or a server that was not reached when the first page was opened.

import { useRouter } from "@tanstack/react-router";

import { Failed } from "@/components/ui/status";

export function Broken({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <main className="grid h-screen place-items-center p-8">
      <Failed error={error} onRetry={() => void router.invalidate()} />
    </main>
  );
}
