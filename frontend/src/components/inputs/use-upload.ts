// One upload at a time, with how far it is.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { keys } from "@/lib/api/keys";
import { type Upload, uploadFile } from "@/lib/api/upload";

export type Uploading = {
  /** From 0 to 1; null: nothing is being uploaded. */
  share: number | null;
  error: string | undefined;
  start: (file: File) => void;
  stop: () => void;
};

/** `onDone` gets how inputs name the file. */
export function useUpload(onDone: (reference: string) => void): Uploading {
  const client = useQueryClient();
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<string>();
  const running = useRef<Upload | null>(null);
  useEffect(() => () => running.current?.stop(), []);
  const start = (file: File) => {
    running.current?.stop();
    const upload = uploadFile(file, setShare);
    running.current = upload;
    setShare(0);
    setError(undefined);
    upload.done
      .then((stored) => {
        void client.invalidateQueries({ queryKey: keys.files });
        if (running.current === upload) onDone(stored.reference);
      })
      .catch((reason: unknown) => {
        if (running.current === upload)
          setError(reason instanceof Error ? reason.message : "The upload failed. Try again.");
      })
      .finally(() => {
        if (running.current === upload) setShare(null);
      });
  };
  const stop = () => {
    const upload = running.current;
    running.current = null;
    upload?.stop();
    setShare(null);
  };
  return { share, error, start, stop };
}
