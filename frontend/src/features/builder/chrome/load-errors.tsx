// In development: what keeps a saved file of blocks from being loaded, until it is mended.

import { FileX } from "lucide-react";

import { Notice } from "@/components/ui/notice";
import { useReloading } from "@/features/builder/chrome/use-reloading";
import { useBuilderParts } from "@/features/builder/state/builder-context";
import type { LoadError } from "@/lib/api/catalogue";

const MOST_SHOWN = 5;

export function LoadErrors() {
  const { catalogue } = useBuilderParts();
  return <LoadErrorList errors={useReloading(catalogue)} />;
}

export function LoadErrorList({ errors }: { errors: readonly LoadError[] }) {
  if (errors.length === 0) return null;
  return (
    <Notice kind="fail" icon={FileX}>
      <b>{errors.length === 1 ? "A file does" : `${errors.length} files do`} not load.</b> Until it is mended
      and saved, what was loaded last stays.
      <ul>
        {errors.slice(0, MOST_SHOWN).map((error) => (
          <li key={`${placeOf(error)} ${error.message}`} className="break-words whitespace-pre-wrap">
            <code>{placeOf(error)}</code> {error.message}
          </li>
        ))}
        {errors.length > MOST_SHOWN && <li>And {errors.length - MOST_SHOWN} more.</li>}
      </ul>
    </Notice>
  );
}

function placeOf({ file, line }: LoadError): string {
  return typeof line === "number" ? `${file}:${line}` : file;
}
