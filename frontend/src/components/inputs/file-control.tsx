// A file: uploaded here, chosen from earlier ones, or given as a text (an address, the contents).

import { File as FileIcon, Upload, X } from "lucide-react";
import { useRef, useState } from "react";

import type { ControlProps } from "@/components/inputs/control-props";
import { FilePick } from "@/components/inputs/file-pick";
import { asText, fromText } from "@/components/inputs/text-controls";
import { useUpload } from "@/components/inputs/use-upload";
import { WrittenError } from "@/components/inputs/written-error";
import { useMay } from "@/components/session";
import { Button, IconButton } from "@/components/ui/button";
import { TextInput } from "@/components/ui/field";
import { FileValue } from "@/components/values/file-value";
import { fileIdOf } from "@/components/values/value-kind";
import { placeholder } from "@/lib/graph/schema";

export function FileControl({ described, label, schema, value, onChange }: ControlProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const mayUpload = useMay("files:write");
  const upload = useUpload((reference) => onChange(reference));
  const [isOver, setIsOver] = useState(false);
  const fileId = fileIdOf(value);
  const drop = (files: FileList | null) => {
    const file = files?.[0];
    if (file && mayUpload) upload.start(file);
  };
  return (
    <WrittenError id={described.id} error={upload.error}>
      {(below) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons do the same
        <div
          className={`filefield ${isOver ? "is-over" : ""}`}
          onDragOver={(event) => {
            if (!mayUpload) return;
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setIsOver(false);
            drop(event.dataTransfer.files);
          }}
        >
          {upload.share !== null ? (
            <div className="row">
              <progress className="progress" value={upload.share} max={1} aria-label={`Upload of ${label}`} />
              <span className="num faint text-12">{Math.round(upload.share * 100)} %</span>
              <IconButton icon={X} size="small" label="Stop the upload" onClick={upload.stop} />
            </div>
          ) : fileId !== null ? (
            <div className="row min-h-8">
              <FileValue fileId={fileId} isInline />
              <IconButton
                icon={X}
                size="small"
                className="push edits"
                label={`Remove the file of ${label}`}
                onClick={() => onChange(undefined)}
              />
            </div>
          ) : (
            <TextInput
              {...described}
              {...below}
              value={asText(value)}
              placeholder={placeholder(schema) || "An address, or choose a file"}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange(fromText(event.target.value, schema))}
            />
          )}
          <div className="row edits">
            {mayUpload && (
              <Button
                size="small"
                icon={Upload}
                disabled={upload.share !== null}
                onClick={() => chooser.current?.click()}
              >
                Upload
              </Button>
            )}
            <FilePick onPick={(reference) => onChange(reference)}>
              <Button size="small" variant="quiet" icon={FileIcon}>
                Choose an earlier one
              </Button>
            </FilePick>
          </div>
          <input
            ref={chooser}
            type="file"
            hidden
            aria-hidden
            tabIndex={-1}
            onChange={(event) => {
              drop(event.target.files);
              event.target.value = ""; // the same file can be chosen again
            }}
          />
        </div>
      )}
    </WrittenError>
  );
}
