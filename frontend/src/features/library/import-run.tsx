// An import from the chosen file to its report: reading, sending, and what came of it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";

import { type FileRefusal, onlyFile, readFile } from "@/features/library/import-file";
import { ApiError } from "@/lib/api/client";
import { type ImportReport, importGraph } from "@/lib/api/graphs-files";
import { keys } from "@/lib/api/keys";
import { counted } from "@/lib/format";
import { newId } from "@/lib/graph/model";

type Imported = { fileName: string } & ({ report: ImportReport } | { refusal: FileRefusal });

export type Imports = {
  /** Files that were dropped. */
  take: (files: readonly File[]) => void;
  /** Lets the person choose a file. */
  choose: () => void;
  /** Belongs somewhere into the page. */
  input: ReactNode;
  isBusy: boolean;
  outcome: Imported | null;
  /** The server refused, or was not reached. */
  error: unknown;
  close: () => void;
};

export function useImport(): Imports {
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const { mutate, isPending, data, error, reset } = useMutation({
    mutationFn: runImport,
    meta: { isErrorShown: true },
    onSuccess: async (outcome) => {
      if ("refusal" in outcome) return;
      await client.invalidateQueries({ queryKey: keys.graphs });
      await client.invalidateQueries({ queryKey: keys.folders });
    },
  });
  const take = (files: readonly File[]) => {
    if (!isPending) mutate(files);
  };
  return {
    take,
    choose: () => input.current?.click(),
    input: (
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label="File to import"
        className="hidden"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = ""; // so that the same file can be chosen again
        }}
      />
    ),
    isBusy: isPending,
    outcome: data ?? null,
    error,
    close: reset,
  };
}

async function runImport(files: readonly File[]): Promise<Imported> {
  const one = onlyFile(files);
  if ("refusal" in one) return { fileName: "", ...one };
  const fileName = one.file.name;
  const read = await readFile(one.file);
  if ("refusal" in read) return { fileName, ...read };
  try {
    return { fileName, report: await importGraph(read.text, newId()) };
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
      return { fileName, refusal: serverRefusal(error) };
    }
    throw error;
  }
}

/** The server's own words: the first problem with its cure, and how many there are. */
export function serverRefusal(error: ApiError): FileRefusal {
  const [first, ...more] = error.problem?.errors ?? [];
  if (!first) return { why: error.message, cure: "" };
  const place = first.path ? `${first.path}: ` : "";
  const others = more.length > 0 ? `It has ${counted(more.length, "more problem")}.` : "";
  return { why: `${place}${first.message}`, cure: [first.cure, others].filter(Boolean).join(" ") };
}
