// Uploads with how far they are: fetch does not tell that, so this one request goes another way.

import { asError } from "@/lib/api/client";
import { isRecord } from "@/lib/values";

export type Stored = { id: string; name: string; reference: string };
export type Upload = {
  /** @throws ApiError the server refused, or was not reached. */
  done: Promise<Stored>;
  stop: () => void;
};

/** Store a file; `onShare` hears from 0 to 1 how much has gone. */
export function uploadFile(file: File, onShare: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Stored>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const answer = parsed(request.responseText);
      const stored = request.status < 300 ? firstFile(answer) : null;
      if (stored) resolve(stored);
      else reject(asError(request.status, answer));
    };
    request.onerror = () => reject(new Error("The server cannot be reached. Upload the file again."));
    request.onabort = () => reject(new Error("The upload was stopped."));
  });
  const form = new FormData();
  form.append("file", file, file.name);
  request.open("POST", "/api/files");
  request.send(form);
  return { done, stop: () => request.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function firstFile(answer: unknown): Stored | null {
  const [file]: unknown[] = isRecord(answer) && Array.isArray(answer.items) ? answer.items : [];
  return isStored(file) ? file : null;
}

function isStored(value: unknown): value is Stored {
  return isRecord(value) && [value.id, value.name, value.reference].every((part) => typeof part === "string");
}
