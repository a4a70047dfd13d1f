// A file that a value names: its picture where it is one, its name and size, and the way to it.

import { useQuery } from "@tanstack/react-query";
import { Download, FileText, FileX } from "lucide-react";

import { Icon } from "@/components/ui/icon";
import { fileHref, fileQuery } from "@/lib/api/run";
import { size } from "@/lib/format";

/** What the server sends as a picture; all else it sends to be saved. */
const PICTURES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/bmp",
]);

export function FileValue({ fileId, isInline = false }: { fileId: string; isInline?: boolean }) {
  const { data: file, isError } = useQuery(fileQuery(fileId));
  if (isError) {
    return (
      <span className="row faint">
        <Icon of={FileX} size={14} />
        This file is gone
      </span>
    );
  }
  const name = file?.name ?? "File";
  const link = (
    <a className="anchor row min-w-0" href={fileHref(fileId)} download={name}>
      <Icon of={isInline ? FileText : Download} size={14} />
      <span className="truncate">{name}</span>
      {file && <span className="faint num font-normal">{size(file.size_bytes)}</span>}
    </a>
  );
  if (isInline || !file || !PICTURES.has(file.media_type)) return link;
  return (
    <figure className="grid gap-2">
      <img className="value__picture" src={fileHref(fileId)} alt={name} />
      <figcaption>{link}</figcaption>
    </figure>
  );
}
